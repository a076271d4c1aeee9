"""Who is in which slot: adb's tracking and a light polling of the USB bus, in one thread."""

from __future__ import annotations

import math
import os
import select
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self

from harness.clock import Cancel, Clock, Deadline, Lease, SystemClock
from harness.devices.adb.server import AdbServer
from harness.devices.adb.tracking import Tracked, Tracking, answering, link_up
from harness.engine.threads import in_thread
from harness.errors import OperatorStop, StationFault
from harness.station.seating.seat import NOBODY, Glimpse, Seat, Spot, broke, glimpse

LOOK_S = 0.2
"""How often the bus is listed, and addresses where nobody was are tried [s]."""
_AGAIN_S = 1.0
"""How soon what did not come up is tried again: a link to an address, a dead adb server [s]."""
_KNOCK_S = 0.05
_STOP_S = 5.0
_CLOSED = -1
_REMEMBERED = 1000
"""Breaks of one slot whose times are kept."""


@dataclass(frozen=True, slots=True)
class Break:
    """When a session was seen to break [s, monotonic], and whether another one held its unit.

    One that `joined` is the first link to whatever answered at its address before.
    """

    at_s: float
    held: bool = True
    joined: bool = False


@dataclass(slots=True)
class _Slot:
    """What was seen of a slot last, and how its session was broken."""

    spot: Spot
    seen: Glimpse = NOBODY
    session: int = 0
    broken: deque[Break] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def take(self, seen: Glimpse, now_s: float) -> bool:
        """Take a new glimpse; whether anything of it is new."""
        if broke(self.seen, seen):
            self.session += 1
            before, held = self.seen.seat, seen.seat.held
            joined = held and before.occupant is not None and not before.held
            self.broken.append(Break(now_s, held, joined))
        changed = seen != self.seen
        self.seen = seen
        return changed


