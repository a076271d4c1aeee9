"""Why a handset is absent from adb, by what the bus shows in its socket."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.errors import LinkFault
from harness.model.usb import UsbMode
from harness.sim.unit import SimUnit
from harness.sim.usb import SimHub, Strings, VirtualBus, phone
from harness.station.seating.sockets import REMEDIES, described, explained

UNIT = SimUnit("A57A000001")
ABSENT = LinkFault("ADB-ABSENT", "no handset A57A000001", evidence={"others": ["B"]})
WITHOUT_ADB = [mode for mode in UsbMode if mode is not UsbMode.ADB]


@pytest.fixture
def bus(tmp_path: Path) -> VirtualBus:
    return VirtualBus(tmp_path, ports=4)


def socket(bus: VirtualBus, port: str = "sim-usb/1-3") -> UsbSocket:
    return UsbSocket(UsbBus(bus, sysfs=bus.sysfs), port)


@pytest.mark.parametrize("mode", WITHOUT_ADB)
def test_a_mode_without_adb_is_named_with_what_to_do(bus: VirtualBus, mode: UsbMode) -> None:
    bus.plug("sim-usb/1-3", phone(UNIT, mode))
    fault = explained(socket(bus), ABSENT)
    assert fault.code == "USB-WRONG-MODE"
    assert mode.value in fault.message
    assert "sim-usb/1-3" in fault.message
    assert fault.remedy == REMEDIES[mode]
    assert fault.evidence["others"] == ["B"]
    assert fault.evidence["adb"] == "ADB-ABSENT: no handset A57A000001"


def test_an_adb_interface_that_adb_has_not_stays_absent(bus: VirtualBus) -> None:
    bus.plug("sim-usb/1-3", phone(UNIT, UsbMode.ADB))
    fault = explained(socket(bus), ABSENT)
    assert (fault.code, fault.message) == (ABSENT.code, ABSENT.message)
    assert "serial A57A000001" in fault.evidence["usb"]
    assert "other adb server" in fault.remedy


def test_who_stood_there_a_moment_ago_explains_nothing(bus: VirtualBus) -> None:
    asked = socket(bus)
    bus.plug("sim-usb/1-3", phone(UNIT, UsbMode.ADB))
    assert asked.device()
    bus.plug("sim-usb/1-3", phone(UNIT, UsbMode.EDL))
    assert explained(asked, ABSENT).code == "USB-WRONG-MODE"


def test_an_empty_socket_stays_absent(bus: VirtualBus) -> None:
    bus.plug("sim-usb/1-2", phone(UNIT, UsbMode.EDL))
    fault = explained(socket(bus), ABSENT)
    assert (fault.code, fault.remedy) == (ABSENT.code, ABSENT.remedy)
    assert fault.evidence["usb"] == "nothing is plugged in"


@pytest.mark.parametrize(
    ("port", "told"), [("sim-usb/1-9", "USB-PORT-MISSING"), ("sim-usb/1-1", "USB-CROWDED")]
)
def test_a_socket_that_cannot_be_asked_leaves_the_absence_as_it_is(
    bus: VirtualBus, port: str, told: str
) -> None:
    bus.add_hub("sim-usb/1-1", SimHub())
    fault = explained(socket(bus, port), ABSENT)
    assert (fault.code, fault.message) == (ABSENT.code, ABSENT.message)
    assert fault.evidence["usb"].startswith(told)


def test_a_device_is_described_even_where_its_strings_are_not_told(bus: VirtualBus) -> None:
    device = replace(phone(UNIT, UsbMode.ADB), strings=Strings.FORBIDDEN)
    bus.plug("sim-usb/1-3", device)
    standing = socket(bus).device()
    assert standing
    assert described(standing) == (
        "Android with adb, 22d9:2769, 480 Mbit/s, product unreadable, serial unreadable"
    )


def test_every_mode_has_a_remedy_that_fits_on_a_tile() -> None:
    assert REMEDIES.keys() == set(UsbMode)
    assert all(len(remedy) < 120 for remedy in REMEDIES.values())
