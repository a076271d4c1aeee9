"""A jig is open to production only when its newest self-test says so, and for no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import Blame, StationFault
from harness.model.entry import Entry, Recalled
from harness.model.events import Purpose
from harness.model.fault import Fault
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.readiness import (
    CALIBRATION,
    Demand,
    Evidence,
    GoldenRun,
    Past,
    Readiness,
    calibrated_until,
    readiness,
    streak_began,
)
from harness.model.record import MeasurementRecord, Record, StepRecord
from harness.model.refs import JigRef, PlanRef, StationRef

NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
NOON = NIGHT + timedelta(hours=10)
JIG, GOLD = "J-0117", "A57G000001"
DEMAND = Demand("plan", "jig", timedelta(hours=24), "ft-03", simulated=False)
FAILED = Fault("rail.error:LOW", Blame.DUT, "-3 % is below the acceptance limit -1 %", "calibrate")


def step(
    name: str, outcome: Outcome | None = Outcome.PASS, use: str = "jig_health.rail", **made: float
) -> StepRecord:
    measurements = tuple(
        MeasurementRecord(key, 1, value, "d", Outcome.PASS, "", {}, "")
        for key, value in made.items()
    )
    return StepRecord(
        id=name,
        use=use,
        phase=Phase.STEPS,
        attempt=1,
        started=NIGHT,
        at_ms=0,
        duration_s=1.0,
        outcome=outcome,
        skipped="",
        measurements=measurements,
        fault=None,
    )


def calibration(left_d: float, outcome: Outcome = Outcome.PASS) -> StepRecord:
    return step("calibration", outcome, CALIBRATION, left=left_d, since=100.0)


def made(outcome: Outcome | None = Outcome.PASS, *steps: StepRecord, **told: Any) -> Record:
    ended = None if outcome is None else NIGHT + timedelta(seconds=30)
    bad = outcome not in (None, Outcome.PASS)
    record = Record(
        run="01A",
        purpose=Purpose.SELFTEST,
        process="jig-selftest",
        unit=Unit(JIG),
        scanned=Unit(JIG),
        station=StationRef("ft-03", "uuid"),
        slot=1,
        operator="cron",
        attempt=1,
        plan=PlanRef("selftest-core", 1, "plan", ()),
        limits=None,
        jig=JigRef(JIG, "1.0"),
        harness="0.1.0",
        inputs={"jig": "jig"},
        started=NIGHT,
        ended=ended,
        duration_s=30.0,
        outcome=outcome,
        dut_failed=outcome is Outcome.FAIL,
        fault=FAILED if bad else None,
        steps=steps or (step("rail"),),
        attachments=(),
        notes=(),
    )
    return replace(record, **told)


def judged(
    record: Record | None,
    *,
    now: datetime = NOON,
    past: Sequence[Past] = (),
    shown: GoldenRun | None = None,
) -> Readiness:
    return readiness(JIG, Evidence(record, past, {GOLD: shown} if shown else {}), DEMAND, now)


def golden(started: datetime = NOON, problem: StationFault | None = None) -> GoldenRun:
    return GoldenRun(made(scanned=Unit(GOLD), started=started), problem)


def test_a_jig_that_passed_last_night_is_open() -> None:
    past = [Past(1, NIGHT, NOON, passed=True)]
    found = judged(made(), past=past)
    assert found == Readiness(JIG, "", "", NIGHT, "01A")
    assert found.open


def test_a_jig_without_a_self_test_is_not() -> None:
    found = judged(None)
    assert (found.open, found.code, found.run) == (False, "JIG-UNTESTED", "")


FOLLOWED = {"jig": "jig", f"golden:{GOLD}": "file"}
CLOSED = {
    "failed": (made(Outcome.FAIL), NOON, "JIG-QUARANTINED", "FAIL: rail.error:LOW: -3 %"),
    "aborted": (made(Outcome.ABORTED), NOON, "JIG-QUARANTINED", "ended ABORTED"),
    "error": (made(Outcome.ERROR), NOON, "JIG-QUARANTINED", "ended ERROR"),
    "cut off": (made(None), NOON, "JIG-QUARANTINED", "has not ended"),
    "too old": (made(), NIGHT + timedelta(hours=24, seconds=1), "JIG-STALE", "older than 24 h"),
    "from the future": (made(), NIGHT - timedelta(seconds=1), "JIG-STALE", "clock has gone back"),
    "another plan": (
        made(plan=PlanRef("selftest-core", 1, "other", ())),
        NOON,
        "JIG-STALE",
        "another plan",
    ),
    "another jig file": (made(inputs={"jig": "x"}), NOON, "JIG-STALE", "of its jig file"),
    "made by hand": (made(inputs={}), NOON, "JIG-STALE", "not made by `harness selftest`"),
    "another station": (
        made(station=StationRef("ft-04", "uuid")),
        NOON,
        "JIG-STALE",
        "at the station ft-04",
    ),
    "simulated": (
        made(inputs={"jig": "jig", "scenario": "s"}),
        NOON,
        "JIG-STALE",
        "on a simulated jig",
    ),
    "calibration over since": (
        made(Outcome.PASS, calibration(0)),
        NIGHT + timedelta(hours=22),
        "JIG-UNCALIBRATED",
        "held until 2026-11-22",
    ),
    "calibration over, and nothing else": (
        made(Outcome.FAIL, step("rail"), calibration(-1, Outcome.FAIL)),
        NOON,
        "JIG-UNCALIBRATED",
        "ended FAIL",
    ),
    "calibration over, and the rail low": (
        made(Outcome.FAIL, step("rail", Outcome.FAIL), calibration(-1, Outcome.FAIL)),
        NOON,
        "JIG-QUARANTINED",
        "ended FAIL",
    ),
    "calibrated on a day to come": (
        made(Outcome.FAIL, step("rail"), calibration(400, Outcome.FAIL)),
        NOON,
        "JIG-QUARANTINED",
        "ended FAIL",
    ),
    "golden unit not tested": (
        made(inputs=FOLLOWED),
        NOON,
        "JIG-QUARANTINED",
        f"{GOLD} has not been tested",
    ),
}


@pytest.mark.parametrize(("record", "now", "code", "words"), CLOSED.values(), ids=CLOSED)
def test_what_closes_a_jig(record: Record, now: datetime, code: str, words: str) -> None:
    found = judged(record, now=now)
    assert (found.open, found.code) == (False, code)
    assert words in found.words
    assert found.run == "01A"


def test_it_stays_open_to_the_last_second_and_the_last_day() -> None:
    assert judged(made(), now=NIGHT + timedelta(hours=24)).open
    last = made(Outcome.PASS, calibration(0))
    assert judged(last, now=NIGHT.replace(hour=23, minute=59)).open
    assert judged(made(), now=NIGHT).open


def test_the_calibration_holds_for_as_long_as_the_jig_said() -> None:
    record = made(Outcome.PASS, calibration(3))
    assert str(calibrated_until(record)) == "2026-11-25"
    assert calibrated_until(made()) is None


def recalled(at: datetime) -> Entry:
    return Entry("7", at, StationRef("ft-03", "uuid"), Recalled("quinn", "worn contacts", jig=JIG))


def test_a_self_test_whose_pass_was_recalled_counts_no_more() -> None:
    past = [Past(1, NIGHT, NOON, passed=False)]
    found = readiness(JIG, Evidence(made(), past, recalled=recalled(NOON)), DEMAND, NOON)
    assert (found.code, found.since, found.run) == ("JIG-UNTESTED", NOON, "01A")
    assert found.words == (
        "the PASS of its self-test of 2026-11-22 02:00 UTC was recalled at 2026-11-22 12:00 UTC"
        " by quinn: worn contacts; no self-test of it has passed since"
    )


def test_a_golden_unit_must_have_been_as_it_must_be_since_the_self_test() -> None:
    record = made(inputs=FOLLOWED)
    assert judged(record, shown=golden()).open
    bad = judged(record, shown=golden(problem=StationFault("GOLDEN-DIFFERS", "it failed")))
    assert (bad.code, bad.words) == ("JIG-QUARANTINED", "GOLDEN-DIFFERS: it failed")
    assert judged(made(), shown=golden(problem=StationFault("GOLDEN-DIFFERS", "x"))).open


def test_the_clock_of_a_golden_run_decides_only_against_the_jig() -> None:
    record = made(inputs=FOLLOWED)
    assert judged(record, shown=golden(NIGHT - timedelta(hours=1))).open, "the clock went back"
    assert judged(record, shown=golden(NOON), now=NOON).open
    ahead = judged(record, shown=golden(NOON + timedelta(seconds=1)), now=NOON)
    assert (ahead.open, ahead.code) == (False, "JIG-STALE")
    assert f"golden unit {GOLD} of 2026-11-22 12:00 UTC lies in the future" in ahead.words


def test_a_golden_unit_that_is_registered_no_more_makes_its_self_test_stale() -> None:
    gone = replace(golden(), registered=False)
    found = judged(made(inputs=FOLLOWED), shown=gone)
    words = f"the golden unit {GOLD} is registered no more"
    assert (found.code, found.words) == ("JIG-STALE", words)
    assert judged(made(), shown=gone).open, "this self-test is followed by none"


def test_two_jigs_of_one_serial_are_found_by_self_tests_at_the_same_time() -> None:
    half = timedelta(seconds=15)
    other = Past(2, NIGHT + half, NIGHT + 3 * half, passed=True)
    found = judged(made(), past=[Past(1, NIGHT, NIGHT + 2 * half, passed=True), other])
    assert found.code == "JIG-TWIN"
    assert "slot 1" in found.words
    assert "slot 2" in found.words
    later = replace(other, started=NIGHT + 2 * half)  # the jig was moved
    assert judged(made(), past=[later]).open
    assert judged(made(), past=[replace(other, slot=1)]).open


@given(st.lists(st.booleans(), max_size=8))
def test_a_row_of_like_self_tests_began_with_the_first_of_them(passed: list[bool]) -> None:
    past = [Past(1, NIGHT - timedelta(days=n), NIGHT, passed=good) for n, good in enumerate(passed)]
    began = streak_began(past)
    row = [test for n, test in enumerate(past) if len(set(passed[: n + 1])) == 1]
    assert began == (row[-1].started if row else None)


def test_since_when_it_is_closed_is_told() -> None:
    past = [
        Past(1, NIGHT, NOON, passed=False),
        Past(1, NIGHT - timedelta(days=1), NOON, passed=False),
        Past(1, NIGHT - timedelta(days=2), NOON, passed=True),
    ]
    assert judged(made(Outcome.FAIL), past=past).since == NIGHT - timedelta(days=1)
    late = NIGHT + timedelta(days=2)
    assert judged(made(), now=late, past=past[2:]).since == NIGHT + timedelta(hours=24)
    over = judged(made(Outcome.PASS, calibration(0)), now=NIGHT + timedelta(hours=23))
    assert over.since == datetime(2026, 11, 23, tzinfo=UTC)
