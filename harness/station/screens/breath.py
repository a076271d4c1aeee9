"""Rests in long work for screens, so that a slot at work never waits for it long."""

from __future__ import annotations

import time

_WORK_S, _REST_S = 0.002, 0.0005


class Breath:
    """Taken by a thread between pieces of long work: it rests 0.5 ms after each 2 ms of it.

    Python runs one thread at a time, and hands over by itself after 5 ms only.
    """

    def __init__(self) -> None:
        self._rested_s = time.monotonic()

    def take(self) -> None:
        if time.monotonic() - self._rested_s >= _WORK_S:
            time.sleep(_REST_S)
            self._rested_s = time.monotonic()
