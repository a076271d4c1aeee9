"""The self-tests of one jig, as its drift is told from them."""

from __future__ import annotations

from pathlib import Path

from harness.model.events import Purpose
from harness.quality.drift import State, drifts
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.quality.nights import Night
from tests.records.runs import DOCUMENTS, PLAN_SHA256, tamper
from tests.short import code_of

WAVE = [0.10, 0.13, 0.09, 0.12, 0.08, 0.11, 0.12, 0.10, 0.13]


def night(number: int, error: float = 0.1, serial: str = "JIG-0007", **how: Purpose) -> Night:
    return Night(number, {"rail.error": error}, plan=PLAN_SHA256, serial=serial, **how)  # type: ignore[arg-type]


def seal(recorder: Recorder, lived: Night) -> None:
    record = lived.record()
    recorder.begin(lived.events[0], DOCUMENTS)
    for event in lived.events[1:]:
        recorder.write(event)
    recorder.seal(record)


def test_the_newest_self_tests_of_one_jig_oldest_first(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with Recorder(path) as recorder:
        for number in (1, 0, 3, 2):
            seal(recorder, night(number))
            seal(recorder, night(number, serial="JIG-0008"))
        seal(recorder, night(4, purpose=Purpose.ENGINEERING))
        left_open = night(5)
        left_open.record()
        recorder.begin(left_open.events[0], DOCUMENTS)
        with Reader(path) as reader:
            runs = reader.history("JIG-0007")
            assert [run.run[-1] for run in runs] == ["0", "1", "2", "3"]
            assert {run.run[:-6] for run in runs} == {"JIG-0007"}
            assert [run.run[-1] for run in reader.history("JIG-0007", limit=2)] == ["2", "3"]
            assert reader.history("JIG-0009") == []


def test_drift_is_told_from_what_is_in_the_store(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with Recorder(path) as recorder:
        for number, error in enumerate([*WAVE, 0.6]):
            seal(recorder, night(number, error))
    with Reader(path) as reader:
        runs = reader.history("JIG-0007")
    (drift,) = drifts(runs[-1].run, runs)
    assert drift.state is State.OUT_OF_CONTROL
    assert drift.series.values == [*WAVE, 0.6]


def test_a_self_test_that_was_changed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with Recorder(path) as recorder:
        seal(recorder, night(0))
        seal(recorder, night(1))
    swap = "SELECT body FROM record WHERE number = 2"
    tamper(path, f"UPDATE record SET body = ({swap}) WHERE number = 1")
    with Reader(path) as reader:
        assert code_of(lambda: reader.history("JIG-0007")) == "STORE-DAMAGED"
