"""How a command that tests units ends: by a signal, and with which exit code."""

from __future__ import annotations

import getpass
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click

from harness.cli import EXIT_ABORTED
from harness.errors import HarnessError
from harness.model.outcome import Outcome

_EXIT_CODES = {
    Outcome.PASS: 0,
    Outcome.FAIL: 1,
    Outcome.SKIPPED: 3,
    Outcome.ERROR: 3,
    Outcome.ABORTED: EXIT_ABORTED,
}
_BAD_FIRST = (Outcome.ERROR, Outcome.SKIPPED, Outcome.ABORTED, Outcome.FAIL, Outcome.PASS)


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """The exit code of runs that ended so: the worst of them decides; none at all is ERROR."""
    found = set(outcomes) or {Outcome.ERROR}
    return _EXIT_CODES[next(bad for bad in _BAD_FIRST if bad in found)]


def operator() -> str:
    """Who is logged in on this PC."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without an entry in the system's list
        return f"uid-{os.getuid()}"


def warn_changed(slot: int, why: HarnessError) -> None:
    """Say on stderr that a handset may still have what a run changed, and what to do."""
    words = f"warning: the handset of slot {slot} may not be as it was found: {why}"
    click.echo(f"{words}\n  {why.remedy}", err=True)


@contextmanager
def stopping(abort: Callable[[str, str], None]) -> Iterator[Callable[[], None]]:
    """Turns Ctrl-C, SIGTERM and a closed terminal into `abort(by, why)`, called at each poll.

    The handler only notes the signal: it may interrupt this thread while it holds a lock.
    """
    caught: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    before = {number: signal.signal(number, lambda n, _: caught.append(n)) for number in signals}

    def poll() -> None:
        while caught:
            abort(operator(), signal.Signals(caught.pop(0)).name)

    try:
        yield poll
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
