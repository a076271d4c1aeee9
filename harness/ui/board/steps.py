"""The plan of a slot, step by step, with what was measured and the limits beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.model.fold import RecordBuilder
from harness.model.outcome import Outcome
from harness.model.record import MeasurementRecord, StepRecord
from harness.model.station import PlanShown, PlanStep
from harness.model.words import value_words
from harness.ui.limits import limit_words
from harness.ui.line_view import SlotFold
from harness.ui.text import printable


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A measurement; all texts are printable."""

    name: str
    value: str
    limit: str
    outcome: Outcome
    reason: str
    """What it is besides its outcome, such as LOW or MARGINAL; else ""."""


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step with its last attempt so far; one that has not begun has attempt 0 and no outcome."""

    id: str
    use: str
    phase: str
    parent: str
    """The group that it stands in."""
    attempt: int
    at_work: bool
    waits_for: str
    """The instrument that it waits for."""
    outcome: Outcome | None
    skipped: str
    """Why it was not run."""
    code: str
    words: str
    """Of its fault."""
    took_s: float | None
    takes_s: float | None
    """What it usually takes [s]."""
    readings: tuple[ReadingLine, ...]


def step_lines(fold: SlotFold, plan: PlanShown | None) -> list[StepLine]:
    """The steps of the plan in their order, then those that ran and are not in it.

    Without a run on the slot, those of the plan that is to be run.
    """
    made = last_attempts(fold.builder)
    planned = {step.id: step for step in _planned(fold, plan)}
    planned |= {
        step.id: PlanStep(step.id, step.use, step.phase, step.parent)
        for step in made.values()
        if step.id not in planned
    }
    return [_line(step, made.get(step.id), fold) for step in planned.values()]


def last_attempts(builder: RecordBuilder) -> Mapping[str, StepRecord]:
    """The last attempt of each step so far; one that was skipped after attempts stays as it ran."""
    last: dict[str, StepRecord] = {}
    for step in builder.steps():
        if step.attempt or step.id not in last:
            last[step.id] = step
    return last


def _planned(fold: SlotFold, plan: PlanShown | None) -> Iterator[PlanStep]:
    if plan:
        yield from plan.steps
    elif fold.plan:
        yield from (PlanStep(step.id, step.use, step.phase) for step in fold.plan.steps)


def _line(planned: PlanStep, made: StepRecord | None, fold: SlotFold) -> StepLine:
    fault = made.fault if made else None
    parent = planned.parent or (made.parent if made else None)
    return StepLine(
        id=printable(planned.id),
        use=printable(planned.use),
        phase=planned.phase.value,
        parent=printable(parent or ""),
        attempt=made.attempt if made else 0,
        at_work=planned.id in fold.at_work,
        waits_for=printable(fold.at_work.get(planned.id, "")),
        outcome=made.outcome if made else None,
        skipped=printable(made.skipped) if made else "",
        code=printable(fault.code) if fault else "",
        words=printable(fault.message) if fault else "",
        took_s=made.duration_s if made else None,
        takes_s=planned.takes_s,
        readings=tuple(map(_reading, made.measurements)) if made else (),
    )


def _reading(made: MeasurementRecord) -> ReadingLine:
    return ReadingLine(
        name=printable(made.name),
        value=printable(value_words(made)),
        limit=printable(limit_words(made)),
        outcome=made.outcome,
        reason=printable(made.reason),
    )
