"""Outcomes and what leads to them (LINE rules: FAIL is a bad unit, ERROR is *we do not know*)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from harness.errors import Blame


class Outcome(IntEnum):
    """Ordered: the worst of the parts is the outcome of the whole."""

    SKIPPED = 0
    PASS = 10
    FAIL = 30
    ABORTED = 40
    ERROR = 50


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst outcome; SKIPPED of nothing."""
    return max(outcomes, default=Outcome.SKIPPED)


def outcome_of(blame: Blame) -> Outcome:
    """What a fault with this blame makes of the step it happens in."""
    match blame:
        case Blame.DUT:
            return Outcome.FAIL
        case Blame.OPERATOR:
            return Outcome.ABORTED
        case _:
            return Outcome.ERROR
