"""Station files and scenarios: right in full, or refused with every place."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.sim.scenario import load_scenario
from harness.station.config import JigConfig, SlotConfig, StationConfig, load_station

ROOT = Path(__file__).parents[2]


def problems(fault: StationFault) -> list[str]:
    assert fault.code == "STATION-FILE"
    return [problem.partition("/station.yaml:")[2] for problem in fault.evidence["problems"]]


def test_a_station_file_is_read() -> None:
    assert load_station(ROOT / "fixtures/stations/bench.yaml") == StationConfig(
        "bench-01", "lab", (SlotConfig(1, "A57A000001", JigConfig("/dev/ttyUSB0")),)
    )


def test_all_problems_of_a_station_file_come_at_once_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "station.yaml"
    path.write_text(
        "schema: 1\n"
        "station: s\n"
        "slots:\n"
        "  - {slot: 0, handset: A}\n"
        "  - {slot: 2, handset: A, jig: {prot: /dev/ttyUSB0}}\n"
        "  - {slot: 2, handset: 'B C'}\n"
    )
    with pytest.raises(StationFault) as refused:
        load_station(path)
    assert problems(refused.value) == [
        "4:12: expected at least 1; found 0",
        "5:24: handset 'A' is written twice",
        "5:33: unknown key 'prot' (did you mean 'port'?)",
        "6:12: slot 2 is written twice",
        (
            "6:24: expected a serial number: 1 to 64 printable ASCII characters without spaces; "
            "found 'B C'"
        ),
    ]


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StationFault, match="cannot be read"):
        load_station(tmp_path / "station.yaml")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "fixtures/sim").glob("*.yaml")), ids=lambda p: p.name
)
def test_the_shipped_scenarios_are_read(path: Path) -> None:
    assert load_scenario(path).units


def test_unknown_defects_and_settings_are_told_with_the_right_word(tmp_path: Path) -> None:
    path = tmp_path / "station.yaml"
    path.write_text(
        "schema: 1\n"
        "jig: {defects: [jig.silence]}\n"
        "units:\n"
        "  - {serial: A57A000001, defects: [{adb.hang: {at: x}}, battery.weak]}\n"
    )
    with pytest.raises(StationFault) as refused:
        load_scenario(path)
    assert problems(refused.value) == [
        "2:17: no defect 'jig.silence' (did you mean 'jig.silent'?)",
        "4:48: adb.hang has no setting 'at': it takes on",
        "4:57: no defect 'battery.weak' (did you mean 'battery.weak_charge'?)",
    ]


def test_a_scenario_is_read_with_its_defects_and_settings(tmp_path: Path) -> None:
    path = tmp_path / "station.yaml"
    path.write_text(
        "schema: 1\nseed: 3\nspeed: 10\njig: {noise: 0.01, defects: [jig.silent]}\n"
        "units: [{serial: S, imei: [860123450000012], "
        "defects: [adb.hang, {battery.weak_charge: {current_a: 0.3}}]}]\n"
    )
    scenario = load_scenario(path)
    assert (scenario.seed, scenario.speed, scenario.jig_noise) == (3, 10.0, 0.01)
    assert scenario.jig_defects == {"jig.silent": {}}
    (unit,) = scenario.units
    assert unit.imei == ("860123450000012",)
    assert unit.defects == {"adb.hang": {}, "battery.weak_charge": {"current_a": 0.3}}
