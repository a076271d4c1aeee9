"""Station files and scenarios: right in full, or refused with every place."""

from __future__ import annotations

import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from harness.errors import StationFault
from harness.sim.scenario import load_scenario
from harness.station.files.config import JigConfig, SlotConfig, load_station
from tests.station.files.written import station_of, told_of

ROOT = Path(__file__).parents[3]


def test_the_shipped_station_is_read_with_its_jig_file() -> None:
    path = ROOT / "fixtures/stations/bench.yaml"
    station = load_station(path)
    (slot,) = station.slots
    assert (station.name, station.location) == ("bench-01", "lab")
    assert (slot.number, slot.handset) == (1, "A57A000001")
    assert station.instruments == {"callbox"}
    assert slot.instruments == {"lightbox", "supply"}
    assert slot.jig
    assert (slot.jig.port, slot.jig.serial) == (None, "J-0117")
    assert slot.jig.kind
    assert (slot.jig.kind.name, slot.jig.kind.revision) == ("core", 1)
    assert {role: file.sha256 for role, file in station.files.items()} == {
        "station": sha256(path.read_bytes()).hexdigest(),
        "jig:../jigs/core.yaml": _sha256("jigs/core.yaml"),
        "instrument:../instruments/callbox.yaml": _sha256("instruments/callbox.yaml"),
        "selftest:../jigs/core.yaml": _sha256("../testplans/selftest/core.yaml"),
        "selftest-limits:../jigs/core.yaml": _sha256("../testplans/limits/selftest-core.yaml"),
        "path_loss": _sha256("path-loss/bench.yaml"),
    }


def test_the_shipped_station_has_a_call_box_and_knows_its_paths() -> None:
    station = load_station(ROOT / "fixtures/stations/bench.yaml")
    (slot,) = station.slots
    assert station.call_box
    assert (station.call_box.port, station.call_box.kind.name) == (
        "socket://192.0.2.10:5025",
        "callbox",
    )
    assert (slot.call_box, slot.rf_cable) == (None, "C-0012")
    assert station.path_loss
    assert station.path_loss.of(1, "C-0012", 3, date(2026, 11, 22)).loss_db == 42.0


def _sha256(name: str) -> str:
    return sha256((ROOT / "fixtures" / name).read_bytes()).hexdigest()


BOX = "{name: callbox, port: 'socket://h:1', serial: B7, file: box.yaml}"


def test_a_slot_may_have_a_call_box_of_its_own(tmp_path: Path) -> None:
    shutil.copy(ROOT / "fixtures/instruments/callbox.yaml", tmp_path / "box.yaml")
    station = station_of(
        tmp_path,
        f"schema: 1\nstation: s\nslots:\n  - {{slot: 1, handset: A, instruments: [{BOX}]}}\n",
    )
    (slot,) = station.slots
    assert slot.call_box
    assert slot.call_box.serial == "B7"
    assert slot.instruments == {"callbox"}
    assert station.call_box is None
    assert list(station.files) == ["station", "instrument:box.yaml"]


def test_every_problem_with_call_boxes_and_their_paths_is_told(tmp_path: Path) -> None:
    shutil.copy(ROOT / "fixtures/instruments/callbox.yaml", tmp_path / "box.yaml")
    told = told_of(
        tmp_path,
        "schema: 1\n"
        "station: s\n"
        f"instruments: [{BOX}]\n"
        "path_loss: none.yaml\n"
        "slots:\n"
        f"  - {{slot: 1, handset: A, rf_cable: C-1, instruments: [{BOX}]}}\n"
        "  - {slot: 2, handset: B, rf_cable: C-1}\n"
        "  - {slot: 3, handset: C, instruments: [{name: supply, port: p, file: bix.yaml}]}\n"
        "  - {slot: 4, handset: D, instruments: [{name: callbox, prot: p, file: box.yaml}]}\n",
    )
    assert [problem.split(" (")[0] for problem in told] == [
        f"4:12: no file '{tmp_path}/none.yaml'",
        "6:63: all slots share the instrument 'callbox' already",
        "6:78: port 'socket://h:1' is written twice",
        "7:37: rf_cable 'C-1' is written twice",
        "8:48: what has a port is the call box, and plans call it 'callbox'",
        f"8:71: no file '{tmp_path}/bix.yaml'",
        "9:48: all slots share the instrument 'callbox' already",
        "9:57: unknown key 'prot'",
    ]


