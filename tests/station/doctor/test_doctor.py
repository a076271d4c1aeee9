"""What the doctor finds: by the real parts that this PC has, and by judging what others say."""

from __future__ import annotations

import os
import pty
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.devices.adb import AdbServer
from harness.devices.adb.keys import ON_HANDSETS, key_home, key_path, read_key
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.topology import SYSFS as USB_IN_KERNEL
from harness.model.reading import Unreadable
from harness.model.rules.ready import KernelClock
from harness.model.usb import UsbMode
from harness.records.recorder import Recorder
from harness.sim.unit import SimUnit
from harness.sim.usb import VirtualBus, phone
from harness.station.doctor import Level, examine
from harness.station.doctor.finding import Finding
from harness.station.doctor.key import adb_key
from harness.station.doctor.links import (
    RULES,
    adb,
    libusb,
    no_rights,
    scanner_port,
    serial_ports,
    sought_jigs,
    udev_rules,
    usb_socket,
)
from harness.station.doctor.pc import clock_set, packages, python
from harness.station.doctor.people import badges
from harness.station.doctor.store import (
    LEAST_FREE_B,
    LOW_FREE_B,
    clock_order,
    disk,
    judge_order,
    judge_space,
    store_health,
)
from harness.station.files.config import JigConfig, SlotConfig, StationConfig
from harness.station.files.config_screen import ScreenConfig
from harness.station.seating.sockets import REMEDIES
from tests.records.runs import hand_in, lived, tamper

SHIPPED = Path(__file__).parents[3] / "fixtures" / "udev" / RULES
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
as_a_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "records.db"
    with Recorder(path) as recorder:
        for seed in range(3):
            hand_in(recorder, lived(f"r{seed}", seed=seed))
    return path


@pytest.fixture
def port() -> Iterator[str]:
    """A real terminal, as a jig's port is one."""
    leader, follower = pty.openpty()
    yield os.ttyname(follower)
    os.close(leader)
    os.close(follower)


def test_a_simulated_station_can_run_here(tmp_path: Path) -> None:
    findings = list(examine(tmp_path / "records.db", None))
    assert {f.name for f in findings} == {
        *("python", "packages", "adb", "key", "libusb", "udev", "serial"),
        *("disk", "store", "clock", "time"),
    }
    bad = [f for f in findings if f.level is Level.FAIL and f.name != "disk"]
    assert bad == []
    assert all(f.remedy for f in findings if f.level is not Level.OK)


def test_adb_starts() -> None:
    finding = adb()
    assert finding.level is Level.OK
    assert re.search("protocol [0-9]+ starts from .*adb", finding.words)


def test_libusb_is_there_and_the_bus_has_its_own_words() -> None:
    finding = libusb(UsbBus(), needed=True)
    assert "libusb" in finding.words
    if USB_IN_KERNEL.is_dir():
        assert finding.level is Level.OK
    else:
        assert finding.level is Level.FAIL
        assert "this kernel has no USB" in finding.words
        assert libusb(UsbBus(), needed=False).level is Level.WARN


@pytest.fixture
def virtual(tmp_path: Path) -> VirtualBus:
    return VirtualBus(tmp_path / "sim", ports=4)


def bus_of(virtual: VirtualBus) -> UsbBus:
    return UsbBus(virtual, sysfs=virtual.sysfs)


def test_libusb_counts_what_it_sees(virtual: VirtualBus) -> None:
    virtual.plug("sim-usb/1-2", phone(SimUnit("A57A000001"), UsbMode.ADB))
    found = Finding.ok("libusb", "libusb sees 3 devices, hubs among them")
    assert libusb(bus_of(virtual), needed=True) == found


def test_a_slots_socket_says_which_mode_its_unit_is_in(virtual: VirtualBus) -> None:
    unit, port = SimUnit("A57A000001"), "sim-usb/1-2"
    assert usb_socket(bus_of(virtual), 3, port) == Finding.ok(
        "slot 3", f"{port}: nothing is plugged in"
    )
    virtual.plug(port, phone(unit, UsbMode.ADB))
    told = usb_socket(bus_of(virtual), 3, port)
    assert told.level is Level.OK
    assert "Android with adb, 22d9:2769, 480 Mbit/s" in told.words
    virtual.plug(port, phone(unit, UsbMode.FASTBOOT))
    told = usb_socket(bus_of(virtual), 3, port)
    assert (told.level, told.remedy) == (Level.WARN, REMEDIES[UsbMode.FASTBOOT])
    assert "fastboot, 18d1:d00d" in told.words


