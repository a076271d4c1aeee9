"""Runs judged again, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.model.outcome import Outcome
from harness.model.record import MeasurementRecord, Record
from harness.model.rejudge import Change, Rejudged
from harness.model.words import value_words
from harness.ui.limits import limit_words
from harness.ui.text import printable


def replay_lines(record: Record, again: Rejudged) -> Iterator[str]:
    """A run with its old and its new outcome, then each judgement that has changed."""
    assert record.outcome is not None, "an open run is not judged"
    outcomes = f"{record.outcome.name} -> {again.outcome.name}"
    yield printable(f"{record.run} {record.unit.serial or '-'} {outcomes}")
    for change in again.changes:
        yield printable(f"  {_change(change)}")
    if again.fault and again.outcome is not Outcome.FAIL:
        yield printable(f"  {again.fault.code}: {again.fault.message}")


def _change(change: Change) -> str:
    attempt = f" (attempt {change.attempt})" if change.attempt > 1 else ""
    name = f"{change.step}.{change.before.name}{attempt}"
    was, now = _judged(change.before), _judged(change.after)
    return f"{name} {value_words(change.before)}: {was} -> {now}"


def _judged(made: MeasurementRecord) -> str:
    reason = f" {made.reason}" if made.reason else ""
    return f"{made.outcome.name}{reason} by {limit_words(made)}"


def count_lines(before: Counter[Outcome], after: Counter[Outcome]) -> Iterator[str]:
    """How many runs had each outcome, and would have had it."""
    yield f"{'':10}{'before':>8}{'after':>8}"
    for outcome in sorted({*before, *after}):
        yield f"{outcome.name:10}{before[outcome]:8}{after[outcome]:8}"
