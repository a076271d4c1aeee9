"""Releases from the command line: made, signed, installed, and what production then refuses.

The handset and the jig are simulated at the wire; everything that is run is a process of its own.
"""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from harness.model.entry import UnitRefused
from harness.plans.release.manifest import read_release
from harness.records.query import Reader
from harness.sim.line import SimLine
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from tests.cli.conftest import Cli, Ran
from tests.plans.release.releasing import ALICE, BOB, MALLORY, Person, forged

SERIAL, ONE, TWO = "A57A000001", "860123450000012", "860123450000020"
SCAN = f"{SERIAL};{ONE};{TWO}"
AS_ROOT = ["unshare", "--user", "--map-root-user"]
NAMESPACE = [] if os.geteuid() == 0 else AS_ROOT
"""Makes an ordinary user root of a namespace: nobody believes a trust file of his own."""

STEPS = '''
from harness.model.ports import Measure
from harness.model.step import Numeric, Series
from harness.model.value import Curve
from harness.steps.api import step


@step(measures=[Series("level", "V", "MHz"), Numeric("peak", "V")])
def sweep(measure: Measure) -> None:
    """Level [V] over the frequency [MHz], and the highest level [V]."""
    measure("level", Curve.read([100, 200, 300], [1.0, 1.1, 1.0]))
    measure("peak", 1.1)
'''
FILES = {
    "plan.yaml": """\
schema: 1
plan: line
revision: 1
title: Line
process: final-test
product: {model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
label: label.yaml
limits: limits.yaml
setup:
  - {id: close, use: jig.close, timeout: 10 s}
steps:
  - {id: identity, use: identity.match_label, timeout: 20 s}
  - {id: sweep, use: audio.sweep, timeout: 5 s}
teardown:
  - {id: open, use: jig.open, timeout: 10 s}
""",
    "limits.yaml": """\
schema: 1
limits: line
revision: 4
golden: golden.yaml
values:
  identity.serial: {matches: 'A57[A-Z][0-9]{6}'}
  identity.imei1: {imei: true}
  identity.imei2: {imei: true}
  identity.imei_matches: {equals: true}
  sweep.level: {mask: masks/sweep.csv}
  sweep.peak: {near: golden, within: 0.2 V}
""",
    "golden.yaml": """\
schema: 1
golden: line
revision: 1
measured: {by: carol, on: '2026-11-02', until: '2036-12-31'}
values:
  sweep.peak: 1.1 V
""",
    "masks/sweep.csv": "x [MHz],low [V],high [V]\n100,0.9,1.2\n300,0.9,1.2\n",
    "label.yaml": """\
schema: 1
label: line
revision: 1
scan: {fields: [serial, imei1, imei2], separator: ';'}
""",
    "jigs/core.yaml": """\
schema: 1
jig: core
revision: 1
dialect: core
identity: {maker: Example, model: Core}
channels: {vbus: 1}
moves_within: 5 s
selftest: ../selftest.yaml
""",
    "golden-units.yaml": """\
schema: 1
golden_units: line
revision: 1
units:
  - {serial: 'A57G000001', kind: golden, plan: units/golden.yaml, until: 2036-12-31}
""",
    "units/golden.yaml": """\
schema: 1
plan: golden
revision: 1
title: A golden unit
process: golden
product: {model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
limits: limits.yaml
steps:
  - {id: identity, use: identity.read, timeout: 20 s}
  - {id: sweep, use: audio.sweep, timeout: 5 s}
""",
    "units/limits.yaml": """\
schema: 1
limits: golden
revision: 1
values:
  identity.serial: {matches: 'A57G[0-9]{6}'}
  sweep.level: {mask: sweep.csv}
  sweep.peak: {low: 1.0 V, high: 1.2 V}
""",
    "units/sweep.csv": "x [MHz],low [V],high [V]\n100,0.9,1.2\n300,0.9,1.2\n",
    "selftest.yaml": """\
schema: 1
plan: selftest
revision: 1
title: Is it there?
process: jig-selftest
product: {model: Core, part: Core}
steps:
  - {id: self_test, use: jig_health.self_test, timeout: 40 s, limits: {code: {equals: 0}}}
""",
}
STATION = """\
schema: 1
station: ft-01
rules: {{waived: [golden_every, clock_within, sign_in]}}
golden_units: golden-units.yaml
slots:
  - {{slot: 1, handset: '{handset}', jig: {{port: {port}, file: jigs/core.yaml}}}}
"""


