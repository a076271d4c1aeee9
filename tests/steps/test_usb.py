"""`usb.*` by the real engine: real adb server and pyusb over a virtual bus, simulators at the wire.

Power that a socket loses takes its handset away from USB and from adb alike.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from harness.model.limits import Range
from harness.model.outcome import Outcome
from harness.model.usb import UsbMode
from harness.sim.usb import SimHub, Strings, Switching, phone
from tests.steps.phone import fault, measured
from tests.steps.slot import SERIAL, SOCKET, MakeSlot


def test_what_usb_tells_is_measured_in_its_units(slot_with: MakeSlot) -> None:
    record = slot_with().run("usb.link")
    assert record.outcome is Outcome.PASS
    assert measured(record) == {
        "port": SOCKET,
        "mode": "adb",
        "speed": 480.0,
        "max_power": 500.0,
        "serial_matches": True,
    }


def test_a_bad_connector_shows_in_the_speed(slot_with: MakeSlot) -> None:
    slot = slot_with("usb.full_speed")
    record = slot.run("usb.link", speed=Range(low=Decimal(480)))
    assert record.outcome is Outcome.FAIL
    assert fault(record).code == "usb_link.speed:LOW"
    assert measured(record)["speed"] == 12.0
    assert measured(record)["serial_matches"] is True


@pytest.mark.parametrize(
    ("serials", "announced", "ending"),
    [
        ((SERIAL, SERIAL), SERIAL, True),
        ((SERIAL, SERIAL), "", True),
        ((SERIAL, "0123456789ABCDEF"), SERIAL, False),
        ((SERIAL, "0123456789ABCDEF"), "", False),
        ((SERIAL, SERIAL.lower()), SERIAL, False),
        (("A57A000009", SERIAL), SERIAL, False),
        (("A57A000009", "A57A000009"), SERIAL, "UNIT-WRONG"),
        (("A57A000009", "A57A000008"), SERIAL, "UNIT-WRONG"),
    ],
)
def test_three_serials_are_held_against_each_other(
    slot_with: MakeSlot, serials: tuple[str, str], announced: str, ending: bool | str
) -> None:
    slot = slot_with()
    android, usb = serials
    slot.unit.serial = android
    slot.show(usb)
    record = slot.run("usb.link", announced)
    if isinstance(ending, str):
        assert fault(record).code == ending
        assert record.outcome is Outcome.ABORTED
        assert "serial_matches" not in measured(record)
    else:
        assert measured(record)["serial_matches"] is ending


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"strings": Strings.STALLED}, "refused"),
        ({"strings": Strings.FORBIDDEN}, "udev"),
        ({"strings": Strings.SILENT}, "within 200 ms"),
    ],
)
def test_a_serial_that_usb_does_not_tell_never_passes(
    slot_with: MakeSlot, more: dict[str, Any], why: str
) -> None:
    slot = slot_with()
    slot.show(**more)
    record = slot.run("usb.link")
    (made,) = (m for m in record.steps[0].measurements if m.name == "serial_matches")
    assert (made.value, made.outcome, made.reason) == (None, Outcome.ERROR, "UNREADABLE")
    assert why in made.raw
    assert record.outcome is Outcome.ERROR


def test_a_device_without_a_serial_never_passes(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.show("")
    record = slot.run("usb.link")
    (made,) = (m for m in record.steps[0].measurements if m.name == "serial_matches")
    assert (made.value, made.reason) == (None, "UNKNOWN")
    assert record.outcome is Outcome.ERROR


def test_a_unit_without_android_is_named_by_its_mode(slot_with: MakeSlot) -> None:
    record = slot_with("usb.edl").run("usb.link")
    assert fault(record).code == "USB-WRONG-MODE"
    assert "EDL" in fault(record).message
    assert "power and volume down" in fault(record).remedy
    assert measured(record)["mode"] == "edl"


def test_an_empty_socket_is_a_fault_of_the_link(slot_with: MakeSlot) -> None:
    slot = slot_with()
    slot.line.bus.unplug(SOCKET)
    assert fault(slot.run("usb.link")).code == "USB-ABSENT"
    assert fault(slot.run("usb.enumerate", off=0)).code == "USB-ABSENT"


def test_a_handset_is_plugged_in_anew_and_timed(slot_with: MakeSlot) -> None:
    slot = slot_with()
    record = slot.run("usb.enumerate", off=0.3)
    assert record.outcome is Outcome.PASS, record.fault
    took = measured(record)
    assert 0 <= took["gone"] < 5
    assert 0 <= took["enumerated"] <= took["ready"] < 20
    assert slot.run("usb.link").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("hub", "code"),
    [
        (SimHub(1, switching=Switching.GANGED), "USB-NO-POWER-SWITCH"),
        (SimHub(1, switching=Switching.NONE), "USB-NO-POWER-SWITCH"),
        (SimHub(1, stuck=True), "USB-HUB-FAILED"),
        (SimHub(1, deaf=True), "USB-HUB-FAILED"),
        (SimHub(1, forbidden=True), "USB-NO-PERMISSION"),
    ],
)
def test_a_hub_that_cannot_switch_is_the_stations_fault(
    slot_with: MakeSlot, hub: SimHub, code: str
) -> None:
    slot = slot_with()
    for name in ("switching", "stuck", "deaf", "forbidden"):
        setattr(slot.hub, name, getattr(hub, name))
    record = slot.run("usb.enumerate", off=0)
    assert fault(record).code == code
    assert record.outcome is Outcome.ERROR
    assert measured(record) == {}


def test_power_from_elsewhere_is_told(slot_with: MakeSlot) -> None:
    """A hub that says it has switched, and a handset that stays."""
    slot = slot_with()

    def stay(socket: str, on: bool) -> None:
        if not on:
            slot.hub.off.clear()
            slot.show()
            slot.hub.off.update({(1, 1), (2, 1)})

    slot.line.bus.watch_power(stay)
    record = slot.run("usb.enumerate", off=0)
    assert fault(record).code == "USB-POWER-STAYS"
    assert "still there" in fault(record).message
    assert "jig's VBUS" in fault(record).remedy


def test_a_handset_that_stays_away_gets_no_time_and_its_socket_gets_power(
    slot_with: MakeSlot,
) -> None:
    slot = slot_with()

    def take_out(socket: str, on: bool) -> None:
        slot.line.bus.unplug(socket)

    slot.line.bus.watch_power(take_out)
    record = slot.run("usb.enumerate", off=0, within=0.5)
    assert fault(record).code == "USB-ABSENT"
    assert record.outcome is Outcome.ERROR
    assert measured(record).keys() == {"gone"}
    assert slot.hub.vbus(1)


def test_a_handset_that_comes_back_in_another_mode_is_named(slot_with: MakeSlot) -> None:
    slot = slot_with()

    def fall(socket: str, on: bool) -> None:
        if not on:
            slot.line.bus.plug(socket, phone(slot.unit, UsbMode.BROM))

    slot.line.bus.watch_power(fall)
    record = slot.run("usb.enumerate", off=0, within=0.5)
    assert fault(record).code == "USB-WRONG-MODE"
    assert "boot ROM" in fault(record).message
    assert slot.hub.vbus(1)


def test_adb_that_does_not_come_back_is_no_time(slot_with: MakeSlot) -> None:
    slot = slot_with()

    def stay_away(socket: str, on: bool) -> None:
        if not on:
            slot.line.slots[1].has_adb = False

    slot.line.bus.watch_power(stay_away)
    record = slot.run("usb.enumerate", off=0, ready_within=0.5)
    assert fault(record).code == "ADB-LOST"
    assert "A57A000001" in fault(record).evidence["usb"]
    assert measured(record).keys() == {"gone", "enumerated"}
