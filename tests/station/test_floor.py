"""The floor in memory: who is refused, what that costs, and what the bus tells of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.clock import SystemClock
from harness.engine.bench import Bench
from harness.errors import JigFault, LinkFault, OperatorStop
from harness.model.entry import Locked
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.model.jig_ports import Jig
from harness.model.outcome import Outcome
from harness.model.ports import Measure
from harness.model.refs import JigRef
from harness.model.slot_state import SlotState
from harness.model.station import SlotChanged
from harness.model.step import Catalogue
from harness.station.floor import Floor, OrderOf
from harness.station.line import Insert, Row
from harness.station.screens.bus import Bus
from harness.station.slot import RunResult
from harness.station.station import Order, Slot, Station
from harness.steps.api import Numeric
from tests.engine.rig import MemoryJournal, RememberingJig, Rig, planned, spec_of
from tests.station.runs import STATION


def read(jig: Jig, measure: Measure) -> None:
    """One reading."""
    measure("current", jig.current_a("vbus"))


SPEC = spec_of(read, measures=[Numeric("current", "A")])
ORDER = Order(Rig([(SPEC, planned(SPEC))]).job.plan)
LOCK = Locked("STOP-STREAK", "3 fails in a row with charge.current:LOW", slot=2)


class OnTheFloor:
    """Two slots in memory, what was heard of their units, and what the bus told."""

    def __init__(self, order_of: OrderOf = lambda _: ORDER) -> None:
        self.slots = {
            number: Slot(number, Bench({Jig: RememberingJig(name=f"J{number}")}), Unit())
            for number in (1, 2)
        }
        self.station = Station(
            ref=STATION,
            slots=self.slots,
            catalogue=Catalogue([SPEC]),
            journal=MemoryJournal(),
            attempts=lambda *_: 0,
            clock=SystemClock(),
        )
        self.order_of = order_of
        self.heard: list[tuple[int, str, RunResult]] = []
        self.taken_out: list[str] = []

    def row(self, serials: Sequence[str], **given: object) -> Row:
        inserts = [self.insert(serial) for serial in serials]
        take_out = lambda slot: self.taken_out.append(slot.unit.serial)  # noqa: E731
        return Row(inserts, take_out=take_out, **given)  # type: ignore[arg-type]

    def insert(self, serial: str) -> Insert:
        return lambda number: replace(self.slots[number], unit=Unit(serial))

    def run(
        self, row: Row, floor_polls: Callable[[Floor], None] = lambda _: None
    ) -> list[SlotChanged]:
        bus = Bus(STATION, self.slots)
        lock = threading.Lock()

        def hear(slot: Slot, result: RunResult) -> None:
            with lock:
                self.heard.append((slot.number, slot.unit.serial, result))

        floor = Floor(self.station, self.order_of, bus, row, hear)
        with bus.subscribe() as told:
            told.take(0)
            floor.run(lambda: floor_polls(floor))
            return [each for each in told.take(0) if isinstance(each, SlotChanged)]


def test_each_unit_is_put_in_tested_and_taken_out() -> None:
    on = OnTheFloor()
    changes = on.run(on.row(["A57A000001", "A57A000002", "A57A000003"]))
    assert [result.outcome for _, _, result in on.heard] == [Outcome.PASS] * 3
    assert sorted(on.taken_out) == ["A57A000001", "A57A000002", "A57A000003"]
    assert [each.state for each in changes].count(SlotState.LOADED) == 3
    assert [each.state for each in changes].count(SlotState.EMPTY) == 3
    assert {each.serial for each in changes if each.state is SlotState.LOADED} == set(on.taken_out)


def test_a_unit_that_is_refused_has_no_run_and_its_slot_takes_the_next() -> None:
    def order_of(unit: Unit) -> Order:
        if unit.serial == "A57A000002":
            raise ValueError("SKU A57-XX is no variant of the plan")
        return ORDER

    on = OnTheFloor(order_of)
    changes = on.run(on.row(["A57A000001", "A57A000002", "A57A000003"]))
    refused = {serial: result for _, serial, result in on.heard if result.refused}
    assert list(refused) == ["A57A000002"]
    failure = refused["A57A000002"].failure
    assert isinstance(failure, OperatorStop)
    assert failure.code == "UNIT-UNKNOWN"
    assert refused["A57A000002"].outcome is Outcome.ERROR
    (told,) = (each for each in changes if each.state is SlotState.REFUSED)
    assert (told.serial, "A57-XX" in told.why) == ("A57A000002", True)
    assert len(on.heard) == 3


class RowLeftBy(Row):
    """A row that says when a slot is through with it."""

    def __init__(self, slot: int, units: Sequence[Insert]) -> None:
        super().__init__(units)
        self._slot = slot
        self.left = threading.Event()

    def next(
        self,
        slot: int,
        stopped: Callable[[], bool],
        explain: Callable[[str, str], None] = lambda *_: None,
    ) -> Slot | None:
        taken = super().next(slot, stopped, explain)
        if taken is None and slot == self._slot:
            self.left.set()
        return taken


def test_a_slot_whose_jig_is_closed_costs_one_unit_and_the_others_go_elsewhere() -> None:
    """The other slot is held until the closed one is through: it could have had all the rest."""

    def admit(slot: Slot, jig: JigRef | None) -> None:
        if slot.number == 1:
            raise JigFault("JIG-STALE", f"{jig} was not tested")

    def held(serial: str) -> Insert:
        def insert(number: int) -> Slot:
            assert number == 1 or row.left.wait(20)
            return on.insert(serial)(number)

        return insert

    production = replace(ORDER, purpose=Purpose.PRODUCTION)
    on = OnTheFloor(lambda _: production)
    on.station = replace(on.station, admit=admit)
    serials = [f"A57A00000{n}" for n in range(1, 6)]
    row = RowLeftBy(1, [held(serial) for serial in serials])
    on.run(row)
    ((slot, refused),) = ((slot, serial) for slot, serial, result in on.heard if result.refused)
    assert slot == 1
    run = [(slot, serial) for slot, serial, result in on.heard if result.record]
    assert run == [(2, serial) for serial in serials if serial != refused]


def test_a_locked_slot_takes_none() -> None:
    on = OnTheFloor()
    row = on.row(["A57A000001", "A57A000002"], locked=lambda slot: LOCK if slot == 2 else None)
    on.run(row)
    assert [slot for slot, *_ in on.heard] == [1, 1]


def test_a_row_says_why_no_slot_takes_a_unit() -> None:
    def order_of(_: Unit) -> Order:
        raise JigFault("JIG-STALE", "J1 was not tested")

    on = OnTheFloor(order_of)
    row = on.row([], stays_open=True, locked=lambda slot: LOCK if slot == 2 else None)
    assert row.held_up([1, 2], any_unit=True) == ""
    assert row.held_up([2], any_unit=True) == f"slot 2: STOP-STREAK: {LOCK.words}"
    assert row.held_up([2], any_unit=False) == ""
    row.add(on.insert("A57A000001"))
    on.run(row, lambda floor: floor.stop("test", "enough") if on.taken_out else None)
    why = row.held_up([1, 2], any_unit=True)
    assert why.startswith("slot 1: JIG-STALE: J1 was not tested (until a unit that is")
    assert why.endswith(f"; slot 2: STOP-STREAK: {LOCK.words}")
    assert row.held_up([1], any_unit=False) == ""


def test_a_row_says_that_a_slot_takes_no_units_any_more() -> None:
    on = OnTheFloor()

    def broken(_: int) -> Slot:
        raise LinkFault("ADB-ABSENT", "nobody is there")

    row = on.row([], stays_open=True)
    row.add(broken, slot=1)
    on.run(
        row,
        lambda floor: floor.stop("test", "enough") if row.held_up([1], any_unit=False) else None,
    )
    assert row.held_up([1], any_unit=False) == "slot 1: ADB-ABSENT: nobody is there"
    assert row.held_up([1, 2], any_unit=True) == ""


def test_a_row_that_stays_open_waits_for_units_until_it_is_stopped() -> None:
    on = OnTheFloor()
    row = on.row([], stays_open=True)
    added: list[str] = []

    def poll(floor: Floor) -> None:
        if len(added) < 3 and len(on.heard) == len(added):
            added.append(f"A57A00001{len(added)}")
            row.add(on.insert(added[-1]))
        elif len(on.heard) == 3:
            floor.stop("test", "enough")

    on.run(row, poll)
    assert [serial for _, serial, _ in on.heard] == added


def test_a_slot_whose_thread_dies_says_so_and_the_others_go_on() -> None:
    on = OnTheFloor()

    def bug(number: int) -> Slot:
        raise RuntimeError("our own mistake")

    row = Row([bug, on.insert("A57A000001"), on.insert("A57A000002")])
    changes = on.run(row)
    (closed,) = (each for each in changes if each.state is SlotState.QUARANTINED)
    assert "ENGINE-BUG: RuntimeError: our own mistake" in closed.why
    assert len(on.heard) == 2
