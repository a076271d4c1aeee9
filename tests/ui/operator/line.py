"""A station in memory, over the real bus, and what a screen makes of what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from harness.errors import HarnessError
from harness.model.entry import Entered, Entry
from harness.model.events import Event, Purpose, RunEnded, RunStarted, Stamped
from harness.model.fault import Fault, Symptom
from harness.model.outcome import Outcome
from harness.model.refs import PlanRef
from harness.model.slot_state import SlotEvent, SlotState
from harness.model.station import Snapshot
from harness.station.screens.bus import Bus
from harness.ui.board.board import Board
from harness.ui.board.tile import Tile
from tests.station.runs import STATION, events

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SERIAL = "A57A000001"
_EVENTS = events()


def run(
    outcome: Outcome = Outcome.PASS,
    *,
    name: str = "01TEST",
    slot: int = 1,
    serial: str = SERIAL,
    purpose: Purpose = Purpose.PRODUCTION,
    attempt: int = 1,
    fault: Fault | HarnessError | None = None,
    symptom: Symptom | None = None,
) -> list[Stamped]:
    """The events of a run of three steps that ends so, from RunStarted to Recorded."""
    because = Fault.of(fault) if isinstance(fault, HarnessError) else fault
    told: list[Stamped] = []
    for stamped in _EVENTS:
        event: Event = stamped.event
        if isinstance(event, RunStarted):
            unit = replace(event.unit, serial=serial)
            event = replace(event, run=name, slot=slot, unit=unit, station=STATION)
            event = replace(event, purpose=purpose, attempt=attempt)
        elif isinstance(event, RunEnded):
            event = RunEnded(outcome, because, symptom)
        told.append(replace(stamped, run=name, event=event))
    return told


def planned() -> PlanRef:
    """The plan of those runs."""
    started = _EVENTS[0].event
    assert isinstance(started, RunStarted)
    return started.plan


def entry(what: Entered, number: int) -> Entry:
    """The entry of what was entered so many seconds after AT."""
    return Entry(f"{number:026}", AT + timedelta(seconds=number), STATION, what, number)


@dataclass
class Line:
    """A bus, and a board that has heard all of it."""

    bus: Bus = field(default_factory=lambda: Bus(STATION, [1, 2]))
    board: Board = field(default_factory=Board)
    entered: int = 0
    now_s: float = 0.0

    def __post_init__(self) -> None:
        self._told = self.bus.subscribe()
        self.hear()

    def hear(self) -> Board:
        """The board, once it has taken all that was said."""
        self.board.apply(self._told.take(0), self.now_s)
        return self.board

    def tile(self, slot: int = 1) -> Tile:
        return self.hear().tile(slot, self.now_s)

    def fresh(self) -> Board:
        """A board that joins now."""
        board = Board()
        with self.bus.subscribe() as told:
            board.apply(told.take(0), self.now_s)
        return board

    def change(self, event: SlotEvent, why: str = "", slot: int = 1, serial: str = "") -> Tile:
        self.bus.change(slot, event, why, serial)
        return self.tile(slot)

    def put_in(self, serial: str = SERIAL, slot: int = 1) -> Tile:
        return self.change(SlotEvent.PUT_IN, slot=slot, serial=serial)

    def take_out(self, slot: int = 1) -> Tile:
        return self.change(SlotEvent.TAKEN_OUT, slot=slot)

    def refuse(self, why: str, slot: int = 1) -> Tile:
        self.put_in(slot=slot)
        return self.change(SlotEvent.REFUSE, why, slot=slot)

    def publish(self, stamped: Iterable[Stamped], slot: int = 1) -> Tile:
        for each in stamped:
            self.bus.publish(each)
        return self.tile(slot)

    def tested(self, stamped: list[Stamped]) -> Tile:
        """The tile of a slot with a unit whose run has ended."""
        started = stamped[0].event
        assert isinstance(started, RunStarted)
        self.put_in(started.unit.serial, started.slot)
        return self.publish(stamped, started.slot)

    def enter(self, what: Entered) -> Board:
        self.entered += 1
        self.bus.enter(entry(what, self.entered))
        return self.hear()

    def state(self, slot: int = 1) -> SlotState:
        with self.bus.subscribe() as told:
            (snapshot,) = told.take(0)
        assert isinstance(snapshot, Snapshot)
        return {view.slot: view.state for view in snapshot.slots}[slot]