class AsRoot(Cli):
    """The command line as a user who cannot be told from root."""

    def command(self, *arguments: str | Path) -> list[str]:
        return [*NAMESPACE, *super().command(*arguments)]

    def release(self, *arguments: str | Path) -> Ran:
        return self("release", *arguments)

    def sign(self, file: str, person: Person, name: str = "") -> Ran:
        key = self.folder / f"{person.name}.key"
        key.write_bytes(person.private())
        return self.release("sign", file, "--key", key, "--as", name or person.name)

    def make(self, *people: Person, number: int = 1) -> str:
        """A release of the files as they are, signed by these people; the name of its file."""
        name = f"final-test-{number}.json"
        for ran in (
            self.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", "carol"),
            *(self.sign(name, person) for person in people),
        ):
            assert ran.code == 0, ran.err
        return name

    def make_and_install(self, number: int, *people: Person) -> None:
        ran = self.release("install", self.make(*people, number=number))
        assert ran.code == 0, ran.err

    def self_test(self) -> Ran:
        return self("selftest", "--station", "ft-01.yaml")

    def produce(self, *more: str | Path) -> Ran:
        scan = () if "--label" in more else ("--label", SCAN)
        given = ("plan.yaml", "--purpose", "production", *scan, "--json")
        station = () if "--scenario" in more else ("--station", "ft-01.yaml")
        return self("run", *given, *station, *more)

    def change(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))


@dataclass(frozen=True)
class Site:
    """A folder with a plan that is released and installed, and the wires of its station."""

    folder: Path
    wires: SimLine

    @property
    def touched(self) -> bool:
        return bool(self.wires.slots[1].behaviour.heard)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if NAMESPACE and subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode:  # noqa: PLW1510
        _cannot_run(os.environ)
    folder = tmp_path_factory.mktemp("site")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    _install_steps(folder / "packages")
    people = "".join(f"  {person.name}: '{person.public}'\n" for person in (ALICE, BOB))
    (folder / "etc").mkdir()
    (folder / "etc" / "trust.yaml").write_text(f"schema: 1\npeople:\n{people}")
    unit = SimUnit(SERIAL, (ONE, TWO))
    with SimLine(Scenario((unit,), speed=10), 1) as wires, pytest.MonkeyPatch.context() as patch:
        address = wires.insert(1, unit)
        (folder / "ft-01.yaml").write_text(
            STATION.format(handset=address, port=wires.slots[1].port)
        )
        _environment(patch, folder)
        AsRoot(folder).make_and_install(1, ALICE, BOB)
        yield Site(folder, wires)


def _cannot_run(environment: Mapping[str, str]) -> NoReturn:
    """Without a user whom a trust file is out of reach of; where nobody looks, that is a fault."""
    words = "only root, or a user who may make a namespace, can have a trust file"
    if environment.get("CI"):
        pytest.fail(f"{words}: run the tests as root, or allow `{' '.join(AS_ROOT)}`")
    pytest.skip(words)


def test_where_the_tests_of_releases_cannot_run_ci_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="run the tests as root"):
        _cannot_run({"CI": "true"})
    with pytest.raises(pytest.skip.Exception):
        _cannot_run({})


def _install_steps(site_packages: Path) -> None:
    """A package of steps as pip lays it out."""
    package, info = site_packages / "plant", site_packages / "plant-1.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("")
    (package / "audio.py").write_text(STEPS)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plant\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[harness.steps]\nours = plant.audio\n")


