"""What a record found wrong, in words: for tables and pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.model.conclude import final_attempts, measurement_fault, spoken
from harness.model.events import SafeStateFailed
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.record import MeasurementRecord, Record


def findings(record: Record) -> list[str]:
    """What stood in the way of a PASS: measurement, value, limit; code; words; remedy."""
    lines: list[str] = []
    told = set[str]()
    for step in final_attempts(record.steps).values():
        for made in step.measurements:
            if made.outcome is not Outcome.PASS:
                lines.append(f"{step.id}.{made.name} = {_value(made)}, limit {limit_words(made)}")
                _tell(measurement_fault(step.id, made), lines, told)
        if step.fault:
            _tell(step.fault, lines, told)
    for note in record.notes:
        if isinstance(note.event, SafeStateFailed):
            _tell(note.event.fault, lines, told)
    if record.fault:
        _tell(record.fault, lines, told)
    return lines


def limit_words(made: MeasurementRecord) -> str:
    """The limit that a value was judged by: for a range its acceptance bounds."""
    limit = made.limit
    if "accept_low" in limit:
        low, high = limit["accept_low"], limit["accept_high"]
        unit = _unit(made)
        if low is None:
            return f"at most {spoken(high)}{unit}"
        if high is None:
            return f"at least {spoken(low)}{unit}"
        return f"{spoken(low)} to {spoken(high)}{unit}"
    return _words_of(limit)


def _words_of(limit: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in limit.items())


def _tell(fault: Fault, lines: list[str], told: set[str]) -> None:
    """A fault with its words and its remedy; the same code only once."""
    if fault.code not in told:
        told.add(fault.code)
        lines += [f"{fault.code} ({fault.blame}): {fault.message}", f"-> {fault.remedy}"]


def _value(made: MeasurementRecord) -> str:
    if made.value is None:
        return made.raw or "nothing"
    return f"{spoken(made.value)}{_unit(made)}"


def _unit(made: MeasurementRecord) -> str:
    return f" {made.unit}" if made.unit not in ("", "1") else ""
