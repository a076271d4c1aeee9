"""Units that people scan and put in: real presence, the real adb server, handsets at the wire."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.clock import Deadline
from harness.devices.adb.server import AdbServer
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.threads import in_thread
from harness.model.events import UnitLost
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.station import Scanned, Snapshot
from harness.model.usb import UsbMode
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from harness.sim.usb import SimHub, VirtualBus, phone
from harness.station.files.config import ScanOrder
from harness.station.floor import Floor
from harness.station.screens.bus import Bus
from harness.station.seating.presence import Presence
from harness.station.seating.seat import Spot
from harness.station.seating.seats import COMES_S, STEADY_S, Seats
from harness.station.slot import RunResult
from harness.station.station import Slot
from tests.station.runs import STATION
from tests.station.test_floor import ORDER, OnTheFloor

PATIENCE_S = 30.0


class Bench:
    """Two slots for handsets at addresses, with a floor at work on them."""

    def __init__(self, handsets: SimHandsets, presence: Presence, seats: Seats) -> None:
        self.handsets, self.presence, self.seats = handsets, presence, seats
        self.heard: list[tuple[int, str, RunResult]] = []
        self.bus = Bus(STATION, (1, 2))

    def why(self, slot: int) -> str:
        with self.bus.subscribe() as told:
            (snapshot,) = told.take(0)
        assert isinstance(snapshot, Snapshot)
        return snapshot.slots[slot - 1].why

    def hear(self, slot: Slot, result: RunResult) -> None:
        self.heard.append((slot.number, slot.unit.serial, result))

    def scan(self, serial: str, slot: int | None = None) -> str:
        return self.seats.scanned(Scanned((serial,), slot))

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < end, self.heard
            time.sleep(0.02)

    def linked(self, slot: int) -> bool:
        occupant = self.presence.look(slot).occupant
        return occupant is not None and occupant.adb == "device"

    def there(self, slot: int) -> bool:
        return self.presence.look(slot).occupant is not None


@contextmanager
def seats_of(order: ScanOrder, comes_s: float = COMES_S) -> Iterator[tuple[Bench, dict[int, str]]]:
    with SimHandsets() as handsets, AdbServer() as server:
        at = {n: handsets.add(SimUnit(f"A57A00000{n}"), plugged=False) for n in (1, 2)}
        spots = {n: Spot(address) for n, address in at.items()}
        station = OnTheFloor().station
        with Presence(server, spots) as presence:
            seats = Seats(station, presence, lambda *scans: Unit(scans[0]), order, comes_s)
            yield Bench(handsets, presence, seats), at


@contextmanager
def at_work(order: ScanOrder, comes_s: float = COMES_S) -> Iterator[tuple[Bench, dict[int, str]]]:
    """With a floor that tests whoever comes."""
    with seats_of(order, comes_s) as (bench, at):
        station = OnTheFloor().station
        bus = bench.bus
        floor = Floor(station, lambda _: ORDER, bus, bench.seats, bench.hear)
        thread = threading.Thread(target=floor.run)
        thread.start()
        try:
            yield bench, at
        finally:
            floor.stop("test", "its end")
            thread.join()


def test_the_unit_that_is_put_in_after_a_scan_is_the_one_scanned() -> None:
    with at_work(ScanOrder.SCAN_THEN_INSERT) as (bench, at):
        bench.handsets.replug(at[1])  # nobody announced it
        bench.until(lambda: bench.there(1))
        bench.scan("A57A000002")
        bench.handsets.replug(at[2])
        bench.until(lambda: bool(bench.heard))
        ((slot, serial, result),) = bench.heard
        assert (slot, serial, result.outcome) == (2, "A57A000002", Outcome.PASS)
        bench.scan("A57A000009")  # while the first is still in its slot
        bench.handsets.unplug(at[2])
        bench.until(lambda: not bench.there(2))
        bench.handsets.replug(at[2])
        bench.until(lambda: len(bench.heard) == 2)
        assert bench.heard[1][:2] == (2, "A57A000009")


def test_a_unit_that_was_there_before_its_scan_is_told_what_to_do() -> None:
    with seats_of(ScanOrder.SCAN_THEN_INSERT) as (bench, at):
        whys: list[str] = []
        taken = in_thread("slot", lambda: bench.seats.next(1, lambda: False, whys.append))
        bench.handsets.replug(at[1])
        bench.until(lambda: bool(whys) and bench.linked(1))
        hint = "take it out, scan it and put it in again, or scan it for slot 1"
        assert hint in whys[0]
        told = bench.scan("A57A000001")
        assert told.startswith("put it in now; slot 1: ")
        assert hint in told
        bench.handsets.unplug(at[1])
        bench.until(lambda: whys[-1] == "")
        bench.handsets.replug(at[1])
        slot = taken.result(PATIENCE_S)
        assert slot
        assert (slot.unit.serial, len(whys)) == ("A57A000001", 2)
        with pytest.raises(ValueError, match="A57A000001 is in slot 1 by an earlier scan: take"):
            bench.scan("A57A000001", slot=1)  # it is tested there
        assert bench.scan("A57A000002", slot=2) == "put it into slot 2"
        bench.handsets.replug(at[2])
        bench.until(lambda: bench.there(2))
        assert bench.scan("A57A000003", slot=2) == (
            "the scan of A57A000002 for slot 2 counts no more"
        )


def test_a_scan_while_a_unit_is_done_is_for_the_next_one_that_is_put_in() -> None:
    with at_work(ScanOrder.SCAN_THEN_INSERT, comes_s=0.2) as (bench, at):
        assert bench.scan("A57A000001") == "put it in now"
        assert bench.scan("A57A000002") == ("put it in now; the scan of A57A000001 counts no more")
        bench.handsets.replug(at[1])
        bench.until(lambda: len(bench.heard) == 1)
        for slot in (1, 2, None):
            with pytest.raises(ValueError, match="A57A000002 is in slot 1 by an earlier scan"):
                bench.scan("A57A000002", slot)
        ahead = bench.scan("A57A000003", slot=1)
        assert ahead == "take A57A000002 out of slot 1, then put it in"
        assert bench.scan("A57A000004") == (
            "put it in now; not into slot 1: A57A000003 was scanned for it"
        )
        bench.handsets.unplug(at[1])
        bench.until(lambda: "A57A000003 was scanned for it" in bench.why(1))
        bench.until(Deadline(0.3).expired)  # longer than `comes_s`: nobody is tested
        assert bench.scan("A57A000001", slot=1) == (
            "put it into slot 1; the scan of A57A000003 for slot 1 counts no more"
        )
        bench.until(lambda: len(bench.heard) == 2)  # it never comes
        assert [each[:2] for each in bench.heard] == [(1, "A57A000002"), (1, "A57A000001")]


def test_a_slot_that_takes_none_any_more_refuses_scans() -> None:
    with at_work(ScanOrder.SCAN_THEN_INSERT) as (bench, at):
        bench.scan("A57A000001", slot=1)
        bench.handsets.replug(at[1])
        bench.until(lambda: len(bench.heard) == 1)
    with pytest.raises(ValueError, match="slot 1 takes no units any more"):
        bench.scan("A57A000002", slot=1)


def test_a_unit_that_stands_there_waits_for_its_scan() -> None:
    with at_work(ScanOrder.INSERT_THEN_SCAN) as (bench, at):
        with pytest.raises(ValueError, match="no slot wait for a scan"):
            bench.scan("A57A000001")
        bench.handsets.replug(at[1])
        bench.handsets.replug(at[2])
        bench.until(lambda: bench.there(1) and bench.there(2))
        bench.until(lambda: _refused(bench, "1, 2 wait for a scan"))
        with pytest.raises(ValueError, match="no slot 7; this station has 1, 2"):
            bench.scan("A57A000002", slot=7)
        bench.scan("A57A000002", slot=2)
        bench.until(lambda: len(bench.heard) == 1)
        bench.scan("A57A000001")  # the only one that waits now
        bench.until(lambda: len(bench.heard) == 2)
        assert [each[:2] for each in bench.heard] == [(2, "A57A000002"), (1, "A57A000001")]


def _refused(bench: Bench, words: str) -> bool:
    try:
        bench.scan("A57A000001")
    except ValueError as error:
        return words in str(error)
    return False


def test_a_unit_that_is_pulled_out_while_its_run_is_on_does_not_pass() -> None:
    with seats_of(ScanOrder.SCAN_THEN_INSERT) as (bench, at):
        bench.scan("A57A000001", slot=1)
        bench.handsets.replug(at[1])
        bench.until(lambda: bench.linked(1))
        taken = bench.seats.next(1, lambda: False)
        assert taken
        assert taken.unit == Unit("A57A000001")
        witness = bench.seats.vouch(taken)
        assert witness((), 1000) is None
        bench.handsets.unplug(at[1])
        bench.until(lambda: not bench.there(1))
        assert isinstance(witness((), 1000), UnitLost)


@contextmanager
def sockets(folder: Path) -> Iterator[tuple[VirtualBus, Presence, Seats]]:
    """Two slots with USB sockets, and no adb server."""
    bus = VirtualBus(folder, ports=2)
    usb = UsbBus(bus, sysfs=bus.sysfs)
    spots = {n: Spot(socket=UsbSocket(usb, bus.socket(n))) for n in (1, 2)}
    order = ScanOrder.INSERT_THEN_SCAN
    with Presence(AdbServer(), spots) as presence:
        station = OnTheFloor().station
        yield bus, presence, Seats(station, presence, lambda *s: Unit(s[0]), order)


def test_a_unit_is_gone_when_another_one_stands_in_its_place_and_not_before(
    tmp_path: Path,
) -> None:
    """They are swapped between two looks: nobody ever sees the slot empty."""
    never = lambda: False  # noqa: E731
    with sockets(tmp_path) as (bus, presence, seats):
        slot, phones = OnTheFloor().slots[1], [SimUnit("A57A000001"), SimUnit("A57A000002")]
        bus.plug(bus.socket(1), phone(phones[0], UsbMode.ADB))
        assert presence.wait(1, lambda seat: seat.occupant, never)
        session = presence.session(1)
        gone = in_thread("gone", lambda: seats.gone(slot, RunResult(None, None), never))
        assert presence.wait(1, lambda seat: seat.occupant, never, 1.5 * STEADY_S)
        assert not gone.done()
        for _ in range(3):  # its contacts bounce
            bus.plug(bus.socket(1), phone(phones[1], UsbMode.ADB))
            assert presence.refresh(PATIENCE_S)
        gone.result(PATIENCE_S)
        assert time.monotonic() - presence.breaks(1, session)[-1].at_s >= STEADY_S
        assert presence.session(1) == session + 3


def test_a_slot_that_cannot_be_looked_at_may_hold_its_unit_still(tmp_path: Path) -> None:
    with sockets(tmp_path) as (bus, presence, seats):
        bus.plug(bus.socket(1), phone(SimUnit("A57A000001"), UsbMode.ADB))
        assert presence.wait(1, lambda seat: seat.occupant, lambda: False)
        bus.add_hub(bus.socket(1), SimHub())
        assert presence.wait(1, lambda seat: seat.fault, lambda: False)
        over = Deadline(2 * STEADY_S)
        seats.gone(OnTheFloor().slots[1], RunResult(None, None), over.expired)
        assert over.expired()


def test_nobody_is_tested_too_soon_in_a_slot_in_which_nobody_is_seen() -> None:
    with seats_of(ScanOrder.SCAN_THEN_INSERT, comes_s=1.0) as (bench, _):
        bench.scan("A57A000001", slot=1)
        time.sleep(1.1)  # the slot was busy meanwhile: its time begins when it waits
        over = Deadline(0.8)
        assert bench.seats.next(1, over.expired) is None
        taken = bench.seats.next(1, Deadline(PATIENCE_S).expired)
        assert taken
        assert taken.unit == Unit("A57A000001")
        assert bench.seats.next(1, Deadline(2.0).expired) is None  # once
        bench.scan("A57A000002")
        assert bench.seats.next(1, Deadline(2.0).expired) is None  # it may come anywhere
