"""Waiting for instruments is told apart from testing, and from what is neither."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harness.model import events as e
from harness.model.durations import durations, waited_s
from harness.model.fold import fold
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.record import Record
from harness.model.refs import PlanRef, StationRef
from tests.model.strategies import NOON, RUN

STARTED = e.RunStarted(
    run=RUN,
    purpose=e.Purpose.ENGINEERING,
    process="p",
    unit=Unit("A57A000001"),
    station=StationRef("s", "u"),
    slot=1,
    operator="",
    attempt=1,
    plan=PlanRef("p", 1, "0" * 64, ()),
    limits=None,
    jig=None,
    harness="0",
)
Timed = tuple[int, e.Event]


def begun(at_ms: int, step: str, attempt: int = 1) -> Timed:
    return at_ms, e.StepStarted(step, step, Phase.STEPS, attempt)


def ended(at_ms: int, step: str, outcome: Outcome = Outcome.PASS, attempt: int = 1) -> Timed:
    return at_ms, e.StepEnded(step, attempt, outcome)


def record(*events: Timed, outcome: Outcome = Outcome.PASS) -> Record:
    every = [(0, STARTED), *events, (events[-1][0] + 500, e.RunEnded(outcome, None))]
    return fold(
        e.Stamped(RUN, seq, NOON + timedelta(milliseconds=at), at, event)
        for seq, (at, event) in enumerate(every)
    )


WAITED = record(
    (100, e.Waiting("attach", "callbox")),
    (100, e.Waiting("camera", "lightbox")),
    (2100, e.Reserved("camera", "lightbox")),
    begun(2100, "camera"),
    ended(5100, "camera"),
    (5200, e.Reserved("attach", "callbox")),
    begun(5200, "attach"),
    ended(9200, "attach"),
)


def test_waiting_ends_where_another_step_is_at_work() -> None:
    assert waited_s(WAITED) == pytest.approx(2.1)  # 2.0 s before the camera, 0.1 s after it


def test_what_has_not_ended_is_at_work() -> None:
    unfinished = [
        *((0, STARTED), begun(1000, "wifi"), (2000, e.Waiting("photo", "lightbox"))),
        (5000, e.Reserved("photo", "lightbox")),
    ]
    stamped = (e.Stamped(RUN, n, NOON, at, event) for n, (at, event) in enumerate(unfinished))
    assert waited_s(fold(stamped)) == 0


def test_steps_waiting_and_what_lies_between_make_up_the_run() -> None:
    told = durations([WAITED])
    assert told.steps == {"camera": 3.0, "attach": 4.0}
    assert told.waited_s == pytest.approx(2.1)
    assert told.between_s == pytest.approx(0.6)
    assert WAITED.duration_s == pytest.approx(3.0 + 4.0 + 2.1 + 0.6)


def test_steps_at_the_same_time_are_counted_once() -> None:
    both = record(begun(0, "wifi"), begun(10, "photo"), ended(2000, "photo"), ended(3000, "wifi"))
    assert durations([both]).between_s == pytest.approx(0.5)


def test_medians_are_of_what_passed() -> None:
    def took(ms: int, outcome: Outcome = Outcome.PASS) -> Record:
        return record(begun(0, "own"), ended(ms, "own", outcome), outcome=outcome)

    runs = [took(1000), took(2000), took(9000), took(50_000, Outcome.ERROR)]
    assert durations(runs).steps == {"own": 2.0}
    assert durations(runs).runs == 4


def test_the_share_of_a_step_is_of_every_run_however_it_ended_or_never_came_to_it() -> None:
    good = record(begun(0, "own"), ended(2000, "own"), begun(2000, "last"), ended(3000, "last"))
    cut = record(begun(0, "own"), ended(10_000, "own", Outcome.FAIL), outcome=Outcome.FAIL)
    assert durations([good, cut]).share == pytest.approx({"own": 6.0, "last": 0.5})


def test_of_no_run_nothing_is_known() -> None:
    told = durations([])
    assert (told.steps, told.waited_s, told.between_s, told.runs) == ({}, None, None, 0)
    failed = record(begun(0, "own"), ended(9, "own", Outcome.FAIL), outcome=Outcome.FAIL)
    assert durations([failed]).between_s is None
