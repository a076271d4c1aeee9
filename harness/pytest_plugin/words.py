"""What pytest tells of a step, a run and a fault."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from harness.model.conclude import fault_of_note, final_attempts, step_fault
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.record import MeasurementRecord, Record, StepRecord
from harness.model.words import value_words
from harness.ui.findings import findings
from harness.ui.limits import limit_words, measurement_lines
from harness.ui.text import printable
from harness.ui.verdict import verdict


class _Writer(Protocol):
    def line(self, s: str = "", **markup: bool) -> None: ...


class Told(Exception):
    """What pytest shows of a failure as it stands, in place of a traceback."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = [printable(line) for line in lines]
        super().__init__("\n".join(self.lines))


class Words:
    """Words in place of a traceback; the first line also stands in short summaries."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    @property
    def reprcrash(self) -> Words:
        """Where pytest looks for the message of its short summary."""
        return self

    @property
    def message(self) -> str:
        return self._lines[0]

    def toterminal(self, writer: _Writer) -> None:
        for line in self._lines:
            writer.line(line)

    def __str__(self) -> str:
        return "\n".join(self._lines)


_FINE = (Outcome.PASS, Outcome.SKIPPED)


def step_findings(record: Record, attempts: tuple[StepRecord, ...]) -> list[str]:
    """Why the last attempt of a step did not pass, and what to do."""
    fault = step_fault(attempts[-1])
    return findings(replace(record, steps=attempts, notes=(), fault=fault, symptom=None))


def attempt_lines(attempts: Iterable[StepRecord]) -> Iterator[str]:
    """Each attempt of a step with its measurements and their limits."""
    for made in attempts:
        assert made.outcome is not None
        yield f"attempt {made.attempt}: {made.outcome.name} after {made.duration_s:.1f} s"
        for measured in made.measurements:
            yield from (printable(line) for line, _ in measurement_lines(measured))


def properties(made: Iterable[MeasurementRecord]) -> Iterator[tuple[str, str]]:
    """Measurements as the properties of a test case: each value, and what it was judged by."""
    for measured in made:
        yield measured.name, value_words(measured)
        yield f"{measured.name}.limit", limit_words(measured)


def unshown(record: Record, shown: Collection[str], *, cut: bool) -> list[str]:
    """What stood in the way of a PASS and is seen at none of the steps that are shown.

    That the run was `cut` short by pytest, or only a part of its plan, is no news.
    """
    ours = {"RUN-PARTIAL", "RUN-ABORTED"} if cut else {"RUN-PARTIAL"}
    bad = [step for step in final_attempts(record.steps).values() if step.outcome not in _FINE]
    seen = [step_fault(step) for step in bad if step.id in shown]

    def news(fault: Fault | None) -> Fault | None:
        return None if fault is None or fault.code in ours or fault in seen else fault

    rest = replace(
        record,
        steps=tuple(
            replace(step, fault=news(step.fault)) for step in record.steps if step.id not in shown
        ),
        notes=tuple(note for note in record.notes if news(fault_of_note(note.event))),
        fault=news(record.fault),
        symptom=None,
    )
    return findings(rest)


def run_lines(file: str, record: Record) -> Iterator[str]:
    """Which run it was, what it came to, and that a part of a plan is no verdict."""
    unit = record.unit.serial or record.scanned.serial or "an unannounced unit"
    end = verdict(record.outcome, record.purpose, record.dut_failed).plain
    yield f"{file} on {printable(unit)}, slot {record.slot}: {end}, run {record.run}"
    if only := record.plan.only:
        yield f"  only {', '.join(only)} of the plan: a part of it is no verdict"
