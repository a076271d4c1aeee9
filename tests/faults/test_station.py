"""What a station of many slots lives through, over the real adb server, store and processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from harness.model.events import Purpose, SafeStateReached, Stamped, StepStarted
from harness.model.outcome import Outcome
from harness.plans.resolve import load_plans
from harness.records.chain import verify
from harness.records.query import Reader
from harness.sim.drawn import Drawn
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from harness.station.floor import Floor
from harness.station.line import Row
from harness.station.screens.bus import Bus, Told
from harness.station.slot import RunResult
from harness.station.station import Order
from harness.steps import catalogue
from harness.wiring import open_floor
from harness.wiring.simulated import SimulatedHands
from tests.station.adb_process import adb_servers

ROOT = Path(__file__).parents[2]
SKELETON = ROOT / "testplans" / "skeleton.yaml"
LINE = Scenario((), speed=10, drawn=Drawn("A57C100001"))
pytestmark = pytest.mark.timeout(170)


class Units:
    """Units of a scenario through the slots of a station whose simulators are processes."""

    def __init__(self, store: Path, floor: SimulatedHands, units: tuple[SimUnit, ...]) -> None:
        self.store, self.station = store, floor.station
        self.results: dict[int, RunResult] = {}
        inserts = [partial(floor.insert, unit, unit.label) for unit in units]
        self._row = Row(inserts, told=self.results.__setitem__, take_out=floor.take_out)

    def run(self, plan: Path, watch: Callable[[Told], None] = lambda _: None) -> None:
        order = Order(load_plans(plan, catalogue()).named(""), Purpose.REHEARSAL, "test")
        bus = Bus(self.station.ref, self.station.slots)
        with bus.subscribe() as told:

            def poll() -> None:
                for message in told.take(0):
                    watch(message)

            Floor(self.station, lambda _: order, bus, self._row).run(poll)

    def outcomes(self) -> list[Outcome]:
        return [self.results[place].outcome for place in sorted(self.results)]

    def check(self) -> None:
        """That no run is open, none is missing, nothing is held, and the chain is whole."""
        assert self.station.instruments.idle()
        records = [result.record for result in self.results.values() if result.record]
        with Reader(self.store) as reader:
            heads = {head.run: head.outcome for head in reader.runs()}
        assert heads == {record.run: record.outcome for record in records}
        assert verify(self.store) == []


@contextmanager
def units_on(store: Path, units: tuple[SimUnit, ...], slots: int) -> Iterator[Units]:
    with open_floor(store, replace(LINE, wanted_slots=slots)) as floor:
        yield Units(store, floor, units)


def begins(told: Told, step: str) -> bool:
    return (
        isinstance(told, Stamped)
        and isinstance(told.event, StepStarted)
        and told.event.step == step
    )


def test_an_adb_server_killed_during_eight_runs_passes_none_of_them(tmp_path: Path) -> None:
    before, killed, busy = adb_servers(os.getpid()), set[int](), set[str]()

    def kill(told: Told) -> None:
        if begins(told, "close") and isinstance(told, Stamped):
            busy.add(told.run)
        if len(busy) == 8 and begins(told, "identity") and not killed:
            killed.update(adb_servers(os.getpid()) - before)
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    with units_on(tmp_path / "records.db", LINE.first_units(12), 8) as line:
        line.run(SKELETON, kill)
    assert len(killed) == 1
    assert len(line.results) == 12
    lost = [each for each in line.results.values() if each.outcome is not Outcome.PASS]
    assert lost
    for result in lost:
        assert result.record
        assert result.record.fault
        assert (result.outcome, result.record.fault.code) == (Outcome.ERROR, "ADB-SERVER")
        assert any(isinstance(note.event, SafeStateReached) for note in result.record.notes)
    assert line.outcomes()[8:] == [Outcome.PASS] * 4
    line.check()


def test_a_whole_rack_that_is_cut_off_passes_nobody_and_the_store_stays_whole(
    tmp_path: Path,
) -> None:
    cut: list[int] = []

    def cut_off(told: Told) -> None:
        if begins(told, "charge") and not cut:
            children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
            pids = [int(pid) for path in children for pid in path.read_text().split()]
            cut.extend(p for p in pids if b"sim.serve" in Path(f"/proc/{p}/cmdline").read_bytes())
            for pid in cut:
                os.kill(pid, signal.SIGKILL)

    with units_on(tmp_path / "records.db", LINE.first_units(6), 3) as line:
        line.run(SKELETON, cut_off)
    assert len(cut) == 1
    recorded = [result for result in line.results.values() if result.record]
    assert len(recorded) == 3
    assert Outcome.PASS not in {result.outcome for result in line.results.values()}
    failures = [result.failure for result in line.results.values() if result.failure]
    assert all(failure.code == "SIM-PROCESS" for failure in failures)
    line.check()
