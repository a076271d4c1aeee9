"""What a stored run would have been under the limits of another plan. Pure; the record stays.

Only what was measured is judged again. What the steps did is not done again: a step that the run
lacks, or that was another step, leaves it unknown what the run would have been.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.errors import PlanError
from harness.model.conclude import Conclusion, attempt_outcome, conclude, dut_failed, tried_again
from harness.model.events import Event, Faulted
from harness.model.fault import Fault
from harness.model.judgement import UNREADABLE, Limit, judge
from harness.model.limit_units import Units, in_units
from harness.model.outcome import Outcome
from harness.model.plan import Plan, PlannedStep
from harness.model.record import MeasurementRecord, Record, StepRecord, reading_of
from harness.model.refs import PlanRef
from harness.model.step import Catalogue, Flag, Measurement, Numeric, Series, Text
from harness.model.units import Quantity
from harness.model.value import Curve

_ENDED = (Outcome.PASS, Outcome.FAIL, Outcome.ABORTED, Outcome.ERROR)
_KINDS = {Numeric: float, Text: str, Flag: bool, Series: Curve}


@dataclass(frozen=True, slots=True)
class Change:
    """A measurement of an attempt that is judged in another way now."""

    step: str
    attempt: int
    before: MeasurementRecord
    after: MeasurementRecord


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What a run would have been, and which judgements make the difference."""

    outcome: Outcome
    fault: Fault | None
    dut_failed: bool
    changes: tuple[Change, ...]


def rejudge(record: Record, plan: Plan, catalogue: Catalogue, made_by: Plan) -> Rejudged:
    """The run under this plan's limits; every fault of the run stays.

    `made_by` is the plan that it was made by: with other parameters it was another test.
    A measurement that the plan does not make keeps its judgement. An attempt that the plan would
    not have made again counts, even if the run made it again.

    Raises: ValueError when the run has not ended.
    """
    if record.outcome is None:
        raise ValueError(f"the run {record.run} has not ended")
    noted = [note.event for note in record.notes]
    planned = {step.id: step for step in plan.steps}
    again = [_step(step, planned.get(step.id), catalogue) for step in record.steps]
    counting = list(_counting(again, planned))
    noted += _others(record, planned, made_by)
    told = conclude(record.plan, record.steps, (note.event for note in record.notes))
    if (told.outcome, _code(told.fault)) == (record.outcome, _code(record.fault)):
        found = conclude(PlanRef.of(plan, catalogue, record.plan.only), counting, noted)
    else:
        words = f"the record says {record.outcome.name}, its parts add up to {told.outcome.name}"
        found = Conclusion(Outcome.ERROR, _incomplete(words))
    changes = tuple(_changes(record.steps, again))
    return Rejudged(*found, dut_failed(counting, noted), changes)


def _code(fault: Fault | None) -> str:
    return fault.code if fault else ""


def _incomplete(words: str) -> Fault:
    return Fault.of(PlanError("RUN-INCOMPLETE", words))


def _others(record: Record, planned: Mapping[str, PlannedStep], made_by: Plan) -> Iterator[Event]:
    """Where a step of the plan was another one, or took other parameters, in the run."""
    with_ = {step.id: _arguments(step) for step in made_by.steps}
    for name, use in {step.id: step.use for step in record.steps}.items():
        if name not in planned:
            continue
        wanted = planned[name]
        if use != wanted.use:
            words = f"step {name} was {use} in this run, the plan has {wanted.use}"
            yield Faulted(_incomplete(words))
        elif with_.get(name) != _arguments(wanted):
            words = f"step {name} took other parameters in this run than the plan gives it"
            yield Faulted(_incomplete(words))


def _arguments(step: PlannedStep) -> Mapping[str, object]:
    """The parameters of a step, alike however their units were written."""
    return {
        name: value.canonical() if isinstance(value, Quantity) else value
        for name, value in step.arguments.items()
    }


def _step(step: StepRecord, planned: PlannedStep | None, catalogue: Catalogue) -> StepRecord:
    """An attempt with what the plan limits judged again."""
    if planned is None or planned.use != step.use:
        return step
    declared = catalogue[planned.use].measures
    made = tuple(
        _judged(m, planned.limits[m.name], declared[m.name]) if m.name in planned.limits else m
        for m in step.measurements
    )
    explained = attempt_outcome(step.measurements, step.fault) is step.outcome
    outcome = attempt_outcome(made, step.fault) if explained else step.outcome
    return replace(step, measurements=made, outcome=outcome)


def _judged(made: MeasurementRecord, limit: Limit, declared: Measurement) -> MeasurementRecord:
    """A measurement under another limit, which is put into the units of the record."""
    try:
        there = in_units(limit, _declared_units(declared), _units(made, declared))
        fits = made.value is None or type(made.value) is _KINDS[type(declared)]
        judged = judge(there, reading_of(made)) if fits else UNREADABLE
    except ValueError:
        there, judged = limit, UNREADABLE
    return replace(made, outcome=judged.outcome, reason=judged.reason, limit=there.describe())


def _declared_units(declared: Measurement) -> Units:
    return Units(declared.unit, declared.x if isinstance(declared, Series) else "")


def _units(made: MeasurementRecord, declared: Measurement) -> Units:
    if isinstance(made.value, Curve):
        return Units(made.unit, made.value.x_unit)
    return replace(_declared_units(declared), y=made.unit)


def _counting(
    steps: Sequence[StepRecord], planned: Mapping[str, PlannedStep]
) -> Iterator[StepRecord]:
    """The attempts up to the one that decides its step.

    That is the last one, or the one after which this plan would have made no other, if that is
    worse: a retry that the plan does not allow washes nothing away.
    """
    last = {step.id: step for step in steps}
    ended: set[str] = set()
    for step in steps:
        if step.id in ended:
            continue
        yield step
        retry = planned[step.id].retry if step.id in planned else None
        again = retry is None or tried_again(step, step.outcome, retry)
        if not again and _worse(step.outcome, last[step.id].outcome):
            ended.add(step.id)


def _worse(outcome: Outcome | None, last: Outcome | None) -> bool:
    if outcome not in _ENDED or last not in _ENDED:
        return False  # a step that never ended or was skipped in the end is ERROR
    assert outcome is not None and last is not None
    return outcome > last


def _changes(before: Sequence[StepRecord], after: Sequence[StepRecord]) -> Iterator[Change]:
    for old, new in zip(before, after, strict=True):
        for was, now in zip(old.measurements, new.measurements, strict=True):
            if (was.outcome, was.reason) != (now.outcome, now.reason):
                yield Change(new.id, new.attempt, was, now)
