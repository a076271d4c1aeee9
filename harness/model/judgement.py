"""What a limit makes of a value. Total: whatever cannot be judged is ERROR."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from harness.model.outcome import Outcome
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.value import Value


class Judgement(NamedTuple):
    """The outcome and a word for why.

    LOW, HIGH and MISMATCH are FAILs; UNKNOWN, UNREADABLE and UNEXPECTED are ERRORs; a PASS has
    no word, or MARGINAL, or UNKNOWN where the limit allows that.
    """

    outcome: Outcome
    reason: str = ""


PASS = Judgement(Outcome.PASS)
MARGINAL = Judgement(Outcome.PASS, "MARGINAL")
NONE_NEEDED = Judgement(Outcome.PASS, "UNKNOWN")
LOW = Judgement(Outcome.FAIL, "LOW")
HIGH = Judgement(Outcome.FAIL, "HIGH")
MISMATCH = Judgement(Outcome.FAIL, "MISMATCH")
UNKNOWN = Judgement(Outcome.ERROR, "UNKNOWN")
UNREADABLE = Judgement(Outcome.ERROR, "UNREADABLE")
UNEXPECTED = Judgement(Outcome.ERROR, "UNEXPECTED")

REASONS = frozenset({"LOW", "HIGH", "MISMATCH"})
"""Why a measurement FAILs."""


class Limit(Protocol):
    """What a measurement must satisfy."""

    @property
    def unknown(self) -> Judgement:
        """What it makes of a device that does not know the value, or offers none."""
        ...

    def judge(self, value: object) -> Judgement:
        """Judge any value at all; a limit never raises."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """The limit as it stands in the record: JSON values."""
        ...


def judge(limit: Limit, reading: Reading[Value]) -> Judgement:
    """What a limit makes of what was read."""
    match reading:
        case Unreadable():
            return UNREADABLE
        case Unknown():
            return limit.unknown
        case _:
            return limit.judge(reading)
