"""A full disk has one code, wherever SQLite meets it first."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.records.disk import SmallDisk, largest_file
from tests.records.runs import hand_in, lived

TINY = 1000
"""Less than the first page of a store, and than its -shm file."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


def test_no_room_to_make_a_store(path: Path) -> None:
    with largest_file(TINY), pytest.raises(StationFault) as caught:
        Recorder(path)
    assert caught.value.code == "STORE-FULL"
    assert not path.exists()


def test_no_room_to_open_a_store_that_is_there(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
    with largest_file(TINY):
        for open_it in (Recorder, Reader, verify):
            with pytest.raises(StationFault) as caught:
                open_it(path)
            assert caught.value.code == "STORE-FULL"
            assert caught.value.evidence["errno"]
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r2"))
    assert verify(path) == []


def test_a_store_cannot_be_made_on_a_small_disk_that_is_full(path: Path) -> None:
    with SmallDisk(path.parent) as disk:
        disk.fill_up()
        with pytest.raises(StationFault) as caught:
            Recorder(path)
    assert caught.value.code == "STORE-FULL"


def test_a_broken_disk_with_room_is_not_called_full(path: Path) -> None:
    with SmallDisk(path.parent) as disk:
        disk.broken = "write"
        with pytest.raises(StationFault) as caught:
            Recorder(path)
    assert caught.value.code == "STORE-FAILED"
