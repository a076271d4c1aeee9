"""Text that came from outside, fit for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from harness.errors import HarnessError

_HASH_SHOWN = 12
_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


class Terminal(Console):
    """Where a command prints. That nobody reads any more is an error for whoever called it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(highlight=False, **settings)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # rich would leave the process with 1, which says FAIL


def say(console: Console, line: Text, hang: int = 0) -> None:
    """Print a line. On a terminal it is cut between words, and goes on `hang` columns in.

    In a file or a pipe it stays whole, for whoever searches it.
    """
    room = console.width - hang
    if console.is_terminal and line.cell_len > console.width and room > 0:
        head, body = line[:hang], line[hang:]
        parts = body.wrap(console, room)
        for part in parts:
            part.rstrip()
        line = head + Text("\n" + " " * hang).join(parts)
    console.print(line, soft_wrap=True)


def fault_lines(error: HarnessError) -> Iterator[str]:
    """A fault with its remedy; in place of its message, every problem of a file at its place."""
    if problems := error.evidence.get("problems"):
        yield error.code
        yield from (f"  {problem}" for problem in problems)
    else:
        yield f"{error.code}: {printable(error.message)}"
    yield f"  -> {error.remedy}"


def changed_lines(slot: int, why: HarnessError) -> Iterator[str]:
    """That a handset may still have what a run changed, and what to do."""
    yield f"warning: the handset of slot {slot} may not be as it was found: {why}"
    yield f"  {why.remedy}"


def short_hash(sha256: str) -> str:
    """The beginning of a SHA-256 by which people and options name what it is of."""
    return sha256[:_HASH_SHOWN]


def printable(text: str) -> str:
    """The text with every control, format and direction character written out.

    A device's answer must not move the cursor, clear the screen or paint a verdict.
    """
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _UNSEEN else char
        for char in text
    )
