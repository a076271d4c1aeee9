"""What goes on running on a simulated handset after the shell that started it has ended."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from harness.sim.handset.state.answer import Answer, Program, failure

_LOOP = re.compile(r"while (?P<test>[^;]+); do (?P<body>.+); done")
_CLOSED_INPUT = "</dev/null"
_ONLY_ERRORS_CLOSED = ["2", ">", "/dev/null", "&"]

Run = Callable[[str, float], Answer]


class Detached:
    """A script in the background: commands, or a loop of them, whose output goes into a file.

    `advance` runs it to its next pause. A file that was removed meanwhile stays away: what holds
    it open writes where nobody reads.
    """

    def __init__(self, script: str, out: str, files: dict[str, bytes], run: Run) -> None:
        self._script = script
        self._out = out
        self._files = files
        self._run = run
        self._now_s = 0.0
        self._pauses = self._walk()

    def advance(self, now_s: float) -> float | None:
        """Run on at a time [s]; how long it then sleeps [s], None once it has ended."""
        self._now_s = now_s
        return next(self._pauses, None)

    def _walk(self) -> Iterator[float]:
        loop = _LOOP.fullmatch(self._script)
        if loop is None:
            yield from self._commands(self._script)
            return
        while self._run(loop["test"], self._now_s).code == 0:
            yield from self._commands(loop["body"])

    def _commands(self, joined: str) -> Iterator[float]:
        for command in joined.split("; "):
            program, _, words = command.partition(" ")
            if program == "sleep":
                yield float(words)
                continue
            answer = self._run(command, self._now_s)
            if answer.takes_s:
                yield answer.takes_s
            if self._out in self._files:
                self._files[self._out] += answer.out


def setsid(files: dict[str, bytes], run: Run, started: Callable[[Detached], None]) -> Program:
    """The program `setsid sh -c SCRIPT </dev/null >FILE 2>/dev/null &` (toybox setsid.c).

    With a stream of the shell still open, the shell would not end before it.
    """

    def program(words: list[str], _now_s: float) -> Answer:
        match words:
            case ["sh", "-c", script, str(closed), ">", out, *rest] if (
                closed == _CLOSED_INPUT and rest == _ONLY_ERRORS_CLOSED
            ):
                if out != "/dev/null":
                    files[out] = b""
                started(Detached(script, out, files, run))
                return Answer()
            case ["sh", "-c", *_]:
                return Answer(takes_s=math.inf)
            case _:
                return failure("setsid: Needs 1 argument", 1)

    return program
