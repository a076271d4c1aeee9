from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from harness.model import events as e
from harness.model.durations import durations
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.records.codec import sha256
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.records.runs import (
    IMEIS,
    MORNING,
    PLAN_SHA256,
    Life,
    as_json,
    hand_in,
    leave_open,
    lived,
    tamper,
)
from tests.short import code_of

Files = dict[str, tuple[bytes, int]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


def files(path: Path) -> Files:
    """Content and time of last change of the database and its -wal file."""
    both = (path, path.with_name(path.name + "-wal"))
    return {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in both if f.exists()}


def read_everything(path: Path) -> int:
    with Reader(path) as reader:
        heads = reader.runs()
        for head in heads:
            reader.record(head.run)
            if head.outcome is not None:
                reader.json(head.run)
        reader.document(PLAN_SHA256)
    return len(heads)


def test_runs_are_listed_newest_first_with_open_ones_on_top(path: Path) -> None:
    with Recorder(path) as recorder:
        for n in range(4):
            hand_in(recorder, lived(f"r{n}", seed=n, bad=n == 2))
        leave_open(recorder, lived("o1", started=MORNING + timedelta(minutes=1)))
        leave_open(recorder, lived("o2", started=MORNING + timedelta(minutes=2)))
        with Reader(path) as reader:
            heads = reader.runs()
            assert [head.run for head in heads] == ["o2", "o1", "r3", "r2", "r1", "r0"]
            assert [head.run for head in reader.runs(3)] == ["o2", "o1", "r3"]
            assert [head.run for head in reader.runs(1)] == ["o2"]
    assert (heads[0].outcome, heads[0].ended) == (None, None)
    bad = heads[3]
    assert bad.outcome is Outcome.FAIL
    assert bad.dut_failed
    assert bad.fault == "step_0.rail_0:LOW"
    assert bad.started == MORNING
    assert (bad.serial, bad.jig, bad.attempt, bad.slot) == ("A57A000002", "jig-7", 1, 2)


def test_the_runs_of_one_unit(path: Path) -> None:
    with Recorder(path) as recorder:
        for n in range(6):
            hand_in(recorder, lived(f"r{n}", seed=n % 2))
        leave_open(recorder, lived("o", seed=1))
        with Reader(path) as reader:
            named = reader.runs(serial="A57A000001")
            assert [head.run for head in named] == ["o", "r5", "r3", "r1"]
            assert len(reader.runs(imei=IMEIS[1])) == 7
            assert reader.runs(imei="860123450000038") == []
            assert reader.runs(serial="nobody") == []


def test_a_run_is_found_by_the_label_s_and_by_the_handset_s_imei(path: Path) -> None:
    shown = "490154203237518"
    life = Life("r1")
    life.start(steps=0)
    life.add(e.UnitIdentified(Unit("A57A000002", (shown,))))
    life.end()
    with Recorder(path) as recorder:
        hand_in(recorder, life)
    with Reader(path) as reader:
        for imei in (*IMEIS, shown):
            assert [head.run for head in reader.runs(imei=imei)] == ["r1"]


def test_what_the_newest_runs_of_a_plan_took(path: Path) -> None:
    with Recorder(path) as recorder:
        for number in range(3):
            hand_in(recorder, lived(f"R{number}", seed=number, bad=number == 2))
    with Reader(path) as reader:
        told = reader.step_medians(PLAN_SHA256)
        newest = reader.step_medians(PLAN_SHA256, limit=1)
        assert reader.step_medians("0" * 64).runs == 0
        kept = [reader.record(f"R{number}") for number in (0, 1, 2)]
    assert told == durations(kept)
    assert (told.runs, set(told.steps)) == (3, {"step_0", "step_1"})
    assert (newest.runs, newest.between_s) == (1, None)  # the newest one failed


def test_readers_cannot_write(path: Path) -> None:
    Recorder(path).close()
    opened: list[apsw.Connection] = []
    apsw.connection_hooks.append(opened.append)
    try:
        with Reader(path):
            (connection,) = opened
            assert connection.readonly("main")
    finally:
        apsw.connection_hooks.remove(opened.append)


def test_the_json_is_what_was_chained(path: Path) -> None:
    life = lived("r1")
    with Recorder(path) as recorder:
        sha = hand_in(recorder, life)
    with Reader(path) as reader:
        text = reader.json("r1")
    assert sha256(text) == sha
    previous = text.split(b'"previous":"')[1][:64].decode()
    assert text == as_json(life.builder.build(), previous, 0)


def test_a_run_is_found_by_the_beginning_of_its_id(path: Path) -> None:
    with Recorder(path) as recorder:
        for run in ("01AB", "01ABC", "01B", "02"):
            hand_in(recorder, lived(run))
        leave_open(recorder, lived("03"))
        with Reader(path) as reader:
            assert reader.record("02").run == "02"
            assert reader.record("03").run == "03"
            assert reader.record("01B").run == "01B"
            assert reader.record("01AB").run == "01AB"
            for unclear in ("0", "01", "01A", "", "nobody", "%"):
                assert code_of(lambda name=unclear: reader.record(name)) == "RECORD-UNKNOWN"  # type: ignore[misc]
            assert code_of(lambda: reader.json("03")) == "RECORD-UNKNOWN"


def test_an_open_run_is_shown_as_it_stands(path: Path) -> None:
    life = lived("r1", bad=True)
    with Recorder(path) as recorder:
        leave_open(recorder, life)
        with Reader(path) as reader:
            record = reader.record("r1")
    assert (record.outcome, record.ended, record.fault) == (None, None, None)
    assert record.steps == life.builder.build().steps
    assert record.dut_failed


def test_a_missing_store_is_told_and_not_made(path: Path) -> None:
    assert code_of(lambda: Reader(path)) == "STORE-ABSENT"
    assert not path.exists()


def test_a_changed_record_is_not_shown(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
        hand_in(recorder, lived("r2"))
    swap = "SELECT body FROM record WHERE number = 2"
    tamper(path, f"UPDATE record SET body = ({swap}) WHERE number = 1", "DELETE FROM document")
    with Reader(path) as reader:
        assert reader.record("r2").run == "r2"
        assert code_of(lambda: reader.record("r1")) == "STORE-DAMAGED"
        assert code_of(lambda: reader.json("r1")) == "STORE-DAMAGED"
        assert code_of(lambda: reader.document(PLAN_SHA256)) == "STORE-DAMAGED"


@pytest.mark.parametrize("change", ["outcome = 'GOOD'", "started_ms = 9223372036854775807"])
def test_a_head_that_cannot_be_read_is_damage(path: Path, change: str) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
    tamper(path, f"UPDATE run SET {change}")
    with Reader(path) as reader:
        assert code_of(reader.runs) == "STORE-DAMAGED"


def test_reading_changes_nothing_of_a_closed_store(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
    before = files(path)
    assert read_everything(path) == 1
    after = files(path)
    assert after["records.db"] == before["records.db"]
    assert after.get("records.db-wal", (b"", 0))[0] == b""


def test_reading_changes_nothing_while_a_station_writes(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
        leave_open(recorder, lived("r2"))
        before = files(path)
        assert read_everything(path) == 2
        assert files(path) == before
        hand_in(recorder, lived("r3"))


def test_reading_changes_nothing_after_a_station_was_killed(path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.records.station_child", str(path), "1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout
        while not child.stdout.readline().startswith("sealed"):
            assert child.poll() is None
        child.kill()
    before = files(path)
    assert before["records.db-wal"][0], "the -wal file is hot"
    assert read_everything(path) >= 1
    assert read_everything(path) >= 1
    assert files(path) == before
