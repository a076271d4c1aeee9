"""What the self-test says of each jig: one verdict, in the table, in JSON and in JUnit."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from junitparser import JUnitXml
from lxml import etree

from harness.errors import OperatorStop
from harness.model.events import AbortRequested
from harness.model.outcome import Outcome
from harness.model.record import Note
from harness.records.export.junit import junit_xml
from harness.ui.findings import findings
from harness.ui.report.jig import JigReport
from harness.ui.selftest import selftest_json, selftest_row, selftest_suite
from tests.records.export.test_junit import SCHEMA
from tests.ui.report.jigs import jig_of, lived, shown_golden, untested

RUNS = lived("JIG-0001", {})
BAD_RUNS = lived("JIG-0004", {"rail.error": -3.1})


def good() -> JigReport:
    return jig_of(1, RUNS)


def bad() -> JigReport:
    return jig_of(4, BAD_RUNS, "JIG-QUARANTINED", "rail.error:LOW")


def closed() -> JigReport:
    return jig_of(1, RUNS, "JIG-TWIN", "ran on two slots")


def stopped() -> JigReport:
    report = shown_golden(6, "JIG-0006")
    stop = OperatorStop("RUN-ABORTED", "stopped before the golden unit was tested")
    return replace(report, tested=replace(report.tested, golden=None, problem=stop))


CASES = {
    "good": (good, Outcome.PASS, 0),
    "bad": (bad, Outcome.FAIL, 1),
    "untested": (lambda: untested(7, "JIG-0007"), Outcome.ERROR, 1),
    "golden unit failed": (lambda: shown_golden(6, "JIG-0006"), Outcome.FAIL, 1),
    "stopped before its golden unit": (stopped, Outcome.ABORTED, 1),
    "passed, and closed": (closed, Outcome.FAIL, 1),
}


@pytest.mark.parametrize(("report", "outcome", "wrong"), CASES.values(), ids=CASES)
def test_the_verdict_is_one_in_every_form(report: object, outcome: Outcome, wrong: int) -> None:
    jig = report()  # type: ignore[operator]
    assert jig.outcome is outcome
    assert selftest_row(jig)[1].plain == outcome.name
    told = orjson.loads(orjson.dumps(selftest_json(jig)))
    assert (told["outcome"], told["open"]) == (outcome.name, jig.readiness.open)
    suite = selftest_suite(jig)
    assert suite.good is (outcome is Outcome.PASS)
    document = junit_xml([suite], "pc")
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(document))
    (found,) = JUnitXml.fromstring(document)
    assert found.failures + found.errors == wrong
    assert found.name == jig.name


def test_what_failed_stands_in_the_table_with_value_limit_and_what_to_do() -> None:
    who, outcome, state, found = selftest_row(bad())
    assert who == ["JIG-0004", "slot 4"]
    assert (outcome.plain, state.plain.split("\n")[:2]) == ("FAIL", ["closed", "JIG-QUARANTINED"])
    assert state.plain.split("\n")[2].startswith("since ")
    assert any(line.startswith("rail.error = -3.1 %, limit ") for line in found)
    assert any("then run `harness selftest" in line for line in found)


def test_what_failed_is_told_as_the_page_tells_it() -> None:
    jig = bad()
    assert jig.record
    told = findings(jig.record)
    assert told[1].startswith("rail.error:LOW (")
    assert selftest_row(jig)[3][: len(told)] == told


def test_what_befell_the_run_is_told_though_something_else_decided() -> None:
    record = bad().record
    assert record
    stop = Note(record.started, 5, AbortRequested("Mei", "smoke"))
    stopped_too = replace(record, notes=(stop,))
    assert any("RUN-ABORTED" in line and "Mei: smoke" in line for line in findings(stopped_too))


def test_a_golden_unit_that_did_not_end_as_it_must_is_told_by_its_code() -> None:
    jig = shown_golden(6, "JIG-0006")
    assert any(line.startswith("GOLDEN-DIFFERS: ") for line in selftest_row(jig)[3])
    last = selftest_suite(jig).cases[-1]
    assert last.name == "golden unit A57G000001"
    assert last.problem
    assert last.problem.code == "GOLDEN-DIFFERS"


def test_the_golden_unit_of_a_jig_that_failed_is_skipped() -> None:
    jig = shown_golden(6, "JIG-0006")
    record = jig.tested.self_test.record
    assert record
    failed = replace(jig.tested.self_test, record=replace(record, outcome=Outcome.FAIL))
    jig = replace(jig, tested=replace(jig.tested, self_test=failed, golden=None, problem=None))
    last = selftest_suite(jig).cases[-1]
    assert last.problem
    assert (last.name, last.problem.kind) == ("golden unit A57G000001", "skipped")


def test_json_has_the_measurements_that_failed_with_their_limits() -> None:
    told = selftest_json(bad())
    (made,) = told["failed"]
    assert (made["step"], made["name"], made["value"]) == ("rail", "error", -3.1)
    assert made["limit"]["accept_low"] == -1.0
    assert told["run"]
