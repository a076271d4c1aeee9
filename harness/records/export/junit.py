"""Records as JUnit XML, for the servers that show test results. Pure.

After the schema `junit-10.xsd` of Jenkins' xUnit plugin: it knows properties of a suite, not of a
case, so the measurements of all steps stand there. Times are UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from xml.etree import ElementTree as ET

from harness.errors import HarnessError
from harness.model.conclude import (
    as_told,
    fault_of_note,
    final_attempts,
    measurement_fault,
    step_fault,
)
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.record import MeasurementRecord, Record, StepRecord
from harness.model.value import ALL_DIGITS, spoken
from harness.model.words import unit_words

_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (clause 2.2, Char), and the carriage return, which it takes for LF."""


class Kind(StrEnum):
    """Why a case is no success: the thing is bad, nobody knows, or it was not tried."""

    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in a case that is no success; `code` goes into the attribute `type`."""

    kind: Kind
    code: str
    message: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a report: a step, or what is said of a run as a whole."""

    name: str
    time_s: float = 0.0
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """One thing that was tested, such as a jig."""

    name: str
    cases: Sequence[Case]
    properties: Sequence[tuple[str, str]] = ()
    started: datetime | None = None
    time_s: float = 0.0

    def count(self, kind: Kind) -> int:
        return sum(case.problem is not None and case.problem.kind is kind for case in self.cases)

    @property
    def good(self) -> bool:
        """Whether it has cases, and none of them is a failure or an error."""
        return bool(self.cases) and not (self.count(Kind.FAILURE) or self.count(Kind.ERROR))


def junit_xml(suites: Sequence[Suite], host: str) -> bytes:
    """The document of these suites, which ran on this host."""
    root = ET.Element("testsuites", _totals(suites))
    for suite in suites:
        root.append(_suite_element(suite, host))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def suite_of(name: str, record: Record, more: Iterable[Case] = ()) -> Suite:
    """A record as a suite, with a case for the last attempt of each step, and some more.

    It is good exactly when the record is PASS and the others are good.
    """
    return Suite(
        name,
        [*_cases(record), *more],
        [*_about(record), *_measured(record)],
        record.started,
        record.duration_s or 0.0,
    )


def case_of(name: str, error: HarnessError, kind: Kind = Kind.ERROR, time_s: float = 0.0) -> Case:
    """A case that is no success, for the reason of a fault."""
    return Case(name, time_s, _problem(kind, Fault.of(error)))


def _cases(record: Record) -> list[Case]:
    cases = [_case(step, record) for step in final_attempts(record.steps).values()]
    if record.outcome is None:
        return [*cases, Case("run", 0.0, Problem(Kind.ERROR, "", "the run has not ended"))]
    faults = [fault for note in record.notes if (fault := fault_of_note(note.event))]
    told = faults or any(case.problem and case.problem.kind is not Kind.SKIPPED for case in cases)
    if record.fault and not told:
        faults = [record.fault]
    return [*cases, *(Case("run", 0.0, _problem(Kind.ERROR, fault)) for fault in faults)]


def _case(step: StepRecord, record: Record) -> Case:
    time_s = step.duration_s or 0.0
    match step.outcome:
        case Outcome.PASS:
            return Case(step.id, time_s)
        case Outcome.SKIPPED:
            return Case(step.id, time_s, Problem(Kind.SKIPPED, "", step.skipped))
        case None:
            words = "the step has not ended: its process was killed"
            return Case(step.id, time_s, Problem(Kind.ERROR, "", words))
        case outcome:
            kind = Kind.FAILURE if outcome is Outcome.FAIL else Kind.ERROR
            fault = as_told(step_fault(step), record)
            return Case(step.id, time_s, _problem(kind, fault, *_faults(step)))


def _faults(step: StepRecord) -> Iterator[Fault]:
    """All that stands against a step."""
    for made in step.measurements:
        if made.outcome is not Outcome.PASS:
            yield measurement_fault(step.id, made)
    if step.fault:
        yield step.fault


def _problem(kind: Kind, fault: Fault, *all_of_it: Fault) -> Problem:
    lines = [f"{each.code}: {each.message}" for each in all_of_it or (fault,)]
    return Problem(kind, fault.code, fault.message, "\n".join([*lines, fault.remedy]))


def _about(record: Record) -> Iterator[tuple[str, str]]:
    yield "run", record.run
    yield "purpose", record.purpose.value
    yield "outcome", record.outcome.name if record.outcome else "open"
    yield "station", record.station.name
    yield "slot", str(record.slot)
    yield "operator", record.operator
    yield "plan", f"{record.plan.id} revision {record.plan.revision}"
    yield "plan.sha256", record.plan.sha256
    if record.limits:
        yield "limits", f"{record.limits.id} revision {record.limits.revision}"
    if record.jig:
        yield "jig", record.jig.id
        yield "jig.firmware", record.jig.firmware or ""
    yield "harness", record.harness


def _measured(record: Record) -> Iterator[tuple[str, str]]:
    """Value, limit and result of each measurement of the last attempts."""
    for step in final_attempts(record.steps).values():
        for made in step.measurements:
            name = f"{step.id}.{made.name}"
            yield name, _value(made)
            yield f"{name}.limit", _limit(made)
            yield f"{name}.result", f"{made.outcome.name} {made.reason}".strip()


def _limit(made: MeasurementRecord) -> str:
    """The limit as the record has it, without what it leaves open."""
    said = {key: value for key, value in made.limit.items() if value is not None}
    return ", ".join(f"{key} {value}" for key, value in said.items())


def _value(made: MeasurementRecord) -> str:
    if made.value is None:
        return made.raw
    return f"{spoken(made.value, ALL_DIGITS)}{unit_words(made.unit)}"


def _totals(suites: Iterable[Suite]) -> dict[str, str]:
    suites = list(suites)
    return {
        "tests": str(sum(len(suite.cases) for suite in suites)),
        "failures": str(sum(suite.count(Kind.FAILURE) for suite in suites)),
        "errors": str(sum(suite.count(Kind.ERROR) for suite in suites)),
    }


def _suite_element(suite: Suite, host: str) -> ET.Element:
    about = {
        "name": _legal(suite.name),
        **_totals([suite]),
        "skipped": str(suite.count(Kind.SKIPPED)),
        "time": f"{suite.time_s:.3f}",
        "hostname": _legal(host),
    }
    if suite.started:
        about["timestamp"] = f"{suite.started:%Y-%m-%dT%H:%M:%S}"
    element = ET.Element("testsuite", about)
    properties = ET.SubElement(element, "properties")
    for name, value in suite.properties:
        ET.SubElement(properties, "property", {"name": _legal(name), "value": _legal(value)})
    for case in suite.cases:
        element.append(_case_element(suite.name, case))
    return element


def _case_element(suite: str, case: Case) -> ET.Element:
    about = {"name": _legal(case.name), "classname": _legal(suite), "time": f"{case.time_s:.3f}"}
    element = ET.Element("testcase", about)
    if problem := case.problem:
        said = {"type": _legal(problem.code), "message": _legal(problem.message)}
        ET.SubElement(element, problem.kind.value, said).text = _legal(problem.text)
    return element


def _legal(text: str) -> str:
    """The text with every character written out that XML cannot hold."""
    return _ILLEGAL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
