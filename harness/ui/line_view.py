"""What a line shows: a fold of the messages of a station's bus. No drawing, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.model.events import (
    AbortRequested,
    Answered,
    Prompted,
    Recorded,
    Reserved,
    RunEnded,
    RunInterrupted,
    RunStarted,
    Stamped,
    StepEnded,
    StepSkipped,
    StepStarted,
    UnitIdentified,
    Waiting,
)
from harness.model.fold import RecordBuilder, unfold
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.refs import PlanRef
from harness.model.slot_state import SlotEvent, SlotState, after
from harness.model.station import Message, SlotChanged, SlotView, Snapshot


def is_not_taken(state: SlotState, why: str, awaited: str) -> bool:
    """Whether a unit stands in a slot that is not taken, by what its station says of the slot."""
    return state is SlotState.EMPTY and bool(why) and not awaited


@dataclass(slots=True)
class SlotFold:
    """A slot and its last run so far."""

    number: int
    state: SlotState = SlotState.EMPTY
    why: str = ""
    awaited: str = ""
    """Who is to be put in, where `why` says so and nobody stands there."""
    run: str = ""
    serial: str = ""
    purpose: str = ""
    attempt: int = 0
    plan: PlanRef | None = None
    begun: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    at_work: dict[str, str] = field(default_factory=dict)
    """The steps at work now, the longest first, each with the instrument that it waits for."""
    asked: dict[str, tuple[Prompted, float]] = field(default_factory=dict)
    """What each step asks the operator, and since when [s]."""
    aborting: bool = False
    """Whether somebody has asked to stop the run."""
    concluded: bool = False
    """Whether the run has ended; whether it is on disk, `record` says."""
    at_ms: int = 0
    """When the last event of the run happened [ms since its start]."""
    heard_s: float = 0.0
    """When that was, by the clock of who looks [s]."""
    record: Record | None = None
    """That of its last run, once it is on disk."""
    builder: RecordBuilder = field(default_factory=RecordBuilder)

    @property
    def outcome(self) -> Outcome | None:
        """That of its last run, once its record is on disk."""
        return self.record.outcome if self.record else None

    @property
    def not_taken(self) -> bool:
        """Whether a unit stands there that is not taken; `why` says the reason."""
        return is_not_taken(self.state, self.why, self.awaited)

    @property
    def steps(self) -> int:
        """How many the plan of its last run has."""
        return len(self.plan.steps) if self.plan else 0

    def elapsed_s(self, now_s: float) -> float:
        """How long its run has taken by now [s]; of one that has ended, in all."""
        since = 0.0 if self.concluded else now_s - self.heard_s
        return self.at_ms / 1000 + since

    def apply(self, stamped: Stamped, now_s: float = 0.0) -> None:
        """Take an event of its run that is heard at this time [s]."""
        self.builder.apply(stamped)
        self.at_ms, self.heard_s = stamped.at_ms, now_s
        match stamped.event:
            case RunStarted(unit=unit, plan=plan, purpose=purpose, attempt=attempt):
                self.state, self.run, self.purpose = SlotState.RUNNING, stamped.run, purpose
                self.attempt = attempt
                self.serial, self.plan = self.serial or unit.serial, plan
            case UnitIdentified(unit=unit, attempt=number):
                self.serial = self.serial or unit.serial
                self.attempt = number or self.attempt
            case StepStarted(step=step):
                self.begun.add(step)
                self.at_work[step] = ""
            case Waiting(step=step, instrument=instrument):
                self.at_work[step] = instrument
            case Reserved(step=step):
                self.at_work[step] = ""
            case Prompted(step=step):
                self.asked[step] = stamped.event, now_s
            case Answered(step=step):
                self.asked.pop(step, None)
            case StepEnded(step=step):
                self.at_work.pop(step, None)
                self.asked.pop(step, None)
            case StepSkipped(step=step):
                self.skipped.add(step)
                self.at_work.pop(step, None)
            case AbortRequested():
                self.aborting = True
            case RunEnded() | RunInterrupted():
                self.concluded = True
                self.at_work.clear()
                self.asked.clear()


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

    def apply(self, messages: Iterable[Message], now_s: float = 0.0) -> list[Record]:
        """Take messages that are heard at this time [s]; the runs that have ended in them."""
        before = len(self.ended)
        for message in messages:
            match message:
                case Snapshot():
                    self._renew(message, now_s)
                case Stamped():
                    self._happen(message, now_s)
                case SlotChanged():
                    self._change(message)
        return list(self.ended.values())[before:]

    def _renew(self, snapshot: Snapshot, now_s: float) -> None:
        self.lost += snapshot.lost
        self._slot_of.clear()
        for view in snapshot.slots:
            self.slots[view.slot] = fold = _folded(view, now_s)
            if view.run:
                self._slot_of[view.run.run] = fold
                if view.state is SlotState.DONE:
                    self.ended.setdefault(view.run.run, view.run)

    def _change(self, changed: SlotChanged) -> None:
        not_taken = is_not_taken(changed.state, changed.why, changed.awaited)
        if changed.state is SlotState.LOADED or not_taken:  # the last verdict stood until now
            self.slots[changed.slot] = SlotFold(changed.slot)
        fold = self.slots[changed.slot]
        fold.state, fold.why, fold.awaited = changed.state, changed.why, changed.awaited
        fold.serial = changed.serial or (fold.serial if fold.run else "")

    def _happen(self, stamped: Stamped, now_s: float) -> None:
        if isinstance(stamped.event, RunStarted):
            number = stamped.event.slot
            before = self.slots.get(number)
            waits = before and before.state is SlotState.LOADED
            fold = SlotFold(number, serial=before.serial if before and waits else "")
            self._slot_of[stamped.run] = self.slots[number] = fold
        fold = self._slot_of[stamped.run]
        fold.apply(stamped, now_s)
        if isinstance(stamped.event, Recorded):
            fold.state = after(fold.state, SlotEvent.END)
            fold.record = self.ended[stamped.run] = fold.builder.build()
            del self._slot_of[stamped.run]


def _folded(view: SlotView, now_s: float) -> SlotFold:
    fold = SlotFold(view.slot)
    for stamped in unfold(view.run) if view.run else ():
        fold.apply(stamped, now_s - max(0, view.ran_ms - stamped.at_ms) / 1000)
    fold.state, fold.why, fold.serial = view.state, view.why, view.serial or fold.serial
    fold.awaited = view.awaited
    if view.run and view.run.outcome is not None and view.state not in _NOT_ON_DISK:
        fold.record = view.run
    return fold


_NOT_ON_DISK = (SlotState.RUNNING, SlotState.QUARANTINED)
"""Where a run may have its outcome without a record. Into every other state a slot comes from DONE
(`harness/model/slot_state.py`)."""
