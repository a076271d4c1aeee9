"""Hands the events of all slots to any number of subscribers, none of whom can hold a slot up."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from harness.model.entry import (
    EngineeringBegun,
    EngineeringEnded,
    Entered,
    Entry,
    Locked,
    SignedIn,
    SignedOut,
    Unlocked,
)
from harness.model.events import Recorded, RunStarted, Stamped
from harness.model.fold import fold
from harness.model.refs import StationRef
from harness.model.slot_state import SlotEvent, SlotState, after
from harness.model.station import SlotChanged, SlotView, Snapshot

News = Stamped | SlotChanged | Entry
Told = Snapshot | News
MOST_WAITING = 10_000
"""How many messages may wait for one subscriber."""


@dataclass(slots=True)
class _Slot:
    """What is known of a slot: the events of its last run."""

    number: int
    state: SlotState = SlotState.EMPTY
    why: str = ""
    serial: str = ""
    events: list[Stamped] = field(default_factory=list)

    def view(self) -> SlotView:
        run = fold(self.events) if self.events else None
        return SlotView(self.number, self.state, self.why, run, self.serial)


class Bus:
    """Takes events in the threads of the slots; a call costs a lock and an append each."""

    def __init__(self, station: StationRef, slots: Iterable[int]) -> None:
        self._station = station
        self._lock = threading.Lock()
        self._slots = {number: _Slot(number) for number in sorted(slots)}
        self._slot_of: dict[str, _Slot] = {}
        self._subscribers: list[Subscription] = []
        self._in_force: dict[str, Entry] = {}

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
            if isinstance(event, Recorded):
                slot.state = after(slot.state, SlotEvent.END)
            self._tell(stamped)

    def change(self, number: int, event: SlotEvent, why: str = "", serial: str = "") -> None:
        """Say what happens to a slot, beside the events of its run.

        Raises: ValueError when that cannot happen in the state that it is in.
        """
        with self._lock:
            slot = self._slots[number]
            slot.state, slot.why = after(slot.state, event), why
            if event in (SlotEvent.PUT_IN, SlotEvent.TAKEN_OUT):
                slot.serial = serial
            self._tell(SlotChanged(number, slot.state, why, slot.serial))

    def explain(self, number: int, why: str) -> None:
        """Say why the unit that stands in a slot is not tested so far; '' once that is over."""
        with self._lock:
            slot = self._slots[number]
            slot.why = why
            self._tell(SlotChanged(number, slot.state, why, slot.serial))

    def close_slot(self, number: int, why: str) -> None:
        """Say that a slot takes no more units."""
        self.change(number, SlotEvent.QUARANTINE, why)

    def enter(self, entry: Entry) -> None:
        """Say what the station has written into its chain."""
        with self._lock:
            _enforce(self._in_force, entry)
            self._tell(entry)

    def telling(self, enter: Callable[[Entered], Entry]) -> Callable[[Entered], Entry]:
        """Writes into the chain by `enter`, and says so."""

        def tell(what: Entered) -> Entry:
            entry = enter(what)
            self.enter(entry)
            return entry

        return tell

    def subscribe(self, most_waiting: int = MOST_WAITING) -> Subscription:
        """From now on; what `take` gives first is a Snapshot."""
        subscription = Subscription(self, self._lock, most_waiting)
        with self._lock:
            self._subscribers.append(subscription)
        return subscription

    def _begin(self, run: str, slot: _Slot) -> None:
        slot.state = after(slot.state, SlotEvent.BEGIN)
        if slot.events:
            del self._slot_of[slot.events[0].run]
        slot.events = []
        self._slot_of[run] = slot

    def _tell(self, message: News) -> None:
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
            frozen, in_force = self._bus._freeze(), tuple(self._bus._in_force.values())
        views = tuple(slot.view() for slot in frozen)
        return [Snapshot(self._bus._station, views, lost, in_force)]

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


def _enforce(in_force: dict[str, Entry], entry: Entry) -> None:
    """Keep an entry for as long as it holds, and no longer the one that it ends."""
    match entry.what:
        case SignedIn():
            in_force["person"] = entry
        case SignedOut():
            in_force.pop("person", None)
        case EngineeringBegun():
            in_force["engineering"] = entry
        case EngineeringEnded():
            in_force.pop("engineering", None)
        case Locked(slot=slot):
            in_force[f"lock {slot}"] = entry
        case Unlocked(slot=slot):
            ends = [f"lock {slot}"] if slot else [k for k in in_force if k.startswith("lock ")]
            for key in ends:
                in_force.pop(key, None)
