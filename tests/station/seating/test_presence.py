"""Who is in which slot: a real adb server with simulated handsets, and a virtual USB bus."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.clock import Deadline
from harness.devices.adb import AdbServer
from harness.devices.adb.tracking import answering
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.model.usb import UsbMode
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from harness.sim.usb import VirtualBus, phone
from harness.station.seating.presence import Break, Presence
from harness.station.seating.seat import Seat, Spot
from tests.engine.rig import until
from tests.short import code_of
from tests.station.adb_process import adb_servers

SERIALS = ("A57A000001", "A57A000002")
STEADY_S = 0.5


@pytest.fixture
def addresses(handsets: SimHandsets) -> Iterator[list[str]]:
    """Two handsets whose cables are not plugged in yet."""
    addresses = [handsets.add(SimUnit(serial), plugged=False) for serial in SERIALS]
    yield addresses
    for address in addresses:
        handsets.unplug(address)


@pytest.fixture
def presence(server: AdbServer, addresses: list[str]) -> Iterator[Presence]:
    def revive() -> None:
        server.start()

    spots = {number: Spot(address) for number, address in enumerate(addresses, start=1)}
    with Presence(server, spots, revive) as presence:
        yield presence


def wait(presence: Presence, slot: int, met: Callable[[Seat], object]) -> Seat:
    seat = presence.wait(slot, met, Deadline(30).expired)
    assert seat, f"it did not happen: {presence.look(slot)}"
    return seat


def ready(seat: Seat) -> bool:
    return seat.occupant is not None and seat.occupant.adb == "device"


def test_handsets_come_and_go_at_their_addresses(
    presence: Presence, handsets: SimHandsets, addresses: list[str]
) -> None:
    assert presence.look(1) == presence.look(2) == Seat()
    handsets.replug(addresses[0])
    came = wait(presence, 1, ready)
    assert presence.look(2) == Seat()
    handsets.unplug(addresses[0])
    left = wait(presence, 1, lambda seat: seat.occupant is None)
    assert left.session > came.session
    handsets.replug(addresses[0])
    assert wait(presence, 1, ready).session > left.session


def test_a_session_stays_the_same_as_long_as_nothing_breaks(
    presence: Presence, handsets: SimHandsets, addresses: list[str]
) -> None:
    handsets.replug(addresses[0])
    came = wait(presence, 1, ready)
    handsets.replug(addresses[1])
    wait(presence, 2, ready)
    assert presence.refresh(30)
    assert presence.look(1) == came
    assert presence.breaks(1, came.session) == []


def test_a_swap_for_a_twin_is_another_session(
    presence: Presence, handsets: SimHandsets, addresses: list[str]
) -> None:
    handsets.replug(addresses[0])
    before = wait(presence, 1, ready)
    handsets.swap(addresses[0], SimUnit(SERIALS[0]))
    until(lambda: presence.refresh(30) and presence.session(1) != before.session)
    times_s = [each.at_s for each in presence.breaks(1, before.session)]
    assert len(times_s) == presence.session(1) - before.session
    assert all(0 <= time.monotonic() - at_s < 30 for at_s in times_s)


def test_handsets_are_seen_again_when_the_adb_server_was_killed(
    presence: Presence, handsets: SimHandsets, addresses: list[str], server: AdbServer
) -> None:
    handsets.replug(addresses[0])
    before = wait(presence, 1, ready)
    for pid in adb_servers(os.getpid()):
        os.kill(pid, signal.SIGKILL)
    wait(presence, 1, lambda seat: ready(seat) and seat.session != before.session)


def test_a_handset_that_never_comes_up_is_there_and_holds_nobody_up(
    server: AdbServer, handsets: SimHandsets
) -> None:
    silent = handsets.add(SimUnit("A57A000003", defects={"adb.offline": {}}))
    good = handsets.add(SimUnit("A57A000004"), plugged=False)
    with Presence(server, {1: Spot(silent), 2: Spot(good)}) as presence:
        assert wait(presence, 1, lambda seat: seat.occupant)
        handsets.replug(good)
        wait(presence, 2, ready)
        assert not ready(presence.look(1))


@pytest.fixture
def bus(tmp_path: Path) -> VirtualBus:
    return VirtualBus(tmp_path, ports=4)


@pytest.fixture
def sockets(bus: VirtualBus) -> Iterator[Presence]:
    """The presence of two sockets of a PC whose adb server never was started."""
    usb = UsbBus(bus, sysfs=bus.sysfs)
    spots = {n: Spot(socket=UsbSocket(usb, bus.socket(n))) for n in (1, 2)}
    with Presence(AdbServer(), spots) as presence:
        yield presence


def test_handsets_come_and_go_in_their_sockets_without_adb(
    sockets: Presence, bus: VirtualBus
) -> None:
    bus.plug(bus.socket(2), phone(SimUnit(SERIALS[0]), UsbMode.EDL))
    came = wait(sockets, 2, lambda seat: seat.occupant)
    assert came.occupant
    assert came.occupant.mode is UsbMode.EDL
    assert sockets.look(1) == Seat()
    bus.unplug(bus.socket(2))
    assert wait(sockets, 2, lambda seat: not seat.occupant).session > came.session


def test_a_swap_between_two_looks_is_another_session(sockets: Presence, bus: VirtualBus) -> None:
    bus.plug(bus.socket(1), phone(SimUnit(SERIALS[0]), UsbMode.ADB))
    came = wait(sockets, 1, lambda seat: seat.occupant)
    bus.plug(bus.socket(1), phone(SimUnit(SERIALS[0]), UsbMode.ADB))
    until(lambda: sockets.refresh(30) and sockets.session(1) != came.session)


def test_a_contact_that_bounces_is_not_steady(sockets: Presence, bus: VirtualBus) -> None:
    bus.plug(bus.socket(1), phone(SimUnit(SERIALS[0]), UsbMode.ADB))
    came = wait(sockets, 1, lambda seat: seat.occupant)
    bounces = 0

    def bounced() -> bool:
        """Another device in its place each time somebody asks, three times over."""
        nonlocal bounces
        if bounces < 3:
            bounces += 1
            bus.plug(bus.socket(1), phone(SimUnit(SERIALS[0]), UsbMode.ADB))
            assert sockets.refresh(30)
        return False

    seat = sockets.wait(1, lambda seat: seat.occupant, bounced, STEADY_S)
    assert seat
    assert seat.session == came.session + 3
    assert time.monotonic() - sockets.breaks(1, came.session)[-1].at_s >= STEADY_S


def test_nobody_is_waited_for_once_it_is_stopped(sockets: Presence) -> None:
    assert sockets.wait(1, lambda seat: seat.occupant, lambda: True) is None
    assert sockets.wait(1, lambda seat: seat.occupant, Deadline(STEADY_S).expired) is None


def test_breaks_that_are_too_many_to_be_remembered_are_told_all_the_same(
    sockets: Presence,
) -> None:
    slot = sockets._slots[1]
    slot.session += 3
    slot.broken.append(Break(time.monotonic()))
    assert [each.at_s for each in sockets.breaks(1, 0)[:2]] == [-math.inf, -math.inf]
    assert len(sockets.breaks(1, 0)) == 3


def test_nobody_looks_any_more_once_it_is_closed(bus: VirtualBus) -> None:
    with Presence(AdbServer(), {}) as presence:
        assert presence.refresh(30)
    assert not presence.refresh(STEADY_S)
    assert code_of(lambda: presence.wait(1, bool, lambda: False)) == "ENGINE-BUG"


def test_an_adb_server_that_does_not_answer_lets_nobody_look(tmp_path: Path) -> None:
    others = adb_servers(os.getpid())
    with AdbServer(home=tmp_path / "adb") as server, Presence(server, {}) as presence:
        (pid,) = adb_servers(os.getpid()) - others
        os.kill(pid, signal.SIGSTOP)
        try:
            assert not presence.refresh(STEADY_S)
        finally:
            os.kill(pid, signal.SIGCONT)
        until(lambda: presence.refresh(30))


def test_an_address_answers_when_somebody_listens_there(
    handsets: SimHandsets, addresses: list[str]
) -> None:
    handsets.replug(addresses[1])
    nobody = ["127.0.0.1:99999", "127.0.0.1:0", "a..b:5555"]
    assert answering([*nobody, *addresses], 5.0) == {addresses[1]}
    assert answering([], 5.0) == frozenset()
