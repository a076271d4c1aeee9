"""`harness usb`, and stations whose slots are USB sockets, as processes and over a virtual bus."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli.usb import empty, entries
from harness.devices.usb.bus import UsbBus
from harness.model.usb import UsbDevice, UsbMode
from harness.sim.unit import SimUnit
from harness.sim.usb import Strings, VirtualBus, phone
from harness.ui.usb import table
from tests.cli.conftest import ROOT, Cli

FINAL = ROOT / "testplans" / "a57-final.yaml"
SOCKET = "pci-0000:ff:1f.7/1-14"
"""One that no PC has."""


@pytest.fixture
def devices(tmp_path: Path) -> tuple[UsbDevice, ...]:
    virtual = VirtualBus(tmp_path / "bus", ports=4)
    virtual.plug("sim-usb/1-1", phone(SimUnit("A57A000001"), UsbMode.ADB))
    shy = replace(phone(SimUnit("A57A000002"), UsbMode.BROM), strings=Strings.FORBIDDEN)
    virtual.plug("sim-usb/1-3", replace(shy, serial="x"))
    return UsbBus(virtual, sysfs=virtual.sysfs).devices()


def test_sockets_are_listed_with_their_slots(devices: tuple[UsbDevice, ...]) -> None:
    numbers = {"sim-usb/1-3": 1, "sim-usb/1-4": 12}
    lines = [line.plain for line in table(devices, numbers, empty(devices, numbers))]
    assert lines == [
        "slot  socket       ids        speed       serial      product  mode",
        "-     sim-usb/1-1  22d9:2769  480 Mbit/s  A57A000001  CPH2565  Android with adb",
        "1     sim-usb/1-3  0e8d:0003  480 Mbit/s  unreadable  unknown  MediaTek boot ROM",
        "12    sim-usb/1-4                                              nothing",
    ]


def test_what_a_device_says_of_itself_cannot_paint(devices: tuple[UsbDevice, ...]) -> None:
    painting = replace(devices[0], product="\x1b[2J\nPASS")
    lines = [line.plain for line in table([painting], {}, {})]
    assert len(lines) == 2
    assert r"\x1b[2J\nPASS" in lines[1]


def test_json_tells_unknown_from_unreadable(devices: tuple[UsbDevice, ...]) -> None:
    first, second, empty = entries(devices, {"sim-usb/1-3": 1, "sim-usb/1-4": 12})
    assert first == {
        "slot": None,
        "socket": "sim-usb/1-1",
        "mode": "adb",
        "vendor_id": "22d9",
        "product_id": "2769",
        "speed_mbit_s": 480.0,
        "max_power_ma": 500,
        "serial": "A57A000001",
        "manufacturer": "OPPO",
        "product": "CPH2565",
    }
    assert (second["slot"], second["mode"], second["product"]) == (1, "brom", None)
    assert "udev" in second["serial"]["unreadable"]
    assert empty == {"slot": 12, "socket": "sim-usb/1-4", "mode": None}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def station(cli: Cli, slot: str, **more: str) -> Path:
    path = cli.folder / "station.yaml"
    lines = ["schema: 1", "station: s", *(f"{key}: {value}" for key, value in more.items())]
    path.write_text("\n".join([*lines, f"slots: [{{slot: 1, {slot}}}]\n"]))
    return path


def test_the_sockets_of_this_pc_are_listed(cli: Cli) -> None:
    ran = cli("usb", "--json")
    assert ran.code == 0, ran.err
    assert all(entry["socket"] for entry in ran.records())
    ran = cli("usb", "--station", station(cli, f"usb: '{SOCKET}'"))
    assert f"1     {SOCKET}" in ran.out


def test_the_doctor_looks_at_each_socket(cli: Cli) -> None:
    ran = cli("doctor", "--station", station(cli, f"usb: '{SOCKET}'"))
    assert ran.code == 3
    (line,) = (line for line in ran.out.splitlines() if " slot 1 " in line)
    assert line.startswith(("FAIL slot 1    USB-NO-BUS", "FAIL slot 1    USB-PORT-MISSING"))


SHELL_ONLY = """
schema: 1
plan: who
revision: 1
title: Who is there?
process: bench
product: {model: A57-4G, part: A57-4G, serial: 'A57[A-Z][0-9]{6}'}
steps:
  - id: who
    use: identity.read
    timeout: 10 s
    limits: {serial: {matches: 'A57[A-Z][0-9]{6}'}, imei1: record only, imei2: record only}
"""


def test_a_slot_that_is_a_socket_alone_runs_or_says_why_not(cli: Cli) -> None:
    plan = cli.folder / "who.yaml"
    plan.write_text(SHELL_ONLY)
    where = station(cli, f"usb: '{SOCKET}'")
    ran = cli("run", plan, "--station", where, "--serial", "A57A000001", "--json")
    assert ran.code == 3
    (record,) = ran.records()
    assert record["fault"]["code"] in ("USB-NO-BUS", "USB-PORT-MISSING")


def test_a_plan_with_usb_steps_needs_a_socket(cli: Cli) -> None:
    ran = cli("run", FINAL, "--variant", "pk", "--station", station(cli, "handset: A57A000001"))
    assert ran.code == 2
    assert "step usb (usb.link) needs a USB socket" in ran.err
    assert not cli.store.exists()


def test_a_key_that_is_not_kept_safe_stops_the_station_before_anything_is_touched(
    cli: Cli,
) -> None:
    key = cli.folder / "line"
    key.write_text("-----BEGIN PRIVATE KEY-----\n")
    key.chmod(0o644)
    plan = cli.folder / "who.yaml"
    plan.write_text(SHELL_ONLY)
    ran = cli("run", plan, "--station", station(cli, "handset: A57A000001", adb_key="line"))
    assert ran.code == 2
    assert f"ADB-KEY: adb key {key}" in ran.err
    assert "chmod" in ran.err
