"""What a program of a simulated handset says, and the shape of a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Answer(NamedTuple):
    """What a command prints, its exit code, and how long it takes [s]."""

    out: bytes = b""
    err: bytes = b""
    code: int = 0
    takes_s: float = 0.0


Program = Callable[[list[str], float], Answer]
"""Answers the words after its name, at a time [s of the simulator's clock, which runs as real
time does; dwell times are divided by the scenario's speed instead]."""

Programs = Mapping[str, Program]
"""Programs by the first word or two of their command: `getprop`, `dumpsys battery`."""


def together(*parts: Programs) -> dict[str, Program]:
    """The programs of all parts.

    Raises: ValueError when a name is given twice: one of the two would never run.
    """
    programs: dict[str, Program] = {}
    for part in parts:
        if twice := programs.keys() & part.keys():
            raise ValueError(f"programs that are given twice: {', '.join(sorted(twice))}")
        programs |= part
    return programs


def text(out: str) -> Answer:
    """An answer that succeeds."""
    return Answer(out.encode())


def failure(message: str, code: int) -> Answer:
    """An answer on the error stream."""
    return Answer(err=f"{message}\n".encode(), code=code)
