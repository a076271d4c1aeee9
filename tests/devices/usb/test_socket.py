from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.clock import Cancel, Deadline
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.errors import HarnessError, LinkFault, OperatorStop, StationFault, StepBug
from harness.model.backing import Device
from harness.model.ports import Usb
from harness.model.usb import UsbMode
from harness.sim.usb import SimHub, Switching, VirtualBus, phone
from tests.devices.usb.conftest import UNIT, lease

PORT = "sim-usb/1-4.2"
ADB = phone(UNIT, UsbMode.ADB)


@pytest.fixture
def socket(virtual: VirtualBus, bus: UsbBus) -> UsbSocket:
    virtual.add_hub("sim-usb/1-4", SimHub())
    return UsbSocket(bus, PORT)


def fault_of(socket: UsbSocket) -> HarnessError:
    socket.bus.forget()
    with pytest.raises(HarnessError) as caught:
        socket.under(lease()).look()
    return caught.value


def test_it_is_a_device_that_gives_the_port(socket: UsbSocket) -> None:
    device: Device = socket
    assert isinstance(device.for_run().under(lease()), Usb)


def test_look_tells_who_is_in_this_socket_and_no_other(
    virtual: VirtualBus, socket: UsbSocket
) -> None:
    virtual.plug("sim-usb/1-4.3", replace(ADB, serial="ANOTHER"))
    assert fault_of(socket).code == "USB-ABSENT"
    virtual.plug(PORT, ADB)
    socket.bus.forget()
    port = socket.under(lease())
    assert (port.port, port.look().serial, port.look().port) == (PORT, "A57A000001", PORT)


@pytest.mark.parametrize(("speed", "name"), [(3, "1-4.2"), (4, "2-4.2")])
def test_both_halves_are_one_socket_and_adb_names_the_half(
    virtual: VirtualBus, socket: UsbSocket, speed: int, name: str
) -> None:
    virtual.plug(PORT, replace(ADB, speed=speed))
    assert socket.under(lease()).look().port == PORT
    assert socket.sysfs_name() == name
    virtual.unplug(PORT)
    socket.bus.forget()
    assert socket.sysfs_name() is None


def test_the_name_for_adb_follows_the_numbers_of_this_boot(tmp_path: Path) -> None:
    for buses, name in (((1, 2), "1-3"), ((7, 4), "7-3")):
        virtual = VirtualBus(tmp_path / str(buses), ports=4, buses=buses)
        virtual.plug("sim-usb/1-3", ADB)
        assert UsbSocket(UsbBus(virtual, sysfs=virtual.sysfs), "sim-usb/1-3").sysfs_name() == name


def test_a_hub_in_the_socket_is_a_fault(virtual: VirtualBus, socket: UsbSocket) -> None:
    virtual.add_hub(PORT, SimHub(usb_3=False))
    virtual.plug(f"{PORT}.1", ADB)
    fault = fault_of(socket)
    assert fault.code == "USB-CROWDED"
    assert "(hub)" in fault.message


def test_two_devices_on_the_halves_of_a_socket_are_a_fault(
    virtual: VirtualBus, socket: UsbSocket
) -> None:
    virtual.plug(PORT, replace(ADB, speed=4))
    virtual.ghost(PORT)
    fault = fault_of(socket)
    assert fault.code == "USB-CROWDED"
    assert fault.evidence["devices"] == ["1-4.2 22d9:2769", "2-4.2 22d9:2769"]


@pytest.mark.parametrize(
    ("port", "code"),
    [
        ("sim-usb/1-9", "USB-PORT-MISSING"),
        ("sim-usb/1-5.1", "USB-PORT-MISSING"),
        ("pci-0000:00:14.0/1-1", "USB-PORT-MISSING"),
    ],
)
def test_a_socket_that_is_not_on_this_pc(bus: UsbBus, port: str, code: str) -> None:
    assert fault_of(UsbSocket(bus, port)).code == code


def test_no_usb_at_all(tmp_path: Path) -> None:
    virtual = VirtualBus(tmp_path / "none", ports=1)
    virtual.enumerate_devices = lambda: iter(())  # type: ignore[method-assign]
    assert fault_of(UsbSocket(UsbBus(virtual, sysfs=tmp_path), PORT)).code == "USB-NO-BUS"


