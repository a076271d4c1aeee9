"""Text that came from outside, fit for a terminal."""

from __future__ import annotations

import unicodedata

_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    """The text with every control, format and direction character written out.

    A device's answer must not move the cursor, clear the screen or paint a verdict.
    """
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _UNSEEN else char
        for char in text
    )