def test_a_socket_that_this_pc_has_not_fails(virtual: VirtualBus) -> None:
    told = usb_socket(bus_of(virtual), 3, "pci-0000:00:14.0/1-4.2")
    assert told.level is Level.FAIL
    assert told.words.startswith("USB-PORT-MISSING")
    assert told.remedy


def test_a_station_is_looked_at_slot_by_slot(tmp_path: Path, virtual: VirtualBus) -> None:
    slots = (SlotConfig(1, "A"), SlotConfig(2, None, usb="sim-usb/1-2"))
    station = StationConfig("s", "", slots, adb_key=tmp_path / "none")
    found = {f.name: f for f in examine(tmp_path / "r.db", station, bus_of(virtual))}
    assert "slot 1" not in found
    assert found["slot 2"].level is Level.OK
    assert found["key"].level is Level.FAIL


@pytest.fixture
def made_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This user's own key, as the adb server made it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with AdbServer(home=key_home(None)):
        return key_path(None)


def test_the_key_is_told_as_a_handset_shows_it(made_key: Path) -> None:
    finding = adb_key(None, needed=True)
    assert finding.level is Level.OK
    assert read_key(made_key).fingerprint in finding.words
    assert f"{ON_HANDSETS} of the image: {made_key}.pub" in finding.words


def test_a_key_that_is_not_made_yet_is_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    finding = adb_key(None, needed=True)
    assert finding.level is Level.OK
    assert "the first run with a real handset makes it" in finding.words
    assert not (tmp_path / "harness").exists()


def test_a_key_that_others_may_read_fails_a_real_station_only(made_key: Path) -> None:
    made_key.chmod(0o644)
    finding = adb_key(None, needed=True)
    assert (finding.level, finding.remedy) == (Level.FAIL, f"chmod 600 {made_key}")
    assert adb_key(None, needed=False).level is Level.WARN
    assert adb_key(made_key, needed=True).level is Level.FAIL


@pytest.mark.parametrize("other", ["", "QAAAAJnseD9X me\n"])
def test_a_public_half_of_another_key_is_told(made_key: Path, other: str) -> None:
    made_key.with_name("adbkey.pub").write_text(other)
    finding = adb_key(None, needed=True)
    assert finding.level is Level.WARN
    assert "is not its public half" in finding.words
    assert finding.remedy == f"adb pubkey {made_key} > {made_key}.pub"
    made_key.with_name("adbkey.pub").unlink()
    assert "cannot be read" in adb_key(None, needed=True).words


def test_installed_rules_are_found(tmp_path: Path) -> None:
    (tmp_path / RULES).write_text("")
    finding = udev_rules(needed=True, folders=[tmp_path / "none", tmp_path])
    assert finding == Finding.ok("udev", f"{tmp_path / RULES} is installed")


def test_missing_rules_are_told_with_how_to_install_them(tmp_path: Path) -> None:
    finding = udev_rules(needed=True, folders=[tmp_path], root=False)
    assert finding.level is Level.FAIL
    assert f"fixtures/udev/{RULES}" in finding.remedy
    assert udev_rules(needed=False, folders=[tmp_path], root=False).level is Level.WARN
    assert udev_rules(needed=True, folders=[tmp_path], root=True).level is Level.OK


def test_the_rules_that_the_remedy_names_cover_adb_fastboot_and_download_modes() -> None:
    rules = SHIPPED.read_text()
    for interface in ("ff4201", "ff4203"):
        assert f'ENV{{ID_USB_INTERFACES}}=="*:{interface}:*"' in rules
    for vendor in ("0e8d", "05c6", "18d1", "04e8", "2717", "22d9"):
        assert f'ATTR{{idVendor}}=="{vendor}"' in rules
    labels = re.findall('LABEL="(.+?)"', rules)
    assert set(re.findall('GOTO="(.+?)"', rules)) == set(labels)
    assert 'TAG+="uaccess"' in rules


def test_a_port_that_is_there_is_fine(port: str) -> None:
    assert serial_ports([port, "socket://10.0.0.5:4000"]).level is Level.OK


