"""Steps that break the link on purpose pass beside a presence that holds every other break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from harness.devices.adb import AdbServer
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.model.outcome import Outcome
from harness.model.usb import UsbMode
from harness.sim.unit import SimUnit
from harness.sim.usb import phone
from harness.station.seating.presence import Presence
from harness.station.seating.seat import Spot
from harness.station.seating.unbroken import Unbroken
from harness.steps import catalogue
from tests.engine.rig import until
from tests.steps.phone import fault, step
from tests.steps.slot import MakeSlot, Slot

Watch = Callable[[Slot], Presence]


@pytest.fixture
def watched(server: AdbServer) -> Iterator[Watch]:
    with ExitStack() as stack:

        def watch(slot: Slot) -> Presence:
            """Have what becomes of its unit from now on held against its runs."""
            bus = slot.line.bus
            socket = UsbSocket(UsbBus(bus, sysfs=bus.sysfs), slot.socket)
            spot = Spot(slot.line.slots[1].address, socket)
            presence = stack.enter_context(Presence(server, {1: spot}))
            until(lambda: (who := presence.look(1).occupant) is not None and who.adb == "device")
            slot.witness = Unbroken(presence, 1, presence.look(1), catalogue())
            return presence

        yield watch


def test_a_restart_and_a_handset_plugged_in_anew(slot_with: MakeSlot, watched: Watch) -> None:
    slot = slot_with()
    presence = watched(slot)
    before = presence.session(1)
    record = slot.run_all(
        step("handset.reboot"),
        step("identity.read"),
        step("usb.enumerate", off=0.3),
        step("usb.link"),
    )
    assert record.outcome is Outcome.PASS, record.fault
    assert presence.session(1) > before


def test_a_wiped_unit_that_is_sealed(slot_with: MakeSlot, watched: Watch) -> None:
    slot = slot_with()
    watched(slot)
    record = slot.run_all(step("handover.wipe"), step("handover.sealed", within=20, watch=1))
    assert record.outcome is Outcome.PASS, record.fault


def test_a_twin_on_usb_between_two_steps(slot_with: MakeSlot, watched: Watch) -> None:
    """Not even adb notices: the server keeps its link, and the serial is the same."""
    slot = slot_with()
    watched(slot)
    twin = phone(SimUnit(slot.unit.serial), UsbMode.ADB)
    slot.at_start_of("usb_link", lambda: slot.line.bus.plug(slot.socket, twin))
    record = slot.run_all(step("identity.read"), step("usb.link"))
    assert record.outcome is Outcome.ERROR
    assert fault(record).code == "ADB-LOST"