def test_a_station_without_jigs_or_instruments(tmp_path: Path) -> None:
    station = station_of(
        tmp_path, "schema: 1\nstation: s\nslots: [{slot: 1, handset: A, jig: {port: p}}]\n"
    )
    assert station.slots == (SlotConfig(1, "A", JigConfig("p")),)
    assert station.instruments == frozenset()
    assert list(station.files) == ["station"]


def test_an_empty_list_of_instruments_is_told_with_what_to_do(tmp_path: Path) -> None:
    told = told_of(
        tmp_path,
        "schema: 1\nstation: s\ninstruments: []\nslots: [{slot: 1, handset: A, instruments: []}]\n",
    )
    words = (
        "expected a list of instruments, at least one (leave the key out where there are none); "
        "found an empty list"
    )
    assert told == [f"3:14: {words}", f"4:44: {words}"]


def test_slots_that_name_one_jig_file_share_its_role(tmp_path: Path) -> None:
    core = (ROOT / "fixtures/jigs/core.yaml").read_text().partition("selftest:")[0]
    (tmp_path / "a.yaml").write_text(core)
    (tmp_path / "b.yaml").write_text(core)
    station = station_of(
        tmp_path,
        "schema: 1\n"
        "station: s\n"
        "slots:\n"
        "  - {slot: 1, handset: A, jig: {port: p, file: a.yaml}}\n"
        "  - {slot: 2, handset: B, jig: {port: q, file: a.yaml}}\n"
        "  - {slot: 3, handset: C, jig: {port: r, file: ./b.yaml}}\n",
    )
    assert list(station.files) == ["station", "jig:a.yaml", "jig:./b.yaml"]
    kinds = [slot.jig.kind for slot in station.slots if slot.jig]
    assert kinds[0] is kinds[1]
    assert None not in kinds


def test_a_jig_is_known_by_its_serial_and_may_be_on_any_port_or_on_some(tmp_path: Path) -> None:
    station = station_of(
        tmp_path,
        "schema: 1\n"
        "station: s\n"
        "jig_ports: ['/dev/serial/by-id/*', 'rfc2217://10.0.0.5:2001']\n"
        "slots:\n"
        "  - {slot: 1, handset: A, jig: {serial: J-1}}\n"
        "  - {slot: 2, handset: B, jig: {serial: J-2, port: /dev/ttyS4}}\n"
        "  - {slot: 3, handset: C, jig: {port: /dev/ttyS5}}\n",
    )
    assert station.jig_ports == ("/dev/serial/by-id/*", "rfc2217://10.0.0.5:2001")
    jigs = [slot.jig for slot in station.slots]
    assert jigs == [
        JigConfig(serial="J-1"),
        JigConfig("/dev/ttyS4", "J-2"),
        JigConfig("/dev/ttyS5"),
    ]
    assert [jig.name for jig in jigs if jig] == ["J-1", "J-2", "/dev/ttyS5"]


def test_one_jig_of_two_slots_and_a_jig_that_nobody_can_tell_are_told(tmp_path: Path) -> None:
    told = told_of(
        tmp_path,
        "schema: 1\n"
        "station: s\n"
        "jig_ports: []\n"
        "slots:\n"
        "  - {slot: 1, handset: A, jig: {serial: J-1}}\n"
        "  - {slot: 2, handset: B, jig: {serial: J-1}}\n"
        "  - {slot: 3, handset: C, jig: {}}\n",
    )
    assert told == [
        "3:12: expected at least 1 in the list; found an empty list",
        "6:41: jig 'J-1' is written twice",
        "7:32: missing key 'serial', by which its port is found (or 'port')",
    ]
    with pytest.raises(ValueError, match="by its port or by its serial"):
        JigConfig()


