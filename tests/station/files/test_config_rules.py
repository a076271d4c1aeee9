"""A station file says how old self-tests may be, and whether the station is simulated."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from harness.sim.scenario import Scenario
from harness.station.files.config import load_station
from harness.wiring.layout import SimulatedStation, config_of, golden_units_of, load_layout
from tests.short import code_of

ROOT = Path(__file__).parents[3]
SLOTS = "slots: [{slot: 1, handset: A57A000001}]\n"
SIMULATED = "simulated: scenario.yaml\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenario.yaml").write_text("schema: 1\nseed: 3\njigs: [{}, {}]\n")
    return tmp_path


def station(folder: Path, text: str) -> Path:
    path = folder / "station.yaml"
    path.write_text(f"schema: 1\nstation: s-01\nlocation: lab\n{text}")
    return path


@pytest.mark.parametrize(
    ("written", "every"),
    [
        ("", timedelta(hours=24)),
        ("selftest_every: 12 h\n", timedelta(hours=12)),
        ("selftest_every: 7 d\n", timedelta(days=7)),
        ("selftest_every: 31 d\n", timedelta(days=31)),
    ],
)
def test_how_old_a_self_test_may_be(folder: Path, written: str, every: timedelta) -> None:
    assert load_station(station(folder, written + SLOTS)).selftest_every == every


@pytest.mark.parametrize("written", ["0 h", "-1 h", "32 d", "24", "1 V", "soon"])
def test_a_time_that_is_none_is_told_at_its_place(folder: Path, written: str) -> None:
    path = station(folder, f"selftest_every: {written}\n{SLOTS}")
    fault = code_of(lambda: load_station(path))
    assert fault == "STATION-FILE"


def test_a_simulated_station_is_its_scenario_under_the_name_of_its_file(folder: Path) -> None:
    layout = load_layout(station(folder, SIMULATED + "selftest_every: 1 h\n"), None)
    assert isinstance(layout, SimulatedStation)
    assert isinstance(layout, Scenario)
    assert (layout.seed, layout.slots) == (3, 2)
    config = config_of(layout)
    assert (config.name, config.location) == ("s-01", "lab")
    assert config.selftest_every == timedelta(hours=1)
    assert layout.files.keys() == {"station", "scenario"}


def test_another_scenario_takes_the_place_of_the_one_in_the_file(folder: Path) -> None:
    other = folder / "other.yaml"
    other.write_text("schema: 1\nseed: 4\n")
    layout = load_layout(station(folder, SIMULATED), other)
    assert isinstance(layout, Scenario)
    assert layout.seed == 4
    assert layout.files["scenario"].path == other
    real = station(folder, SLOTS)
    assert code_of(lambda: load_layout(real, other)) == "STATION-FILE"


def test_a_scenario_alone_is_a_station_with_nobody_registered() -> None:
    assert config_of(Scenario()).name == "simulated"
    assert golden_units_of(Scenario()).units == {}


def test_the_shipped_simulated_station_has_eight_jigs_and_golden_units() -> None:
    layout = load_layout(ROOT / "fixtures" / "stations" / "sim.yaml", None)
    assert isinstance(layout, SimulatedStation)
    assert layout.slots == 8
    assert "A57G000001" in golden_units_of(layout).units
