"""Station files and scenarios as a test writes them, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.station.files.config import StationConfig, load_station


def station_of(folder: Path, text: str) -> StationConfig:
    """The station of a file of this text."""
    path = folder / "station.yaml"
    path.write_text(text)
    return load_station(path)


def told_of(folder: Path, text: str, load: Callable[[Path], object] = load_station) -> list[str]:
    """The problems of a file of this text; those of other files with their names."""
    path = folder / "station.yaml"
    path.write_text(text)
    with pytest.raises(StationFault) as refused:
        load(path)
    assert refused.value.code == "STATION-FILE"
    found = (problem.removeprefix(f"{folder}/") for problem in refused.value.evidence["problems"])
    return [problem.removeprefix("station.yaml:") for problem in found]
