"""The rules of the line over a simulated one: the real adb server, handsets that really drop."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import Blame
from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.plans.resolve import load_plans
from harness.records.chain import verify
from harness.sim.scenario import units_with
from harness.station.line import Insert
from harness.station.station import Order, Station
from harness.steps import catalogue
from harness.wiring import open_line
from tests.short import code_of

SKELETON = Path(__file__).parents[2] / "testplans" / "skeleton.yaml"


def rehearse(station: Station, insert: Insert, slot: int) -> Record:
    order = Order(load_plans(SKELETON, catalogue()).any, Purpose.REHEARSAL, "4711")
    run = station.run(order, insert(slot))
    run.start()
    result = run.supervise()
    assert result.record, result.failure
    return result.record


@pytest.mark.timeout(180)
def test_a_handset_that_drops_on_two_good_slots_is_bad(tmp_path: Path) -> None:
    store = tmp_path / "line.db"
    scenario = units_with([("adb.drop",), ()], speed=10)
    with open_line(store, scenario, 2) as line:
        station, (dropping, good) = line.station, line.units
        first = rehearse(station, dropping, 1)
        assert rehearse(station, good, 2).outcome is Outcome.PASS
        second = rehearse(station, dropping, 2)
        third = rehearse(station, dropping, 1)
        assert code_of(lambda: rehearse(station, dropping, 2)) == "RETEST-LIMIT"
    assert first.fault
    assert (first.outcome, first.fault.code) == (Outcome.ERROR, "ADB-LOST")
    assert second.fault
    assert (second.fault.code, second.fault.blame) == ("ADB-LOST", Blame.DUT)
    assert (second.outcome, second.dut_failed) == (Outcome.FAIL, True)
    assert (third.outcome, third.attempt) == (Outcome.ERROR, 3), "slot 1 has passed nobody"
    assert verify(store) == []
