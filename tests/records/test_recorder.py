"""What the recorder puts on disk, when, and in which chain."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import apsw
import pytest

from harness.errors import Blame
from harness.model import events as e
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.records.chain import verify
from harness.records.codec import sha256
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.engine.rig import until
from tests.records.runs import (
    DOCUMENTS,
    PLAN,
    PLAN_SHA256,
    Life,
    hand_in,
    journaled,
    leave_open,
    lived,
    wait_for,
)


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
    until(lambda: journaled(path, "r1") == 2)


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
            until(lambda: journaled(path, "r1") == 2)
            if failing == "measured":
                recorder.write(life.measure("step_0", "rail_0", 0.2))
            else:
                recorder.write(life.add(e.Faulted(Fault("X", Blame.LINK, "lost", "seat it"))))
            until(lambda: journaled(path, "r1") == 3)
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


def test_an_event_that_json_cannot_hold_leaves_a_fault_in_the_journal(
    path: Path, recorder: Recorder
) -> None:
    life = Life("r1")
    recorder.begin(life.start(), DOCUMENTS)
    evidence = {"volts": math.nan}
    recorder.write(life.add(e.Faulted(Fault("X", Blame.LINK, "lost", "seat it", evidence))))
    until(lambda: journaled(path, "r1") == 2)
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
