"""One jig on a page: what its self-test measured, how that drifts, and its golden unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.errors import HarnessError
from harness.model.conclude import final_attempts
from harness.model.outcome import Outcome
from harness.model.readiness import Readiness, golden_units
from harness.model.record import MeasurementRecord, Record, StepRecord
from harness.model.words import value_words
from harness.quality.drift import Drift
from harness.station.readiness.selftest import Tested
from harness.ui.drift import (
    beginning_words,
    drift_numbers,
    drift_remedy,
    is_told,
    warning_words,
)
from harness.ui.findings import findings, marginal
from harness.ui.limits import limit_words
from harness.ui.report.chart import history_chart
from harness.ui.report.markup import Markup, el
from harness.ui.report.page import Row, lines, outcome_mark, table

_COLUMNS = {
    "Measurement": 21,
    "Value": 13,
    "Limit": 17,
    "Result": 12,
    "Drift": 21,
    "History": 16,
}
_GOLDEN = {"Golden unit": 20, "Result": 30, "As it must be": 15, "Run": 35}


@dataclass(frozen=True, slots=True)
class JigReport:
    """A jig that was tested, whether it is open, and how the values of this test drift."""

    tested: Tested
    readiness: Readiness
    drifts: tuple[Drift, ...] = ()

    @property
    def name(self) -> str:
        return self.readiness.jig

    @property
    def record(self) -> Record | None:
        return self.tested.self_test.record

    @property
    def outcome(self) -> Outcome:
        """How it ended; a jig that passed and is closed all the same is bad."""
        outcome = self.tested.outcome
        return outcome if self.readiness.open or outcome is not Outcome.PASS else Outcome.FAIL

    @property
    def faults(self) -> list[HarnessError]:
        """What stands in no record of the jig: why there is none, and what its golden unit said."""
        result = self.tested.self_test
        said = (result.failure, result.left_changed, self.tested.problem, self.tested.told)
        return [fault for fault in said if fault]


def jig_section(jig: JigReport, place: str) -> Markup:
    """All of one jig; `place` is its name in the page."""
    return el("section", el("h2", f"Jig {jig.name}"), *_parts(jig), id=place)


def _parts(jig: JigReport) -> Iterator[Markup]:
    yield el("p", ", ".join(_who(jig)))
    if not jig.readiness.open:
        words = f"closed to production: {jig.readiness.code}: {jig.readiness.words}"
        yield el("p", words, class_="finding")
    for fault in jig.faults:
        yield el("p", lines(str(fault), f"-> {fault.remedy}"), class_="finding")
    if jig.record and (found := [*findings(jig.record), *marginal(jig.record)]):
        yield el("p", lines(*found), class_="finding")
    for drift in jig.drifts:
        if is_told(drift):
            told = lines(f"⚠ {warning_words(drift)}", f"-> {drift_remedy(drift)}")
            yield el("p", told, class_="warning")
    if jig.record:
        yield table(f"What jig {jig.name} measured", _COLUMNS, _measured(jig.record, jig.drifts))
    if jig.drifts:
        yield el("p", f"Its history: {beginning_words(jig.drifts[0])}.", class_="note")
    if units := _golden(jig):
        yield table(f"What stood in jig {jig.name}", _GOLDEN, units)


def _who(jig: JigReport) -> Iterator[str]:
    yield f"slot {jig.tested.slot}"
    if not (record := jig.record):
        return
    if record.jig and record.jig.firmware:
        yield f"firmware {record.jig.firmware}"
    yield f"tested {record.started:%Y-%m-%d %H:%M:%S} UTC"
    if record.duration_s is not None:
        yield f"took {record.duration_s:.1f} s"
    yield f"run {record.run}"


def _measured(record: Record, drifts: tuple[Drift, ...]) -> Iterator[Row]:
    known = {(drift.series.newest.step, drift.series.newest.name): drift for drift in drifts}
    for step in final_attempts(record.steps).values():
        for made in step.measurements:
            yield _made(step, made, known)
        if step.fault or not step.measurements:
            yield _bare(step)


def _made(step: StepRecord, made: MeasurementRecord, known: Mapping[tuple[str, str], Drift]) -> Row:
    name, value, limit = f"{step.id}.{made.name}", value_words(made), limit_words(made)
    result = outcome_mark(made.outcome, made.reason)
    drift = known.get((step.id, made.name))
    told, chart = (_drifting(drift), history_chart(drift)) if drift else ("-", Markup("-"))
    warned = drift is not None and is_told(drift)
    return Row(name, (value, limit, result, told, chart), _look(made.outcome, warned=warned))


def _bare(step: StepRecord) -> Row:
    """A step that faulted, was skipped, or measures nothing."""
    why = step.skipped or (f"{step.fault.code}: {step.fault.message}" if step.fault else "-")
    cells = (why, "-", outcome_mark(step.outcome), "-", "-")
    return Row(step.id, cells, _look(step.outcome))


def _drifting(drift: Drift) -> Markup:
    """In short: the whole story of a bad one stands above."""
    sign = "⚠ " if is_told(drift) else ""
    return lines(f"{sign}{drift.state}", *drift_numbers(drift))


def _look(outcome: Outcome | None, *, warned: bool = False) -> str:
    if outcome in (Outcome.PASS, Outcome.SKIPPED):
        return "warned" if warned else "fine"
    return "bad"


def _golden(jig: JigReport) -> list[Row]:
    """The unit that stood in the jig, if it is one that must pass or fail."""
    tested = jig.tested
    ran = tested.golden.record if tested.golden else None
    announced = golden_units(jig.record.inputs) if jig.record else []
    if not announced:
        return []
    how = "no" if tested.problem else "yes" if ran else "not tested"
    result = outcome_mark(ran.outcome if ran else None, ran.fault.code if ran and ran.fault else "")
    cells = (result, how, ran.run if ran else "-")
    return [Row(serial, cells, "fine" if how == "yes" else "bad") for serial in announced]
