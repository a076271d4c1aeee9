"""What counts since somebody came: only runs that count, each once, of whoever is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness.model.counting import Counting
from harness.model.entry import Entered, Entry, Locked, Role, SignedIn, SignedOut
from harness.model.events import Purpose
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.people import SHIFT
from harness.model.refs import StationRef
from harness.model.station import Counted
from tests.station.runs import events

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
LATER = START + timedelta(hours=1)
MEI = SignedIn("mei", Role.OPERATOR)
OLA = SignedIn("ola", Role.OPERATOR)


def head(
    outcome: Outcome | None = Outcome.PASS,
    *,
    purpose: Purpose = Purpose.PRODUCTION,
    attempt: int = 1,
    dut_failed: bool = False,
    started: datetime = LATER,
) -> RunHead:
    from harness.model.fold import fold

    return replace(
        RunHead.of(fold(events())),
        outcome=outcome,
        purpose=purpose.value,
        attempt=attempt,
        dut_failed=dut_failed,
        started=started,
    )


def entry(what: Entered, at: datetime = LATER) -> Entry:
    return Entry("01", at, StationRef("s", "u"), what, 7)


def test_nothing_is_counted_at_first() -> None:
    assert Counting(START).now == Counted(START, {}, 0, 0)


@pytest.mark.parametrize(
    ("run", "ended", "first", "passed"),
    [
        (head(), {"PASS": 1}, 1, 1),
        (head(Outcome.FAIL, dut_failed=True), {"FAIL": 1}, 1, 0),
        (head(attempt=2), {"PASS": 1}, 0, 0),
        (head(Outcome.ERROR), {"ERROR": 1}, 0, 0),
        (head(Outcome.ABORTED, dut_failed=True), {"ABORTED": 1}, 1, 0),
        (head(purpose=Purpose.REHEARSAL), {"PASS": 1}, 1, 1),
        (head(purpose=Purpose.ENGINEERING), {}, 0, 0),
        (head(purpose=Purpose.GOLDEN), {}, 0, 0),
        (head(purpose=Purpose.SELFTEST), {}, 0, 0),
        (head(None), {}, 0, 0),
    ],
)
def test_what_a_run_adds(run: RunHead, ended: dict[str, int], first: int, passed: int) -> None:
    counting = Counting(START)
    counting.take(run)
    assert counting.now == Counted(START, ended, first, passed)


def test_runs_add_up() -> None:
    counting = Counting(START)
    for run in (head(), head(), head(Outcome.FAIL, dut_failed=True), head(Outcome.ERROR)):
        counting.take(run)
    assert counting.now == Counted(START, {"PASS": 2, "FAIL": 1, "ERROR": 1}, 3, 2)


def test_who_signs_in_begins_anew_and_when_he_has_left_it_is_the_station_again() -> None:
    counting = Counting(START)
    counting.take(head())
    assert counting.enter(entry(MEI))
    assert counting.now == Counted(LATER, {}, 0, 0)
    counting.take(head(Outcome.FAIL, dut_failed=True))
    assert counting.now == Counted(LATER, {"FAIL": 1}, 1, 0)
    assert counting.enter(entry(SignedOut("mei", "left")))
    assert counting.now == Counted(START, {"PASS": 1, "FAIL": 1}, 2, 1)


def test_a_run_is_of_who_is_there_when_it_ends() -> None:
    counting = Counting(START)
    counting.enter(entry(MEI, START))
    counting.enter(entry(OLA, LATER))
    counting.take(head(started=LATER - timedelta(seconds=1)))  # begun before he came
    assert counting.now == Counted(LATER, {"PASS": 1}, 1, 1)


@pytest.mark.parametrize(
    ("after", "goes_on"),
    [
        (timedelta(), True),
        (SHIFT - timedelta(seconds=1), True),
        (SHIFT, False),
        (-timedelta(seconds=2), False),  # the clock went back
    ],
)
def test_who_comes_back_within_his_shift_goes_on_with_his_figures(
    after: timedelta, *, goes_on: bool
) -> None:
    counting = Counting(START)
    counting.enter(entry(MEI, LATER))
    counting.take(head())
    counting.enter(entry(OLA, LATER))
    counting.take(head(Outcome.FAIL, dut_failed=True))
    counting.enter(entry(MEI, LATER + after))
    mine = Counted(LATER, {"PASS": 1}, 1, 1)
    assert counting.now == (mine if goes_on else Counted(LATER + after, {}, 0, 0))
    counting.take(head())
    assert counting.now.ended == {"PASS": 2 if goes_on else 1}


def test_other_entries_change_nothing() -> None:
    assert not Counting(START).enter(entry(Locked("STOP-STREAK", "three", 1)))


def test_runs_from_before_the_start_are_of_people_alone() -> None:
    counting = Counting(LATER + timedelta(hours=1))
    counting.enter(entry(MEI))  # in force
    bad = head(Outcome.FAIL, dut_failed=True)
    counting.restore([head(), entry(OLA, START), bad, entry(MEI), head()])
    assert counting.now == Counted(LATER, {"PASS": 1}, 1, 1)
    counting.enter(entry(SignedOut("mei", "left")))
    assert counting.now.ended == {}
    counting.enter(entry(OLA, LATER))
    assert counting.now == Counted(START, {"FAIL": 1}, 1, 0)
