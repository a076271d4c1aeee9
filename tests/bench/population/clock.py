"""Time that passes only when everybody waits, so that a run takes as long as its computing."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Condition

from harness.clock import Cancel

_MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
_SWITCHED_ON_S = 1000.0


class VirtualTime:
    """A clock (harness.clock.Clock) that jumps to the next thing that anybody waits for.

    It jumps once every attempt that runs waits: what computes takes no time. What was put off
    (`later`) is done on the way there, each at its own time, by the thread whose wait brought it
    about; it must not wait itself. Thread safe.
    """

    def __init__(self) -> None:
        self._now_s = _SWITCHED_ON_S
        self._changed = Condition()
        self._attempts = 0
        self._wakes_s: list[float] = []
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()

    def monotonic(self) -> float:
        return self._now_s

    def utc(self) -> datetime:
        return _MIDNIGHT + timedelta(milliseconds=round(self._now_s * 1000))

    def later(self, after_s: float, do: Callable[[], None]) -> None:
        """Have something done after a time [s]."""
        with self._changed:
            heapq.heappush(self._due, (self._now_s + after_s, next(self._number), do))

    def forget(self) -> None:
        """Nothing of what was put off is done any more."""
        with self._changed:
            self._due.clear()

    def skip(self, seconds: float) -> None:
        """Let time pass for everybody at once: a line stays silent for so long."""
        if seconds > 0:
            with self._changed:
                self._go_to(self._now_s + seconds)

    def sleep(self, seconds: float) -> None:
        """Wait until so much time has passed; it passes once all attempts wait."""
        with self._changed:
            until_s = self._now_s + seconds
            self._wakes_s.append(until_s)
            self._go_on()
            while self._now_s < until_s:
                self._changed.wait()

    def begin_attempt(self) -> None:
        with self._changed:
            self._attempts += 1

    def end_attempt(self) -> None:
        with self._changed:
            self._attempts -= 1
            self._go_on()

    def _go_on(self) -> None:
        if self._wakes_s and len(self._wakes_s) >= self._attempts:
            self._go_to(min(self._wakes_s))

    def _go_to(self, until_s: float) -> None:
        while self._due and self._due[0][0] <= until_s:
            at_s, _, do = heapq.heappop(self._due)
            self._now_s = max(self._now_s, at_s)
            do()
        self._now_s = max(self._now_s, until_s)
        self._wakes_s = [wake_s for wake_s in self._wakes_s if wake_s > self._now_s]
        self._changed.notify_all()


class VirtualCancel(Cancel):
    """A cancel tree whose waits pass virtual time. Below its root stand attempts alone."""

    def __init__(self, time: VirtualTime, parent: VirtualCancel | None = None) -> None:
        super().__init__(parent)
        self._time = time
        self._is_attempt = parent is not None
        if self._is_attempt:
            time.begin_attempt()

    def child(self) -> Cancel:
        return VirtualCancel(self._time, self)

    def detach(self) -> None:
        super().detach()
        if self._is_attempt:
            self._is_attempt = False
            self._time.end_attempt()

    def wait(self, seconds: float) -> bool:
        self._time.sleep(max(0.0, seconds))
        return self.reason is not None
