"""A plan with its readings as lines of text, the chosen step marked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from harness.model.outcome import Outcome
from harness.ui.board.steps import StepLine
from harness.ui.operator.lines import cut

_SIGNS = {Outcome.PASS: "✓", Outcome.FAIL: "✗", Outcome.ERROR: "■", Outcome.ABORTED: "■"}


def plan_text(lines: Sequence[StepLine], chosen: int, width: int) -> tuple[Text, int]:
    """The steps with their readings, and in which line the chosen one stands."""
    text, at, count = Text(), 0, 0
    inside: dict[str, int] = {}
    for number, line in enumerate(lines):
        inside[line.id] = inside.get(line.parent, -1) + 1
        at = count if number == chosen else at
        for part, row in enumerate(_rows(line, "  " * inside[line.id])):
            style = "reverse bold" if number == chosen and not part else ""
            text.append(cut(row, width) + "\n", style)
            count += 1
    return text, at


def looks_at(lines: Sequence[StepLine]) -> int:
    """Where a person looks first: at the first step that went wrong, else at the one at work.

    Never at a group for what a step in it did; at the first step where there is neither.
    """
    wrong = [line for line in lines if (line.outcome or Outcome.PASS) > Outcome.PASS]
    chosen = wrong or [line for line in lines if line.at_work]
    groups = {line.parent for line in chosen}
    first = next((line for line in chosen if line.id not in groups), None)
    return lines.index(first) if first else 0


def _rows(line: StepLine, indent: str) -> Iterator[str]:
    sign = "▶" if line.at_work else _SIGNS.get(line.outcome, "-") if line.outcome else "·"
    took = f"{line.took_s:.1f} s" if line.took_s is not None else ""
    usual = f"({line.takes_s:.1f} s)" if line.takes_s is not None else ""
    again = f"x{line.attempt}" if line.attempt > 1 else ""
    notes = (line.skipped, line.waits_for and f"… {line.waits_for}", line.code, line.words)
    parts = (f"{indent}{sign} {line.id}", line.use, again, took, usual, *notes)
    yield "  ".join(part for part in parts if part)
    for reading in line.readings:
        mark = _SIGNS.get(reading.outcome, "-")
        shown = (f"{indent}    {mark} {reading.name}", reading.value, reading.limit, reading.reason)
        yield "  ".join(part for part in shown if part)
