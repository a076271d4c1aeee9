"""A lock that is taken in the order of asking."""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """Handed to the thread that has waited the longest (harness.clock.Lock).

    Its holder may take it again; to have it once more after that he stands behind those who wait.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder = 0
        self._depth = 0
        self._waiting: deque[tuple[int, threading.Lock]] = deque()

    def acquire(self, *, timeout: float) -> bool:
        """Take it; False when that was not possible in the time [s]."""
        me = threading.get_ident()
        with self._guard:
            if self._holder in (0, me):
                self._holder = me
                self._depth += 1
                return True
            turn = threading.Lock()
            turn.acquire()
            ticket = (me, turn)
            self._waiting.append(ticket)
        if turn.acquire(timeout=timeout):
            return True
        with self._guard:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return False
        return True  # handed over in the last moment

    def release(self) -> None:
        """Give it back; its holder alone may do that, once for each time that he took it."""
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            self._holder = 0
            if self._waiting:
                self._holder, turn = self._waiting.popleft()
                self._depth = 1
                turn.release()
