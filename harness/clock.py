"""Time, total deadlines, cancelling, and the lease that lets a step use a device.

Nothing here closes a descriptor: **cancel wakes, only the owning thread closes**.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Protocol

from harness.errors import HarnessError, StepBug

POLL_S = 0.05
"""The longest a waiting call goes without looking at its lease [s]."""


class Clock(Protocol):
    """Where time comes from; tests hand in one that stands still."""

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...

    def utc(self) -> datetime:
        """The wall clock in UTC, to the millisecond."""
        ...


class SystemClock:
    """The clock of this PC."""

    def monotonic(self) -> float:
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC)


class Deadline:
    """A point in monotonic time for a whole piece of work, however many calls it takes."""

    __slots__ = ("_clock", "_end", "limit_s")

    def __init__(self, limit_s: float, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self.limit_s = limit_s
        self._end = self._clock.monotonic() + limit_s

    def left_s(self) -> float:
        """Seconds left; negative once it has passed."""
        return self._end - self._clock.monotonic()

    def expired(self) -> bool:
        return not self.left_s() > 0  # so that a limit of NaN has no time, instead of all of it

    def sooner(self, limit_s: float | None) -> Deadline:
        """This deadline, or one `limit_s` from now if that comes first."""
        if limit_s is None or limit_s >= self.left_s():
            return self
        return Deadline(limit_s, self._clock)


class Cancel:
    """One node of the cancel tree: station, slot, run, step. Setting it sets all below it.

    A `wake` is called by the thread that cancels: it must be quick, and wait for nothing.
    """

    def __init__(self, parent: Cancel | None = None) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._wakers: list[Callable[[], None]] = []
        self._reason: HarnessError | None = None
        self._set_at = math.inf
        self._parent = parent
        if parent:
            parent._add(self._inherit)

    def child(self) -> Cancel:
        return Cancel(self)

    def detach(self) -> None:
        """Leave the tree: work that has ended is no longer woken."""
        if self._parent:
            self._parent._remove(self._inherit)

    @property
    def reason(self) -> HarnessError | None:
        """Why it was cancelled, or None."""
        return self._reason

    def set(self, reason: HarnessError) -> None:
        """Cancel with a reason; the first one stays."""
        with self._lock:  # held while waking, so that nobody is woken after he has left `waking`
            if self._reason:
                return
            self._reason = reason
            self._set_at = time.monotonic()
            self._event.set()
            if not self._wakers:
                return  # nobody waits under most leases; an ExitStack costs each step 30 us
            with ExitStack() as calls:  # calls every one, even when one of them raises
                for wake in reversed(self._wakers):
                    calls.callback(_call, wake)
                self._wakers.clear()

    def since_s(self) -> float:
        """How long ago it was cancelled [s]; -inf as long as it is not."""
        return time.monotonic() - self._set_at

    def wait(self, seconds: float) -> bool:
        """Sleep until cancelled or `seconds` have passed; True when cancelled."""
        return self._event.wait(max(0.0, seconds))

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call `wake` when cancelled while the block runs (at once if it already is)."""
        self._add(wake)
        try:
            yield
        finally:
            self._remove(wake)

    def _inherit(self) -> None:
        assert self._parent and self._parent._reason
        self.set(self._parent._reason)

    def _add(self, wake: Callable[[], None]) -> None:
        with self._lock:
            if not self._reason:
                self._wakers.append(wake)
                return
        _call(wake)

    def _remove(self, wake: Callable[[], None]) -> None:
        with self._lock:
            if wake in self._wakers:
                self._wakers.remove(wake)


def _call(wake: Callable[[], None]) -> None:
    with suppress(OSError):  # a link that is gone needs no waking
        wake()


class Lock(Protocol):
    """What one thread holds at a time."""

    def acquire(self, *, timeout: float) -> bool: ...

    def release(self) -> None: ...


class Lease:
    """Leave to use devices until a deadline, unless cancelled or ended.

    Every call of a device looks at its lease before it moves anything and while it waits.
    `cancel` is a node of its own, a child of the run's: it ends with the lease.
    """

    __slots__ = ("cancel", "deadline")

    def __init__(self, deadline: Deadline, cancel: Cancel) -> None:
        self.deadline = deadline
        self.cancel = cancel

    def end(self, reason: HarnessError | None = None) -> None:
        """Whatever is called under this lease from now on raises and moves nothing.

        Whoever still waits under it is woken.
        """
        self.cancel.detach()
        self.cancel.set(reason or StepBug("LEASE-ENDED", "the step has ended"))

    def overdue_s(self) -> float:
        """How long ago its deadline passed or it was cancelled [s]; negative before that."""
        return max(-self.deadline.left_s(), self.cancel.since_s())

    def check(self) -> None:
        """Raise the reason when ended or cancelled. A passed deadline is the caller's to name."""
        if reason := self.cancel.reason:
            raise reason.again()

    def check_time(self) -> None:
        """Raise StepBug(STEP-TIMEOUT) when the deadline has passed."""
        if self.deadline.expired():
            raise StepBug("STEP-TIMEOUT", f"not done within {self.deadline.limit_s:g} s")

    def within(self, limit_s: float | None) -> Lease:
        """This lease for a call that may take `limit_s` at the most: they end together."""
        return Lease(self.deadline.sooner(limit_s), self.cancel)

    @contextmanager
    def holding(self, lock: Lock, what: str) -> Iterator[None]:
        """Hold the lock of `what` for the block; waits while another thread has it.

        Raises: StepBug(STEP-TIMEOUT) when the deadline comes first; the reason of a lease that
        was cancelled or ended.
        """
        while not lock.acquire(timeout=POLL_S):
            self.check()
            if self.deadline.expired():
                words = f"{what} was busy for the whole {self.deadline.limit_s:g} s"
                raise StepBug("STEP-TIMEOUT", words)
        try:
            self.check()  # it may have ended while this thread waited
            yield
        finally:
            lock.release()

    def sleep(self, seconds: float) -> None:
        """Wait, awake to cancelling.

        Raises: StepBug(STEP-TIMEOUT) when the deadline comes first.
        """
        self.check()
        self.cancel.wait(min(seconds, self.deadline.left_s()))
        self.check()
        self.check_time()
