"""`harness plan`: check says every problem, show says what runs."""

from __future__ import annotations

import hashlib
import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from harness.model.limits import Equals, ImeiRule, Limit, Matches, OneOf, Range, RecordOnly
from harness.model.step import Flag, Measurement, Numeric, Text
from harness.ui.plan import limit_words
from tests.cli.conftest import PLAN, ROOT, Cli


def test_check_says_the_problems_of_each_file_and_the_hash_of_each_plan(cli: Cli) -> None:
    bad = cli.folder / "bad.yaml"
    bad.write_text(PLAN.read_text().replace("jig.close", "jig.colse").replace("450 mA", "450"))
    ran = cli("plan", "check", PLAN, bad)
    assert ran.code == 2
    lines = ran.out.splitlines()
    assert lines[0].startswith(f"{PLAN}: skeleton revision 1 ")
    assert [line.split(": ")[0] for line in lines[1:]] == [f"{bad}:9:22", f"{bad}:23:26"]


MISTAKES = Path(__file__).with_name("ten-mistakes.yaml")
OF_SHAPE = {
    "5:11": "expected a whole number from 1; found 0",
    "6:8": "expected a text; found 57",
    "12:9": "expected an id that starts with a small letter",
    "14:14": "expected a time with its unit, such as 10 s; found 10",
    "22:5": "unknown key 'on_fial' (did you mean 'on_fail'?)",
}
OF_MEANING = {
    "10:22": "no step 'jig.colse' (did you mean 'jig.close'?)",
    "19:5": "step battery.charge needs a limit for its measurement 'voltage'",
    "23:18": "5.0 A: A measures current, V measures voltage",
    "23:25": "step battery.charge has no parameter 'setle' (did you mean 'settle'?)",
    "25:26": "low 0.450 is above high 0.4 [A]",
}


def test_check_says_mistakes_of_shape_and_of_meaning_at_once_in_their_order(cli: Cli) -> None:
    ran = cli("plan", "check", MISTAKES)
    assert ran.code == 2
    told = [line.split(": ", 1) for line in ran.out.splitlines()]
    wanted = OF_SHAPE | OF_MEANING
    places = sorted(wanted, key=lambda place: [int(part) for part in place.split(":")])
    assert [place for place, _ in told] == [f"{MISTAKES}:{place}" for place in places]
    for (_, words), place in zip(told, places, strict=True):
        assert words.startswith(wanted[place])
    assert not cli.store.exists()


def test_check_finds_the_mistake_in_the_limit_set(cli: Cli) -> None:
    plan = final_in(cli.folder)
    limits = plan.parent / "limits/a57.yaml"
    limits.write_text(limits.read_text().replace("identity.imei1", "identity.imie1"))
    ran = cli("plan", "check", plan)
    assert ran.code == 2
    (line,) = ran.out.splitlines()
    assert line.startswith(f"{limits}:")
    assert line.endswith("'identity.imie1' (did you mean 'identity.imei1'?)")


@pytest.mark.parametrize("part", ["testplans/limits/a57.yaml", "fixtures/labels/a57.yaml"])
def test_check_says_that_a_part_of_a_plan_is_no_plan(cli: Cli, part: str) -> None:
    ran = cli("plan", "check", ROOT / part)
    assert ran.code == 2
    assert "no plan: it is checked with each plan that names it" in ran.out


