"""The newest release that ran on a station: asked before every production run."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from harness.errors import StationFault
from harness.model.events import ReleaseRef
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.records.schema import ADDED, DDL
from tests.records.runs import Life, hand_in, leave_open, tamper


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


def test_a_store_from_before_there_were_releases_is_brought_up_to_date(path: Path) -> None:
    with Recorder(path):
        pass
    connection = apsw.Connection(str(path))
    meta = connection.execute("SELECT name, value FROM meta").fetchall()
    connection.close()
    path.unlink()
    old = apsw.Connection(str(path))
    old.execute("PRAGMA application_id = 0x48524E53")
    old.execute(DDL.removesuffix(ADDED))
    old.executemany("INSERT INTO meta VALUES (?, ?)", meta)
    old.close()
    with pytest.raises(StationFault, match="written by an earlier harness"):
        Reader(path)
    with Recorder(path) as recorder:
        hand_in(recorder, released("r1", 3))
    assert newest(path) == 3
    assert verify(path) == []