def _environment(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("PYTHONPATH", str(folder / "packages"))
    patch.setenv("HARNESS_TRUST", str(folder / "etc" / "trust.yaml"))
    patch.setenv("XDG_STATE_HOME", str(folder / "state"))


@pytest.fixture
def line(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsRoot:
    """The command line in a copy of the site; nothing has touched the jig yet."""
    folder = tmp_path / "line"
    shutil.copytree(site.folder, folder)
    _environment(monkeypatch, folder)
    site.wires.slots[1].behaviour.heard.clear()
    return AsRoot(folder)


def test_what_was_released_runs_and_its_record_says_by_which_release(line: AsRoot) -> None:
    assert line.self_test().code == 0
    ran = line.produce()
    assert ran.code == 0, ran.err
    (record,) = ran.records()
    assert (record["outcome"], record["purpose"]) == ("PASS", "production")
    assert (record["release"]["process"], record["release"]["number"]) == ("final-test", 1)
    assert record["release"]["signed_by"] == ["alice", "bob"]
    made = json.loads((line.folder / "final-test-1.json").read_text())["manifest"]
    signed = {role: file["sha256"] for role, file in made["files"].items()}
    signed["station"] = signed.pop("station:ft-01.yaml")
    trust = record["inputs"].pop("trust")
    assert record["inputs"] == signed
    assert signed.keys() >= {
        "plan",
        "limits",
        "golden",
        "mask:masks/sweep.csv",
        "label",
        "jig:jigs/core.yaml",
    }
    assert len(trust) == 64
    assert line("records", "verify").code == 0


def swap(name: str, old: str, new: str) -> Callable[[AsRoot], None]:
    return lambda line: line.change(name, old, new)


def unsigned(line: AsRoot) -> None:
    line.change("limits.yaml", "revision: 4", "revision: 5")
    _put(line, line.make(number=2), 2)


def one_signature_after_a_retry(line: AsRoot) -> None:
    line.change("plan.yaml", "timeout: 5 s}", "timeout: 5 s, retry: {times: 2, on: [fail]}}")
    _put(line, line.make(ALICE, number=2), 2)


def one_signature(line: AsRoot) -> None:
    line.change("limits.yaml", "sweep.level: {mask: masks/sweep.csv}", "sweep.level: record only")
    _put(line, line.make(ALICE, number=2), 2)


def stranger(line: AsRoot) -> None:
    line.change("plan.yaml", "title: Line", "title: Other")
    name = line.make(ALICE, number=2)
    made = MALLORY.sign(read_release((line.folder / name).read_bytes()))
    (line.folder / name).write_bytes(made.to_bytes())
    _put(line, name, 2)


def edited(line: AsRoot) -> None:
    installed = line.folder / "reports" / "releases" / "final-test" / "1.json"
    content = installed.read_bytes()
    place = content.index(b'"by":"carol"') + 6
    installed.write_bytes(content[:place] + b"k" + content[place + 1 :])


def writable(line: AsRoot) -> None:
    (line.folder / "etc" / "trust.yaml").chmod(0o666)


def no_trust(line: AsRoot) -> None:
    (line.folder / "etc" / "trust.yaml").unlink()


def nothing_installed(line: AsRoot) -> None:
    shutil.rmtree(line.folder / "reports" / "releases")


def _put(line: AsRoot, file: str, number: int) -> None:
    """Into the folder by hand, past `install`."""
    shutil.copy(line.folder / file, line.folder / f"reports/releases/final-test/{number}.json")


SIGNED = "release 1 of final-test says, signed by alice (20"
WRITTEN = "was last written at 20"
REFUSED = {
    "an edited limit": (
        swap("limits.yaml", "sweep.level: {mask: masks/sweep.csv}", "sweep.level: record only"),
        ("RELEASE-CHANGED", "limits: ", "limits.yaml is another file than", WRITTEN, SIGNED),
    ),
    "an edited mask": (
        swap("masks/sweep.csv", "300,0.9", "300,0.8"),
        ("RELEASE-CHANGED", "mask:masks/sweep.csv: ", "is another file than", WRITTEN, SIGNED),
    ),
    "an edited golden value": (
        swap("golden.yaml", "sweep.peak: 1.1 V", "sweep.peak: 1.2 V"),
        ("RELEASE-CHANGED", "golden: ", "golden.yaml is another file than", WRITTEN, SIGNED),
    ),
    "a swapped golden file of the same values": (
        swap("golden.yaml", "2036-12-31", "2046-12-31"),
        ("RELEASE-CHANGED", "golden: ", "golden.yaml is another file than", WRITTEN, SIGNED),
    ),
    "a swapped jig file": (
        swap("jigs/core.yaml", "moves_within: 5 s", "moves_within: 6 s"),
        ("RELEASE-CHANGED", "jig:jigs/core.yaml: ", "is another file than", WRITTEN, SIGNED),
    ),
    "a comment in the plan": (
        swap("plan.yaml", "title: Line", "title: Line  # mine"),
        ("RELEASE-CHANGED", "plan: ", WRITTEN, SIGNED),
    ),
    "another label": (
        swap("label.yaml", "revision: 1", "revision: 2"),
        ("RELEASE-CHANGED", "label: ", WRITTEN, SIGNED),
    ),
    "another station file": (
        swap("ft-01.yaml", "station: ft-01", "station: ft-02"),
        ("RELEASE-CHANGED", "station:ft-01.yaml: ", WRITTEN, SIGNED),
    ),
    "another self-test of the jig": (
        swap("selftest.yaml", "{equals: 0}", "record only"),
        ("RELEASE-CHANGED", "selftest:jigs/core.yaml: ", WRITTEN, SIGNED),
    ),
    "another plan of a golden unit": (
        swap("units/golden.yaml", "title: A golden unit", "title: A golden unit  # mine"),
        ("RELEASE-CHANGED", "golden-plan:units/golden.yaml: ", WRITTEN, SIGNED),
    ),
    "other limits of a golden unit": (
        swap("units/limits.yaml", "low: 1.0 V", "low: 0.1 V"),
        ("RELEASE-CHANGED", "golden-plan-limits:units/golden.yaml: ", WRITTEN, SIGNED),
    ),
    "another mask of a golden unit": (
        swap("units/sweep.csv", "300,0.9", "300,0.1"),
        ("RELEASE-CHANGED", "golden-plan-mask:units/golden.yaml:sweep.csv: ", WRITTEN, SIGNED),
    ),
    "another name of the station file": (
        lambda line: (line.folder / "ft-01.yaml").rename(line.folder / "ft-02.yaml"),
        ("RELEASE-CHANGED", "station:ft-02.yaml: ", "is not in the release", SIGNED),
    ),
    "an unsigned release": (
        unsigned,
        ("RELEASE-CHANGED", "RELEASE-UNSIGNED: nobody has signed release 2 of final-test", SIGNED),
    ),
    "one signature after a change of limits": (
        one_signature,
        ("RELEASE-CHANGED", "RELEASE-UNSIGNED: only alice has signed release 2", SIGNED),
    ),
    "one signature after a retry on FAIL": (
        one_signature_after_a_retry,
        ("RELEASE-CHANGED", "RELEASE-UNSIGNED: only alice has signed release 2", SIGNED),
    ),
    "a signer who is not trusted": (
        stranger,
        ("RELEASE-STRANGER: mallory, who signed release 2 of final-test", SIGNED),
    ),
    "a byte of the manifest": (
        edited,
        ("RELEASE-ABSENT", "RELEASE-FORGED: the signature of alice does not fit release 1"),
    ),
    "a trust file that others can write": (
        writable,
        ("RELEASE-TRUST", "trust.yaml can be written by others (-rw-rw-rw-)"),
    ),
    "no trust file": (no_trust, ("RELEASE-TRUST", "trust.yaml cannot be looked at: No such file")),
    "no release": (nothing_installed, ("RELEASE-ABSENT", "no release of final-test counts")),
}


@pytest.mark.parametrize(("change", "words"), REFUSED.values(), ids=REFUSED)
def test_production_refuses_what_nobody_signed(
    line: AsRoot, site: Site, change: Callable[[AsRoot], None], words: tuple[str, ...]
) -> None:
    change(line)
    station = next(path.name for path in line.folder.glob("ft-*.yaml"))
    ran = line("run", "plan.yaml", "--purpose", "production", "--label", SCAN, "--station", station)
    assert_refused(line, site, ran, words)


def assert_refused(line: AsRoot, site: Site, ran: Ran, words: tuple[str, ...]) -> None:
    assert ran.code == 2, ran.err
    said = " ".join(ran.err.split())
    for word in words:
        assert word in said, ran.err
    assert not line.store.exists()
    assert not site.touched


def assert_on_record(line: AsRoot, site: Site, ran: Ran, words: tuple[str, ...]) -> None:
    """A unit that is refused: no run, no jig touched, and an entry that says so."""
    assert (ran.code, site.touched) == (2, False), ran.err
    said = " ".join(ran.err.split())
    assert all(word in said for word in words), ran.err
    with Reader(line.store) as reader:
        assert reader.runs() == []
        (entry,) = reader.entries()
    assert isinstance(entry.what, UnitRefused)
    assert (entry.what.serial, entry.what.code) == (SERIAL, "UNIT-GOLDEN")


OPTIONS = {
    "--only": ("identity",),
    "--limits": ("limits.yaml",),
    "--variant": ("pk",),
    "--scenario": ("scenario.yaml",),
}


@pytest.mark.parametrize(("option", "value"), OPTIONS.items(), ids=OPTIONS)
def test_production_refuses_options_that_make_another_run_of_it(
    line: AsRoot, site: Site, option: str, value: tuple[str]
) -> None:
    line.scenario("units: [{serial: A57A000001}]\n")
    ran = line.produce(option, *value)
    assert_refused(line, site, ran, (f"asked for {option}: production runs the active release",))


def test_production_takes_a_real_station_and_a_scanned_label(line: AsRoot, site: Site) -> None:
    asked = ("run", "plan.yaml", "--purpose", "production")
    assert_refused(line, site, line(*asked, "--label", SCAN), ("production needs --station",))
    ran = line(*asked, "--station", "ft-01.yaml", "--serial", SERIAL)
    assert_refused(line, site, ran, ("production needs --label",))


def test_a_variant_that_never_ships_is_refused_before_anything_is_touched(
    line: AsRoot, site: Site
) -> None:
    kept = "variants: {gold: {sku: A57-GOLD, ships: false}}"
    line.change("plan.yaml", "limits: limits.yaml", f"limits: limits.yaml\n{kept}")
    line.change("label.yaml", "imei2]", "imei2, sku]")
    ran = line.produce("--label", f"{SCAN};A57-GOLD")
    assert_on_record(line, site, ran, ("UNIT-GOLDEN: ", "units of the variant gold"))


def test_a_registered_unit_is_refused_before_anything_is_touched(line: AsRoot, site: Site) -> None:
    (line.folder / "golden-units.yaml").write_text(
        "schema: 1\ngolden_units: line\nrevision: 1\nunits:\n"
        f"  - {{serial: '{SERIAL}', kind: golden, plan: plan.yaml, until: 2021-04-01}}\n"
    )
    words = f"UNIT-GOLDEN: {SERIAL} is registered as golden unit {SERIAL}, which never ships"
    assert_on_record(line, site, line.produce(), (words,))


def test_production_waits_for_the_self_test_of_its_jig(line: AsRoot, site: Site) -> None:
    refused = line.produce()
    assert refused.code == 3
    assert refused.out == ""
    assert "JIG-UNTESTED: jig SIMJIG01: no self-test of it is on record here" in refused.err
    moved = {"OUTP ON", "ROUT:CLOS (@1)", "FIXT:CLOS"}
    assert moved.isdisjoint(site.wires.slots[1].behaviour.heard)
    assert line("records", "list", "--json").out == ""
    assert line.self_test().code == 0
    assert line.produce().code == 0


def test_an_older_release_that_is_put_back_after_the_newer_ran_is_refused(
    line: AsRoot, site: Site
) -> None:
    old_plan = (line.folder / "plan.yaml").read_text()
    line.change("plan.yaml", "title: Line", "title: Second")
    line.make_and_install(2, BOB)
    assert line.self_test().code == 0
    ran = line.produce()
    assert ran.code == 0, ran.err
    assert ran.records()[0]["release"]["number"] == 2
    site.wires.slots[1].behaviour.heard.clear()

    (line.folder / "reports" / "releases" / "final-test" / "2.json").unlink()
    (line.folder / "plan.yaml").write_text(old_plan)
    before = line("records", "list", "--json").out
    ran = line.produce()
    assert ran.code == 2
    assert "RELEASE-OLD" in ran.err
    assert "release 2 of final-test, signed by bob, has run on this station" in ran.err
    assert "release 1 of final-test, signed by alice, bob" in ran.err
    assert not site.touched
    assert line("records", "list", "--json").out == before
    shown = line.release("show")
    assert shown.code == 2
    assert "       release 2 has run here: production refuses this one\n" in shown.out
    assert "active" not in shown.out
    assert line.release("show", "--records", "none.db").code == 0


def test_engineering_runs_what_nobody_signed_and_never_by_a_release(line: AsRoot) -> None:
    line.change("masks/sweep.csv", "300,0.9", "300,0.8")
    ran = line("run", "plan.yaml", "--label", SCAN, "--station", "ft-01.yaml", "--json")
    assert ran.code == 0, ran.err
    (record,) = ran.records()
    assert (record["purpose"], record["release"]) == ("engineering", None)


def test_make_says_what_changes_in_words_and_sign_says_it_again(line: AsRoot) -> None:
    line.change("masks/sweep.csv", "300,0.9", "300,0.8")
    line.change("plan.yaml", "timeout: 5 s", "timeout: 6 s")
    made = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", "carol")
    assert made.code == 0, made.err
    for words in (
        "release 2 of final-test, made by carol 20",
        "signed by nobody",
        "compared with release 1 of final-test",
        "\n  sweep: timeout 5 s -> 6 s\n",
        "file mask:masks/sweep.csv has changed: masks/sweep.csv",
        "WHAT DECIDES BETWEEN GOOD AND BAD HAS CHANGED: two people sign",
    ):
        assert words in made.out
    assert "file label" not in made.out
    signed = line.sign("final-test-2.json", ALICE)
    assert signed.code == 0, signed.err
    assert "WHAT DECIDES BETWEEN GOOD AND BAD HAS CHANGED" in signed.out
    ran = line.release("install", "final-test-2.json")
    assert ran.code == 2
    assert "RELEASE-UNSIGNED" in ran.err
    assert "only alice has signed release 2" in ran.err


def test_one_person_does_not_loosen_what_a_station_asks(line: AsRoot) -> None:
    line.change("ft-01.yaml", "clock_within, sign_in]", "clock_within, sign_in, contacts]")
    made = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", "carol")
    assert made.code == 0, made.err
    role, waived = "station:ft-01.yaml", "golden_every, clock_within, sign_in"
    assert f"\n  {role}: rules.waived {waived} -> {waived}, contacts\n" in made.out
    assert "WHAT DECIDES BETWEEN GOOD AND BAD HAS CHANGED: two people sign" in made.out
    assert line.sign("final-test-2.json", ALICE).code == 0
    ran = line.release("install", "final-test-2.json")
    assert (ran.code, "only alice has signed release 2" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("ft-01.yaml", "slot: 1, ", "slot: 1, usb: 'pci-0000:00:14.0/1-4', "),
        ("units/limits.yaml", "low: 1.0 V", "low: 0.1 V"),
    ],
    ids=["a socket", "the limits of a golden unit"],
)
def test_one_person_changes_neither_wires_nor_what_opens_a_jig(
    line: AsRoot, name: str, old: str, new: str
) -> None:
    line.change(name, old, new)
    ran = line.release("install", line.make(ALICE, number=2))
    assert (ran.code, "only alice has signed release 2" in ran.err) == (2, True)


AT_WORK = """
from pathlib import Path
from harness.cli.production import production_order
from harness.errors import PlanError
from harness.plans.resolve import load_plans
from harness.steps import catalogue
from harness.wiring import load_layout

layout = load_layout(Path("ft-01.yaml"), None)
plan = load_plans(Path("plan.yaml"), catalogue()).any
for path in map(Path, ("units/sweep.csv", "selftest.yaml")):
    production_order(plan, layout, Path("none.db"), Path("reports/releases"), "carol")
    was = path.read_text()
    path.write_text(was + "# softened")
    try:
        production_order(plan, layout, Path("none.db"), Path("reports/releases"), "carol")
    except PlanError as refused:
        print(refused.code, refused.evidence["problems"][1])
    path.write_text(was)
"""


def test_a_station_at_work_is_refused_what_opens_its_jigs_by_other_files(line: AsRoot) -> None:
    """It reads them anew when they change, so what it had read when it began is not enough."""
    ran = subprocess.run(
        [*NAMESPACE, sys.executable, "-c", AT_WORK],
        cwd=line.folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    first, second = ran.stdout.splitlines()
    assert first.startswith("RELEASE-CHANGED golden-plan-mask:units/golden.yaml:sweep.csv: ")
    assert second.startswith("RELEASE-CHANGED selftest:jigs/core.yaml: ")


def test_one_person_moves_a_station_to_another_hall(line: AsRoot) -> None:
    line.change("ft-01.yaml", "station: ft-01", "station: ft-01\nlocation: hall 2")
    line.make_and_install(2, ALICE)


def test_the_next_number_is_beyond_what_cannot_be_read_any_more(line: AsRoot) -> None:
    (line.folder / "reports/releases/final-test/8.json").write_text("of an earlier harness")
    assert line.make(number=9)


def test_nobody_signs_twice_under_his_own_or_another_name(line: AsRoot) -> None:
    line.change("plan.yaml", "title: Line", "title: Second")
    name = line.make(ALICE, number=2)
    before = (line.folder / name).read_bytes()
    for person, alias in ((ALICE, "alice"), (ALICE, "bob"), (BOB, "alice")):
        ran = line.sign(name, person, alias)
        assert ran.code == 2
        assert "RELEASE-SIGNED" in ran.err
        assert (line.folder / name).read_bytes() == before


@pytest.mark.parametrize("name", ["", "carol\x1b[2J", "carol, signed by bob"])
def test_a_name_that_nobody_can_have_is_a_usage_error(line: AsRoot, name: str) -> None:
    made = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", name)
    line.make(number=2)
    (line.folder / "alice.key").write_bytes(ALICE.private())
    signed = line.release("sign", "final-test-2.json", "--key", "alice.key", "--as", name)
    for ran in (made, signed):
        assert ran.code == 2
        assert "a person's name has letters" in " ".join(ran.err.split())
        assert "\x1b" not in ran.err


def test_what_cannot_be_shown_before_it_is_signed_is_not_made(line: AsRoot) -> None:
    line.change("plan.yaml", "title: Line", "title: 'a\u00a0b'")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 2
    assert "RELEASE-INVALID: plan.yaml makes no release: a text that cannot be shown" in ran.err
    assert not (line.folder / "final-test-2.json").exists()


def test_a_painted_or_halved_release_is_neither_shown_nor_signed(line: AsRoot) -> None:
    made = read_release((line.folder / "final-test-1.json").read_bytes())
    wrong = (forged(made, by="carol\x1b[2J"), forged(made, {"": {"steps": []}}))
    for each in wrong:
        (line.folder / "wrong.json").write_bytes(each.to_bytes())
        for ran in (line.release("show", "wrong.json"), line.sign("wrong.json", ALICE)):
            assert ran.code == 2
            assert "RELEASE-INVALID" in ran.err
            assert "\x1b" not in ran.out + ran.err


WRONG_SIGNERS = {
    "a name that nobody has": (
        ALICE,
        "alise",
        "alise is not in ",
        "alice, bob (did you mean 'alice'?)",
    ),
    "the key of somebody else": (ALICE, "bob", "this is not the key that bob has", "that of alice"),
    "a key of nobody": (MALLORY, "bob", "this is not the key that bob has in ", "trust.yaml\n"),
}


@pytest.mark.parametrize(
    ("person", "name", "why", "hint"), WRONG_SIGNERS.values(), ids=WRONG_SIGNERS
)
def test_nobody_signs_what_stations_will_not_believe(
    line: AsRoot, person: Person, name: str, why: str, hint: str
) -> None:
    file = line.make(number=2)
    before = (line.folder / file).read_bytes()
    ran = line.sign(file, person, name)
    assert ran.code == 2
    assert f"RELEASE-STRANGER: {why}" in ran.err
    assert hint in ran.err
    assert (line.folder / file).read_bytes() == before


def test_a_name_of_nobody_is_told_before_a_passphrase_is_asked_for(line: AsRoot) -> None:
    file = line.make(number=2)
    (line.folder / "sealed.key").write_bytes(ALICE.private(passphrase="open sesame"))
    ran = line.release("sign", file, "--key", "sealed.key", "--as", "alise")
    assert ran.code == 2
    assert "RELEASE-STRANGER" in ran.err
    assert "Passphrase" not in ran.out + ran.err


def test_without_a_trust_file_one_signs_and_is_told_what_was_not_checked(line: AsRoot) -> None:
    file = line.make(number=2)
    no_trust(line)
    ran = line.sign(file, MALLORY)
    assert ran.code == 0, ran.err
    assert "warning: whether stations believe mallory and his key was not checked: " in ran.err
    assert "No such file" in ran.err
    assert "signed by mallory" in ran.out


def test_a_key_that_is_none_signs_nothing(line: AsRoot) -> None:
    key = line.folder / "junk.key"
    key.write_text("junk")
    ran = line.release("sign", "final-test-1.json", "--key", key, "--as", "alice")
    assert ran.code == 2
    assert "RELEASE-KEY" in ran.err


def test_the_passphrase_is_asked_for_without_an_echo(line: AsRoot) -> None:
    line.change("plan.yaml", "title: Line", "title: Second")
    name = line.make(number=2)
    key = line.folder / "alice.key"
    key.write_bytes(ALICE.private(passphrase="open sesame"))
    command = line.command("release", "sign", name, "--key", key, "--as", "alice")
    master, slave = pty.openpty()
    with subprocess.Popen(
        command, cwd=line.folder, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    ) as signing:
        os.close(slave)
        screen = b""
        while b"Passphrase" not in screen:
            screen += os.read(master, 1024)
        os.write(master, b"open sesame\n")
        while chunk := _more(master):
            screen += chunk
        assert signing.wait(30) == 0, screen
    os.close(master)
    assert b"signed by alice" in screen
    assert b"sesame" not in screen


def _more(master: int) -> bytes:
    try:
        return os.read(master, 1024)
    except OSError:  # the other end of a pty is closed
        return b""


def test_install_refuses_what_is_not_newer_or_has_been_edited(line: AsRoot) -> None:
    again = line.release("install", "final-test-1.json")
    assert again.code == 2
    assert "RELEASE-OLD" in again.err
    line.change("plan.yaml", "title: Line", "title: Second")
    name = line.make(ALICE, number=2)
    line.change(name, '"by":"carol"', '"by":"karol"')
    ran = line.release("install", name)
    assert ran.code == 2
    assert "RELEASE-FORGED" in ran.err
    (line.folder / name).write_text("{}")
    ran = line.release("install", name)
    assert ran.code == 2
    assert "RELEASE-INVALID" in ran.err


def test_show_says_what_is_active_who_signed_when_and_what_differs_here(line: AsRoot) -> None:
    shown = line.release("show")
    assert shown.code == 0, shown.err
    assert "active release 1 of final-test, made by carol 20" in shown.out
    assert "signed by alice 20" in shown.out
    assert "12 of 12 files here are as released" in shown.out
    line.change("limits.yaml", "revision: 4", "revision: 5")
    (line.folder / "label.yaml").unlink()
    _put(line, "final-test-1.json", 2)
    shown = line.release("show")
    assert shown.code == 2
    assert "limits: limits.yaml is another file than was released; it belongs to" in shown.out
    assert "label: label.yaml is another file than was released; it cannot be" in shown.out
    assert "10 of 12 files here are as released" in shown.out
    assert "does not count: RELEASE-INVALID" in shown.out
    one = line.release("show", "final-test-1.json")
    assert one.code == 2
    assert "limits: limits.yaml is another file" in one.out


def test_show_says_when_another_release_of_the_number_has_run(line: AsRoot) -> None:
    assert line.self_test().code == 0
    ran = line.produce()
    assert ran.code == 0, ran.err
    shutil.rmtree(line.folder / "reports" / "releases")
    (line.folder / "final-test-1.json").unlink()
    line.change("plan.yaml", "title: Line", "title: Other")
    line.make_and_install(1, ALICE, BOB)
    shown = line.release("show")
    assert shown.code == 2
    assert "another release 1 has run here: production refuses this one" in shown.out


def test_show_without_releases_says_so(cli: Cli) -> None:
    ran = cli("release", "show")
    assert ran.code == 0
    assert "no release is installed in reports/releases" in ran.out


def test_a_plan_with_problems_makes_no_release(line: AsRoot) -> None:
    line.change("limits.yaml", "sweep.level: {mask", "sweep.leven: {mask")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 2
    assert "limits.yaml:10:" in ran.err
    assert not (line.folder / "final-test-2.json").exists()


def test_a_plan_that_asks_nobody_who_it_is_makes_no_release(line: AsRoot) -> None:
    for name, ours in (("plan.yaml", "id: identity"), ("limits.yaml", "  identity.")):
        kept = [row for row in FILES[name].splitlines(keepends=True) if ours not in row]
        (line.folder / name).write_text("".join(kept))
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--by", "carol")
    assert ran.code == 2
    assert "PLAN-ANONYMOUS: plan.yaml:12:3: no step asks the handset who it is" in ran.err
    assert "-> For production, plan `identity.match_label` or" in ran.err


def test_make_says_what_the_check_of_a_plan_warns_of(line: AsRoot) -> None:
    line.change("plan.yaml", "timeout: 5 s}", "timeout: 5 s, retry: {times: 2, on: [fail]}}")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 0, ran.err
    assert ran.err.count("warning: retrying a FAIL is testing until it passes") == 1
    assert "plan.yaml:13:" in ran.err


def test_a_station_that_cannot_run_one_variant_is_refused(line: AsRoot) -> None:
    variants = "variants: {pk: {sku: A57-PK}, eu: {sku: A57-EU}}"
    line.change("plan.yaml", "limits: limits.yaml", f"limits: limits.yaml\n{variants}")
    line.change("plan.yaml", "timeout: 5 s}", "timeout: 5 s, needs: [cmw], only: {variant: [eu]}}")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 2
    assert "ft-01.yaml: no slot can run variant eu: slot 1: step sweep" in ran.err
    assert "variant pk" not in ran.err


def test_a_station_of_which_no_slot_can_run_the_plan_is_refused_by_name(line: AsRoot) -> None:
    (line.folder / "ft-02.yaml").write_text(
        "schema: 1\nstation: ft-02\nslots:\n  - {slot: 1, handset: '127.0.0.1:1'}\n"
    )
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--station", "ft-02.yaml")
    assert ran.code == 2
    assert "PLAN-DEVICE" in ran.err
    assert "ft-02.yaml: no slot can run the plan line: slot 1: step close" in ran.err
    assert "ft-01.yaml" not in ran.err
    assert not (line.folder / "final-test-2.json").exists()


def test_one_slot_that_can_run_the_plan_is_enough_of_a_station(line: AsRoot) -> None:
    with (line.folder / "ft-01.yaml").open("a") as file:
        file.write("  - {slot: 2, handset: '127.0.0.1:1'}\n")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml")
    assert ran.code == 0, ran.err


def test_make_never_writes_over_a_file(line: AsRoot) -> None:
    (line.folder / "out.json").write_text("mine")
    ran = line.release("make", "plan.yaml", "--station", "ft-01.yaml", "--out", "out.json")
    assert ran.code == 2
    assert "cannot write out.json: File exists" in ran.err
    assert (line.folder / "out.json").read_text() == "mine"


def test_two_stations_whose_files_differ_under_one_role_are_told(line: AsRoot) -> None:
    other = line.folder / "hall-2"
    other.mkdir()
    for name in ("ft-01.yaml", "selftest.yaml", "golden-units.yaml", "jigs", "units"):
        copy = shutil.copytree if (line.folder / name).is_dir() else shutil.copy
        copy(line.folder / name, other / name)
    (other / "ft-01.yaml").write_text((line.folder / "ft-01.yaml").read_text() + "# other\n")
    stations = ("--station", "ft-01.yaml", "--station", "hall-2/ft-01.yaml")
    ran = line.release("make", "plan.yaml", *stations)
    assert ran.code == 2
    assert "differ, and both are station:ft-01.yaml" in " ".join(ran.err.split())


def test_release_and_the_rest_start_without_the_crypto_library(line: AsRoot) -> None:
    for arguments in (("--help",), ("release", "--help"), ("plan", "check", "plan.yaml")):
        ran = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "harness", *arguments],
            cwd=line.folder,
            capture_output=True,
            text=True,
            timeout=50,
            check=True,
        )
        assert "cryptography" not in ran.stderr
