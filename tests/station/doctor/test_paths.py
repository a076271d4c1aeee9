"""What the doctor says of the paths from the call box to the slots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from harness.station.doctor import Level
from harness.station.doctor.paths import path_loss
from harness.station.files.config import StationConfig, load_station

ROOT = Path(__file__).parents[3]


@pytest.fixture
def bench() -> StationConfig:
    """A station whose losses hold until 2027-05-02."""
    return load_station(ROOT / "fixtures/stations/bench.yaml")


@pytest.mark.parametrize(
    ("today", "level"),
    [
        (date(2026, 11, 22), Level.OK),
        (date(2027, 4, 18), Level.OK),
        (date(2027, 4, 19), Level.WARN),
        (date(2027, 5, 2), Level.WARN),
        (date(2027, 5, 3), Level.FAIL),
    ],
)
def test_losses_expire_and_are_told_before(bench: StationConfig, today: date, level: Level) -> None:
    found = path_loss(bench, today)
    assert found.level is level
    assert found.words == "table bench-01 revision 1 holds until 2027-05-02"
    assert bool(found.remedy) == (level is not Level.OK)


def test_a_slot_that_nobody_has_measured(bench: StationConfig) -> None:
    today = date(2026, 11, 22)
    (slot,) = bench.slots
    swapped = replace(bench, slots=(replace(slot, rf_cable="C-0013"),))
    unnamed = replace(bench, slots=(replace(slot, rf_cable=None),))
    for station, words, remedy in (
        (swapped, "path-loss table bench-01 has no row for slot 1, cable C-0013", "add the row"),
        (unnamed, "the station file names no rf_cable of slot 1", "`rf_cable:`"),
        (
            replace(bench, path_loss=None),
            "the station file names no path_loss",
            "`path_loss: FILE`",
        ),
    ):
        found = path_loss(station, today)
        assert (found.level, found.words) == (Level.FAIL, words)
        assert remedy in found.remedy


def test_without_a_call_box_nothing_is_lost(bench: StationConfig) -> None:
    bare = replace(bench, call_box=None, path_loss=None)
    assert path_loss(bare, date(2026, 11, 22)).level is Level.OK
