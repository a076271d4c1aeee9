"""The newest release that ran on a station: asked before every production run."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from harness.model.head import RunHead
from harness.model.refs import ReleaseRef
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.records.schema import APPLICATION_ID, FIRST_DDL
from harness.records.store import last_record, open_for_reading
from tests.records.runs import (
    IMEIS,
    Life,
    forget_places,
    hand_in,
    leave_open,
    lived,
    tamper,
)
from tests.short import code_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


def released(run: str, number: int | None, process: str = "final-test") -> Life:
    """A run by this release."""
    ref = None if number is None else ReleaseRef(process, number, f"{number:064}", ("alice",))
    life = Life(run)
    life.start(steps=1, measures=1, release=ref)
    life.step(0, [2.0])
    life.end()
    return life


def newest(path: Path, process: str = "final-test") -> int | None:
    with Reader(path) as reader:
        ref = reader.newest_release(process)
    return ref.number if ref else None


def test_the_highest_number_counts_whenever_it_ran(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, released("r0", None))
        assert newest(path) is None
        for run, number in enumerate((9, 10, 2), start=1):
            hand_in(recorder, released(f"r{run}", number))
        assert newest(path) == 10
        assert newest(path, "other") is None
        with Reader(path) as reader:
            ref = reader.newest_release("final-test")
        assert ref == ReleaseRef("final-test", 10, f"{10:064}", ("alice",))
    assert verify(path) == []


def test_a_run_that_is_open_or_was_killed_counts_too(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, released("r1", 3))
        leave_open(recorder, released("o1", 4))
        assert newest(path) == 4
    assert newest(path) == 4
    with Recorder(path):
        assert newest(path) == 4
    assert verify(path) == []


def test_it_is_found_by_its_index(path: Path) -> None:
    with Recorder(path):
        pass
    asked = (
        "EXPLAIN QUERY PLAN SELECT run FROM run WHERE process = ? AND release IS NOT NULL"
        " ORDER BY release DESC LIMIT 1"
    )
    plan = apsw.Connection(str(path)).execute(asked, ("final-test",)).fetchall()
    assert [row[3] for row in plan] == [
        "SEARCH run USING INDEX run_release (process=? AND release>?)"
    ]


def test_a_number_that_was_changed_is_found_by_verify(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, released("r1", 3))
    tamper(path, "UPDATE run SET release = 2")
    assert verify(path) == ["record 1 (run r1): column release of its head is 2, the record says 3"]


@pytest.fixture
def earlier(path: Path) -> Path:
    """A store as it was made before there were releases, with a run in it."""
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1", bad=True))
    forget_places(path)
    rows = {}
    connection = open_for_reading(path)
    for table in ("meta", "document", "run", "record", "fail", "imei"):
        rows[table] = connection.execute(f"SELECT * FROM {table}").fetchall()
    connection.close()
    path.unlink()
    old = apsw.Connection(str(path))
    old.pragma("journal_mode", "wal")
    old.pragma("application_id", APPLICATION_ID)
    old.execute(FIRST_DDL)
    rows["run"] = [row[:-2] for row in rows["run"]]
    for table, written in rows.items():
        marks = ", ".join("?" * len(written[0]))
        old.executemany(f"INSERT INTO {table} VALUES ({marks})", written)
    old.close()
    return path


def test_a_store_from_before_there_were_releases_is_read_as_it_is(earlier: Path) -> None:
    before = earlier.read_bytes()
    with Reader(earlier) as reader:
        (head,) = reader.runs()
        assert (head.run, head.release) == ("r1", None)
        assert reader.runs(serial=head.serial) == reader.runs(imei=IMEIS[0]) == [head]
        assert replace(RunHead.of(reader.record("r1")), number=1, began_after=1) == head
        assert [run.head for run in reader.life(head.serial).runs] == [head]
        assert reader.newest_release("final-test") is None
    assert verify(earlier) == []
    assert last_record(earlier).number == 1
    assert earlier.read_bytes() == before


def test_a_change_in_a_store_from_before_there_were_releases_is_found(earlier: Path) -> None:
    tamper(earlier, "UPDATE run SET operator = '0815'", "DROP INDEX run_serial")
    findings = verify(earlier)
    assert findings[0] == "schema: run_serial is missing, changed or added"
    assert "column operator of its head" in findings[1]
    assert len(findings) == 2
    before = earlier.read_bytes()
    assert code_of(lambda: Recorder(earlier)) == "STORE-DAMAGED"
    assert earlier.read_bytes() == before


def test_a_store_from_before_there_were_releases_is_brought_up_to_date(earlier: Path) -> None:
    with Recorder(earlier) as recorder:
        hand_in(recorder, released("r2", 3))
    assert newest(earlier) == 3
    assert verify(earlier) == []


def test_a_store_that_is_brought_up_to_date_while_it_is_read(earlier: Path) -> None:
    with Reader(earlier) as reader:
        assert reader.newest_release("final-test") is None
        with Recorder(earlier) as recorder:
            hand_in(recorder, released("r2", 3))
        ref = reader.newest_release("final-test")
        assert ref
        assert ref.number == 3


KILLED = """
import os, signal, sys, pathlib, apsw
from harness.records.recorder import Recorder

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def arm(connection):
    if sys.argv[2] == "commit":
        connection.set_commit_hook(die)
    else:
        connection.exec_trace = lambda _, sql, __: die() if sys.argv[2] in sql else True

apsw.connection_hooks.append(arm)
Recorder(pathlib.Path(sys.argv[1]))
"""


@pytest.mark.parametrize("moment", ["CREATE INDEX run_release", "commit"])
def test_a_store_that_was_killed_while_it_was_brought_up_to_date_is_whole(
    earlier: Path, moment: str
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(earlier), moment], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert newest(earlier) is None
    assert verify(earlier) == []
    with Recorder(earlier) as recorder:
        hand_in(recorder, released("r2", 3))
    assert newest(earlier) == 3
    assert verify(earlier) == []
