"""One process writes one store, whatever names it is given; a store that goes away is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.records.recorder import Recorder
from tests.records.runs import DOCUMENTS, hand_in, lived


def code_of(refused: pytest.ExceptionInfo[StationFault]) -> str:
    return refused.value.code


def test_a_link_is_the_same_store(tmp_path: Path) -> None:
    store, alias = tmp_path / "real.db", tmp_path / "alias.db"
    with Recorder(store):
        alias.symlink_to(store)
        with pytest.raises(StationFault) as refused:
            Recorder(alias)
        assert code_of(refused) == "STORE-LOCKED"


def test_a_store_with_two_names_is_refused(tmp_path: Path) -> None:
    store, second = tmp_path / "real.db", tmp_path / "second.db"
    Recorder(store).close()
    second.hardlink_to(store)
    with pytest.raises(StationFault, match="two names") as refused:
        Recorder(second)
    assert code_of(refused) == "STORE-FAILED"


@pytest.mark.parametrize("gone", ["real.db", "real.db.lock"])
def test_a_store_that_was_removed_takes_no_more_runs_and_passes_none(
    tmp_path: Path, gone: str
) -> None:
    store = tmp_path / "real.db"
    first, second = lived(run="01A"), lived(run="01B")
    with Recorder(store) as recorder:
        recorder.begin(first.events[0], DOCUMENTS)
        (tmp_path / gone).unlink()
        with pytest.raises(StationFault, match="removed") as refused:
            recorder.seal(first.builder.build())
        assert code_of(refused) == "STORE-FAILED"
        with pytest.raises(StationFault, match="removed"):
            recorder.begin(second.events[0], DOCUMENTS)


def test_a_store_that_was_replaced_is_noticed(tmp_path: Path) -> None:
    store, other = tmp_path / "real.db", tmp_path / "other.db"
    with Recorder(other) as recorder:
        hand_in(recorder, lived(run="01X"))
    life = lived(run="01A")
    with Recorder(store) as recorder:
        recorder.begin(life.events[0], DOCUMENTS)
        other.replace(store)
        with pytest.raises(StationFault, match="replaced"):
            recorder.seal(life.builder.build())
