"""The summary of a station: the same yield as the stop rule, and verdicts that say what counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from harness.model.durations import waited_s
from harness.model.events import Purpose
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.rules.shown import first_pass
from harness.model.rules.stop import stop
from harness.model.rules.values import FpyFloor, Rules
from harness.ui.tally import Tally
from tests.records.runs import MORNING, lived


def made(outcome: Outcome, *, bad: bool = False, **change: Any) -> Record:
    record = lived("01RUN1").builder.build()
    ended: dict[str, Any] = {
        "outcome": outcome,
        "dut_failed": bad,
        "ended": MORNING + timedelta(minutes=1),
    }
    return replace(record, **{"purpose": Purpose.PRODUCTION, **ended, **change})


PASS, FAIL, ERROR, ABORTED = Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.ABORTED


@pytest.mark.parametrize(
    ("record", "good"),
    [
        (made(PASS), True),
        (made(PASS, purpose=Purpose.REHEARSAL), True),
        (made(FAIL, bad=True), False),
        (made(ABORTED, bad=True), False),
        (made(ERROR, bad=True), False),
        (made(ERROR), None),
        (made(ABORTED), None),
        (made(PASS, attempt=2), None),
        (made(PASS, purpose=Purpose.ENGINEERING), None),
        (made(FAIL, bad=True, purpose=Purpose.GOLDEN), None),
    ],
)
def test_the_summary_counts_as_the_stop_rule_does(record: Record, good: bool | None) -> None:
    tally = Tally()
    tally.add(record)
    counted = [] if good is None else [good]
    assert (tally.first, tally.first_passed) == (len(counted), sum(counted))
    head = replace(RunHead.of(record), number=1)
    assert first_pass(head) is good
    rules = Rules(streak=None, fpy=FpyFloor(50.0, 1))
    assert bool(stop(rules, 1, [], [head], [])) is (good is False)


def test_what_does_not_count_says_so() -> None:
    tally = Tally()
    for record in (made(PASS), made(PASS, purpose=Purpose.ENGINEERING), made(FAIL, bad=True)):
        tally.add(record)
    first, fpy, *_ = tally.lines()
    assert first == "3 units: 1 PASS (engineering), 1 PASS, 1 FAIL"
    assert fpy == "first-pass yield 50.0 % (1 of 2)"


def test_golden_units_are_told_besides_and_counted_in_nothing() -> None:
    alone, tally = Tally(), Tally()
    alone.add(made(PASS))
    late = MORNING + timedelta(hours=1)
    for record in (
        made(PASS, purpose=Purpose.GOLDEN),
        made(PASS),
        made(FAIL, bad=True, purpose=Purpose.GOLDEN, ended=late),
    ):
        tally.add(record)
    first, golden, *others = tally.lines()
    assert golden == "golden units besides: 1 PASS (golden), 1 FAIL (golden)"
    assert [first, *others] == [*alone.lines()]


def test_waiting_is_what_the_record_says_of_it() -> None:
    record = made(PASS)
    tally = Tally()
    tally.add(record)
    assert tally.waiting_s == waited_s(record)
    assert tally.testing_s + tally.waiting_s == record.duration_s
