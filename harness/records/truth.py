"""Whether a record is true to its own parts and to the plan that it names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import orjson

from harness.errors import Blame
from harness.model.codec import decode
from harness.model.conclude import conclude_again, dut_failed, symptom_of
from harness.model.fault import Fault, Symptom
from harness.model.judgement import Judgement, judge
from harness.model.limits import limit_of
from harness.model.plan import Plan, PlannedStep
from harness.model.record import Record, StepRecord, reading_of

Symptoms = Mapping[str, Symptom]
"""What a plan says of its faults, by their codes."""


ReadPlan = Callable[[str], Plan]
"""Reads a plan's canonical form. Raises: ValueError when it is none."""


@dataclass(frozen=True, slots=True)
class PlanSaid:
    """What a stored plan says of its runs: no `plan` when only the symptoms can be held against.

    `units` are those of the measurements, by the ids of the steps.
    """

    symptoms: Symptoms
    plan: Plan | None = None
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def plan_said(document: bytes, read_plan: ReadPlan | None) -> PlanSaid:
    """What a plan's canonical form says; an earlier form did not say what the steps measure.

    Raises: ValueError when it is no such form.
    """
    plain = orjson.loads(document)
    if not isinstance(plain, dict):
        raise ValueError(f"expected an object, found {plain!r:.60}")
    symptoms: Symptoms = decode(cast("Any", Symptoms), plain.get("symptoms", {}))
    steps = plain.get("steps")
    if read_plan is None or not isinstance(steps, list) or not any(map(_says_measures, steps)):
        return PlanSaid(symptoms)
    plan = read_plan(document.decode())
    units = {
        step["id"]: {name: said.get("unit", "") for name, said in step["measures"].items()}
        for step in steps
    }
    return PlanSaid(symptoms, plan, units)


def _says_measures(step: object) -> bool:
    return isinstance(step, dict) and "measures" in step


def judgement_problems(record: Record) -> Iterator[str]:
    """Where a value is not judged as the limit that stands beside it judges."""
    for step in record.steps:
        for made in step.measurements:
            try:
                again = judge(limit_of(made.limit), reading_of(made))
            except ValueError as error:
                yield f"the limit of {step.id}.{made.name} cannot be read: {error}"
                continue
            if (made.outcome, made.reason) != again:
                said = f"it says {_said(Judgement(made.outcome, made.reason))}"
                yield f"{said} of {step.id}.{made.name}, its limit says {_said(again)}"


def conclusion_problems(record: Record) -> Iterator[str]:
    """Where the conclusion is not what the parts add up to."""
    try:
        again = conclude_again(record)
    except (KeyError, TypeError) as error:
        yield f"its parts cannot be concluded: {type(error).__name__}: {error}"
        return
    if record.outcome is not again.outcome:
        said = record.outcome.name if record.outcome is not None else None
        yield f"it says {said}, its parts say {again.outcome.name}"
    if _decisive(record.fault) != _decisive(again.fault):
        yield "its fault is not the one that its parts show"
    if record.dut_failed is not dut_failed(record.steps, (note.event for note in record.notes)):
        yield f"it says dut_failed {record.dut_failed}, its steps do not"


def plan_problems(record: Record, said: PlanSaid) -> Iterator[str]:
    """Where a record is not of the plan that it names."""
    yield from _symptom_problems(record, said.symptoms)
    if said.plan is None:
        return
    plan, ref = said.plan, record.plan
    if (ref.id, ref.revision) != (plan.id, plan.revision):
        yield f"it says plan {ref.id} {ref.revision}, its plan is {plan.id} {plan.revision}"
    told = [(step.id, step.use, step.phase, frozenset(step.measures)) for step in ref.steps]
    if told != [(step.id, step.use, step.phase, frozenset(step.limits)) for step in plan.steps]:
        yield "its planned steps, or what they measure, are not those of its plan"
    planned = {step.id: step for step in plan.steps}
    for step in record.steps:
        if step.id not in planned:
            yield f"its plan has no step {step.id}"
        else:
            yield from _step_problems(step, planned[step.id], said.units[step.id])


def _step_problems(
    step: StepRecord, planned: PlannedStep, units: Mapping[str, str]
) -> Iterator[str]:
    if (step.use, step.phase) != (planned.use, planned.phase):
        yield f"step {step.id} is {step.use} in {step.phase}, not as its plan has it"
    for made in step.measurements:
        name = f"{step.id}.{made.name}"
        if made.name not in planned.limits:
            yield f"its plan does not measure {name}"
            continue
        wanted = planned.limits[made.name].describe()
        if _json(made.limit) != _json(wanted):
            yield f"the limit of {name} is {dict(made.limit)}, its plan has {dict(wanted)}"
        if made.unit != units[made.name]:
            yield f"the unit of {name} is {made.unit!r}, its plan has {units[made.name]!r}"


def _json(limit: Mapping[str, Any]) -> bytes:
    """A text for comparison, in which True is not 1."""
    return orjson.dumps(dict(limit), option=orjson.OPT_SORT_KEYS)


def _symptom_problems(record: Record, symptoms: Symptoms) -> Iterator[str]:
    """Where the symptom is not the one that the plan gives for the fault."""
    given = symptom_of(record.fault, symptoms)
    if record.symptom != given:
        said, wanted = _symptom(record.symptom), _symptom(given)
        code = record.fault.code if record.fault else "no fault"
        yield f"it says {said}, its plan says {wanted} for {code}"


def _decisive(fault: Fault | None) -> tuple[str, Blame] | None:
    return (fault.code, fault.blame) if fault else None


def _said(judgement: Judgement) -> str:
    return f"{judgement.outcome.name} {judgement.reason}".rstrip()


def _symptom(symptom: Symptom | None) -> str:
    return f"symptom {symptom.code} of bin {symptom.bin}" if symptom else "no symptom"
