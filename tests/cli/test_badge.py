"""`harness badge` and `harness ready` as people use them: in processes, on a real store."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.model.entry import ContactsRenewed, Role, SignedIn, Unlocked
from harness.model.entry import EngineeringBegun as Begun
from harness.records.query import Reader
from harness.station.people.badges import read_badges
from tests.cli.conftest import PLAN, ROOT, Cli, Ran

pytestmark = pytest.mark.timeout(170)
STATION = """\
schema: 1
station: s-01
simulated: scenario.yaml
plan: plan.yaml
badges: badges.yaml
rules: {sign_in: true, contacts: 2}
"""
PEOPLE = (("B-1", "mei", "operator"), ("B-3", "eve", "engineer"))
SECRET = "correct horse"


def told(cli: Cli, secret: str, *arguments: str | Path) -> Ran:
    """A command that is handed a secret on stdin."""
    ran = subprocess.run(
        cli.command(*arguments),
        cwd=cli.folder,
        input=f"{secret}\n",
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert secret not in ran.stdout + ran.stderr
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture
def station(cli: Cli) -> Path:
    """A station file with two badges; its scenario has one good unit."""
    cli.scenario("units: [{serial: A57A000001}]\n")
    (cli.folder / "plan.yaml").write_text(PLAN.read_text())
    lines = []
    for id_, name, role in PEOPLE:
        given = ("--name", name, "--role", role, "--until", "2999-12-31")
        made = told(cli, SECRET, "badge", "new", id_, *given)
        assert made.code == 0, made.err
        lines.append(made.out)
    (cli.folder / "badges.yaml").write_text("schema: 1\nbadges:\n" + "".join(lines))
    path = cli.folder / "station.yaml"
    path.write_text(STATION)
    return path


def entered(cli: Cli) -> list[Any]:
    with Reader(cli.store) as reader:
        return [entry.what for entry in reader.entries()][::-1]


def test_what_lacks_is_told_before_there_is_a_store(cli: Cli) -> None:
    bench = ROOT / "fixtures" / "stations" / "bench.yaml"
    ran = cli("ready", "--station", bench, "--json")
    assert (ran.code, "no store at reports/records.db yet" in ran.err) == (3, True), ran.err
    for row in ran.records():
        codes = {doubt["code"] for doubt in row["doubts"]}
        assert codes >= {"JIG-UNTESTED", "READY-SIGN-IN", "READY-GOLDEN"}
    anonymous, _, _ = PLAN.read_text().partition("  - id: identity\n")
    more = PLAN.read_text().partition("  - id: charge\n")
    (cli.folder / "plan.yaml").write_text(anonymous + "".join(more[1:]))
    cli.scenario("units: [{serial: A57A000001}]\n")
    simulated = cli.folder / "station.yaml"
    simulated.write_text("schema: 1\nstation: s\nsimulated: scenario.yaml\nplan: plan.yaml\n")
    (row,) = cli("ready", "--station", simulated, "--json").records()
    assert [doubt["code"] for doubt in row["doubts"]] == ["PLAN-ANONYMOUS"]
    assert not cli.store.exists()
    cli.store.parent.mkdir()
    cli.store.symlink_to(cli.folder / "unmounted" / "records.db")
    lost = cli("ready", "--station", bench)
    assert (lost.code, "STORE-ABSENT" in lost.err) == (2, True)


def test_a_shift_from_the_first_badge_to_worn_contacts(cli: Cli, station: Path) -> None:
    found = read_badges(cli.folder / "badges.yaml", guarded=False)
    assert {b.name: b.role for b in found.by_id.values()} == {
        "mei": Role.OPERATOR,
        "eve": Role.ENGINEER,
    }
    at = ("--station", station)
    wrong = told(cli, "wrong horse", "badge", "in", "B-1", *at)
    assert (wrong.code, "SIGN-IN-REFUSED" in wrong.err) == (3, True), wrong.err
    ran = cli("ready", *at, "--json")
    assert ran.code == 3, ran.err
    (row,) = ran.records()
    assert (row["slot"], row["ready"]) == (1, False)
    assert [doubt["code"] for doubt in row["doubts"]] == ["READY-SIGN-IN"]
    rehearse = ("run", "plan.yaml", "--purpose", "rehearsal", *at, "--json")
    refused = cli(*rehearse)
    assert (refused.code, "READY-SIGN-IN" in refused.err) == (3, True), refused.err

    signed = told(cli, SECRET, "badge", "in", "B-1", *at)
    assert signed.out.endswith("  mei signed in as operator\n")
    ready = cli("ready", *at)
    assert (ready.code, "READY" in ready.out, "NOT" in ready.out) == (0, True, False), ready.out
    (record,) = cli(*rehearse).records()
    assert (record["outcome"], record["operator"]) == ("PASS", "mei")

    begin = ("badge", "engineering", *at)
    why = ("--for", "2 h", "--why", "new fixture")
    assert "ROLE-NEEDED" in cli(*begin, *why).err
    assert told(cli, SECRET, "badge", "in", "B-3", *at).code == 0
    long = cli(*begin, "--for", "9 h", "--why", "new fixture")
    assert (long.code, "at most 8 h" in long.err) == (2, True)
    assert cli(*begin, *why).code == 0
    assert "READY-ENGINEERING" in cli("ready", *at).out
    assert cli(*begin, "--end").out.endswith("  engineering ended by eve\n")
    assert cli("badge", "unlock", *at, "--why", "w").code == 2
    no_slot = cli("badge", "unlock", "--slot", "3", *at, "--why", "w")
    assert (no_slot.code, "no slot 3; this station has 1" in no_slot.err) == (2, True)

    worn = cli(*rehearse, "--repeat", "2")
    assert "READY-CONTACTS: the jig closed 2 times" in worn.err
    (row,) = cli("ready", *at, "--json").records()
    assert [doubt["code"] for doubt in row["doubts"]] == ["READY-CONTACTS"]
    assert cli("jig", "renewed", "nobody").code == 2
    assert cli("jig", "renewed", row["jig"], "--by", "eve").code == 0
    assert cli("ready", *at).code == 0
    assert cli("badge", "out", *at).out.endswith("  eve signed out: left\n")
    what = entered(cli)
    assert SignedIn("mei", Role.OPERATOR) in what
    assert [each.by for each in what if isinstance(each, Begun)] == ["eve"]
    assert ContactsRenewed(row["jig"], "eve") in what
    assert not [each for each in what if isinstance(each, Unlocked)]
    assert cli("records", "verify").code == 0


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda s: s.replace("badges: badges.yaml\n", ""), 2, "no key `badges`"),
        (lambda s: s.replace("badges.yaml", "none.yaml"), 2, "cannot be read"),
        (lambda s: s.replace("contacts: 2", "waived: [sign_in]"), 2, "is asked for and waived"),
        (lambda s: s.replace("contacts: 2", "waived: [golden]"), 2, "golden_every"),
    ],
)
def test_what_cannot_be_is_told(cli: Cli, change: Any, code: int, words: str) -> None:
    cli.scenario("units: [{serial: A57A000001}]\n")
    path = cli.folder / "station.yaml"
    path.write_text(change(STATION))
    ran = told(cli, SECRET, "badge", "in", "B-1", "--station", path)
    assert (ran.code, words in " ".join(ran.err.split())) == (code, True), ran.err


@pytest.mark.parametrize(
    ("id_", "secret", "name", "words"),
    [
        ("B-1", "12345", "mei", "6 to 128"),
        ("B-1", "x" * 129, "mei", "6 to 128"),
        ("B-1", SECRET, "m ei", "a person's"),
        ("B 1", SECRET, "mei", "is no id of a badge"),
        ("B" * 65, SECRET, "mei", "is no id of a badge"),
        ("B-\uff11", SECRET, "mei", "is no id of a badge"),
    ],
)
def test_what_makes_no_badge(cli: Cli, id_: str, secret: str, name: str, words: str) -> None:
    given = ("--name", name, "--role", "operator", "--until", "2999-12-31")
    ran = told(cli, secret, "badge", "new", id_, *given)
    assert (ran.code, words in ran.err) == (2, True), ran.err
