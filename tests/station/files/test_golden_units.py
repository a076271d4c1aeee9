"""Golden and known-bad units: who may ship, and how a run of one must end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.engine.execute import execute
from harness.errors import DutFault, LinkFault, OperatorStop
from harness.model.events import Purpose, UnitIdentified
from harness.model.fault import Fault
from harness.model.identity import Unit
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.plan import Plan
from harness.model.ports import UnitRegistry
from harness.model.record import Record
from harness.plans.resolve import load_plans
from harness.station.files.golden_units import (
    GoldenKind,
    GoldenUnit,
    GoldenUnits,
    has_shown,
    verdict_of,
)
from harness.station.station import Order
from harness.steps import catalogue
from tests.engine.rig import RememberingJig, Rig, planned, spec_of
from tests.model.lived import Life
from tests.model.strategies import NOON
from tests.station.test_station import plan_of, run, station_of, step

ROOT = Path(__file__).parents[3]
BATTERY = ROOT / "testplans" / "battery.yaml"
STEPS = catalogue()
PLAN: Plan = load_plans(BATTERY, STEPS).any
GOOD = Unit("A57G000001", ("860123459990015", "860123459990023"))
WEAK = Unit("A57B000001", ("860123459990056", "860123459990064"))
LAST = date(2026, 12, 31)
GOLDEN = GoldenUnit(GOOD, GoldenKind.GOLDEN, BATTERY, "battery", LAST)
BAD = GoldenUnit(WEAK, GoldenKind.KNOWN_BAD, BATTERY, "battery", LAST, ("charge.current_jig:LOW",))
LINE = GoldenUnits("a57", 3, {each.unit.serial: each for each in (GOLDEN, BAD)})


# ---- how a run must end


WHO: dict[str, Any] = {
    "serial": "A57G000001",
    "imei1": "860123459990015",
    "imei2": "860123459990023",
}
HEALTH: dict[str, Any] = {
    "level": 62,
    "voltage": 3.9,
    "temperature": 27.5,
    "health": "good",
    "technology": "Li-ion",
    "cycles": 1,
    "full_charge": 98,
}
CHARGE: dict[str, Any] = {
    "current_jig": 0.9,
    "voltage_jig": 5,
    "current_handset": 0.9,
    "current_difference": 0,
    "gauge_change": 1,
    "efficiency": 90,
    "voltage": 3.9,
    "temperature": 27.5,
    "level": 62,
}
DCP: dict[str, Any] = {
    "current_jig": 1.8,
    "voltage_jig": 5,
    "current_handset": 1.8,
    "current_difference": 0,
    "gauge_change": 1.8,
    "efficiency": 90,
    "current_counter": 1.7,
    "charger": "AC",
    "log_points": 9,
    "gap": 0.3,
}


def lived(unit: Unit, fault: Fault | None = None, **charge: float) -> Record:
    """A run of the battery plan that measured this where it charged, and ended in this fault."""
    life = Life(PLAN, STEPS, unit=unit)
    life.step("close").step("who", **WHO).step("battery", **HEALTH)
    life.step("charge", fault=fault, **{**CHARGE, **charge})
    if fault or charge:
        return life.skip("charge_dcp").step("open").end()
    return life.step("charge_dcp", **DCP).step("open").end()


def said(entry: GoldenUnit, record: Record) -> str:
    found = verdict_of(entry, record)
    return str(found) if found else ""


def test_a_golden_unit_passes() -> None:
    assert verdict_of(GOLDEN, lived(GOOD)) is None


def test_a_golden_unit_that_fails_speaks_against_the_jig() -> None:
    record = lived(GOOD, current_jig=0.21)
    found = verdict_of(GOLDEN, record)
    assert found
    assert (found.code, found.blame) == ("GOLDEN-DIFFERS", "STATION")
    assert found.message == (
        "golden unit A57G000001: must end PASS, has ended FAIL (charge.current_jig:LOW)"
    )
    assert found.evidence == {"run": record.run, "found": ["charge.current_jig:LOW"]}


def test_a_known_bad_unit_fails_with_what_it_is_known_for() -> None:
    assert verdict_of(BAD, lived(WEAK, current_jig=0.21)) is None
    assert verdict_of(BAD, lived(WEAK, current_jig=0.21, voltage_jig=4)) is None


def test_a_known_bad_unit_that_passes_speaks_against_the_jig() -> None:
    assert said(BAD, lived(WEAK)) == (
        "GOLDEN-DIFFERS: known-bad unit A57B000001: must end FAIL, has ended PASS; "
        "not found in it: charge.current_jig:LOW"
    )


def test_a_known_bad_unit_must_fail_by_what_it_is_known_for() -> None:
    told = said(BAD, lived(WEAK, voltage_jig=4))
    assert told.endswith("unit A57B000001: not found in it: charge.current_jig:LOW")
    assert "not found in it" in said(BAD, lived(WEAK, current_jig=2))  # HIGH, not LOW


@pytest.mark.parametrize("name", ["charge.current_jig", "charge.current_jig:HIGH"])
def test_a_reason_may_be_left_open(name: str) -> None:
    assert verdict_of(replace(BAD, fails=(name,)), lived(WEAK, current_jig=2)) is None


def test_what_the_handset_itself_says_counts_by_its_code() -> None:
    dead = Fault.of(DutFault("AGENT-FAILED", "no"))
    entry = replace(BAD, fails=("AGENT-FAILED",))
    assert verdict_of(entry, lived(WEAK, dead)) is None
    assert "not found" in said(entry, lived(WEAK, current_jig=0.21))


def test_an_error_shows_nothing_whatever_was_found_before_it() -> None:
    lost = Fault.of(LinkFault("ADB-LOST", "unplugged"))
    record = lived(WEAK, lost, current_jig=0.21)
    assert record.dut_failed
    assert said(BAD, record) == (
        "GOLDEN-DIFFERS: known-bad unit A57B000001: must end FAIL, has ended ERROR (ADB-LOST)"
    )


def test_another_unit_shows_nothing_nor_does_another_plan() -> None:
    assert "the run is of A57G000009" in said(GOLDEN, lived(Unit("A57G000009")))
    assert "the run is of no unit" in said(GOLDEN, lived(Unit()))
    other = replace(GOLDEN, plan_id="a57-final")
    assert "by the plan battery, not by a57-final" in said(other, lived(GOOD))


def test_a_run_that_is_open_or_partial_shows_nothing() -> None:
    life = Life(PLAN, STEPS, unit=GOOD)
    assert "must end PASS, has ended not yet" in said(GOLDEN, life.builder.build())
    part = Life(PLAN, STEPS, unit=GOOD, only=("charge",))
    part.step("close").step("who", **WHO).step("charge", **CHARGE).step("open")
    assert "has ended ABORTED (RUN-PARTIAL)" in said(GOLDEN, part.end())


@pytest.mark.parametrize(
    ("entry", "outcome", "dut_failed", "shows"),
    [
        (GOLDEN, Outcome.PASS, False, True),
        (GOLDEN, Outcome.FAIL, True, True),
        (GOLDEN, Outcome.ABORTED, True, True),
        (GOLDEN, Outcome.ERROR, True, True),
        (GOLDEN, Outcome.ABORTED, False, False),
        (GOLDEN, Outcome.ERROR, False, False),
        (BAD, Outcome.ABORTED, True, False),
    ],
)
def test_nobody_aborts_away_that_a_golden_unit_was_found_bad(
    entry: GoldenUnit, outcome: Outcome, dut_failed: bool, shows: bool
) -> None:
    record = replace(lived(entry.unit), outcome=outcome, dut_failed=dut_failed)
    assert has_shown(entry, record) is shows


def test_it_counts_until_the_end_of_its_last_day() -> None:
    assert verdict_of(replace(GOLDEN, until=NOON.date()), lived(GOOD)) is None
    day_before = date.fromordinal(NOON.date().toordinal() - 1)
    found = verdict_of(replace(GOLDEN, until=day_before), lived(GOOD))
    assert found
    assert found.code == "GOLDEN-EXPIRED"
    assert found.message == f"the golden unit A57G000001 counted until {day_before}"
    assert GOLDEN.expired(LAST) is None
    assert GOLDEN.expired(date(2027, 1, 1))


# ---- who may ship


def refused(purpose: Purpose, unit: Unit) -> str:
    try:
        LINE.require_shippable(purpose, unit)
    except OperatorStop as stop:
        return str(stop)
    return ""


def test_production_takes_no_registered_unit_by_serial_or_by_imei() -> None:
    words = "UNIT-GOLDEN: A57G000001 is registered as golden unit A57G000001, which never ships"
    assert refused(Purpose.PRODUCTION, GOOD) == words
    assert "known-bad unit A57B000001" in refused(Purpose.PRODUCTION, Unit("A57B000001"))
    housed = Unit("A57A000777", ("860123450001234", WEAK.imei[1]))  # its board in another housing
    assert refused(Purpose.PRODUCTION, housed).startswith("UNIT-GOLDEN: A57A000777 is registered")
    assert "the unit with IMEI 8601" in refused(Purpose.PRODUCTION, Unit(imei=WEAK.imei))


def test_everything_else_takes_them_and_production_takes_others() -> None:
    assert refused(Purpose.REHEARSAL, GOOD) != ""
    for purpose in {*Purpose} - {Purpose.PRODUCTION, Purpose.REHEARSAL}:
        assert refused(purpose, GOOD) == ""
    for unit in (Unit("A57A000001", ("860123450000012",)), Unit(), Unit("a57g000001")):
        assert refused(Purpose.PRODUCTION, unit) == ""


def test_one_whose_day_has_passed_never_ships_either() -> None:
    old = GoldenUnits("a57", 4, {GOOD.serial: replace(GOLDEN, until=date(2020, 1, 1))})
    with pytest.raises(OperatorStop, match="UNIT-GOLDEN"):
        old.require_shippable(Purpose.PRODUCTION, GOOD)


@pytest.mark.parametrize("announced", [Unit(), Unit("A57A000001"), Unit("A57G000001")])
def test_a_handset_that_turns_out_to_be_one_ends_the_run(announced: Unit) -> None:
    def identify(registry: UnitRegistry) -> None:
        registry.identified(GOOD)

    spec = spec_of(identify)
    rig = Rig([(spec, planned(spec)), (spec, planned(spec, "after"))], unit=announced)
    ask = partial(LINE.require_shippable, Purpose.PRODUCTION)
    record = execute(replace(rig.job, require_shippable=ask), rig.log)
    assert record.outcome is Outcome.ABORTED
    assert record.fault
    assert (record.fault.code, record.fault.blame) == ("UNIT-GOLDEN", "OPERATOR")
    assert record.unit.serial == "A57G000001"
    assert record.steps[1].outcome is Outcome.SKIPPED
    assert any(isinstance(stamped.event, UnitIdentified) for stamped in rig.published)


def test_nothing_is_touched_for_one_that_is_announced() -> None:
    station = replace(station_of(), golden_units=LINE)
    slot = replace(station.slots[1], unit=GOOD)
    order = Order(plan_of(step("look")), Purpose.PRODUCTION)
    with pytest.raises(OperatorStop, match="UNIT-GOLDEN"):
        station.run(order, slot)
    jig = slot.bench.devices[Jig]
    assert isinstance(jig, RememberingJig)
    assert jig.calls == []
    assert run(station, replace(order, purpose=Purpose.GOLDEN)).outcome is Outcome.PASS