def test_a_handset_on_a_half_without_a_twin_is_never_guessed_at(
    virtual: VirtualBus, bus: UsbBus
) -> None:
    virtual.plug("sim-usb/1-5", replace(ADB, speed=4))
    for peer in virtual.sysfs.glob("usb2/*/usb2-port5/peer"):
        peer.unlink()
    fault = fault_of(UsbSocket(bus, "sim-usb/1-5"))
    assert fault.code == "USB-NO-TOPOLOGY"
    assert fault.evidence["handsets"] == ["sim-usb/2-5"]
    assert UsbSocket(bus, "sim-usb/2-5").under(lease()).look().serial == "A57A000001"


def test_an_empty_socket_tells_of_its_power(virtual: VirtualBus, socket: UsbSocket) -> None:
    assert fault_of(socket).evidence["power"] == "on"
    virtual.plug(PORT, ADB)
    socket.under(lease()).power(on=False)
    assert fault_of(socket).evidence["power"] == "off"
    virtual.short(PORT)
    assert "too much current" in fault_of(socket).evidence["power"]


def test_wait_for_a_handset_that_comes_and_changes_its_mode(
    virtual: VirtualBus, socket: UsbSocket
) -> None:
    listed = threading.Event()
    listing = virtual.enumerate_devices

    def told() -> Iterator[Any]:
        found = list(listing())
        listed.set()
        return iter(found)

    virtual.enumerate_devices = told  # type: ignore[method-assign]

    def come() -> None:
        for mode in (UsbMode.PRELOADER, UsbMode.MTP, UsbMode.ADB):
            listed.clear()
            assert listed.wait(15)
            virtual.plug(PORT, phone(UNIT, mode))

    comer = threading.Thread(target=come)
    comer.start()
    device = socket.under(lease()).wait_for(UsbMode.ADB, UsbMode.FASTBOOT, within_s=15)
    comer.join()
    assert (device.mode, device.serial) == (UsbMode.ADB, "A57A000001")


def test_wait_for_nothing(socket: UsbSocket) -> None:
    with pytest.raises(LinkFault, match=r"nothing is plugged in after 0\.2 s") as caught:
        socket.under(lease()).wait_for(UsbMode.ADB, within_s=0.2)
    assert caught.value.code == "USB-ABSENT"


def test_wait_for_another_mode_than_stays(virtual: VirtualBus, socket: UsbSocket) -> None:
    virtual.plug(PORT, phone(replace(UNIT, defects={"usb.edl": {}}), UsbMode.ADB))
    with pytest.raises(LinkFault, match="Qualcomm emergency download") as caught:
        socket.under(lease()).wait_for(UsbMode.ADB, within_s=0.2)
    assert caught.value.code == "USB-WRONG-MODE"
    assert (caught.value.evidence["mode"], caught.value.evidence["expected"]) == ("EDL", ["ADB"])


def test_a_crowd_that_stays_is_named_when_the_time_is_over(
    virtual: VirtualBus, socket: UsbSocket
) -> None:
    virtual.add_hub(PORT, SimHub(usb_3=False))
    with pytest.raises(StationFault) as caught:
        socket.under(lease()).wait_for(UsbMode.ADB, within_s=0.2)
    assert caught.value.code == "USB-CROWDED"


def test_a_crowd_that_passes_is_waited_out(virtual: VirtualBus, socket: UsbSocket) -> None:
    virtual.plug(PORT, replace(ADB, speed=4))
    virtual.ghost(PORT)
    assert fault_of(socket).code == "USB-CROWDED"
    leaver = threading.Timer(0.2, virtual.plug, [PORT, ADB])
    leaver.start()
    assert socket.under(lease()).wait_for(UsbMode.ADB, within_s=15).serial == "A57A000001"
    leaver.join()


def test_a_wait_ends_with_the_step(socket: UsbSocket) -> None:
    with pytest.raises(StepBug) as caught:
        socket.under(lease(0.1)).wait_for(UsbMode.ADB, within_s=20)
    assert caught.value.code == "STEP-TIMEOUT"


