from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.clock import Lease
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.power import Status, port_power
from harness.devices.usb.socket import UsbSocket
from harness.errors import HarnessError, StepBug
from harness.model.reading import Unknown
from harness.model.usb import UsbMode
from harness.sim.usb import SimHub, Switching, VirtualBus, phone
from tests.devices.usb.conftest import UNIT, lease

PORT = "sim-usb/1-4.2"
ADB = phone(UNIT, UsbMode.ADB)


def switch_power(bus: UsbBus, port: str, lease: Lease, *, on: bool) -> None:
    UsbSocket(bus, port).under(lease).power(on=on)


def port_status(bus: UsbBus, port: str) -> Status:
    with port_power(bus, port) as power:
        return power.status()


def serials(bus: UsbBus) -> list[object]:
    return [device.serial for device in bus.devices()]


def code_of(bus: UsbBus, *, on: bool = False, port: str = PORT) -> str:
    with pytest.raises(HarnessError) as caught:
        switch_power(bus, port, lease(), on=on)
    return caught.value.code


@pytest.mark.parametrize("port", ["sim-usb/1-3", PORT])
@pytest.mark.parametrize("usb_3", [True, False])
@pytest.mark.parametrize("speed", [3, 4])
def test_a_port_alone_is_switched_off_and_on(
    virtual: VirtualBus, bus: UsbBus, port: str, usb_3: bool, speed: int
) -> None:
    virtual.add_hub("sim-usb/1-4", SimHub(usb_3=usb_3))
    virtual.plug(port, replace(ADB, speed=speed))
    virtual.plug("sim-usb/1-4.1", replace(ADB, serial="OTHER"))
    heard: list[tuple[str, bool]] = []
    virtual.watch_power(lambda socket, on: heard.append((socket, on)))
    assert port_status(bus, port) == Status(powered=True, overcurrent=False)
    switch_power(bus, port, lease(), on=False)
    assert serials(bus) == ["OTHER"]
    assert port_status(bus, port) == Status(powered=False, overcurrent=False)
    switch_power(bus, port, lease(), on=True)
    assert set(serials(bus)) == {"A57A000001", "OTHER"}
    assert heard == [(port, False), (port, True)]


class SpeedlessHubs(VirtualBus):
    """libusb tells no speed of hubs (LIBUSB_SPEED_UNKNOWN)."""

    def get_device_descriptor(self, handle: Any) -> Any:
        told = super().get_device_descriptor(handle)
        if handle.hub:
            told.speed = 0
        return told


@pytest.mark.parametrize("usb_3", [True, False])
def test_a_hub_of_unknown_speed_is_switched_by_the_half_that_it_is_on(
    tmp_path: Path, usb_3: bool
) -> None:
    virtual = SpeedlessHubs(tmp_path, ports=8)
    virtual.add_hub("sim-usb/1-4", SimHub(usb_3=usb_3))
    bus = UsbBus(virtual, sysfs=virtual.sysfs)
    hubs = [seen for seen in bus.seen() if seen.is_hub]
    assert hubs
    assert all(isinstance(hub.speed, Unknown) for hub in hubs)
    for on in (False, True):
        switch_power(bus, PORT, lease(), on=on)
        assert port_status(bus, PORT) == Status(powered=on, overcurrent=False)
        assert virtual.hub(PORT).vbus(2) == on


@pytest.mark.parametrize("switching", [Switching.GANGED, Switching.NONE])
def test_a_hub_that_cannot_switch_one_port_switches_none(
    virtual: VirtualBus, bus: UsbBus, switching: Switching
) -> None:
    virtual.add_hub("sim-usb/1-4", SimHub(switching=switching))
    assert code_of(bus) == "USB-NO-POWER-SWITCH"
    assert virtual.hub(PORT).vbus(2)


def test_too_much_current(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.add_hub("sim-usb/1-4", SimHub())
    virtual.short(PORT)
    assert code_of(bus, on=True) == "USB-OVERCURRENT"
    assert port_status(bus, PORT) == Status(powered=False, overcurrent=True)


def test_power_that_stays_whatever_the_hub_is_told(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.add_hub("sim-usb/1-4", SimHub(stuck=True))
    assert code_of(bus) == "USB-HUB-FAILED"


def test_a_hub_that_does_not_answer(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.add_hub("sim-usb/1-4", SimHub(deaf=True))
    assert code_of(bus) == "USB-HUB-FAILED"


def test_a_hub_that_this_user_may_not_open(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.add_hub("sim-usb/1-4", SimHub(forbidden=True))
    assert code_of(bus) == "USB-NO-PERMISSION"


def test_a_hub_with_fewer_ports_than_sysfs_shows(virtual: VirtualBus, bus: UsbBus) -> None:
    virtual.add_hub("sim-usb/1-4", SimHub(ports=4))
    virtual.hub(PORT).ports = 1
    assert code_of(bus) == "USB-PORT-MISSING"


def test_a_socket_that_is_not_there(bus: UsbBus) -> None:
    assert code_of(bus, port="sim-usb/1-99") == "USB-PORT-MISSING"


def test_a_step_whose_time_is_over_switches_nothing(virtual: VirtualBus, bus: UsbBus) -> None:
    with pytest.raises(StepBug):
        switch_power(bus, "sim-usb/1-1", lease(0), on=False)
    assert virtual.hub("sim-usb/1-1").vbus(1)
