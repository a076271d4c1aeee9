"""What a record found, in words: for the console, tables and pages."""

from __future__ import annotations

from collections.abc import Iterator

from harness.errors import Blame
from harness.model.conclude import (
    as_told,
    fault_of_note,
    final_attempts,
    measurement_code,
    measurement_fault,
    shows_bad,
)
from harness.model.fault import Fault
from harness.model.judgement import MARGINAL
from harness.model.outcome import Outcome
from harness.model.record import MeasurementRecord, Record, StepRecord
from harness.ui.limits import judged_words
from harness.ui.verdict import fault_words, symptom_words, verdict


def findings(record: Record) -> list[str]:
    """What stood in the way of a PASS, what decided first.

    Bin, code and words of its symptom; then of each fault measurement, value, limit; code; words;
    remedy.
    """
    blocks = _Blocks(record)
    if record.fault:
        blocks.add(record.fault)  # its step says what it was before a second slot confirmed it
    for step in final_attempts(record.steps).values():
        for made in step.measurements:
            if made.outcome is not Outcome.PASS:
                blocks.add(measurement_fault(step.id, made), _against(step, made))
        if step.fault:
            blocks.add(step.fault)
    for note in record.notes:
        if fault := fault_of_note(note.event):
            blocks.add(fault)
    symptom = [symptom_words(record.symptom)] if record.symptom else []
    return [*symptom, *blocks.lines(record.fault.code if record.fault else "")]


def brief(record: Record) -> str:
    """How it ended, by which codes, and the bin of its symptom: on a line."""
    words = verdict(record.outcome, record.purpose, record.dut_failed).plain
    ended = " ".join([words, *sorted(concluded(record))])
    return f"{ended}  {symptom_words(record.symptom)}" if record.symptom else ended


def marginal(record: Record) -> list[str]:
    """The measurements that passed with little to spare, each with its limit."""
    return [
        f"MARGINAL: {_against(step, made)}"
        for step in final_attempts(record.steps).values()
        for made in step.measurements
        if (made.outcome, made.reason) == MARGINAL
    ]


def bad_codes(record: Record) -> list[str]:
    """The first fault code of each step that found the unit bad, then those of the whole run."""
    bad: dict[str, str] = {}
    for step in record.steps:
        if shows_bad(step):
            bad.setdefault(step.id, next(_dut_codes(step)))
        elif step.outcome is Outcome.PASS:
            bad.pop(step.id, None)
    of_run = (fault_of_note(note.event) for note in record.notes)
    return [*bad.values(), *(f.code for f in of_run if f and f.blame is Blame.DUT)]


def concluded(record: Record) -> frozenset[str]:
    """All that a record holds against its unit, slot or plan, in any attempt.

    Each measurement that is not PASS as `step.measurement:REASON`, and the code of each fault.
    """
    made = {
        (measurement_fault(step.id, made).code, f"{step.id}.{made.name}:{made.reason}")
        for step in record.steps
        for made in step.measurements
        if made.outcome is not Outcome.PASS
    }
    codes = {step.fault.code for step in record.steps if step.fault}
    codes |= {fault.code for note in record.notes if (fault := fault_of_note(note.event))}
    if record.fault:
        codes |= {record.fault.code} - {code for code, _ in made}
    return frozenset(codes | {words for _, words in made})


def _dut_codes(step: StepRecord) -> Iterator[str]:
    for made in step.measurements:
        if made.outcome is Outcome.FAIL:
            yield measurement_code(step.id, made)
    if step.fault and step.fault.blame is Blame.DUT:
        yield step.fault.code


class _Blocks:
    """Faults by their codes, each told once, with the measurements that have it."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._made: dict[str, list[str]] = {}
        self._faults: dict[str, Fault] = {}

    def add(self, fault: Fault, *against: str) -> None:
        self._faults.setdefault(fault.code, as_told(fault, self._record))
        self._made.setdefault(fault.code, []).extend(against)

    def lines(self, first: str) -> Iterator[str]:
        """A block a code, that of `first` at the top."""
        for code, fault in sorted(self._faults.items(), key=lambda entry: entry[0] != first):
            yield from self._made[code]
            yield fault_words(fault)
            yield f"-> {fault.remedy}"


def _against(step: StepRecord, made: MeasurementRecord) -> str:
    return f"{step.id}.{judged_words(made)}"
