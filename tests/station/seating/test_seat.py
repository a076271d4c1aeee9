"""What one look sees of a slot, and whether the unit in it may be another one since the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from harness.devices.adb.tracking import AdbSession, Tracked
from harness.devices.adb.watch import Link
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.errors import HarnessError
from harness.model.usb import UsbMode
from harness.sim.unit import SimUnit
from harness.sim.usb import SimHub, VirtualBus, phone
from harness.station.seating.seat import (
    NOBODY,
    Glimpse,
    Seat,
    Spot,
    broke,
    glimpse,
    require_in_place,
)

ADDRESS, PORT = "127.0.1.1:5555", "sim-usb/1-3"
LINK = AdbSession(1, Link(7, 0))
READY = Tracked("A57A000001", "device", "1-3", LINK)
AT_ADDRESS = Tracked(ADDRESS, "device", None, LINK)
ONE = SimUnit("A57A000001")


@pytest.fixture
def bus(tmp_path: Path) -> VirtualBus:
    return VirtualBus(tmp_path, ports=4)


def looked(
    bus: VirtualBus, *tracked: Tracked, down: bool = False, before: Glimpse = NOBODY
) -> Glimpse:
    """A look at the socket with a bus that remembers nothing."""
    spot = Spot(socket=UsbSocket(UsbBus(bus, sysfs=bus.sysfs), PORT))
    return glimpse(spot, None if down else tracked, (), before)


def test_usb_and_adb_tell_who_is_in_a_socket(bus: VirtualBus) -> None:
    bus.plug(PORT, phone(ONE, UsbMode.ADB))
    occupant = looked(bus, READY, replace(READY, name="B", usb="1-2")).seat.occupant
    assert occupant
    assert (occupant.at, occupant.serial) == (PORT, "A57A000001")
    assert (occupant.adb, occupant.mode) == ("device", UsbMode.ADB)


@pytest.mark.parametrize("mode", [UsbMode.EDL, UsbMode.FASTBOOT, UsbMode.MTP])
def test_a_handset_without_adb_is_there_without_a_serial(bus: VirtualBus, mode: UsbMode) -> None:
    bus.plug(PORT, phone(ONE, mode))
    occupant = looked(bus).seat.occupant
    assert occupant
    assert (occupant.mode, occupant.adb, occupant.serial) == (mode, None, None)


def test_a_serial_that_adb_has_not_is_none(bus: VirtualBus) -> None:
    bus.plug(PORT, phone(ONE, UsbMode.ADB))
    occupant = looked(bus, replace(READY, name="????????????")).seat.occupant
    assert occupant
    assert occupant.serial is None


def test_an_empty_socket_has_nobody_whoever_is_elsewhere(bus: VirtualBus) -> None:
    assert looked(bus, replace(READY, usb="1-2")).seat == Seat()


def test_what_cannot_be_told_breaks_nothing_and_says_why(bus: VirtualBus) -> None:
    bus.plug(PORT, phone(ONE, UsbMode.ADB))
    before = looked(bus, READY)
    bus.add_hub(PORT, SimHub())
    now = looked(bus, READY, before=before)
    assert now.seat.fault
    assert now.seat.fault.code == "USB-CROWDED"
    assert not broke(before, now)


def test_another_device_in_the_socket_is_another_session_even_with_one_serial(
    bus: VirtualBus,
) -> None:
    bus.plug(PORT, phone(ONE, UsbMode.ADB))
    before = looked(bus, READY)
    bus.plug(PORT, phone(ONE, UsbMode.ADB))
    now = looked(bus, READY)
    assert now.seat == before.seat
    assert broke(before, now)


def test_adb_that_comes_after_usb_breaks_nothing(bus: VirtualBus) -> None:
    bus.plug(PORT, phone(ONE, UsbMode.ADB))
    first = looked(bus)
    authorizing = looked(bus, replace(READY, state="authorizing"))
    assert broke(NOBODY, first)
    assert not broke(first, authorizing)
    assert not broke(authorizing, looked(bus, READY))


def test_an_adb_server_that_is_gone_or_new_breaks_nothing_that_stays_on_usb(
    bus: VirtualBus,
) -> None:
    bus.plug(PORT, phone(ONE, UsbMode.ADB))
    before = looked(bus, READY)
    without = looked(bus, down=True, before=before)
    anew = looked(bus, replace(READY, session=AdbSession(2, Link(1, 0))))
    assert not broke(before, without)
    assert not broke(without, anew)


def at(*tracked: Tracked, there: bool = False, before: Glimpse = NOBODY) -> Glimpse:
    return glimpse(Spot(ADDRESS), tracked, {ADDRESS} if there else set(), before)


def test_an_address_has_somebody_when_adb_is_linked_or_he_answers() -> None:
    linked, answers = at(AT_ADDRESS), at(there=True)
    assert linked.seat.occupant
    assert (linked.seat.occupant.adb, linked.seat.occupant.serial) == ("device", None)
    assert answers.seat.occupant
    assert answers.seat.occupant.adb is None
    assert (linked.seat.held, answers.seat.held) == (True, False)
    assert broke(answers, linked), "whoever comes behind what answers may be another one"


def test_an_address_whose_link_broke_has_nobody() -> None:
    gone = at(replace(AT_ADDRESS, state="offline"))
    assert gone.seat.occupant is None
    assert broke(at(AT_ADDRESS), gone)
    assert broke(gone, at(AT_ADDRESS))


def test_an_address_that_is_offline_for_a_moment_while_it_lets_adb_in_is_no_break() -> None:
    unauthorized = at(replace(AT_ADDRESS, state="unauthorized"))
    moment = at(replace(AT_ADDRESS, state="offline"), there=True, before=unauthorized)
    assert moment.seat.occupant
    assert not broke(unauthorized, moment)
    assert not broke(moment, at(AT_ADDRESS))
    assert moment.seat.held


@pytest.mark.parametrize(("kind", "count"), [("address", 4), ("socket", 3)])
def test_no_sequence_of_looks_hides_that_another_one_came(
    kind: str, count: int, bus: VirtualBus
) -> None:
    """Every way of so many looks at the address of a relay that always answers, or a socket."""
    looks = (_relayed if kind == "address" else _plugged)(bus)
    for sequence in product(looks, repeat=count):
        seen, held = NOBODY, None
        for look in sequence:
            now = look(seen)
            who = (now.usb, None) if now.usb else (None, now.adb)
            if who != (None, None):
                assert who == held or broke(seen, now), sequence
                held = who
            elif seen.seat.held:
                assert broke(seen, now), sequence
            seen = now


def _relayed(_: VirtualBus) -> list[Callable[[Glimpse], Glimpse]]:
    again = replace(AT_ADDRESS, session=AdbSession(1, Link(7, 1)))
    states: tuple[list[Tracked], ...] = (
        [],
        [AT_ADDRESS],
        [again],
        [replace(AT_ADDRESS, state="unauthorized")],
    )
    lost = [replace(again, state="offline")]
    return [
        lambda before, tracked=tracked: at(*tracked, there=True, before=before)
        for tracked in (*states, lost)
    ] + [lambda before: at(before=before)]


def _plugged(bus: VirtualBus) -> list[Callable[[Glimpse], Glimpse]]:
    def away(_: Glimpse) -> Glimpse:
        bus.unplug(PORT)
        return looked(bus)

    def comes(before: Glimpse) -> Glimpse:
        bus.plug(PORT, phone(ONE, UsbMode.ADB))
        return looked(bus, before=before)

    def stays(before: Glimpse, *tracked: Tracked, down: bool = False) -> Glimpse:
        return looked(bus, *tracked, down=down, before=before)

    return [away, comes, stays, partial(stays, down=True), lambda seen: stays(seen, READY)]


def test_a_link_that_was_ready_and_broke_is_a_break_even_when_somebody_answers_at_once() -> None:
    lost = replace(AT_ADDRESS, state="offline", session=AdbSession(1, Link(7, 1)))
    before = at(AT_ADDRESS)
    assert broke(before, at(lost, there=True, before=before))


def test_what_adb_keeps_of_an_earlier_link_is_nothing_that_could_break() -> None:
    kept = replace(AT_ADDRESS, state="offline", session=AdbSession(1, Link(7, 1)))
    answers = at(kept, there=True)
    assert broke(NOBODY, answers)
    assert not broke(answers, at(there=True, before=answers))


def test_whoever_answered_and_was_never_linked_to_breaks_it_by_going_away() -> None:
    answered = at(there=True)
    assert broke(answered, at())
    assert not broke(at(), at())
    assert broke(at(), answered)


@pytest.mark.parametrize(
    "session", [AdbSession(1, Link(7, 1)), AdbSession(1, Link(8, 0)), AdbSession(2, Link(7, 0))]
)
def test_another_link_to_an_address_is_another_session(session: AdbSession) -> None:
    assert broke(at(AT_ADDRESS), at(replace(AT_ADDRESS, session=session)))


def test_two_handsets_of_the_serial_of_a_slot_are_told() -> None:
    twin = replace(READY, usb="1-4", session=AdbSession(1, Link(8, 0)))
    seat = glimpse(Spot("A57A000001"), [READY, twin], (), NOBODY).seat
    assert seat.fault
    assert seat.fault.code == "ADB-TWINS"


PLACES = {n: Spot(f"127.0.1.{n}:5555") for n in (1, 2, 3)}


def fault(slot: int, unit: str, serials: dict[int, str]) -> HarnessError:
    with pytest.raises(HarnessError) as caught:
        require_in_place(slot, unit, serials, PLACES)
    return caught.value


def test_a_wrong_unit_is_told_with_both_serials() -> None:
    wrong = fault(2, "A57A000001", {2: "A57A000009"})
    assert wrong.code == "UNIT-WRONG"
    assert "A57A000001" in wrong.message
    assert "A57A000009" in wrong.message


@pytest.mark.parametrize("announced", ["A57A000001", ""])
def test_one_serial_in_two_slots_is_told_with_both_places(announced: str) -> None:
    serials = {1: "A57A000001", 2: "A57A000002", 3: "A57A000001"}
    for slot in (1, 3):
        twins = fault(slot, announced, serials)
        assert twins.code == "ADB-TWINS"
        assert "slot 1 (127.0.1.1:5555)" in twins.message
        assert "slot 3 (127.0.1.3:5555)" in twins.message
    require_in_place(2, "", serials, PLACES)


def test_a_unit_that_tells_no_serial_is_taken_for_the_one_announced() -> None:
    require_in_place(1, "A57A000001", {}, PLACES)
    require_in_place(1, "", {}, PLACES)
