"""What opening a store does with the runs that were left open in it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from harness.model import events as e
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.station.doctor.finding import Level
from harness.station.doctor.store import store_health
from tests.records.runs import (
    DOCUMENTS,
    MORNING,
    Life,
    StillClock,
    hand_in,
    leave_open,
    lived,
    rows_of_open_runs,
    tamper,
    wait_for,
)


def left_open(path: Path, life: Life) -> None:
    with Recorder(path) as recorder:
        leave_open(recorder, life)


def test_a_run_left_open_is_closed_as_interrupted(path: Path) -> None:
    life = Life("r1")
    life.start(steps=3)
    life.step(0, [2.0, 2.1])
    life.step(1, [0.2, 2.1])
    last = life.add(e.StepStarted("step_2", "jig.rails", Phase.STEPS, 1))
    left_open(path, life)
    clock = StillClock()
    with Recorder(path, clock=clock) as recorder:
        (record,) = recorder.recovered
        assert recorder.attempts("A57A000002", "final-test", e.Purpose.PRODUCTION) == 1
    assert record.outcome is Outcome.ABORTED
    assert record.dut_failed
    assert record.ended == last.utc
    assert [step.outcome for step in record.steps] == [Outcome.PASS, Outcome.FAIL, None]
    assert record.fault
    assert record.fault.code == "RUN-INTERRUPTED"
    assert "2026-11-22T10:00:00.063" in record.fault.message
    with Reader(path) as reader:
        assert reader.record("r1") == record
        (head,) = reader.runs()
    assert (head.outcome, head.dut_failed, head.fault) == (Outcome.ABORTED, True, "RUN-INTERRUPTED")
    assert verify(path) == []
    with Recorder(path) as again:
        assert again.recovered == ()


def test_a_pass_that_was_not_recorded_is_closed_as_interrupted(path: Path) -> None:
    left_open(path, lived("r1"))
    with Reader(path) as reader:
        assert reader.record("r1").outcome is None
    with Recorder(path) as recorder:
        assert [record.outcome for record in recorder.recovered] == [Outcome.ABORTED]


def test_interrupted_runs_join_the_chain_in_the_order_of_their_start(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r0"))
        leave_open(recorder, lived("r2", started=MORNING + timedelta(minutes=2)))
        leave_open(recorder, lived("r1", started=MORNING + timedelta(minutes=1)))
    with Recorder(path) as recorder:
        assert [record.run for record in recorder.recovered] == ["r1", "r2"]
        hand_in(recorder, lived("r3"))
    assert verify(path) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE journal SET body = substr(body, 1, length(body) - 40) WHERE rowid = {last}",
        "UPDATE journal SET body = x'00ff00' WHERE rowid = {last}",
        "DELETE FROM journal WHERE rowid = {last}",
        "INSERT INTO journal SELECT run, seq, body FROM journal",
    ],
)
def test_a_damaged_last_row_of_the_journal_costs_nothing_else(path: Path, damage: str) -> None:
    life = Life("r1")
    with Recorder(path) as recorder:
        recorder.begin(life.start(), DOCUMENTS)
        life.step(0, [0.2, 2.1])
        for event in life.events[1:]:
            recorder.write(event)
        wait_for(recorder)
        recorder.write(life.add(e.UnitLost("pulled")))
    tamper(path, damage.format(last="(SELECT max(rowid) FROM journal)"))
    with Recorder(path) as recorder:
        (record,) = recorder.recovered
    assert record.outcome is Outcome.ABORTED
    assert record.steps == life.builder.build().steps
    assert record.dut_failed
    assert verify(path) == []


def test_events_that_came_in_disorder_and_twice_are_put_in_order(path: Path) -> None:
    life = Life("r1")
    life.start()
    life.step(0, [0.2, 2.1])
    life.add(e.UnitLost("pulled"))
    life.step(1, [2.2, 2.1])
    with Recorder(path) as recorder:
        recorder.begin(life.events[0], DOCUMENTS)
        for event in (*reversed(life.events), *life.events):
            recorder.write(event)
    with Recorder(path) as recorder:
        (record,) = recorder.recovered
    assert record.steps == life.builder.build().steps
    assert [type(note.event) for note in record.notes] == [e.UnitLost, e.RunInterrupted]
    assert record.fault
    assert record.fault.evidence["unreadable_events"] == 0


SPOILT = {
    "unreadable": "UPDATE open_run SET body = x'00' WHERE run = 'r1'",
    "revision": (
        "UPDATE open_run SET body = CAST(replace(CAST(body AS TEXT), '\"revision\":14',"
        " '\"revision\":9223372036854775808') AS BLOB) WHERE run = 'r1'"
    ),
    "of another run": (
        "UPDATE open_run SET body = CAST(replace(CAST(body AS TEXT), '\"r1\"',"
        " '\"r9\"') AS BLOB) WHERE run = 'r1'"
    ),
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT)
def test_an_open_run_that_cannot_be_sealed_stops_nothing(path: Path, change: str) -> None:
    with Recorder(path) as recorder:
        leave_open(recorder, lived("r1"))
        leave_open(recorder, lived("r2"))
    tamper(path, change)
    before = rows_of_open_runs(path)
    with Recorder(path) as recorder:
        assert [record.run for record in recorder.recovered] == ["r2"]
        (fault,) = recorder.stuck
        assert (fault.code, fault.evidence["run"]) == ("RUN-STUCK", "r1")
        hand_in(recorder, lived("r3"))
    with Recorder(path) as again:
        assert [fault.evidence["run"] for fault in again.stuck] == ["r1"]
        assert again.recovered == ()
    assert rows_of_open_runs(path) == [row for row in before if row[0] == "r1"]
    (finding,) = verify(path)
    assert finding.startswith("RUN-STUCK: run r1 was left open and cannot be sealed")
    health = store_health(path)
    assert health.level is Level.WARN
    assert finding in health.words
    with Reader(path) as reader:
        assert [head.run for head in reader.runs() if head.outcome] == ["r3", "r2"]
        assert reader.newest_release("final-test") is None
