"""Hands the events of all slots to any number of subscribers, none of whom can hold a slot up."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from harness.model.counting import Counting
from harness.model.entry import Entered, Entry
from harness.model.events import Recorded, RunStarted, Stamped
from harness.model.fold import RecordBuilder, fold
from harness.model.head import RunHead
from harness.model.in_force import enforce
from harness.model.record import Record
from harness.model.refs import StationRef
from harness.model.slot_state import SlotEvent, SlotState, after
from harness.model.station import (
    Announced,
    Counted,
    PlanShown,
    ScanOrder,
    SlotChanged,
    SlotView,
    Snapshot,
    Unready,
)
from harness.station.screens.breath import Breath

News = Stamped | SlotChanged | Entry | PlanShown | Counted | Announced | Unready
Told = Snapshot | News
MOST_WAITING = 10_000
"""How many messages may wait for one subscriber."""


class _Folding:
    """The record of a run so far, shared by all who join: each adds what has come since."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._builder, self._taken = RecordBuilder(), 0
        self._record: Record | None = None

    def record(self, events: Sequence[Stamped]) -> Record:
        """That of these events, all of the run up to a moment."""
        with self._lock:
            if self._taken > len(events):  # somebody who joined later was sooner here
                return fold(events)
            for event in events[self._taken :]:
                self._builder.apply(event)
                self._taken, self._record = self._taken + 1, None
            self._record = self._record or self._builder.build()
            return self._record


@dataclass(slots=True)
class _Slot:
    """What is known of a slot: the events of its last run."""

    number: int
    state: SlotState = SlotState.EMPTY
    why: str = ""
    serial: str = ""
    awaited: str = ""
    events: list[Stamped] = field(default_factory=list)
    heard_s: float = 0.0
    """When the last of them was heard [s]."""
    folding: _Folding = field(default_factory=_Folding)

    def view(self, now_s: float) -> SlotView:
        run, ran_ms = None, 0
        if self.events:
            run = self.folding.record(self.events)
            ran_ms = self.events[-1].at_ms + round((now_s - self.heard_s) * 1000)
        return SlotView(self.number, self.state, self.why, run, self.serial, self.awaited, ran_ms)