def test_whose_an_instrument_is_must_be_plain(tmp_path: Path) -> None:
    told = told_of(
        tmp_path,
        "schema: 1\n"
        "station: s\n"
        "instruments: [callbox, callbox]\n"
        "slots:\n"
        "  - {slot: 1, handset: A, instruments: [lightbox, callbox]}\n"
        "  - {slot: 2, handset: B, instruments: [supply, supply]}\n"
        "  - {slot: 3, handset: C, instruments: [Supply]}\n"
        "  - {slot: 4, handset: D, instruments: [lightbox, {}]}\n",
    )
    assert told == [
        "3:24: instrument 'callbox' is written twice",
        "5:51: all slots share the instrument 'callbox' already",
        "6:49: instrument 'supply' is written twice",
        (
            "7:41: expected the name of an instrument, or a mapping with name, port and file; "
            "found 'Supply'"
        ),
        *(f"8:51: missing key {name!r}" for name in ("file", "name", "port")),
    ]


def test_problems_of_station_and_jig_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "core.yaml").write_text("schema: 1\njig: Core\n")
    told = told_of(
        tmp_path,
        "schema: 1\n"
        "station: s\n"
        "slots:\n"
        "  - {slot: 1, handset: A, jig: {port: p, file: core.yaml}}\n"
        "  - {slot: 1, handset: B, jig: {port: q, file: cor.yaml}}\n",
    )
    assert told == [
        "core.yaml:1:1: missing key 'dialect' (or 'verbs', for a language of its own)",
        "core.yaml:1:1: missing key 'identity'",
        "core.yaml:1:1: missing key 'revision'",
        "core.yaml:2:6: expected a name of small letters, digits, - and _; found 'Core'",
        "5:12: slot 1 is written twice",
        f"5:48: no file '{tmp_path}/cor.yaml' (did you mean 'core.yaml'?)",
    ]


def test_all_problems_of_a_station_file_come_at_once_with_their_places(tmp_path: Path) -> None:
    told = told_of(
        tmp_path,
        "schema: 1\n"
        "station: s\n"
        "slots:\n"
        "  - {slot: 0, handset: A}\n"
        "  - {slot: 2, handset: A, jig: {prot: /dev/ttyUSB0}}\n"
        "  - {slot: 2, handset: 'B C'}\n",
    )
    assert told == [
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
    assert load_scenario(path).first_units(1)


def test_unknown_defects_and_settings_are_told_with_the_right_word(tmp_path: Path) -> None:
    told = told_of(
        tmp_path,
        "schema: 1\n"
        "jig: {defects: [jig.silence]}\n"
        "units:\n"
        "  - {serial: A57A000001, defects: [{adb.hang: {at: x}}, battery.weak_charg]}\n",
        load_scenario,
    )
    assert told == [
        "2:17: no defect 'jig.silence' (did you mean 'jig.silent'?)",
        "4:48: adb.hang has no setting 'at': it takes on",
        "4:57: no defect 'battery.weak_charg' (did you mean 'battery.weak_charge'?)",
    ]


def test_a_scenario_is_read_with_its_defects_and_settings(tmp_path: Path) -> None:
    path = tmp_path / "station.yaml"
    path.write_text(
        "schema: 1\nseed: 3\nspeed: 10\njig: {noise: 0.01, defects: [jig.silent]}\n"
        "units: [{serial: S, imei: [860123450000012], sku: A57-AE, build: userdebug, "
        "defects: [adb.hang, {battery.weak_charge: {current_a: 0.3}}]}]\n"
    )
    scenario = load_scenario(path)
    assert (scenario.seed, scenario.speed, scenario.jig.noise) == (3, 10.0, 0.01)
    assert scenario.jig.defects == {"jig.silent": {}}
    (unit,) = scenario.units
    assert unit.imei == ("860123450000012",)
    assert unit.sku == unit.label.sku == "A57-AE"
    assert unit.build == "userdebug"
    assert unit.defects == {"adb.hang": {}, "battery.weak_charge": {"current_a": 0.3}}
