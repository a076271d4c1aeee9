"""Hands the events of all slots to any number of subscribers, none of whom can hold a slot up."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from harness.model.events import Recorded, RunStarted, Stamped, StationRef
from harness.model.fold import fold
from harness.model.station import SlotClosed, SlotState, SlotView, Snapshot

Told = Snapshot | Stamped | SlotClosed
MOST_WAITING = 10_000
"""How many messages may wait for one subscriber."""


@dataclass(slots=True)
class _Slot:
    """What is known of a slot: the events of its last run."""

    number: int
    state: SlotState = SlotState.IDLE
    why: str = ""
    events: list[Stamped] = field(default_factory=list)

    def view(self) -> SlotView:
        run = fold(self.events) if self.events else None
        return SlotView(self.number, self.state, self.why, run)


class Bus:
    """Takes events in the threads of the slots; a call costs a lock and an append each."""

    def __init__(self, station: StationRef, slots: Iterable[int]) -> None:
        self._station = station
        self._lock = threading.Lock()
        self._slots = {number: _Slot(number) for number in sorted(slots)}
        self._slot_of: dict[str, _Slot] = {}
        self._subscribers: list[Subscription] = []

    def publish(self, stamped: Stamped) -> None:
        """Take an event of a run (an engine.log.Listener)."""
        event = stamped.event
        with self._lock:
            if isinstance(event, RunStarted):
                self._begin(stamped.run, self._slots[event.slot])
            slot = self._slot_of[stamped.run]
            slot.events.append(stamped)
            if isinstance(event, Recorded):
                slot.state = SlotState.DONE
            self._tell(stamped)

    def close_slot(self, number: int, why: str) -> None:
        """Say that a slot takes no more units."""
        with self._lock:
            slot = self._slots[number]
            slot.state, slot.why = SlotState.CLOSED, why
            self._tell(SlotClosed(number, why))

    def subscribe(self, most_waiting: int = MOST_WAITING) -> Subscription:
        """From now on; what `take` gives first is a Snapshot."""
        subscription = Subscription(self, self._lock, most_waiting)
        with self._lock:
            self._subscribers.append(subscription)
        return subscription

    def _begin(self, run: str, slot: _Slot) -> None:
        if slot.events:
            del self._slot_of[slot.events[0].run]
        slot.state, slot.events = SlotState.RUNNING, []
        self._slot_of[run] = slot

    def _tell(self, message: Stamped | SlotClosed) -> None:
        for subscriber in self._subscribers:
            subscriber._offer(message)

    def _drop(self, subscription: Subscription) -> None:
        with self._lock:
            if subscription in self._subscribers:
                self._subscribers.remove(subscription)

    def _freeze(self) -> list[_Slot]:
        """All slots as they are; the caller holds the lock, and folds when he has let it go."""
        return [replace(slot, events=list(slot.events)) for slot in self._slots.values()]


class Subscription:
    """The messages for one subscriber; a context manager that ends it.

    More than `most_waiting` are not kept: all that waited is lost, and a new Snapshot takes
    its place.
    """

    def __init__(self, bus: Bus, lock: threading.Lock, most_waiting: int) -> None:
        self._bus = bus
        self._most = most_waiting
        self._changed = threading.Condition(lock)
        self._waiting: deque[Stamped | SlotClosed] = deque()
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
            frozen = self._bus._freeze()
        return [Snapshot(self._bus._station, tuple(slot.view() for slot in frozen), lost)]

    def end(self) -> None:
        """Take no more; wakes who waits in `take`."""
        self._bus._drop(self)
        with self._changed:
            self._ended = True
            self._waiting.clear()
            self._changed.notify_all()

    def _ready(self) -> bool:
        return self._behind or bool(self._waiting) or self._ended

    def _offer(self, message: Stamped | SlotClosed) -> None:
        """The caller holds the lock."""
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
