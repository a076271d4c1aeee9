"""The terminal of `harness run` as the place where a step's questions are answered."""

from __future__ import annotations

import os
import queue
import select
import sys
import termios
from collections.abc import Callable
from contextlib import suppress

import click

from harness.model.events import Answered, Prompted, Stamped, StepEnded
from harness.station.stopping import operator
from harness.ui.text import printable

Answer = Callable[[str, str, str], None]
"""Answers a question, by somebody. Raises: ValueError when it is not asked, or takes it not."""


class Answering:
    """Takes lines of stdin while a step asks something; the longest open question is answered.

    `listen` is called in the threads of steps, `poll` in one.
    """

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Stamped] = queue.SimpleQueue()
        self._open: dict[str, Prompted] = {}
        self._typed = b""
        self._ended = sys.stdin is None

    def listen(self, stamped: Stamped) -> None:
        """Take an event."""
        if isinstance(stamped.event, Prompted | Answered | StepEnded):
            self._events.put(stamped)

    def poll(self, answer: Answer) -> None:
        """Give what was typed to the step that asks."""
        while not self._events.empty():
            self._take(self._events.get())
        while self._open and (line := self._line()) is not None:
            step, asked = next(iter(self._open.items()))
            said = next((a for a in asked.answers if a.casefold() == line.casefold()), line)
            try:
                answer(asked.question, said, operator())
                del self._open[step]
            except ValueError as error:
                click.echo(printable(str(error)), err=True)

    def _take(self, stamped: Stamped) -> None:
        match stamped.event:
            case Prompted(step=step):
                if not self._open:
                    self._forget()
                self._open[step] = stamped.event
            case Answered(step=step) | StepEnded(step=step):
                self._open.pop(step, None)

    def _forget(self) -> None:
        """What was typed before anybody asked is no answer; what a pipe holds is."""
        if not self._ended and _at_terminal():
            self._typed = b""
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)

    def _line(self) -> str | None:
        """A line that was typed, if one is there."""
        while b"\n" not in self._typed and self._readable():
            chunk = os.read(sys.stdin.fileno(), 4096)
            self._ended = not chunk
            self._typed += chunk
        if b"\n" not in self._typed:
            return None
        line, _, self._typed = self._typed.partition(b"\n")
        return line.decode(errors="replace").strip()

    def _readable(self) -> bool:
        if self._ended or (sys.stdin.isatty() and not _at_terminal()):
            return False  # who reads in the background is stopped
        with suppress(OSError, ValueError):  # closed
            return bool(select.select([sys.stdin], [], [], 0)[0])
        return False


def _at_terminal() -> bool:
    """Whether this process is the one that its terminal's keys are for."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):  # no terminal
        return False
