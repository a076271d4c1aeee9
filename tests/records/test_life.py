"""A unit's life: every run that is kept of it, and who else claims its IMEIs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from harness.model.events import AbortRequested
from harness.model.outcome import Outcome
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.records.runs import IMEIS, MORNING, Life, hand_in, leave_open, lived, tamper
from tests.short import code_of

SERIAL, OTHER = "A57A000000", "A57A000001"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


def after(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


def test_a_life_is_told_in_order_with_its_first_and_final_outcome(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r2", started=MORNING + after(2)))
        hand_in(recorder, lived("r1", bad=True))
        hand_in(recorder, lived("rx", seed=7, started=MORNING + after(3)))
        with Reader(path) as reader:
            life = reader.life(SERIAL)
    assert [run.head.run for run in life.runs] == ["r1", "r2"]
    assert "below the acceptance limit" in life.runs[0].words
    assert life.runs[0].remedy
    (course,) = life.courses
    assert (course.first, course.last, course.runs) == (Outcome.FAIL, Outcome.PASS, 2)
    assert (course.process, course.purpose) == ("final-test", "production")


def test_serial_imei_and_run_lead_to_one_life(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("run-1"))
        hand_in(recorder, lived("run-2", started=MORNING + after(1)))
        leave_open(recorder, lived("left-open", started=MORNING + after(2)))
        with Reader(path) as reader:
            lives = [reader.life(asked) for asked in (SERIAL, IMEIS[1], "run-1", "left")]
    for life in lives:
        assert [run.head.run for run in life.runs] == ["run-1", "run-2", "left-open"]
        assert life.serials == (SERIAL,)
        assert life.duplicates == {}
        assert life.courses[0].last is None
    assert dict(lives[0].claims) == dict.fromkeys(IMEIS, (SERIAL,))


def test_an_imei_of_two_units_is_told_of_both(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
        leave_open(recorder, lived("r2", seed=1, started=MORNING + after(1)))
        with Reader(path) as reader:
            of_imei, of_one = reader.life(IMEIS[0]), reader.life(SERIAL)
    assert of_imei.serials == (SERIAL, OTHER)
    assert [course.serial for course in of_imei.courses] == [SERIAL, OTHER]
    assert [run.head.run for run in of_one.runs] == ["r1"]
    assert dict(of_one.duplicates) == dict.fromkeys(IMEIS, (SERIAL, OTHER))


def test_a_fail_that_was_aborted_away_still_shows(path: Path) -> None:
    life = Life("r1")
    life.start(serial=SERIAL)
    life.step(0, [0.11, 2.0])
    life.add(AbortRequested("4711", "lunch"))
    life.end()
    with Recorder(path) as recorder:
        hand_in(recorder, life)
        with Reader(path) as reader:
            (course,) = reader.life(SERIAL).courses
    assert course.last is Outcome.ABORTED
    assert course.last_failed


def test_a_unit_that_nobody_named_has_only_its_own_run(path: Path) -> None:
    with Recorder(path) as recorder:
        for run in ("r1", "r2"):
            life = Life(run)
            life.start(serial="")
            for number in range(2):
                life.step(number, [2.0, 2.0])
            life.end()
            hand_in(recorder, life)
        with Reader(path) as reader:
            assert [run.head.run for run in reader.life("r1").runs] == ["r1"]


@pytest.mark.parametrize("asked", ["", "nobody", "r", "860123450000999"])
def test_what_names_no_unit_is_unknown(path: Path, asked: str) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
        hand_in(recorder, lived("r2", seed=1))
        with Reader(path) as reader:
            assert code_of(lambda: reader.life(asked)) == "RECORD-UNKNOWN"


def test_a_changed_record_is_not_told_as_if_it_were_whole(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1", bad=True))
    tamper(path, "UPDATE record SET body = x'00'")
    with Reader(path) as reader:
        assert code_of(lambda: reader.life(SERIAL)) == "STORE-DAMAGED"
