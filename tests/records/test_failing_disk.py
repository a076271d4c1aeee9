from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from harness.errors import HarnessError
from harness.model.outcome import Outcome
from harness.records.ballast import BALLAST_BYTES
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.records.disk import SmallDisk, largest_file
from tests.records.runs import DOCUMENTS, Life, hand_in, leave_open, lived, wait_for


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with SmallDisk(tmp_path) as small:
        yield small


def begin_code(recorder: Recorder, run: str) -> str:
    with pytest.raises(HarnessError) as caught:
        recorder.begin(Life(run).start(), DOCUMENTS)
    return caught.value.code


def seal_code(recorder: Recorder, life: Life) -> str:
    with pytest.raises(HarnessError) as caught:
        recorder.seal(life.builder.build())
    return caught.value.code


def test_the_ballast_is_real_space(path: Path) -> None:
    with Recorder(path):
        kept = path.with_name("records.db.ballast").stat()
    assert kept.st_blocks * 512 >= BALLAST_BYTES


def test_open_runs_are_closed_on_a_full_disk(path: Path, disk: SmallDisk) -> None:
    ballast = path.with_name("records.db.ballast")
    lives = [lived(f"r{n}", seed=n, steps=20) for n in range(3)]
    with Recorder(path) as recorder:
        for life in lives:
            leave_open(recorder, life)
        disk.fill_up()
        for life in lives:
            recorder.seal(life.builder.build())
        assert not ballast.exists()
        with largest_file(BALLAST_BYTES // 2):
            assert begin_code(recorder, "next") == "STORE-FULL"
            assert begin_code(recorder, "next") == "STORE-FULL"
            assert recorder.failure is None
        disk.capacity *= 4
        hand_in(recorder, lived("next"))
        assert ballast.exists()
    assert verify(path) == []
    with Reader(path) as reader:
        assert [reader.record(f"r{n}") for n in range(3)] == [x.builder.build() for x in lives]


def test_a_disk_that_fills_up_while_journaling_costs_no_event(path: Path, disk: SmallDisk) -> None:
    life = lived("r1", steps=40, measures=4)
    with Recorder(path) as recorder:
        recorder.begin(life.events[0], DOCUMENTS)
        disk.fill_up()
        for event in life.events[1:]:
            recorder.write(event)
        wait_for(recorder)
        assert recorder.failure is None
        with Reader(path) as reader:
            assert reader.record("r1").steps == life.builder.build().steps


def test_a_full_disk_refuses_to_begin_and_that_is_all(path: Path, disk: SmallDisk) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
        disk.fill_up()
        with ThreadPoolExecutor(4) as pool:
            runs = [f"n{n}" for n in range(4)]
            codes = list(pool.map(lambda run: begin_code(recorder, run), runs))
        assert set(codes) == {"STORE-FULL"}
        assert recorder.failure is None
        disk.capacity *= 4
        hand_in(recorder, lived("r2"))
    assert verify(path) == []


def test_without_any_room_sealing_fails_and_the_run_is_kept_open(
    path: Path, disk: SmallDisk
) -> None:
    life = lived("r1", steps=20, bad=True)
    with Recorder(path) as recorder:
        leave_open(recorder, life)
        disk.fill_up(but=-BALLAST_BYTES)
        assert seal_code(recorder, life) == "STORE-FULL"
        assert recorder.failure
        assert recorder.failure.evidence["path"] == str(path)
        assert "FullError" in recorder.failure.evidence["said"]
        recorder.write(life.events[-1])
        assert seal_code(recorder, life) == "STORE-FULL"
        assert begin_code(recorder, "r2") == "STORE-FULL"
    disk.capacity = 1 << 30
    with Recorder(path) as recorder:
        (record,) = recorder.recovered
    assert record.steps == life.builder.build().steps
    assert verify(path) == []


def test_runs_left_open_are_closed_on_a_disk_that_is_full(path: Path, disk: SmallDisk) -> None:
    with Recorder(path) as recorder:
        leave_open(recorder, lived("r1", steps=20))
    disk.fill_up()
    with Recorder(path) as recorder:
        assert [record.outcome for record in recorder.recovered] == [Outcome.ABORTED]
    assert verify(path) == []


def test_a_limit_on_the_size_of_files_is_a_full_disk(path: Path) -> None:
    life = lived("r1", steps=100, measures=10)
    with Recorder(path) as recorder:
        recorder.begin(life.events[0], DOCUMENTS)
        with largest_file(40_000):
            for event in life.events[1:]:
                recorder.write(event)
            assert seal_code(recorder, life) == "STORE-FULL"


@pytest.mark.parametrize("what", ["write", "sync"])
def test_a_broken_disk_lets_nobody_wait(path: Path, disk: SmallDisk, what: str) -> None:
    lives = [lived(f"r{n}", seed=n) for n in range(6)]
    with Recorder(path) as recorder:
        for life in lives:
            leave_open(recorder, life)
        disk.broken = what
        with ThreadPoolExecutor(6) as pool:
            codes = list(pool.map(lambda life: seal_code(recorder, life), lives))
        assert set(codes) == {"STORE-FAILED"}
        assert recorder.failure
        assert recorder.failure.code == begin_code(recorder, "next") == "STORE-FAILED"
        disk.broken = ""
    with Recorder(path) as recorder:
        hand_in(recorder, lived("after"))
    assert verify(path) == []
    with Reader(path) as reader:
        assert len(reader.runs()) == 7


def test_a_store_that_another_program_locks_is_told_as_locked(path: Path) -> None:
    life = lived("r1")
    with Recorder(path) as recorder:
        leave_open(recorder, life)
        other = apsw.Connection(str(path))
        other.execute("BEGIN IMMEDIATE")
        assert seal_code(recorder, life) == "STORE-LOCKED"
        other.close()


def test_a_real_disk_that_is_full(tmp_path: Path) -> None:
    """A tmpfs of 3 MiB in a user and mount namespace of its own (unshare(1))."""
    unshare = shutil.which("unshare")
    mount = ["sh", "-c", f'mount -t tmpfs -o size=3m none "{tmp_path}" && exec "$@"', "sh"]
    if not unshare or subprocess.run([unshare, "-rm", *mount, "true"], check=False).returncode:
        pytest.skip("no user namespaces here; the small disk stands for it in the other tests")
    child = [sys.executable, "-m", "tests.records.full_disk_child", str(tmp_path / "r.db")]
    done = subprocess.run(
        [unshare, "-rm", *mount, *child], capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stderr) == (0, "")
