"""A line of slots: the real adb server, real ptys, the real store, simulated units at the wire."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.engine.bench import Bench
from harness.errors import CommandRefused, LinkFault
from harness.model.events import Stamped, StepStarted
from harness.model.identity import Unit
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.ports import Measure
from harness.model.slot_state import SlotState
from harness.model.station import Abort, SlotChanged, SlotView, Snapshot
from harness.model.step import Catalogue
from harness.plans.resolve import load_plans
from harness.records.chain import verify
from harness.records.query import Reader
from harness.sim.jig import SimJig
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from harness.station.floor import OrderOf
from harness.station.line import Insert, Line
from harness.station.screens.bus import Bus, Told
from harness.station.slot import RunResult
from harness.station.station import Order, Slot, Station
from harness.steps import catalogue
from harness.steps.api import Numeric
from harness.ui.line_view import LineView
from harness.wiring import open_line
from tests.engine.rig import MemoryJournal, RememberingJig, Rig, planned, spec_of
from tests.station.adb_process import adb_servers
from tests.station.runs import STATION

PLAN = Path(__file__).parents[2] / "testplans" / "skeleton.yaml"
EIGHT = tuple(SimUnit(f"A57A0000{number:02}") for number in range(1, 9))


def test_eight_units_on_four_slots_each_once_and_all_on_record(tmp_path: Path) -> None:
    store = tmp_path / "records.db"
    units = (*EIGHT[:6], replace(EIGHT[6], defects={"battery.weak_charge": {}}), EIGHT[7])
    results, told = on_line(store, Scenario(units, seed=3, speed=10, jig=SimJig(noise=0.002)))
    assert [serial(result) for result in results] == [unit.serial for unit in units]
    assert [outcome(result) for result in results] == ["PASS"] * 6 + ["FAIL", "PASS"]
    assert len(ends(told)) == 8
    with Reader(store) as reader:
        heads = reader.runs()
    assert {head.slot for head in heads} == {1, 2, 3, 4}
    assert verify(store) == []


def test_what_is_measured_of_a_unit_does_not_depend_on_the_slot(tmp_path: Path) -> None:
    scenario = Scenario(EIGHT[:4], seed=3, speed=10, jig=SimJig(noise=0.002))
    first, _ = on_line(tmp_path / "a.db", scenario, slots=1)
    again = replace(scenario, units=tuple(SimUnit(unit.serial) for unit in reversed(EIGHT[:4])))
    second, _ = on_line(tmp_path / "b.db", again, slots=3)
    other, _ = on_line(tmp_path / "c.db", replace(scenario, seed=4), slots=2)
    values = [measured(result) for result in first]
    assert values == [measured(result) for result in reversed(second)]
    assert values != [measured(result) for result in other]
    assert len({str(value) for value in values}) == 4


def test_an_adb_server_that_is_killed_costs_the_runs_on_it_and_no_others(tmp_path: Path) -> None:
    store = tmp_path / "records.db"
    before = adb_servers(os.getpid())
    killed: list[int] = []

    def kill(told: Sequence[Told]) -> None:
        if not killed and any(_begins(message, "charge") for message in told):
            killed.extend(adb_servers(os.getpid()) - before)
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    scenario = Scenario(EIGHT, speed=10)
    results, _ = on_line(store, scenario, each_poll=kill)
    assert len(killed) == 1
    lost = [result for result in results if outcome(result) != "PASS"]
    assert lost
    for result in lost:
        assert result
        assert result.record
        assert result.record.fault
        fault = result.record.fault
        assert (result.outcome, fault.code, fault.blame) == (
            Outcome.ERROR,
            "ADB-SERVER",
            "STATION",
        )
    assert [outcome(result) for result in results[4:]] == ["PASS"] * 4
    assert verify(store) == []


def test_stopping_aborts_what_runs_and_leaves_the_rest_untested(tmp_path: Path) -> None:
    store = tmp_path / "records.db"
    stop = threading.Event()

    def on_charge(told: Sequence[Told]) -> None:
        if any(_begins(message, "charge") for message in told):
            stop.set()

    with open_line(store, Scenario(EIGHT, speed=10), 2) as opened:
        bus = Bus(opened.station.ref, opened.station.slots)
        line = Line(opened.station, ordering(), bus, opened.units)
        with bus.subscribe() as subscription:

            def poll() -> None:
                on_charge(subscription.take(0))
                if stop.is_set():
                    line.stop("test", "SIGTERM")
                    stop.clear()

            results = line.run(poll)
    assert {outcome(result) for result in results} >= {"ABORTED", "not tested"}
    assert results[-1] is None
    tested = [result for result in results if result]
    with Reader(store) as reader:
        assert len(reader.runs()) == len(tested)
    assert verify(store) == []


def test_a_command_aborts_one_slot_which_then_takes_the_next_unit(tmp_path: Path) -> None:
    aborted: list[str] = []
    view = LineView()
    with open_line(tmp_path / "records.db", Scenario(EIGHT[:4], speed=10), 2) as opened:
        bus = Bus(opened.station.ref, opened.station.slots)
        line = Line(opened.station, ordering(), bus, opened.units)
        with pytest.raises(CommandRefused, match="COMMAND-UNFIT: no slot 9; this station has 1, 2"):
            line.abort(Abort(9, "Mei", "x"))
        with pytest.raises(CommandRefused, match="COMMAND-LATE: no run on slot 1"):
            line.abort(Abort(1, "Mei", "x"))
        with bus.subscribe() as told:

            def poll() -> None:
                for message in told.take(0):
                    view.apply([message])
                    if _begins(message, "identity") and not aborted:
                        assert isinstance(message, Stamped)
                        if message.run != view.slots[1].run:
                            continue
                        with pytest.raises(
                            CommandRefused, match=r"COMMAND-LATE: .* another is on slot 1"
                        ):
                            line.abort(Abort(1, "Mei", "of a run that is over", run="01BEFORE"))
                        aborted.append(message.run)
                        line.abort(Abort(1, "Mei", "wrong cable", run=message.run))

            results = line.run(poll)
    assert sorted(outcome(result) for result in results) == ["ABORTED", *["PASS"] * 3]
    stopped = next(result for result in results if outcome(result) == "ABORTED")
    assert stopped
    assert stopped.record
    assert stopped.record.fault
    assert "wrong cable" in stopped.record.fault.message
    assert stopped.record.slot == 1


def test_a_wedged_slot_is_closed_and_its_units_go_to_the_others() -> None:
    release = threading.Event()

    def hold(jig: Jig, measure: Measure) -> None:
        """Never comes back on the first jig."""
        if jig.identify().serial == "WEDGED":
            release.wait(50)
        measure("current", jig.current_a("vbus"))

    station, line_of, inserts = memory_line(hold, ["WEDGED", "J2"], units=5)
    with station.subscribe() as told:
        told.take(0)
        results = line_of(inserts).run()
        messages = told.take(0)
    release.set()
    assert sorted(outcome(result) for result in results) == ["ERROR", *["PASS"] * 4]
    wedged = next(result for result in results if outcome(result) == "ERROR")
    assert wedged
    assert wedged.wedged
    assert _closed(messages) == [1]
    assert len(ends(messages)) == 5


def test_when_no_slot_is_left_the_other_units_are_not_tested() -> None:
    def read(jig: Jig, measure: Measure) -> None:
        """One reading."""
        measure("current", jig.current_a("vbus"))

    bus, line_of, inserts = memory_line(read, ["J1", "J2"], units=5)

    def broken(number: int) -> Slot:
        raise LinkFault("ADB-ABSENT", f"slot {number} is empty")

    results = line_of([broken, broken, *inserts]).run()
    assert [outcome(result) for result in results] == ["no record"] * 2 + ["not tested"] * 5
    assert all(view.why.startswith("ADB-ABSENT") for view in _views(bus))


def _views(bus: Bus) -> Sequence[SlotView]:
    with bus.subscribe() as told:
        (snapshot,) = told.take(0)
    assert isinstance(snapshot, Snapshot)
    return snapshot.slots


def on_line(
    store: Path,
    scenario: Scenario,
    *,
    slots: int = 4,
    each_poll: Callable[[Sequence[Told]], None] = lambda _: None,
) -> tuple[list[RunResult | None], list[Told]]:
    """Run the skeleton plan on the units of a scenario; results, and all that the bus told."""
    heard: list[Told] = []
    with open_line(store, scenario, slots) as opened:
        bus = Bus(opened.station.ref, opened.station.slots)
        with bus.subscribe() as told:

            def poll() -> None:
                heard.extend(messages := told.take(0))
                each_poll(messages)

            results = Line(opened.station, ordering(), bus, opened.units).run(poll)
            poll()
    return results, heard


def ordering() -> OrderOf:
    """The skeleton plan for every unit."""
    order = Order(load_plans(PLAN, catalogue()).named(""))
    return lambda _: order


def memory_line(
    body: Callable[..., None], jigs: Sequence[str], *, units: int
) -> tuple[Bus, Callable[[Sequence[Insert]], Line], list[Insert]]:
    """A line of jigs in memory whose plan is one step."""
    spec = spec_of(body, measures=[Numeric("current", "A")])
    rig = Rig([(spec, planned(spec, timeout_s=0.2))])
    slots = {
        number: Slot(number, Bench({Jig: RememberingJig(name=name)}), Unit())
        for number, name in enumerate(jigs, 1)
    }
    station = Station(
        ref=STATION,
        slots=slots,
        catalogue=Catalogue([spec]),
        journal=MemoryJournal(),
        attempts=lambda *_: 0,
        clock=SystemClock(),
    )
    bus = Bus(STATION, slots)

    def inserting(serial: str) -> Insert:
        return lambda number: replace(slots[number], unit=Unit(serial))

    inserts = [inserting(f"A57A0000{unit:02}") for unit in range(1, units + 1)]
    return bus, partial(Line, station, lambda _: Order(rig.job.plan), bus), inserts


def outcome(result: RunResult | None) -> str:
    if result is None:
        return "not tested"
    return result.outcome.name if result.record else "no record"


def serial(result: RunResult | None) -> str:
    assert result
    assert result.record
    return result.record.unit.serial


def measured(result: RunResult | None) -> list[object]:
    assert result
    assert result.record
    return [m.value for step in result.record.steps for m in step.measurements if m.unit == "A"]


def ends(told: Sequence[Told]) -> list[str]:
    return [
        message.run
        for message in told
        if isinstance(message, Stamped) and type(message.event).__name__ == "Recorded"
    ]


def _closed(told: Sequence[Told]) -> list[int]:
    changes = [each for each in told if isinstance(each, SlotChanged)]
    return [each.slot for each in changes if each.state is SlotState.QUARANTINED]


def _begins(message: Told, step: str) -> bool:
    return (
        isinstance(message, Stamped)
        and isinstance(message.event, StepStarted)
        and message.event.step == step
    )


def test_a_screen_that_fails_stops_the_line_and_leaves_nothing_open(tmp_path: Path) -> None:
    store = tmp_path / "records.db"

    def screen() -> None:
        with Reader(store) as reader:
            if reader.runs():
                raise BrokenPipeError

    with open_line(store, Scenario(EIGHT[:4], speed=10), 2) as opened:
        bus = Bus(opened.station.ref, opened.station.slots)
        line = Line(opened.station, ordering(), bus, opened.units)
        with pytest.raises(BrokenPipeError):
            line.run(screen)
    with Reader(store) as reader:
        assert all(head.outcome is not None for head in reader.runs())
