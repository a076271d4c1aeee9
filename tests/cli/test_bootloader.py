"""`harness handset` where the handset is in fastboot: what its bootloader says."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.handset_live import in_fastboot, read_bootloader
from harness.devices.adb import AdbServer
from harness.devices.usb.bus import UsbBus
from harness.errors import LinkFault
from harness.model.usb import UsbMode
from harness.sim.unit import SimUnit
from harness.sim.usb import VirtualBus, phone
from harness.wiring import Handsets
from tests.short import lease

ABSENT = LinkFault("ADB-ABSENT", "not there")
FIRST, SECOND = "sim-usb/1-1", "sim-usb/1-2"


@pytest.fixture
def virtual(tmp_path: Path) -> VirtualBus:
    bus = VirtualBus(tmp_path, ports=4)
    bus.plug(FIRST, phone(SimUnit("A57A000001"), UsbMode.FASTBOOT))
    bus.plug(SECOND, phone(SimUnit("A57A000002"), UsbMode.ADB))
    return bus


def handsets(virtual: VirtualBus, **ports: str) -> Handsets:
    return Handsets(AdbServer(), {}, UsbBus(virtual, sysfs=virtual.sysfs), ports)


@pytest.mark.parametrize("name", [None, FIRST, "A57A000001", "slot"])
def test_the_bootloader_of_a_handset_says_who_it_is(virtual: VirtualBus, name: str | None) -> None:
    socket = in_fastboot(handsets(virtual, slot=FIRST), name, ABSENT)
    said = read_bootloader(socket, lease())
    assert socket.port == FIRST
    assert (said["serialno"], said["product"]) == ("A57A000001", "OP5757L1")
    assert (said["unlocked"], said["secure"], said["battery_voltage_mv"]) == ("no", "yes", 3914)


@pytest.mark.parametrize("name", [SECOND, "A57A000002", "another", "A57A000001"])
def test_why_adb_has_it_not_is_told_where_it_is_not_fastboot(
    virtual: VirtualBus, name: str
) -> None:
    seen = handsets(virtual, A57A000001=SECOND)  # its slot is another one
    with pytest.raises(LinkFault) as caught:
        in_fastboot(seen, name, ABSENT)
    assert caught.value is ABSENT


def test_of_several_in_fastboot_none_is_guessed(virtual: VirtualBus) -> None:
    virtual.plug(SECOND, phone(SimUnit("A57A000001"), UsbMode.FASTBOOT))
    for name in (None, "A57A000001"):
        with pytest.raises(LinkFault):
            in_fastboot(handsets(virtual), name, ABSENT)
    assert in_fastboot(handsets(virtual), SECOND, ABSENT).port == SECOND


def test_another_fault_is_told_as_it_is(virtual: VirtualBus) -> None:
    lost = LinkFault("ADB-LOST", "lost")
    with pytest.raises(LinkFault) as caught:
        in_fastboot(handsets(virtual), None, lost)
    assert caught.value is lost
