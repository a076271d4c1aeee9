from __future__ import annotations

import errno
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from usb.core import USBError

from harness.devices.usb.bus import FRESH_S, REMEMBERED_S, UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.errors import StationFault
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.usb import UsbDevice, UsbMode, UsbSpeed
from harness.sim.usb import SimHub, SimUsbDevice, Strings, VirtualBus, phone
from tests.devices.usb.conftest import UNIT

ADB = phone(UNIT, UsbMode.ADB)


def only(bus: UsbBus) -> UsbDevice:
    bus.forget()
    [device] = bus.devices()
    return device


def test_what_a_handset_says_of_itself(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.plug("sim-usb/1-3", ADB)
    assert only(bus) == UsbDevice(
        port="sim-usb/1-3",
        vendor_id=0x22D9,
        product_id=0x2769,
        mode=UsbMode.ADB,
        speed=UsbSpeed.HIGH,
        serial="A57A000001",
        manufacturer="OPPO",
        product="CPH2565",
        usb_version="2.00",
        max_power_ma=500,
        interfaces=((6, 1, 1), (0xFF, 0x42, 1)),
    )


def test_hubs_are_no_handsets_and_an_empty_bus_is_empty(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.add_hub("sim-usb/1-4", SimHub())
    assert bus.devices() == ()
    assert [seen.is_hub for seen in bus.seen()] == [True] * 4


@pytest.mark.parametrize("mode", list(UsbMode))
def test_each_mode_of_a_simulated_handset_is_told(
    virtual: VirtualBus, bus: UsbBus, mode: UsbMode
) -> None:
    virtual.plug("sim-usb/1-1", phone(UNIT, mode))
    assert only(bus).mode is mode


@pytest.mark.parametrize(
    ("speed", "version", "expected", "told"),
    [
        (1, 0x0110, UsbSpeed.LOW, "1.10"),
        (2, 0x0200, UsbSpeed.FULL, "2.00"),
        (3, 0x0210, UsbSpeed.HIGH, "2.10"),
        (4, 0x0320, UsbSpeed.SUPER, "3.20"),
        (5, 0x0310, UsbSpeed.SUPER_PLUS, "3.10"),
        (6, 0x0320, UsbSpeed.SUPER_PLUS_X2, "3.20"),
    ],
)
def test_speed_version_and_power_in_the_unit_of_the_speed(
    virtual: VirtualBus, bus: UsbBus, speed: int, version: int, expected: UsbSpeed, told: str
) -> None:
    device = replace(ADB, speed=speed, usb_version=version, max_power_ma=896)
    virtual.plug("sim-usb/1-3", replace(device, max_power_ma=496) if speed < 4 else device)
    found = only(bus)
    assert (found.speed, found.usb_version, found.port) == (expected, told, "sim-usb/1-3")
    assert found.max_power_ma == (496 if speed < 4 else 896)


@pytest.mark.parametrize(("version", "power_ma"), [(0x0200, 500), (0x0300, 2000)])
def test_an_unknown_speed_is_unknown(
    virtual: VirtualBus, bus: UsbBus, version: int, power_ma: int
) -> None:
    virtual.plug("sim-usb/1-3", replace(ADB, speed=0, usb_version=version))
    found = only(bus)
    assert isinstance(found.speed, Unknown)
    assert found.max_power_ma == power_ma  # bMaxPower is 250 in both


def test_a_device_without_a_configuration_has_no_power_and_no_interfaces(
    virtual: VirtualBus, bus: UsbBus
) -> None:
    virtual.plug("sim-usb/1-3", replace(ADB, configured=False))
    found = only(bus)
    assert isinstance(found.max_power_ma, Unreadable)
    assert found.interfaces == ()


@pytest.mark.parametrize(
    ("strings", "why"),
    [
        (Strings.FORBIDDEN, "udev rules"),
        (Strings.STALLED, "refused"),
        (Strings.SILENT, "no string within"),
        (Strings.GARBLED, "no language"),
    ],
)
def test_strings_that_cannot_be_read_are_unreadable_and_hold_nobody_up(
    virtual: VirtualBus, bus: UsbBus, strings: Strings, why: str
) -> None:
    virtual.plug("sim-usb/1-3", replace(ADB, strings=strings))
    began = time.monotonic()
    found = only(bus)
    assert time.monotonic() - began < 5
    for text in (found.serial, found.manufacturer, found.product):
        assert isinstance(text, Unreadable)
        assert why in text.why
    assert found.mode is UsbMode.ADB


def test_strings_are_asked_again_once_they_may_be_read(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.plug("sim-usb/1-3", replace(ADB, strings=Strings.FORBIDDEN))
    assert isinstance(only(bus).serial, Unreadable)
    virtual.allow("sim-usb/1-3")
    assert [device.serial for device in bus.devices()] == ["A57A000001"]


def test_who_does_not_answer_is_asked_once_not_for_each_string(tmp_path: Path) -> None:
    virtual = CountingBus(tmp_path, ports=4)
    virtual.plug("sim-usb/1-3", replace(ADB, strings=Strings.SILENT))
    assert len(UsbBus(virtual, sysfs=virtual.sysfs).devices()) == 1
    assert virtual.asked == 1


def test_a_device_without_strings_does_not_know_them(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.plug("sim-usb/1-3", phone(UNIT, UsbMode.BROM))
    assert isinstance(only(bus).serial, Unknown)


def test_mtp_by_the_name_of_a_vendors_own_interface(virtual: VirtualBus, bus: UsbBus) -> None:
    device = SimUsbDevice(0x18D1, 0x4EE1, ((0xFF, 0xFF, 0),), interface_names={0: "MTP"})
    virtual.plug("sim-usb/1-3", device)
    assert only(bus).mode is UsbMode.MTP
    virtual.plug("sim-usb/1-3", replace(device, interface_names={0: "Sync"}))
    assert only(bus).mode is UsbMode.OTHER


def test_another_unit_in_the_same_socket_is_asked_anew(virtual: VirtualBus, bus: UsbBus) -> None:
    serials: list[Reading[str]] = []
    for serial in ("A57A000001", "A57A000002"):
        virtual.plug("sim-usb/1-3", replace(ADB, serial=serial))
        serials.append(only(bus).serial)
    assert serials == ["A57A000001", "A57A000002"]


def test_what_leaves_between_listing_and_asking_is_not_there(
    virtual: VirtualBus, bus: UsbBus
) -> None:
    virtual.plug("sim-usb/1-3", ADB)
    [seen] = [each for each in bus.seen() if not each.is_hub]
    virtual.unplug("sim-usb/1-3")
    assert bus.describe(seen) is None
    bus.forget()
    assert bus.devices() == ()


def test_handsets_come_and_go_while_64_threads_list(tmp_path: Path) -> None:
    virtual = CountingBus(tmp_path, ports=64)
    bus = UsbBus(virtual, sysfs=virtual.sysfs)
    for number in range(1, 65):
        virtual.plug(virtual.socket(number), replace(ADB, serial=f"A57A{number:06}"))
    stop = threading.Event()

    def come_and_go() -> None:
        while not stop.is_set():
            virtual.unplug("sim-usb/1-64")
            virtual.plug("sim-usb/1-64", replace(ADB, serial="A57A000064"))

    mover = threading.Thread(target=come_and_go)
    mover.start()
    try:
        with ThreadPoolExecutor(64) as pool:
            listings = list(pool.map(lambda _: bus.devices(), range(64)))
    finally:
        stop.set()
        mover.join()
    for listing in listings:
        said = {device.port: device.serial for device in listing}
        assert set(said) >= {f"sim-usb/1-{number}" for number in range(1, 64)}
        assert all(said[f"sim-usb/1-{n}"] == f"A57A{n:06}" for n in range(1, 64))
    assert virtual.listings < 64


def test_a_listing_is_shared_for_a_moment_only(tmp_path: Path) -> None:
    virtual = CountingBus(tmp_path, ports=2)
    bus = UsbBus(virtual, sysfs=virtual.sysfs)
    bus.seen()
    virtual.plug("sim-usb/1-1", ADB)
    deadline = time.monotonic() + 10
    while not bus.devices():
        assert time.monotonic() < deadline
    assert time.monotonic() - deadline + 10 >= FRESH_S / 2
    bus.seen()
    assert virtual.listings == 2


def test_two_backends_in_one_process_are_two_buses(tmp_path: Path) -> None:
    """pyusb keeps the first backend that it finds for itself; ours are always handed to it."""
    found = []
    for name in ("one", "other"):
        virtual = VirtualBus(tmp_path / name, ports=2)
        virtual.plug("sim-usb/1-1", replace(ADB, serial=name))
        found.append(UsbBus(virtual, sysfs=virtual.sysfs))
    assert [only(bus).serial for bus in found] == ["one", "other"]


def test_the_real_library_is_the_one_that_is_installed_beside_pyusb() -> None:
    import libusb_package

    bus = UsbBus()
    bus.seen()
    backend = bus._backend()
    assert backend is libusb_package.get_libusb1_backend()
    assert backend and backend.lib._name == str(libusb_package.get_library_path())


def test_devices_that_no_sysfs_places_are_a_fault(virtual: VirtualBus, tmp_path: Path) -> None:
    virtual.plug("sim-usb/1-1", ADB)
    with pytest.raises(StationFault) as caught:
        UsbBus(virtual, sysfs=tmp_path / "none").devices()
    assert caught.value.code == "USB-NO-TOPOLOGY"


class CountingBus(VirtualBus):
    listings = 0
    opened = 0
    asked = 0
    read = 0

    def enumerate_devices(self) -> Iterator[Any]:
        self.listings += 1
        return super().enumerate_devices()

    def open_device(self, handle: Any) -> Any:
        self.opened += 1
        return super().open_device(handle)

    def ctrl_transfer(self, *request: Any) -> int:
        self.asked += 1
        return super().ctrl_transfer(*request)

    def get_configuration_descriptor(self, handle: Any, index: int) -> Any:
        self.read += 1
        return super().get_configuration_descriptor(handle, index)


def test_strings_are_asked_for_once_while_a_device_stays(tmp_path: Path) -> None:
    virtual = CountingBus(tmp_path, ports=4)
    bus = UsbBus(virtual, sysfs=virtual.sysfs)
    virtual.plug("sim-usb/1-3", ADB)
    listings = virtual.listings
    while virtual.listings < listings + 4:
        [device] = bus.devices()
        assert device.serial == "A57A000001"
    assert (virtual.opened, virtual.read) == (1, len(bus.seen()))


def test_a_swap_between_two_listings_is_seen_by_its_address(
    virtual: VirtualBus, bus: UsbBus
) -> None:
    virtual.plug("sim-usb/1-3", ADB)
    assert [device.serial for device in bus.devices()] == ["A57A000001"]
    virtual.plug("sim-usb/1-3", replace(ADB, serial="A57A000002"))
    deadline = time.monotonic() + 10
    while [device.serial for device in bus.devices()] != ["A57A000002"]:
        assert time.monotonic() < deadline


def test_an_address_that_comes_round_again_is_not_taken_for_who_had_it(
    virtual: VirtualBus, bus: UsbBus
) -> None:
    """Nobody listed for a while, in which the addresses of the bus were used up once."""
    virtual.plug("sim-usb/1-3", ADB)
    [before] = [seen for seen in bus.seen() if not seen.is_hub]
    assert [device.serial for device in bus.devices()] == ["A57A000001"]
    for _ in range(127):
        virtual.plug("sim-usb/1-3", replace(ADB, serial="A57A000002"))
    threading.Event().wait(REMEMBERED_S + 0.1)
    [after] = [seen for seen in bus.seen() if not seen.is_hub]
    assert after.address == before.address
    assert [device.serial for device in bus.devices()] == ["A57A000002"]


def test_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libusb_package.get_libusb1_backend", lambda: None)
    with pytest.raises(StationFault, match="libusb") as caught:
        UsbBus().devices()
    assert caught.value.code == "USB-NO-LIBRARY"


class _FailingBus(VirtualBus):
    """The kernel gives no list, as when /dev/bus/usb was taken away."""

    def enumerate_devices(self) -> NoReturn:
        raise USBError("Input/Output Error", -1, errno.EIO)


def test_a_listing_that_fails_has_a_code_and_a_remedy(tmp_path: Path) -> None:
    failing = _FailingBus(tmp_path)
    bus = UsbBus(failing, sysfs=failing.sysfs)
    for ask in (bus.seen, bus.devices, bus.topology, UsbSocket(bus, "sim-usb/1-3").find):
        with pytest.raises(StationFault, match="Input/Output Error") as caught:
            ask()
        assert caught.value.code == "USB-BUS-FAILED"
        assert "dmesg" in caught.value.remedy
