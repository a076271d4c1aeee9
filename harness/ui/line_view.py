"""What a line shows: a fold of the messages of a station's bus. No drawing, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.model.events import (
    Recorded,
    Reserved,
    RunEnded,
    RunStarted,
    Stamped,
    StepEnded,
    StepSkipped,
    StepStarted,
    Waiting,
)
from harness.model.fold import RecordBuilder, unfold
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.slot_state import SlotEvent, SlotState, after
from harness.model.station import Message, SlotChanged, SlotView, Snapshot


@dataclass(slots=True)
class SlotFold:
    """A slot and its last run so far."""

    number: int
    state: SlotState = SlotState.EMPTY
    why: str = ""
    run: str = ""
    serial: str = ""
    purpose: str = ""
    steps: int = 0
    begun: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    at_work: dict[str, str] = field(default_factory=dict)
    """The steps at work now, the longest first, each with the instrument that it waits for."""
    at_ms: int = 0
    """When the last event of the run happened [ms since its start]."""
    outcome: Outcome | None = None
    """That of its last run, once its record is on disk."""
    builder: RecordBuilder = field(default_factory=RecordBuilder)

    def apply(self, stamped: Stamped) -> None:
        self.builder.apply(stamped)
        self.at_ms = stamped.at_ms
        match stamped.event:
            case RunStarted(unit=unit, plan=plan, purpose=purpose):
                self.state, self.run, self.purpose = SlotState.RUNNING, stamped.run, purpose
                self.serial, self.steps = unit.serial, len(plan.steps)
            case StepStarted(step=step):
                self.begun.add(step)
                self.at_work[step] = ""
            case Waiting(step=step, instrument=instrument):
                self.at_work[step] = instrument
            case Reserved(step=step):
                self.at_work[step] = ""
            case StepEnded(step=step):
                self.at_work.pop(step, None)
            case StepSkipped(step=step):
                self.skipped.add(step)
                self.at_work.pop(step, None)
            case RunEnded():
                self.at_work.clear()


class LineView:
    """The slots of a station, and the runs whose records are on disk, in the order of their end.

    A run counts as ended only with Recorded.
    """

    def __init__(self) -> None:
        self.slots: dict[int, SlotFold] = {}
        self.ended: dict[str, Record] = {}
        self.lost = 0
        """Messages that never came; runs may be missing from `ended`."""
        self._slot_of: dict[str, SlotFold] = {}

    def apply(self, messages: Iterable[Message]) -> list[Record]:
        """Take messages; the runs that have ended in them."""
        before = len(self.ended)
        for message in messages:
            match message:
                case Snapshot():
                    self._renew(message)
                case Stamped():
                    self._happen(message)
                case SlotChanged(slot=number, state=state, why=why, serial=serial):
                    fold = self.slots[number]
                    fold.state, fold.why, fold.serial = state, why, serial or fold.serial
        return list(self.ended.values())[before:]

    def _renew(self, snapshot: Snapshot) -> None:
        self.lost += snapshot.lost
        self._slot_of.clear()
        for view in snapshot.slots:
            self.slots[view.slot] = fold = _folded(view)
            if view.run:
                self._slot_of[view.run.run] = fold
                if view.state is SlotState.DONE:
                    self.ended.setdefault(view.run.run, view.run)

    def _happen(self, stamped: Stamped) -> None:
        if isinstance(stamped.event, RunStarted):
            number = stamped.event.slot
            self._slot_of[stamped.run] = self.slots[number] = SlotFold(number)
        fold = self._slot_of[stamped.run]
        fold.apply(stamped)
        if isinstance(stamped.event, Recorded):
            fold.state = after(fold.state, SlotEvent.END)
            record = self.ended[stamped.run] = fold.builder.build()
            fold.outcome = record.outcome
            del self._slot_of[stamped.run]


def _folded(view: SlotView) -> SlotFold:
    fold = SlotFold(view.slot)
    for stamped in unfold(view.run) if view.run else ():
        fold.apply(stamped)
    fold.state, fold.why = view.state, view.why
    if view.run and view.state is SlotState.DONE:
        fold.outcome = view.run.outcome
    return fold
