from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import apsw
import pytest

from harness.errors import Blame, HarnessError
from harness.model import events as e
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.refs import ReleaseRef
from harness.records.chain import verify
from harness.records.codec import sha256
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.records.store import open_for_reading
from harness.station.doctor.finding import Level
from harness.station.doctor.store import store_health
from tests.records.runs import (
    DOCUMENTS,
    MORNING,
    PLAN,
    PLAN_SHA256,
    Life,
    StillClock,
    hand_in,
    leave_open,
    lived,
    tamper,
    wait_for,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def recorder(path: Path) -> Iterator[Recorder]:
    with Recorder(path) as opened:
        yield opened


def journaled(path: Path, run: str) -> int:
    """How many events of an open run are on disk."""
    with Reader(path) as reader:
        record = reader.record(run)
    return 1 + len(record.notes) + sum(1 + len(s.measurements) for s in record.steps)


def eventually(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_a_sealed_record_is_read_back_as_it_was(path: Path, recorder: Recorder) -> None:
    life = lived("r1", bad=True)
    sha = hand_in(recorder, life)
    with Reader(path) as reader:
        assert reader.record("r1") == life.builder.build()
        assert sha256(reader.json("r1")) == sha
        assert reader.document(PLAN_SHA256) == PLAN
    assert verify(path) == []


def test_a_store_is_made_with_its_folders_and_keeps_its_uuid(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "line 3" / "records.db"
    with Recorder(path) as first:
        uuid = first.station.uuid
    with Recorder(path) as again:
        assert again.station.uuid == uuid
        assert again.recovered == ()
    with Recorder(tmp_path / "other.db") as other:
        assert other.station.uuid != uuid


def test_begin_is_on_disk_when_it_returns(path: Path, recorder: Recorder) -> None:
    recorder.begin(Life("r1").start(), DOCUMENTS)
    with Reader(path) as reader:
        assert [(head.run, head.outcome) for head in reader.runs()] == [("r1", None)]


def test_events_are_on_disk_soon_without_anybody_waiting(path: Path, recorder: Recorder) -> None:
    life = Life("r1")
    recorder.begin(life.start(), DOCUMENTS)
    recorder.write(life.add(e.UnitLost("pulled")))
    eventually(lambda: journaled(path, "r1") == 2)


@pytest.mark.parametrize("failing", ["measured", "faulted"])
def test_a_failed_measurement_and_a_fault_are_not_held_back(path: Path, failing: str) -> None:
    commits = []

    def count(connection: apsw.Connection) -> None:
        def committed() -> bool:
            commits.append(connection.pragma("synchronous"))
            return False

        connection.set_commit_hook(committed)

    apsw.connection_hooks.append(count)
    try:
        with Recorder(path) as recorder:
            life = Life("r1")
            recorder.begin(life.start(), DOCUMENTS)
            recorder.write(life.add(e.StepStarted("step_0", "jig.rails", Phase.STEPS, 1)))
            eventually(lambda: journaled(path, "r1") == 2)
            if failing == "measured":
                recorder.write(life.measure("step_0", "rail_0", 0.2))
            else:
                recorder.write(life.add(e.Faulted(Fault("X", Blame.LINK, "lost", "seat it"))))
            eventually(lambda: journaled(path, "r1") == 3)
    finally:
        apsw.connection_hooks.remove(count)
    normal, full = 1, 2
    assert commits[-3:] == [full, normal, full]  # begin, batch, what must not wait


def test_records_are_chained(path: Path, recorder: Recorder) -> None:
    shas = [hand_in(recorder, lived(f"r{n}", seed=n)) for n in range(3)]
    with Reader(path) as reader:
        assert f'"previous":"{shas[0]}"'.encode() in reader.json("r1")
        assert f'"previous":"{shas[1]}"'.encode() in reader.json("r2")


def test_the_chain_goes_on_after_opening_again(path: Path) -> None:
    with Recorder(path) as before:
        hand_in(before, lived("r1"))
    with Recorder(path) as after:
        hand_in(after, lived("r2"))
    assert verify(path) == []


def test_sealing_again_gives_the_same_hash_and_no_second_record(
    path: Path, recorder: Recorder
) -> None:
    life = lived("r1")
    sha = hand_in(recorder, life)
    hand_in(recorder, lived("r2"))
    assert recorder.seal(life.builder.build()) == sha
    with Reader(path) as reader:
        assert [head.run for head in reader.runs()] == ["r2", "r1"]


def refused(recorder: Recorder, code: str, do: Callable[[], object]) -> HarnessError:
    with pytest.raises(HarnessError) as caught:
        do()
    assert caught.value.code == code
    assert recorder.failure is None
    hand_in(recorder, lived("after the refusal"))
    return caught.value


def test_another_record_of_a_sealed_run_is_refused(path: Path, recorder: Recorder) -> None:
    life = lived("r1")
    hand_in(recorder, life)
    other = replace(life.builder.build(), operator="0815")
    refused(recorder, "ENGINE-BUG", lambda: recorder.seal(other))
    with Reader(path) as reader:
        assert reader.record("r1").operator == "4711"


def test_a_run_that_was_never_begun_is_refused(recorder: Recorder) -> None:
    record = lived("r1").builder.build()
    assert "never begun" in refused(recorder, "ENGINE-BUG", lambda: recorder.seal(record)).message


def test_a_run_that_has_not_ended_is_refused(recorder: Recorder) -> None:
    life = Life("r1")
    recorder.begin(life.start(), DOCUMENTS)
    refused(recorder, "ENGINE-BUG", lambda: recorder.seal(life.builder.build()))


def test_a_pass_that_its_parts_do_not_show_is_refused(path: Path, recorder: Recorder) -> None:
    life = lived("r1", bad=True)
    leave_open(recorder, life)
    good = replace(life.builder.build(), outcome=Outcome.PASS, fault=None, dut_failed=False)
    refused(recorder, "ENGINE-BUG", lambda: recorder.seal(good))
    with Reader(path) as reader:
        assert reader.record("r1").outcome is None


def test_beginning_twice_is_refused(recorder: Recorder) -> None:
    life = lived("r1")
    started = life.events[0]
    recorder.begin(started, DOCUMENTS)
    refused(recorder, "ENGINE-BUG", lambda: recorder.begin(started, DOCUMENTS))
    recorder.seal(life.builder.build())
    with pytest.raises(HarnessError, match="begun before"):
        recorder.begin(started, DOCUMENTS)


def test_a_document_under_another_hash_is_refused(recorder: Recorder) -> None:
    started = Life("r1").start()
    refused(recorder, "ENGINE-BUG", lambda: recorder.begin(started, {PLAN_SHA256: b"another"}))


def test_a_run_without_its_plan_is_refused(recorder: Recorder) -> None:
    started = Life("r1").start()
    with pytest.raises(HarnessError, match="nobody gave the plan"):
        recorder.begin(started, {})
    recorder.begin(started, DOCUMENTS)
    recorder.begin(Life("r2").start(), {})  # the store has it by now


def test_a_record_that_json_cannot_hold_is_refused(recorder: Recorder) -> None:
    life = lived("r1", bad=True)
    leave_open(recorder, life)
    record = life.builder.build()
    assert record.fault
    nan = replace(record, fault=replace(record.fault, evidence={"volts": math.nan}))
    fault = refused(recorder, "ENGINE-BUG", lambda: recorder.seal(nan))
    assert "volts" in fault.message


def test_an_event_that_json_cannot_hold_leaves_a_fault_in_the_journal(
    path: Path, recorder: Recorder
) -> None:
    life = Life("r1")
    recorder.begin(life.start(), DOCUMENTS)
    evidence = {"volts": math.nan}
    recorder.write(life.add(e.Faulted(Fault("X", Blame.LINK, "lost", "seat it", evidence))))
    eventually(lambda: journaled(path, "r1") == 2)
    assert recorder.failure is None
    with Reader(path) as reader:
        (note,) = reader.record("r1").notes
    assert isinstance(note.event, e.Faulted)
    assert note.event.fault.code == "ENGINE-BUG"
    assert "volts" in note.event.fault.message


def left_in_journal(path: Path) -> tuple[int, int]:
    """How many rows `journal` and `open_run` have."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    both = "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM open_run)"
    ((batches, runs),) = connection.execute(both).fetchall()
    connection.close()
    assert isinstance(batches, int)
    assert isinstance(runs, int)
    return batches, runs


def test_the_journal_of_a_run_goes_when_its_record_comes(path: Path, recorder: Recorder) -> None:
    life, other = lived("r1"), lived("r2")
    leave_open(recorder, life)
    leave_open(recorder, other)
    assert left_in_journal(path) == (2, 2)
    recorder.seal(life.builder.build())
    assert left_in_journal(path) == (1, 1)


def test_events_of_a_sealed_run_are_not_kept(path: Path, recorder: Recorder) -> None:
    life = lived("r1")
    sha = hand_in(recorder, life)
    recorder.write(life.add(e.Recorded("r1", sha)))
    wait_for(recorder)
    assert left_in_journal(path) == (0, 0)


def test_attempts_count_records_and_open_runs_of_the_process(recorder: Recorder) -> None:
    hand_in(recorder, lived("r1", seed=5))
    hand_in(recorder, lived("r2", seed=6))
    leave_open(recorder, lived("r3", seed=5))
    assert recorder.attempts("A57A000005", "final-test", e.Purpose.PRODUCTION) == 2
    assert recorder.attempts("A57A000006", "final-test", e.Purpose.PRODUCTION) == 1
    assert recorder.attempts("A57A000005", "repair", e.Purpose.PRODUCTION) == 0


def test_a_second_process_is_told_who_holds_the_store(path: Path, recorder: Recorder) -> None:
    with pytest.raises(HarnessError) as caught:
        Recorder(path)
    assert caught.value.code == "STORE-LOCKED"
    assert caught.value.evidence["pid"] == str(os.getpid())


def test_a_closed_recorder_refuses_at_once(path: Path) -> None:
    recorder = Recorder(path)
    life = lived("r1")
    leave_open(recorder, life)
    recorder.close()
    recorder.close()
    recorder.write(life.events[-1])
    with pytest.raises(HarnessError) as caught:
        recorder.seal(life.builder.build())
    assert caught.value.code == "STORE-FAILED"


def test_eight_slots_at_once_make_one_clean_chain(path: Path) -> None:
    slots, runs = 8, 12
    ready = Barrier(slots)

    with Recorder(path) as store, ThreadPoolExecutor(slots) as pool:

        def live(slot: int) -> list[str]:
            ready.wait()
            seeds = range(100 * slot, 100 * slot + runs)
            lives = [lived(f"r{seed}", seed=seed, bad=seed % 3 == 0) for seed in seeds]
            return [hand_in(store, life) for life in lives]

        shas = [sha for made in pool.map(live, range(slots)) for sha in made]
    assert len(set(shas)) == slots * runs
    assert verify(path) == []
    with Reader(path) as reader:
        heads = reader.runs(slots * runs + 1)
    assert len({head.run for head in heads}) == len(heads) == slots * runs
    assert sum(head.outcome is Outcome.FAIL for head in heads) == slots * runs / 3


# What opening does with runs that were left open


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
        assert {"r2", "r3"} <= {head.run for head in reader.runs()}
        assert reader.newest_release("final-test") is None


def rows_of_open_runs(path: Path) -> list[tuple[object, ...]]:
    connection = open_for_reading(path)
    found = connection.execute(
        "SELECT run, 0, CAST(body AS BLOB) FROM open_run"
        " UNION ALL SELECT run, seq, CAST(body AS BLOB) FROM journal ORDER BY 1, 2"
    ).fetchall()
    connection.close()
    return found


NUMBERS: dict[str, Callable[[e.RunStarted], e.RunStarted]] = {
    "revision": lambda said: replace(said, plan=replace(said.plan, revision=2**63)),
    "slot": lambda said: replace(said, slot=2**63),
    "attempt": lambda said: replace(said, attempt=2**63),
    "release": lambda said: replace(said, release=ReleaseRef("p", 2**63, "ab", ())),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_run_that_could_never_be_sealed_does_not_begin(path: Path, name: str) -> None:
    start = Life("r1").start()
    assert isinstance(start.event, e.RunStarted)
    with Recorder(path) as recorder:
        with pytest.raises(HarnessError, match=f"{name} {2**63}") as caught:
            recorder.begin(replace(start, event=NUMBERS[name](start.event)), DOCUMENTS)
        assert caught.value.code == "STORE-UNFIT"
        hand_in(recorder, lived("r2"))
    assert rows_of_open_runs(path) == []
    assert verify(path) == []
