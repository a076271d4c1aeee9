"""Text that came from outside, fit for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


@contextmanager
def while_there(console: Console) -> Iterator[None]:
    """Draw for somebody who may leave: a closed or full terminal must not cost a run its end."""
    try:
        yield
    except (OSError, SystemExit):  # rich leaves the process on a broken pipe
        console.quiet = True


def printable(text: str) -> str:
    """The text with every control, format and direction character written out.

    A device's answer must not move the cursor, clear the screen or paint a verdict.
    """
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _UNSEEN else char
        for char in text
    )