def test_a_port_that_is_not_there_fails(port: str) -> None:
    finding = serial_ports([port, "/dev/ttyNONE"])
    assert (finding.level, finding.words) == (Level.FAIL, "there is no /dev/ttyNONE")


def test_jigs_known_by_their_serials_need_a_port_that_may_be_opened(port: str) -> None:
    found = sought_jigs(["J-1", "J-2"], lambda: [port, "socket://10.0.0.5:4000"])
    assert found.level is Level.OK
    assert found.words.startswith(f"J-1, J-2 are looked for on {port}, socket://")
    none = sought_jigs(["J-1"], list)
    assert (none.level, none.words) == (
        Level.FAIL,
        "there is no serial port on which J-1 could be",
    )
    gone = sought_jigs(["J-1"], lambda: ["/dev/ttyNONE"])
    assert (gone.level, gone.words) == (Level.FAIL, "there is no /dev/ttyNONE")


@as_a_user
def test_a_port_without_rights_fails(tmp_path: Path) -> None:
    closed = tmp_path / "port"
    closed.touch(0o000)
    assert serial_ports([str(closed)]) == no_rights(closed, closed.group(), needed=True)


def test_a_port_without_rights_names_the_group() -> None:
    finding = no_rights(Path("/dev/ttyUSB0"), "dialout", needed=True)
    assert finding.level is Level.FAIL
    assert "/dev/ttyUSB0 belongs to group dialout" in finding.words
    assert "usermod -aG dialout" in finding.remedy


def test_the_port_of_a_scanner_is_there_and_no_jigs(port: str, tmp_path: Path) -> None:
    assert scanner_port(port, ["/dev/ttyNONE", "socket://10.0.0.5:4000"]).level is Level.OK
    assert scanner_port("socket://10.0.0.5:4000", [port]).level is Level.OK
    gone = scanner_port("/dev/ttyNONE", [])
    assert (gone.level, gone.words) == (Level.FAIL, "SCANNER-ABSENT: there is no /dev/ttyNONE")
    by_id = tmp_path / "usb-scanner"
    by_id.symlink_to(port)
    both = scanner_port(str(by_id), [port])
    assert (both.level, "where the station file has jigs" in both.words) == (Level.FAIL, True)
    assert gone.remedy
    assert both.remedy


@as_a_user
def test_the_port_of_a_scanner_without_rights_names_the_group(tmp_path: Path) -> None:
    closed = tmp_path / "port"
    closed.touch(0o000)
    found = scanner_port(str(closed), [])
    assert (found.name, found.level) == ("scanner", Level.FAIL)
    assert f"group {closed.group()}" in found.words


@pytest.mark.parametrize(
    ("jig", "jig_ports", "level"),
    [
        (JigConfig("/dev/ttyNONE"), (), Level.OK),
        (JigConfig(serial="J-1"), ("/dev/ttyNONE",), Level.OK),
        (JigConfig("HERE"), (), Level.FAIL),
        (JigConfig(serial="J-1"), ("HERE",), Level.FAIL),
    ],
)
def test_a_station_is_asked_for_its_scanner(
    tmp_path: Path, port: str, jig: JigConfig, jig_ports: tuple[str, ...], level: Level
) -> None:
    by_id = tmp_path / "usb-scanner"
    by_id.symlink_to(port)
    jig = replace(jig, port=port) if jig.port == "HERE" else jig
    patterns = tuple(port if each == "HERE" else each for each in jig_ports)
    screen = ScreenConfig(scanner=str(by_id))
    slots = (SlotConfig(1, "A57A000001", jig),)
    station = StationConfig("s", "", slots, jig_ports=patterns, screen=screen)
    found = {finding.name: finding for finding in examine(tmp_path / "r.db", station)}
    assert found["scanner"].level is level
    none = replace(station, screen=ScreenConfig())
    assert "scanner" not in {finding.name for finding in examine(tmp_path / "r.db", none)}


def test_a_store_with_records_is_healthy(store: Path) -> None:
    before = store.read_bytes()
    finding = store_health(store)
    assert finding.level is Level.OK
    assert "3 records" in finding.words
    assert store.read_bytes() == before
    assert clock_order(store).level is Level.OK