def test_a_wait_wakes_when_the_run_is_stopped(socket: UsbSocket) -> None:
    cancel = Cancel()
    stopper = threading.Timer(0.1, cancel.set, [OperatorStop("RUN-ABORTED", "stop")])
    stopper.start()
    began = time.monotonic()
    with pytest.raises(OperatorStop):
        socket.under(lease(50, cancel)).wait_for(UsbMode.ADB, within_s=50)
    assert time.monotonic() - began < 10
    stopper.join()


def test_nothing_moves_under_a_lease_that_has_ended(virtual: VirtualBus, socket: UsbSocket) -> None:
    virtual.plug(PORT, ADB)
    ended = lease()
    port = socket.under(ended)
    ended.end()
    for call in (
        port.look,
        lambda: port.power(on=False),
        lambda: port.wait_for(UsbMode.ADB, within_s=1),
    ):
        with pytest.raises(StepBug) as caught:
            call()
        assert caught.value.code == "LEASE-ENDED"
    assert virtual.hub(PORT).vbus(2)


def test_made_safe_the_port_has_its_power_again(virtual: VirtualBus, socket: UsbSocket) -> None:
    virtual.plug(PORT, ADB)
    socket.under(lease()).power(on=False)
    assert not virtual.hub(PORT).vbus(2)
    socket.make_safe(Deadline(10))
    assert virtual.hub(PORT).vbus(2)
    assert socket.under(lease()).look().serial == "A57A000001"


def test_a_hub_that_refused_to_switch_leaves_nothing_to_make_safe(
    virtual: VirtualBus, socket: UsbSocket
) -> None:
    virtual.hub(PORT).switching = Switching.GANGED
    with pytest.raises(StationFault) as caught:
        socket.under(lease()).power(on=False)
    assert caught.value.code == "USB-NO-POWER-SWITCH"
    socket.make_safe(Deadline(10))


def test_one_that_shows_another_mode_is_not_opened_while_waiting(tmp_path: Path) -> None:
    virtual = OpeningBus(tmp_path, ports=2)
    socket = UsbSocket(UsbBus(virtual, sysfs=virtual.sysfs), "sim-usb/1-1")
    virtual.plug("sim-usb/1-1", phone(UNIT, UsbMode.PRELOADER))
    with pytest.raises(LinkFault):
        socket.under(lease()).wait_for(UsbMode.ADB, within_s=0.5)
    assert virtual.opened == 1  # to name it in the fault


class OpeningBus(VirtualBus):
    opened = 0

    def open_device(self, handle: Any) -> Any:
        self.opened += 1
        return super().open_device(handle)


def test_one_that_changes_its_face_while_it_is_asked_is_there_all_the_time(tmp_path: Path) -> None:
    virtual = ChangingBus(tmp_path, ports=2)
    socket = UsbSocket(UsbBus(virtual, sysfs=virtual.sysfs), "sim-usb/1-1")
    virtual.plug("sim-usb/1-1", ADB)
    assert socket.under(lease()).look().mode is UsbMode.MTP


class ChangingBus(VirtualBus):
    """Shows another face as soon as the first is opened."""

    changed = False

    def open_device(self, handle: Any) -> Any:
        if not self.changed:
            self.changed = True
            self.plug("sim-usb/1-1", phone(UNIT, UsbMode.MTP))
        return super().open_device(handle)


def test_made_safe_a_port_that_was_not_switched_is_let_be(
    virtual: VirtualBus, socket: UsbSocket
) -> None:
    virtual.hub(PORT).deaf = True
    socket.make_safe(Deadline(10))


def test_a_port_that_cannot_be_given_its_power_is_not_safe(
    virtual: VirtualBus, socket: UsbSocket
) -> None:
    socket.under(lease()).power(on=False)
    virtual.hub(PORT).stuck = True
    for _ in range(2):
        with pytest.raises(StationFault) as caught:
            socket.make_safe(Deadline(10))
        assert caught.value.code == "USB-HUB-FAILED"
    virtual.hub(PORT).stuck = False
    socket.make_safe(Deadline(10))
    assert virtual.hub(PORT).vbus(2)
