"""The JUnit document: by the schema that Jenkins goes by, and as junitparser reads it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from lxml import etree

from harness.errors import Blame, JigFault
from harness.model import events as e
from harness.model.fault import Fault
from harness.model.fold import RecordBuilder
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.records.export.junit import (
    Case,
    Kind,
    Problem,
    Suite,
    case_of,
    junit_xml,
    suite_of,
)
from tests.model.strategies import runs
from tests.quality.nights import CENT, Night
from tests.records.runs import lived

SCHEMA = Path(__file__).with_name("junit-10.xsd")
ODD = "".join(map(chr, (0, 7, 9, 10, 13, 27, 0x7F, 0xD800, 0xFFFE, 0xFFFF, 0x1F600))) + "<&\"']]>"


@cache
def schema() -> Any:
    return etree.XMLSchema(etree.parse(SCHEMA))


def read_back(document: bytes) -> list[Any]:
    """The suites of a document that is valid."""
    schema().assertValid(etree.fromstring(document))
    return list(JUnitXml.fromstring(document))


def folded(events: Sequence[e.Stamped]) -> RecordBuilder:
    builder = RecordBuilder()
    for event in events:
        builder.apply(event)
    return builder


def concluded(events: Sequence[e.Stamped]) -> Record:
    """A drawn run, ended as its parts add up."""
    builder = folded(events)
    last = events[-1]
    ended = e.RunEnded(*builder.conclude())
    builder.apply(
        e.Stamped(last.run, len(events), last.utc + timedelta(seconds=1), last.at_ms, ended)
    )
    return builder.build()


@given(runs(ended=False))
def test_a_suite_is_good_exactly_when_the_record_is_a_pass(events: Sequence[e.Stamped]) -> None:
    record = concluded(events)
    suite = suite_of("jig", record)
    assert suite.good is (record.outcome is Outcome.PASS)
    (found,) = read_back(junit_xml([suite], "pc"))
    assert (found.failures + found.errors == 0) is (record.outcome is Outcome.PASS)
    assert found.tests == len(list(found)) == len(suite.cases)


@given(runs())
def test_any_record_open_or_ended_is_a_valid_document(events: Sequence[e.Stamped]) -> None:
    record = folded(events).build()
    (found,) = read_back(junit_xml([suite_of("jig", record)], "pc"))
    if record.outcome is None:
        assert found.errors


def test_a_passed_run_is_a_suite_with_a_case_a_step_and_its_measurements() -> None:
    record = lived("01A").builder.build()
    assert record.outcome is Outcome.PASS
    (suite,) = read_back(junit_xml([suite_of("SIMJIG01", record)], "station-pc"))
    assert (suite.name, suite.hostname) == ("SIMJIG01", "station-pc")
    assert suite.timestamp == f"{record.started:%Y-%m-%dT%H:%M:%S}"
    assert [case.name for case in suite] == [step.id for step in record.steps]
    assert {case.classname for case in suite} == {"SIMJIG01"}
    said = {each.name: each.value for each in suite.properties()}
    step = record.steps[0]
    made = step.measurements[0]
    name = f"{step.id}.{made.name}"
    number, unit = said[name].split()
    assert (float(number), unit) == (made.value, made.unit)  # all its digits: programs read it
    assert said[f"{name}.result"] == "PASS"
    assert f"accept_low {made.limit['accept_low']}" in said[f"{name}.limit"]
    assert said["run"] == "01A"
    assert said["outcome"] == "PASS"


def test_a_measurement_out_of_its_limit_is_a_failure_with_code_value_and_limit() -> None:
    record = lived("01A", bad=True).builder.build()
    (suite,) = read_back(junit_xml([suite_of("SIMJIG01", record)], "pc"))
    first = next(iter(suite))
    (result,) = first.result
    step = record.steps[0]
    assert isinstance(result, Failure)
    assert result.type == f"{step.id}.{step.measurements[0].name}:LOW"
    assert "0.11" in result.message
    assert result.type in result.text
    assert suite.failures == 1


@pytest.mark.parametrize("purpose", [e.Purpose.SELFTEST, e.Purpose.ENGINEERING])
def test_a_bad_jig_is_mended_and_goes_into_no_bin(purpose: e.Purpose) -> None:
    record = Night(0, {"rail.error": -3.1}, {"rail.error": CENT}, purpose=purpose).record()
    (case,) = suite_of("J-1", record).cases
    assert case.problem
    assert case.problem.text.endswith("Mend the jig, then run `harness selftest` for it again.")


def test_what_happened_to_the_run_as_a_whole_is_an_error_though_every_step_passed() -> None:
    events = lived("01A").events[:-1]
    fault = Fault("JIG-UNSAFE", Blame.STATION, "it stays on", "switch it off")
    last = events[-1]
    events.append(e.Stamped("01A", last.seq + 1, last.utc, last.at_ms, e.SafeStateFailed(fault)))
    record = concluded(events)
    (suite,) = read_back(junit_xml([suite_of("SIMJIG01", record)], "pc"))
    case = list(suite)[-1]
    (result,) = case.result
    assert (case.name, type(result), result.type) == ("run", Error, "JIG-UNSAFE")
    assert suite.errors == 1


def test_what_could_not_be_tested_is_an_error_and_what_was_left_out_is_skipped() -> None:
    untested = case_of("self-test", JigFault("JIG-ABSENT", "no port /dev/ttyUSB0"))
    left_out = Case("golden", problem=Problem(Kind.SKIPPED, "", "the jig has failed"))
    suite = Suite("J-1", [untested, left_out])
    assert not suite.good
    (found,) = read_back(junit_xml([suite], "pc"))
    error, skipped = (case.result[0] for case in found)
    assert isinstance(error, Error)
    assert (error.type, error.message) == ("JIG-ABSENT", "no port /dev/ttyUSB0")
    assert "Plug the jig in" in error.text
    assert isinstance(skipped, Skipped)
    assert (found.errors, found.skipped, found.tests) == (1, 1, 2)


def test_a_suite_without_cases_is_not_good() -> None:
    assert not Suite("J-1", []).good


@pytest.mark.parametrize("char", ODD)
def test_characters_that_xml_cannot_hold_are_written_out(char: str) -> None:
    suite = Suite(char, [Case(char, 0.0, Problem(Kind.ERROR, char, char, f"a{char}b"))])
    (found,) = read_back(junit_xml([suite], char))
    kept = char in "\t\n\x7f\U0001f600<&\"']]>"
    wanted = char if kept else char.encode("unicode_escape").decode()
    result = next(iter(found)).result[0]
    assert (found.name, found.hostname, result.type) == (wanted,) * 3
    assert result.text == f"a{wanted}b"


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_stands_in_a_document_and_comes_back(text: str) -> None:
    suite = Suite("s", [Case(f"x{text}")], [("name", f"x{text}")])
    (found,) = read_back(junit_xml([suite], "pc"))
    assert next(iter(found.properties())).value == next(iter(found)).name


def test_the_totals_stand_at_the_top() -> None:
    suites = [Suite("a", [Case("x", 1.0005, Problem(Kind.FAILURE, "c", "m"))]), Suite("b", [])]
    root = etree.fromstring(junit_xml(suites, "pc"))
    assert dict(root.attrib) == {"tests": "1", "failures": "1", "errors": "0"}