def test_a_changed_last_record_is_found(store: Path) -> None:
    tamper(store, "UPDATE record SET sha256 = 'x' WHERE number = 3")
    finding = store_health(store)
    assert finding.level is Level.FAIL
    assert "STORE-DAMAGED" in finding.words
    assert clock_order(store).level is Level.WARN


def test_a_file_that_is_no_store_is_found(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_text("no store" * 1000)
    assert store_health(path).level is Level.FAIL


def test_a_store_that_is_not_there_is_made_by_the_first_run(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "records.db"
    assert store_health(path).level is Level.OK
    assert clock_order(path).level is Level.OK
    assert str(tmp_path) in disk(path).words
    assert not path.parent.exists()


@as_a_user
def test_a_folder_that_cannot_be_written_fails(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert disk(tmp_path / "records.db").level is Level.FAIL


@pytest.mark.parametrize(
    ("free_b", "level"),
    [
        (0, Level.FAIL),
        (LEAST_FREE_B - 1, Level.FAIL),
        (LEAST_FREE_B, Level.WARN),
        (LOW_FREE_B - 1, Level.WARN),
        (LOW_FREE_B, Level.OK),
    ],
)
def test_disk_space(free_b: int, level: Level) -> None:
    assert judge_space(Path("/srv"), free_b).level is level


def test_a_clock_before_the_last_record_fails() -> None:
    assert judge_order(NOON, NOON).level is Level.OK
    finding = judge_order(NOON, NOON + timedelta(seconds=1))
    assert finding.level is Level.FAIL
    assert "before the end of the last record" in finding.words


def test_the_clock_of_this_pc_is_asked() -> None:
    assert clock_set().level in (Level.OK, Level.WARN)
    words = "kept by a time server, at most 12 ms off"
    assert clock_set(KernelClock(True, timedelta(milliseconds=12))) == Finding.ok("clock", words)
    assert clock_set(KernelClock(False, timedelta(seconds=16))).level is Level.WARN
    finding = clock_set(Unreadable("Operation not permitted"))
    assert finding.level is Level.WARN
    assert "Operation not permitted" in finding.words


def test_the_clock_fails_where_runs_that_count_are_refused() -> None:
    within = timedelta(milliseconds=500)
    for clock in (
        KernelClock(True, timedelta(seconds=1)),
        KernelClock(False, timedelta()),
        Unreadable("Operation not permitted"),
    ):
        finding = clock_set(clock, within=within)
        assert finding.level is Level.FAIL
        assert "runs that count are refused (READY-CLOCK)" in finding.words
        assert finding.remedy
    assert clock_set(KernelClock(True, timedelta()), within=within).level is Level.OK


def test_the_file_of_a_simulated_station_asks_for_no_more_than_none(tmp_path: Path) -> None:
    station = StationConfig("s", "", (), simulated=tmp_path / "scenario.yaml")
    found = {f.name: f for f in examine(tmp_path / "r.db", station)}
    assert {found[name].level for name in ("key", "libusb", "udev", "clock")} <= {
        Level.OK,
        Level.WARN,
    }
    real = {f.name: f for f in examine(tmp_path / "r.db", replace(station, simulated=None))}
    assert real["clock"].level is not Level.WARN, "production has it kept, or is refused"


def test_python_and_packages() -> None:
    assert python().level is Level.OK
    finding = packages()
    assert finding.level is Level.OK
    assert "adbutils" in finding.words


def test_the_badges_of_a_station(tmp_path: Path) -> None:
    path = tmp_path / "badges.yaml"
    simulated = StationConfig("s", "", (), simulated=tmp_path / "scenario.yaml")
    assert badges(simulated, NOON.date()).level is Level.WARN
    station = replace(simulated, badges=path)
    assert badges(station, NOON.date()).level is Level.FAIL
    hashed = "$argon2id$v=19$m=19456,t=6,p=1$" + "A" * 22 + "$" + "A" * 43
    line = f"{{badge: 'B-1', name: mei, role: leader, until: 2026-11-22, hash: '{hashed}'}}"
    path.write_text(f"schema: 1\nbadges: [{line}]\n")
    path.chmod(0o644)
    assert badges(station, NOON.date()) == Finding.ok(
        "badges", f"{path}: 1 of 1 badges count today"
    )
    assert badges(station, NOON.date() + timedelta(days=1)).level is Level.FAIL
    assert badges(replace(station, simulated=None), NOON.date()).level is Level.FAIL
