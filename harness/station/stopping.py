"""Who is at this PC, and how he stops what is on."""

from __future__ import annotations

import getpass
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""Ctrl-C, a request to end, a terminal that was closed, and Ctrl-\\."""


def operator() -> str:
    """Who is logged in on this PC."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without an entry in the system's list
        return f"uid-{os.getuid()}"


@contextmanager
def stopping(abort: Callable[[str, str], None]) -> Iterator[Callable[[], None]]:
    """Turns what stops a process into `abort(by, why)`, called at each poll.

    The handler only notes the signal: it may interrupt this thread while it holds a lock.
    """
    caught: list[int] = []
    before = {
        number: signal.signal(number, lambda n, _: caught.append(n)) for number in STOP_SIGNALS
    }

    def poll() -> None:
        while caught:
            abort(operator(), signal.Signals(caught.pop(0)).name)

    try:
        yield poll
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