class Presence:
    """Who is in each slot. A context manager, with a thread; any other thread may ask.

    `revive` brings a dead adb server up again, and is called by that thread. Times are those of
    `clock`, which is that of the runs that are held to it.
    """

    def __init__(
        self,
        server: AdbServer,
        spots: Mapping[int, Spot],
        revive: Callable[[], None] = lambda: None,
        clock: Clock | None = None,
    ) -> None:
        self.spots, self.clock = spots, clock or SystemClock()
        self._server, self._revive = server, revive
        self._slots = {number: _Slot(spot) for number, spot in spots.items()}
        self._buses = {spot.socket.bus for spot in spots.values() if spot.socket}
        self._tracking = Tracking(server)
        self._linking: dict[str, tuple[float, Future[None]]] = {}
        self._revived_s = -math.inf
        self._cancel = Cancel()
        self._changed = threading.Condition()
        self._version = self._begun = self._done = 0
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def __enter__(self) -> Self:
        """Returns once every slot was looked at."""
        self._thread.start()
        self.refresh(_STOP_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._cancel.set(OperatorStop("RUN-ABORTED", "the station closes"))
        os.eventfd_write(self._wake, 1)
        self._thread.join(_STOP_S)
        if self._thread.is_alive():
            return  # it is left behind, with what it uses
        self._tracking.close()
        with self._changed:
            os.close(self._wake)
            self._wake = _CLOSED

    def look(self, slot: int) -> Seat:
        """Who is in a slot, as it was seen last."""
        with self._changed:
            each = self._slots[slot]
            return replace(each.seen.seat, session=each.session)

    def session(self, slot: int) -> int:
        """Another number once the adb or USB session of the slot was broken."""
        return self.look(slot).session

    def serials(self) -> Mapping[int, str]:
        """The serial of each handset that tells one, by slot."""
        seats = {number: self.look(number) for number in self._slots}
        return {
            number: seat.occupant.serial
            for number, seat in seats.items()
            if seat.occupant and seat.occupant.serial
        }

    def breaks(self, slot: int, since: int) -> Sequence[Break]:
        """How the session was seen to break, each time since it had that number.

        The time of what is too long ago to be remembered is minus infinity.
        """
        with self._changed:
            each = self._slots[slot]
            count = each.session - since
            kept = list(each.broken)[-count:] if count > 0 else []
            return [Break(-math.inf)] * (count - len(kept)) + kept

    @property
    def version(self) -> int:
        """The number of the latest change of any slot."""
        with self._changed:
            return self._version

    def wait_changed(self, after: int, timeout_s: float) -> int:
        """The number of the latest change of any slot, once it is not `after`, or time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != after, timeout_s)
            return self._version

    def wait(
        self,
        slot: int,
        met: Callable[[Seat], object],
        stopped: Callable[[], bool],
        steady_s: float = 0.0,
    ) -> Seat | None:
        """The seat of a slot once it has been so, unbroken, for a time [s]; None when stopped.

        Raises: StationFault(ENGINE-BUG) when nobody looks any more.
        """
        version, began_s, session = 0, math.inf, -1
        while not stopped():
            if not self._thread.is_alive():
                raise StationFault("ENGINE-BUG", "nobody looks any more who is in which slot")
            version = self.wait_changed(version, min(LOOK_S, steady_s or LOOK_S))
            seat, now_s = self.look(slot), self.clock.monotonic()
            if not met(seat):
                began_s = math.inf
            elif began_s > now_s or seat.session != session:
                began_s, session = now_s, seat.session
            if now_s - began_s >= steady_s:
                return seat
        return None

    def refresh(self, timeout_s: float) -> bool:
        """Look at once; whether a look that began after this call has ended in the time.

        What the adb server saw before this call is told by then. One that lives and does not
        answer tells nothing: then nobody can look.
        """
        try:
            self._server.devices(Lease(Deadline(timeout_s), Cancel()))
        except StationFault:
            if self._server.alive:
                return False
        for bus in self._buses:
            bus.forget()
        with self._changed:
            wanted = self._begun + 1
            if self._wake == _CLOSED:
                return False
            os.eventfd_write(self._wake, 1)
            return self._changed.wait_for(lambda: self._done >= wanted, timeout_s)

    def _run(self) -> None:
        while not self._cancel.reason:
            with self._changed:
                self._begun += 1
            self._look()
            self._rest()

    def _rest(self) -> None:
        """Until adb tells of a change, somebody wants to know, or the bus is to be listed."""
        tracking = self._tracking.fileno()
        waits_for = [self._wake] if tracking is None else [self._wake, tracking]
        readable, _, _ = select.select(waits_for, [], [], LOOK_S)
        if self._wake in readable:
            os.eventfd_read(self._wake)

    def _look(self) -> None:
        tracked = self._tracking.listed()
        if tracked is None:
            self._bring_back()
        there = self._answering(tracked or ())
        now_s = self.clock.monotonic()
        slots = self._slots.values()
        seen = [glimpse(slot.spot, tracked, there, slot.seen) for slot in slots]
        with self._changed:
            changed = [slot.take(each, now_s) for slot, each in zip(slots, seen, strict=True)]
            self._version += any(changed)
            self._done = self._begun
            self._changed.notify_all()

    def _bring_back(self) -> None:
        if self.clock.monotonic() - self._revived_s > _AGAIN_S:
            self._revive()
            self._revived_s = self.clock.monotonic()

    def _answering(self, tracked: Collection[Tracked]) -> frozenset[str]:
        """The addresses of slots that adb has no live link to, and where somebody answers.

        He is linked to in a thread of its own, because that may take seconds.
        """
        live = {each.name for each in tracked if each.state != "offline"}
        self._linking = {at: work for at, work in self._linking.items() if at not in live}
        addresses = [slot.spot.address for slot in self._slots.values()]
        found = answering([each for each in addresses if each and each not in live], _KNOCK_S)
        now_s = self.clock.monotonic()
        for address in found:
            begun_s, work = self._linking.get(address, (-math.inf, None))
            if (work is None or work.done()) and now_s - begun_s > _AGAIN_S:
                link = partial(link_up, self._server, address, self._cancel.child())
                self._linking[address] = now_s, in_thread(f"link-{address}", link)
        return found
