"""The registry file of golden and known-bad units: right in full, or told at each place."""
# ruff: noqa: E501 (a mistake a line)

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.identity import Unit
from harness.plans.asked import asks
from harness.plans.resolve import load_plans
from harness.sim.scenario import load_scenario
from harness.station.files.config import load_station
from harness.station.files.golden_file import read_golden_units
from harness.station.files.golden_units import GoldenKind, GoldenUnit, GoldenUnits
from harness.steps import catalogue

ROOT = Path(__file__).parents[3]
HEAD = """\
schema: 1
golden_units: a57
revision: 3
units:
"""
ONE = """\
  - serial: 'A57G000001'
    imei: ['860123459990015', '860123459990023']
    sku: A57-GOLD
    kind: golden
    plan: final.yaml
    until: 2027-04-01
"""
TWO = """\
  - serial: 'A57B000001'
    kind: known-bad
    plan: battery.yaml
    until: 2027-04-01
    fails: ['charge.current_jig:LOW', battery.level, IMEI-NOT-WRITTEN]
"""
TEXT = HEAD + ONE + TWO


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plans that the file names."""
    folder = tmp_path_factory.mktemp("golden")
    for name, source in (("final.yaml", "a57-final"), ("battery.yaml", "battery")):
        (folder / name).write_text((ROOT / "testplans" / f"{source}.yaml").read_text("utf-8"))
    (folder / "limits.yaml").write_text("schema: 1\nlimits: a57\n")
    return folder


def read(folder: Path, text: str) -> tuple[GoldenUnits | None, list[str]]:
    path = folder / "golden-units.yaml"
    path.write_text(text, "utf-8")
    _, registry, problems = read_golden_units(path)
    return registry, [str(problem).removeprefix(f"{path}:") for problem in problems]


def test_a_registry_in_full(folder: Path) -> None:
    registry, problems = read(folder, TEXT)
    assert problems == []
    assert registry
    assert (registry.name, registry.revision) == ("a57", 3)
    assert registry.of(Unit("A57G000001")) == GoldenUnit(
        Unit("A57G000001", ("860123459990015", "860123459990023"), sku="A57-GOLD"),
        GoldenKind.GOLDEN,
        folder / "final.yaml",
        "a57-final",
        date(2027, 4, 1),
    )
    bad = registry.of(Unit("A57B000001"))
    assert bad
    assert (bad.kind, bad.plan_id) == (GoldenKind.KNOWN_BAD, "battery")
    assert bad.fails == ("charge.current_jig:LOW", "battery.level", "IMEI-NOT-WRITTEN")


MISTAKES = [
    ("serial: 'A57G000001'", "serial: A57G000001", "5:13: 'A57G000001' is an identity: write it in quotes"),
    ("serial: 'A57G000001'", "serial: 5700001", "5:13: expected a serial number: 1 to 64 printable ASCII characters without spaces; found 5700001"),
    ("serial: 'A57G000001'", "serail: 'A57G000001'", "5:5: unknown key 'serail' (did you mean 'serial'?)"),
    ("serial: 'A57B000001'", "serial: 'A57G000001'", "11:13: serial 'A57G000001' is written twice"),
    ("'860123459990015'", "'860123459990016'", "6:12: check digit of 860123459990016: found 6, expected 5"),
    ("'860123459990015'", "860123459990015", "6:12: 860123459990015 is an identity: write it in quotes"),
    ("'860123459990015'", "'86012345999001'", "6:12: an IMEI has 15 digits: '86012345999001'"),
    ("'860123459990015'", "'860123459990023'", "6:31: IMEI '860123459990023' is written twice"),
    ("sku: A57-GOLD", "sku: A57-GLOD", "7:10: the plan a57-final has no variant of SKU 'A57-GLOD': it has A57-PK, A57-AE, A57-GOLD (did you mean 'A57-GOLD'?)"),
    ("kind: golden", "kind: gold", "8:11: expected 'golden' or 'known-bad'; found 'gold' (did you mean 'golden'?)"),
    ("kind: golden", "kind: known-bad", "5:5: missing key 'fails': what must be found of a known-bad unit"),
    ("kind: known-bad", "kind: golden", "15:12: a golden unit fails nothing: leave out 'fails'"),
    ("final.yaml", "finale.yaml", "9:11: no file '{folder}/finale.yaml' (did you mean 'final.yaml'?)"),
    ("final.yaml", "limits.yaml", "9:11: 'limits.yaml' is no plan"),
    ("until: 2027-04-01\n  - ", "until: 2027-02-30\n  - ", "10:12: no day of the calendar: '2027-02-30'"),
    ("until: 2027-04-01\n  - ", "until: soon\n  - ", "10:12: expected a date such as 2027-04-01; found 'soon'"),
    ("until: 2027-04-01\n  - ", "\n  - ", "5:5: missing key 'until'"),
    ("battery.level", "batery.level", "15:39: the plan battery has no step 'batery' (did you mean 'battery.level'?)"),
    ("current_jig:LOW", "current_jig:LOWER", "15:13: no measurement fails with LOWER: HIGH, LOW, MISMATCH"),
    ("IMEI-NOT-WRITTEN", "IMEI-NOT-WRITEN", "15:54: expected a step.measurement, or a fault code that blames the DUT; found 'IMEI-NOT-WRITEN' (did you mean 'IMEI-NOT-WRITTEN'?)"),
    ("IMEI-NOT-WRITTEN", "ADB-LOST", "15:54: expected a step.measurement, or a fault code that blames the DUT; found 'ADB-LOST'"),
    ("['charge.current_jig:LOW', battery.level, IMEI-NOT-WRITTEN]", "[]", "15:12: expected at least 1 in the list; found an empty list"),
    ("revision: 3", "revision: 0", "3:11: expected a whole number from 1 to 2147483647; found 0"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES, ids=[m[2][:50] for m in MISTAKES])
def test_a_mistake_is_told_once_at_its_place(folder: Path, old: str, new: str, words: str) -> None:
    assert TEXT.count(old) == 1
    registry, problems = read(folder, TEXT.replace(old, new))
    assert registry is None
    assert problems == [words.format(folder=folder)]


def test_a_step_inside_a_group_is_a_step_of_its_plan(folder: Path) -> None:
    final = TWO.replace("battery.yaml", "final.yaml").replace("battery.level", "wifi.rssi")
    assert read(folder, HEAD + final)[1] == []


@given(
    at=st.integers(0, len(TEXT)),
    cut=st.integers(0, 12),
    insert=st.sampled_from(["", "[", "{", "'", ": ", "- ", "7", "\n", "null", "\x00", "é"]),
)
def test_whatever_is_written_is_read_or_told(folder: Path, at: int, cut: int, insert: str) -> None:
    registry, problems = read(folder, TEXT[:at] + insert + TEXT[at + cut :])
    assert (registry is None) == bool(problems)


def test_a_station_file_names_it(folder: Path) -> None:
    (folder / "golden-units.yaml").write_text(TEXT)
    station = folder / "station.yaml"
    station.write_text(
        "schema: 1\nstation: s\ngolden_units: golden-units.yaml\nslots: [{slot: 1, handset: A}]\n"
    )
    loaded = load_station(station)
    assert sorted(loaded.golden_units.units) == ["A57B000001", "A57G000001"]
    assert loaded.files["golden_units:golden-units.yaml"].path == folder / "golden-units.yaml"


def test_the_shipped_registry_is_right_and_its_golden_units_have_plans_for_them() -> None:
    _, registry, problems = read_golden_units(ROOT / "fixtures" / "golden-units.yaml")
    assert problems == []
    assert registry
    for entry in registry.units.values():
        plan = load_plans(entry.plan, catalogue()).of(entry.unit)
        limits = {f"{step.id}.{name}" for step in plan.steps for name in step.limits}
        assert {name.partition(":")[0] for name in entry.fails} <= limits
        assert asks(plan, catalogue()), "else nobody knows whether it was the golden unit"


@pytest.mark.parametrize("name", ["selftest.yaml", "selftest-rail-low.yaml"])
def test_the_simulated_golden_units_are_those_of_the_registry(name: str) -> None:
    _, registry, _ = read_golden_units(ROOT / "fixtures" / "golden-units.yaml")
    assert registry
    for unit in load_scenario(ROOT / "fixtures" / "sim" / name).units:
        assert registry.units[unit.serial].unit.imei == unit.imei
