"""Whether a record is true to its own parts and to the plan that it names. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import orjson

from harness.model.codec import decode
from harness.model.conclude import Conclusion, conclude, dut_failed
from harness.model.events import RunInterrupted
from harness.model.fault import Symptom
from harness.model.judgement import Judgement, judge
from harness.model.limits import limit_of
from harness.model.record import Record, reading_of

Symptoms = Mapping[str, Symptom]
"""What a plan says of its faults, by their codes."""


def conclude_again(record: Record) -> Conclusion:
    """What the record's own parts add up to."""
    return conclude(record.plan, record.steps, (note.event for note in record.notes))


def symptoms_of(plan: bytes) -> Symptoms:
    """The symptoms in a plan's canonical form; none in one from before there were any.

    Raises: ValueError when it is no such form.
    """
    plain = orjson.loads(plan)
    if not isinstance(plain, dict):
        raise ValueError(f"expected an object, found {plain!r:.60}")
    symptoms: Symptoms = decode(cast("Any", Symptoms), plain.get("symptoms", {}))
    return symptoms


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
    if (record.fault and record.fault.code) != (again.fault and again.fault.code):
        yield "its fault is not the one that its parts show"
    if record.dut_failed is not dut_failed(record.steps, (note.event for note in record.notes)):
        yield f"it says dut_failed {record.dut_failed}, its steps do not"


def symptom_problems(record: Record, symptoms: Symptoms) -> Iterator[str]:
    """Where the symptom is not the one that the plan gives for the fault."""
    code = record.fault.code if record.fault else ""
    interrupted = any(isinstance(note.event, RunInterrupted) for note in record.notes)
    given = None if interrupted else symptoms.get(code)  # recovery concludes without the plan
    if record.symptom != given:
        said, wanted = _symptom(record.symptom), _symptom(given)
        yield f"it says {said}, its plan says {wanted} for {code or 'no fault'}"


def _said(judgement: Judgement) -> str:
    return f"{judgement.outcome.name} {judgement.reason}".rstrip()


def _symptom(symptom: Symptom | None) -> str:
    return f"symptom {symptom.code} of bin {symptom.bin}" if symptom else "no symptom"
