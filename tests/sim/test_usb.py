"""The virtual bus, asked by pyusb alone."""

from __future__ import annotations

import errno
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import usb.core
import usb.util

from harness.devices.usb.modes import mode_of
from harness.model.usb import UsbMode
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit
from harness.sim.usb import SimHub, SimUsbDevice, VirtualBus, bootloader, phone

UNIT = SimUnit("A57A000001")
ADB = phone(UNIT, UsbMode.ADB)
PORT = "sim-usb/1-2"


@pytest.fixture
def bus(tmp_path: Path) -> VirtualBus:
    return VirtualBus(tmp_path, ports=4)


def phones(bus: VirtualBus) -> list[Any]:
    return [each for each in usb.core.find(find_all=True, backend=bus) if each.bDeviceClass != 9]


def places(bus: VirtualBus) -> list[tuple[int, tuple[int, ...]]]:
    return [(each.bus, each.port_numbers) for each in phones(bus)]


def test_pyusb_reads_a_device_through(bus: VirtualBus) -> None:
    bus.plug(PORT, ADB)
    [found] = phones(bus)
    assert (found.serial_number, found.manufacturer, found.product) == (
        "A57A000001",
        "OPPO",
        "CPH2565",
    )
    shown = str(found)
    assert "Bus 001" in shown
    assert "500 mA" in shown
    assert shown.count("ENDPOINT 0x") == 4
    usb.util.dispose_resources(found)


@pytest.mark.parametrize("mode", list(UsbMode))
@pytest.mark.parametrize("profile", list(PROFILES))
def test_every_profile_shows_every_mode(profile: str, mode: UsbMode) -> None:
    device = phone(replace(UNIT, profile=profile), mode)
    ids = device.vendor_id, device.product_id
    assert mode_of(*ids, device.interfaces, device.interface_names) is mode


def test_a_bad_contact_comes_up_at_full_speed() -> None:
    assert phone(replace(UNIT, defects={"usb.full_speed": {}}), UsbMode.ADB).speed == 2
    assert ADB.speed == 3


def test_one_that_stands_in_edl_shows_nothing_else() -> None:
    stuck = replace(UNIT, defects={"usb.edl": {}})
    device = phone(stuck, UsbMode.ADB)
    assert (device.vendor_id, device.product_id, device.serial) == (0x05C6, 0x9008, "")


def test_a_super_speed_device_uses_the_best_half_that_has_power(bus: VirtualBus) -> None:
    bus.plug(PORT, replace(ADB, speed=4))
    hub, [usb_3_hub] = bus.hub(PORT), usb.core.find(find_all=True, backend=bus, idProduct=3)
    assert places(bus) == [(2, (2,))]
    usb_3_hub.ctrl_transfer(0x23, 1, 8, 2)
    assert places(bus) == [(1, (2,))]
    assert [found.speed for found in phones(bus)] == [3]
    assert hub.vbus(2)
    usb_3_hub.ctrl_transfer(0x23, 3, 8, 2)
    assert places(bus) == [(2, (2,))]
    usb.util.dispose_resources(usb_3_hub)


def test_a_hub_without_usb_3_has_one_half(bus: VirtualBus) -> None:
    bus.add_hub("sim-usb/1-1", SimHub(usb_3=False))
    bus.plug("sim-usb/1-1.3", replace(ADB, speed=4))
    assert places(bus) == [(1, (1, 3))]
    assert not list(bus.sysfs.glob("1-1/*/1-1-port3/peer"))


def test_the_sysfs_beside_it_links_the_halves_both_ways(bus: VirtualBus) -> None:
    bus.add_hub("sim-usb/1-1", SimHub())
    for one, other in (
        ("usb1/1-0:1.0/usb1-port2", "usb2/2-0:1.0/usb2-port2"),
        ("1-1/1-1:1.0/1-1-port4", "2-1/2-1:1.0/2-1-port4"),
    ):
        for here, there in ((one, other), (other, one)):
            assert (bus.sysfs / here / "peer").resolve() == (bus.sysfs / there).resolve()


def test_what_is_pulled_out_wakes_who_reads(bus: VirtualBus) -> None:
    bus.plug(PORT, ADB)
    [found] = phones(bus)
    puller = threading.Timer(0.1, bus.unplug, [PORT])
    puller.start()
    with pytest.raises(usb.core.USBError) as caught:
        found.read(0x81, 512, 30_000)
    assert caught.value.errno == errno.ENODEV
    puller.join()
    usb.util.dispose_resources(found)


def test_an_address_is_not_given_again_at_once(bus: VirtualBus) -> None:
    given = []
    for _ in range(20):
        bus.plug(PORT, ADB)
        given.append(phones(bus)[0].address)
    assert len(set(given)) == 20


def test_pulling_out_twice_and_plugging_over_is_no_matter(bus: VirtualBus) -> None:
    bus.unplug(PORT)
    bus.plug(PORT, ADB)
    bus.plug(PORT, replace(ADB, serial="OTHER"))
    assert [found.serial_number for found in phones(bus)] == ["OTHER"]
    bus.unplug(PORT)
    bus.unplug(PORT)
    assert phones(bus) == []


def test_plugged_into_a_port_without_power_it_shows_when_power_comes(bus: VirtualBus) -> None:
    hub = bus.hub(PORT)
    hub.off |= {(1, 2), (2, 2)}
    bus.plug(PORT, ADB)
    assert phones(bus) == []
    [high] = usb.core.find(find_all=True, backend=bus, idProduct=2)
    high.ctrl_transfer(0x23, 3, 8, 2)
    assert places(bus) == [(1, (2,))]
    usb.util.dispose_resources(high)


def test_a_port_of_another_bus_is_refused(bus: VirtualBus) -> None:
    with pytest.raises(ValueError, match="no socket of the virtual bus"):
        bus.plug("pci-0000:00:14.0/1-2", ADB)


@pytest.mark.parametrize(
    "request_", [(0x23, 3, 9, 2), (0x23, 3, 8, 5), (0xA3, 0, 0, 5), (0, 9, 1, 0)]
)
def test_a_hub_stalls_what_it_does_not_know(
    bus: VirtualBus, request_: tuple[int, int, int, int]
) -> None:
    [hub] = usb.core.find(find_all=True, backend=bus, idProduct=2)
    with pytest.raises(usb.core.USBError) as caught:
        hub.ctrl_transfer(*request_, 4 if request_[0] & 0x80 else None)
    assert caught.value.errno == errno.EPIPE
    usb.util.dispose_resources(hub)


def test_the_bootloader_of_a_unit() -> None:
    assert list(bootloader(UNIT, b"getvar:serialno")) == [b"OKAYA57A000001"]
    assert list(bootloader(UNIT, b"getvar:nonsense")) == [b"FAILno such variable"]
    assert list(bootloader(UNIT, b"reboot")) == [b"FAILunknown command"]
    everything = list(bootloader(UNIT, b"getvar:all"))
    assert everything[-1] == b"OKAY"
    assert b"INFOserialno:A57A000001" in everything


def test_a_device_with_no_serial_has_no_string_of_it(bus: VirtualBus) -> None:
    bus.plug(PORT, SimUsbDevice(1, 2, ((255, 255, 255),)))
    assert phones(bus)[0].serial_number is None
