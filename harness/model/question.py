"""What may be answered to a question, as plans write it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

MOST_ANSWERS = 9
"""Each has a key of its own, from 1 on."""


def told_apart(answers: Sequence[str]) -> bool:
    """Whether there are two at least and MOST_ANSWERS at most, each another word in any case."""
    words = {answer.strip().casefold() for answer in answers} - {""}
    return 2 <= len(answers) <= MOST_ANSWERS and len(words) == len(answers)


def answers_of(written: str) -> tuple[str, ...]:
    """The answers that a text names, with commas between.

    Raises: ValueError unless they are `told_apart`, and of characters that can be seen.
    """
    answers = tuple(answer.strip() for answer in written.split(","))
    if not told_apart(answers) or not _seen(written):
        words = f"expected 2 to {MOST_ANSWERS} answers with commas between, such as 'yes, no'"
        raise ValueError(f"{words}, each once whatever its case; found {written!r:.60}")
    return answers


def _seen(written: str) -> bool:
    """Whether a screen shows the answers as they are, and so sends them as they are."""
    return written.isprintable()
