"""What the self-test of jigs found: a row of a table, JSON values, a suite of JUnit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from harness.errors import JigFault
from harness.model.codec import encode
from harness.model.conclude import final_attempts
from harness.model.outcome import Outcome
from harness.model.readiness import golden_units
from harness.model.record import Record
from harness.quality.drift import as_json
from harness.records.export.junit import Case, Kind, Problem, Suite, case_of, suite_of
from harness.ui.drift import drift_summary, drift_words
from harness.ui.findings import findings, marginal
from harness.ui.report.jig import JigReport
from harness.ui.verdict import STYLES

TITLES = ("jig", "self-test", "production")


def selftest_row(jig: JigReport) -> tuple[list[str], Text, Text, list[str]]:
    """Which jig, how it ended, whether it is open and since when, what was found."""
    who = [jig.name, f"slot {jig.tested.slot}"]
    return who, Text(jig.outcome.name, STYLES[jig.outcome]), _state(jig), [*_found(jig)]


def selftest_json(jig: JigReport) -> dict[str, Any]:
    """What a program wants to know of a jig; the records have the rest."""
    ready, tested = jig.readiness, jig.tested
    golden = tested.golden.record if tested.golden else None
    return {
        "jig": jig.name,
        "slot": tested.slot,
        "outcome": jig.outcome.name,
        "open": ready.open,
        "code": ready.code or None,
        "words": ready.words or None,
        "since": f"{ready.since:%Y-%m-%dT%H:%M:%SZ}" if ready.since else None,
        "run": jig.record.run if jig.record else None,
        "golden": {"unit": golden.unit.serial, "run": golden.run} if golden else None,
        "faults": [str(fault) for fault in jig.faults],
        "failed": [*_failed(jig.record)] if jig.record else [],
        "drift": [{**as_json(drift), "words": drift_words(drift)} for drift in jig.drifts],
    }


def selftest_suite(jig: JigReport) -> Suite:
    """The jig as a suite of JUnit: good exactly when its outcome is PASS."""
    cases = [*_golden_cases(jig), *_other_cases(jig)]
    if jig.record:
        return suite_of(jig.name, jig.record, cases)
    failure = jig.tested.self_test.failure
    return Suite(jig.name, [case_of("self-test", failure)] if failure else cases)


def _golden_cases(jig: JigReport) -> Iterator[Case]:
    """A case for the golden unit that the self-test was to be followed by."""
    tested = jig.tested
    for serial in golden_units(jig.record.inputs if jig.record else {}):
        name = f"golden unit {serial}"
        if tested.self_test.outcome is not Outcome.PASS:
            yield Case(
                name, problem=Problem(Kind.SKIPPED, "", "the jig did not pass its self-test")
            )
        elif tested.problem:
            kind = Kind.FAILURE if tested.outcome is Outcome.FAIL else Kind.ERROR
            yield case_of(name, tested.problem, kind)
        else:
            yield Case(name)


def _other_cases(jig: JigReport) -> Iterator[Case]:
    """What closes a jig that has passed."""
    if jig.tested.outcome is Outcome.PASS and not jig.readiness.open:
        problem = Problem(Kind.FAILURE, jig.readiness.code, jig.readiness.words)
        yield Case("readiness", problem=problem)


def _state(jig: JigReport) -> Text:
    ready = jig.readiness
    state = Text("open", "green") if ready.open else Text(f"closed\n{ready.code}", "bold red")
    return state.append(f"\nsince {ready.since:%m-%d %H:%MZ}") if ready.since else state


def _found(jig: JigReport) -> Iterator[str]:
    if jig.record:
        yield from findings(jig.record)
        yield from marginal(jig.record)
    if jig.tested.golden and not jig.tested.problem:
        yield from _as_it_must(jig.tested.golden.record)
    for fault in jig.faults:
        yield str(fault)
        yield f"-> {fault.remedy}"
    if jig.tested.outcome is Outcome.PASS and not jig.readiness.open:
        yield f"{jig.readiness.code}: {jig.readiness.words}"
    if not jig.readiness.open:
        yield f"-> {JigFault.codes[jig.readiness.code].remedy}"
    if jig.drifts:
        yield f"drift: {drift_summary(jig.drifts)}"


def _as_it_must(golden: Record | None) -> Iterator[str]:
    if golden and golden.outcome is not None:
        yield f"unit {golden.unit.serial}: {golden.outcome.name}, as it must be"


def _failed(record: Record) -> Iterator[dict[str, Any]]:
    """The measurements of the last attempts that are not PASS."""
    for step in final_attempts(record.steps).values():
        for made in step.measurements:
            if made.outcome is not Outcome.PASS:
                yield {"step": step.id, **encode(made)}
