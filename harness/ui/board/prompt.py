"""What a step asks the operator. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.ui.line_view import SlotFold
from harness.ui.text import printable


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question of a step."""

    slot: int
    step: str
    question: str
    """What an answer names it by."""
    text: str
    """It is printable."""
    answers: tuple[str, ...]
    """Those to choose from, as an answer has to say them: they may not be printable."""
    left_s: float | None
    """How long there is to answer it [s], never below 0."""


def prompts_of(slots: Iterable[SlotFold], now_s: float) -> list[Prompt]:
    """What is asked and not answered, the longest first."""
    asked = [
        (heard_s, slot.number, prompted)
        for slot in slots
        for prompted, heard_s in slot.asked.values()
    ]
    return [
        Prompt(
            slot=number,
            step=prompted.step,
            question=prompted.question,
            text=printable(prompted.text),
            answers=prompted.answers,
            left_s=max(0.0, prompted.within_s - (now_s - heard_s)) if prompted.within_s else None,
        )
        for heard_s, number, prompted in sorted(asked, key=lambda each: each[:2])
    ]