class Bus:
    """Takes events in the threads of the slots; a call costs a lock and an append each."""

    def __init__(
        self,
        station: StationRef,
        slots: Iterable[int],
        loading: ScanOrder | None = None,
        counting: Counting | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`loading` is in which order its units are scanned and put in, where people do that."""
        self._station, self._loading, self._counting = station, loading, counting
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._slots = {number: _Slot(number) for number in sorted(slots)}
        self._slot_of: dict[str, _Slot] = {}
        self._subscribers: list[Subscription] = []
        self._in_force: dict[str, Entry] = {}
        self._plans: dict[str, PlanShown] = {}
        self._announced, self._unready = Announced(), Unready()

    def publish(self, stamped: Stamped) -> None:
        """Take an event of a run (an engine.log.Listener).

        Raises: ValueError for a run that begins on a slot without a unit that waits for it.
        """
        event = stamped.event
        with self._lock:
            if isinstance(event, RunStarted):
                self._begin(stamped.run, self._slots[event.slot])
            slot = self._slot_of[stamped.run]
            slot.events.append(stamped)
            slot.heard_s = self._monotonic()
            if isinstance(event, Recorded):
                slot.state = after(slot.state, SlotEvent.END)
            self._tell(stamped)

    def change(self, number: int, event: SlotEvent, why: str = "", serial: str = "") -> None:
        """Say what happens to a slot, beside the events of its run.

        Raises: ValueError when that cannot happen in the state that it is in.
        """
        with self._lock:
            slot = self._slots[number]
            slot.state, slot.why, slot.awaited = after(slot.state, event), why, ""
            if slot.state is SlotState.LOADED:
                self._forget(slot)
            if event in (SlotEvent.PUT_IN, SlotEvent.TAKEN_OUT):
                slot.serial = serial
            self._tell(SlotChanged(number, slot.state, why, slot.serial))

    def explain(self, number: int, why: str, awaited: str = "") -> None:
        """Say why the unit that stands in a slot, or is `awaited` there, is not tested so far.

        '' once that is over.
        """
        with self._lock:
            slot = self._slots[number]
            slot.why, slot.awaited = why, awaited
            if why and not awaited:
                self._forget(slot)  # another unit is in it, whatever becomes of that one
            self._tell(SlotChanged(number, slot.state, why, slot.serial, awaited))

    def close_slot(self, number: int, why: str) -> None:
        """Say that a slot takes no more units."""
        self.change(number, SlotEvent.QUARANTINE, why)

    def enter(self, entry: Entry) -> None:
        """Say what the station has written into its chain."""
        with self._lock:
            enforce(self._in_force, entry)
            self._tell(entry)
            if self._counting and self._counting.enter(entry):
                self._tell(self._counting.now)

    def show(self, plan: PlanShown) -> None:
        """Say which plan runs now; once, until another one does."""
        with self._lock:
            if next(reversed(self._plans.values()), None) != plan:
                self._plans.pop(plan.sha256, None)  # what was said last stands last
                self._plans[plan.sha256] = plan
                self._tell(plan)

    def announce(self, announced: Announced) -> None:
        """Say which labels were scanned whose units are to be put in."""
        with self._lock:
            self._announced = announced
            self._tell(announced)

    def foresee(self, unready: Unready) -> None:
        """Say what keeps slots from units that count, if that is not as it was."""
        with self._lock:
            if unready != self._unready:
                self._unready = unready
                self._tell(unready)

    def count(self, run: RunHead) -> None:
        """Say what counts, with a run whose record is on disk."""
        with self._lock:
            if self._counting:
                self._counting.take(run)
                self._tell(self._counting.now)

    def telling(self, enter: Callable[[Entered], Entry]) -> Callable[[Entered], Entry]:
        """Writes into the chain by `enter`, and says so."""

        def tell(what: Entered) -> Entry:
            entry = enter(what)
            self.enter(entry)
            return entry

        return tell

    def subscribe(
        self, most_waiting: int = MOST_WAITING, wanted: Callable[[News], bool] = lambda _: True
    ) -> Subscription:
        """From now on; what `take` gives first is a Snapshot.

        What is not `wanted` is not told: that is asked in the thread of whoever says it.
        """
        subscription = Subscription(self, self._lock, most_waiting, wanted)
        with self._lock:
            self._subscribers.append(subscription)
        return subscription

    def _begin(self, run: str, slot: _Slot) -> None:
        slot.state = after(slot.state, SlotEvent.BEGIN)
        self._slot_of[run] = slot

    def _forget(self, slot: _Slot) -> None:
        """Show the last run of a slot no longer: the next unit is in it, or it is run again."""
        if slot.events:
            del self._slot_of[slot.events[0].run]
        slot.events, slot.folding = [], _Folding()

    def _tell(self, message: News) -> None:
        for subscriber in self._subscribers:
            subscriber._offer(message)

    def _drop(self, subscription: Subscription) -> None:
        with self._lock:
            if subscription in self._subscribers:
                self._subscribers.remove(subscription)

    def _freeze(self, lost: int) -> _Frozen:
        """The station as it is; the caller holds the lock, and folds when he has let it go."""
        return _Frozen(
            self._monotonic(),
            [replace(slot, events=list(slot.events)) for slot in self._slots.values()],
            Snapshot(
                self._station,
                (),
                lost,
                tuple(self._in_force.values()),
                tuple(self._plans.values()),
                self._counting.now if self._counting else None,
                self._loading,
                self._announced,
                self._unready,
            ),
        )


@dataclass(frozen=True, slots=True)
class _Frozen:
    """The slots of a station at a time [s], and all else of its snapshot."""

    at_s: float
    slots: Sequence[_Slot]
    rest: Snapshot

    def snapshot(self) -> Snapshot:
        """Slot by slot: those at work go first."""
        views, breath = [], Breath()
        for slot in self.slots:
            views.append(slot.view(self.at_s))
            breath.take()
        return replace(self.rest, slots=tuple(views))


class Subscription:
    """The messages for one subscriber; a context manager that ends it.

    More than `most_waiting` are not kept: all that waited is lost, and a new Snapshot takes
    its place.
    """

    def __init__(
        self, bus: Bus, lock: threading.Lock, most_waiting: int, wanted: Callable[[News], bool]
    ) -> None:
        self._bus = bus
        self._most, self._wanted = most_waiting, wanted
        self._changed = threading.Condition(lock)
        self._waiting: deque[News] = deque()
        self._behind = self._new = True
        self._lost = 0
        self._ended = False

    @property
    def ended(self) -> bool:
        return self._ended

    def take(self, timeout_s: float | None = None) -> list[Told]:
        """All that has come in since the last time.

        Waits up to `timeout_s` (None: for ever) for something; empty when nothing came or the
        subscription has ended.
        """
        with self._changed:
            self._changed.wait_for(self._ready, timeout_s)
            if self._ended:
                return []
            if not self._behind:
                taken = list[Told](self._waiting)
                self._waiting.clear()
                return taken
            lost = 0 if self._new else self._lost
            self._behind = self._new = False
            frozen = self._bus._freeze(lost)
        return [frozen.snapshot()]

    def end(self) -> None:
        """Take no more; wakes who waits in `take`."""
        self._bus._drop(self)
        with self._changed:
            self._ended = True
            self._waiting.clear()
            self._changed.notify_all()

    def _ready(self) -> bool:
        return self._behind or bool(self._waiting) or self._ended

    def _offer(self, message: News) -> None:
        """The caller holds the lock."""
        if not self._wanted(message):
            return
        if self._behind:
            self._lost += 1
            return
        if len(self._waiting) >= self._most:
            self._lost, self._behind = len(self._waiting) + 1, True
            self._waiting.clear()
            return
        self._waiting.append(message)
        self._changed.notify()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