@pytest.mark.parametrize("plan", sorted((ROOT / "testplans").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_plan_of_the_house_is_right_and_can_be_shown(cli: Cli, plan: Path) -> None:
    assert cli("plan", "check", plan).code == 0
    shown = cli("plan", "show", plan)
    assert shown.code == 0, shown.err
    resolved = json.loads(cli("plan", "show", plan, "--resolved").out)
    for step in resolved["steps"]:
        assert f"  {step['id']:12} {step['use']}, at most " in shown.out
        for name in (*step["with"], *step["limits"]):
            assert f" {name} " in shown.out


def test_what_is_resolved_is_what_is_hashed(cli: Cli) -> None:
    canonical = cli("plan", "show", PLAN, "--resolved").out
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    form = json.loads(cli("plan", "show", PLAN, "--json").out)
    assert form["sha256"] == sha256
    assert form["resolved"] == json.loads(canonical)
    assert f"sha256  {sha256}" in cli("plan", "show", PLAN).out
    assert sha256 in cli("plan", "check", PLAN).out


def test_a_step_is_shown_with_its_defaults_units_needs_and_what_follows(cli: Cli) -> None:
    plan = cli.folder / "plan.yaml"
    text = PLAN.read_text().replace(
        "with: {vbus: 5.0 V, settle: 500 ms}",
        "with: {vbus: 5100 mV}\n    retry: {times: 2, on: [error]}\n    on_fail: continue",
    )
    plan.write_text(text)
    shown = cli("plan", "show", plan).out
    start = shown.index("  charge ")
    assert shown[start : shown.index("\n\nteardown")].splitlines() == [
        "  charge       battery.charge, at most 20 s, 2 more on ERROR, goes on after FAIL",
        "    needs   handset, jig",
        "    with    vbus                 5.1 V",
        "    with    settle               0.5 s (default)",
        "    limit   current_jig          0.45 A to 1.1 A, guard 0.01 A",
        "    limit   voltage_jig          4.75 V to 5.25 V, guard 0.01 V",
        "    limit   current_handset      record only",
        "    limit   voltage              3.6 V to 4.4 V",
        "    limit   temperature          15 degC to 40 degC",
        "    limit   level                10 % to 100 %",
    ]


def test_the_limit_set_and_the_label_are_shown(cli: Cli) -> None:
    form = json.loads(cli("plan", "show", ROOT / "testplans/a57-final.yaml", "--json").out)
    shown = cli("plan", "show", ROOT / "testplans/a57-final.yaml").out
    assert f"limits  a57 revision {form['limits']['revision']} {form['limits']['sha256']}" in shown
    assert "label   a57 revision 1: serial;imei1;imei2;part" in shown
    assert form["label"]["id"] == "a57"


def test_show_of_a_plan_with_problems_says_them(cli: Cli) -> None:
    plan = cli.folder / "bad.yaml"
    plan.write_text("schema: 1\n")
    for option in ((), ("--resolved",), ("--json",)):
        ran = cli("plan", "show", plan, *option)
        assert ran.code == 2
        assert ran.out == ""
        assert f"{plan}:1:1: missing key 'plan'" in ran.err


def test_resolved_and_json_are_two_things(cli: Cli) -> None:
    assert cli("plan", "show", PLAN, "--resolved", "--json").code == 2


WORDS: list[tuple[Limit, Measurement, str]] = [
    (Range(Decimal(-7), guard=Decimal(1)), Numeric("p", "dBm"), "at least -7 dBm, guard 1 dB"),
    (Range(high=Decimal(3)), Numeric("n"), "at most 3"),
    (Range(Decimal(0), Decimal(3)), Numeric("n"), "0 to 3"),
    (Equals(value=False), Flag("f"), "equals false"),
    (Equals("user"), Text("t"), "equals 'user'"),
    (OneOf(("LTE", "NR")), Text("t"), "one of 'LTE', 'NR'"),
    (Matches("a+"), Text("t"), "matches a+"),
    (ImeiRule(), Text("t"), "an IMEI"),
    (ImeiRule(("86012345",)), Text("t"), "an IMEI of TAC 86012345"),
    (RecordOnly(), Text("t"), "record only"),
]


@pytest.mark.parametrize(("limit", "measurement", "words"), WORDS, ids=[w[2] for w in WORDS])
def test_each_limit_has_its_words(limit: Limit, measurement: Measurement, words: str) -> None:
    assert limit_words(limit, measurement) == words


def final_in(folder: Path) -> Path:
    """The final test's plan with what it names, in a folder of its own."""
    for part in ("testplans", "fixtures/labels"):
        shutil.copytree(ROOT / part, folder / part)
    return folder / "testplans/a57-final.yaml"
