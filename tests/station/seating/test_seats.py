"""Units that people scan and put in: real presence, the real adb server, handsets at the wire."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness.clock import Deadline
from harness.devices.adb.server import AdbServer
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.threads import in_thread
from harness.errors import CommandRefused, OperatorStop
from harness.model.events import Purpose, RunStarted, Stamped, UnitLost
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.sentence import Says, Sentence, Sentences
from harness.model.slot_state import SlotState
from harness.model.station import Announced, RunSteps, Scanned, ScanOrder, SlotChanged, Snapshot
from harness.model.usb import UsbMode
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from harness.sim.usb import SimHub, VirtualBus, phone
from harness.station.floor import Floor
from harness.station.screens.bus import Bus, Told
from harness.station.seating.presence import Presence
from harness.station.seating.seat import Spot
from harness.station.seating.seats import COMES_S, STEADY_S, Seats
from harness.station.slot import RunResult
from harness.station.station import Order, Slot
from tests.station.runs import STATION
from tests.station.test_floor import ORDER, OnTheFloor

PATIENCE_S = 30.0
NOW = Sentence(Says.PUT_IN)
INTO_1, INTO_2 = (Sentence.of(Says.PUT_INTO, slot=slot) for slot in (1, 2))


class Bench:
    """Two slots for handsets at addresses, with a floor at work on them."""

    def __init__(self, handsets: SimHandsets, presence: Presence, seats: Seats, bus: Bus) -> None:
        self.handsets, self.presence, self.seats, self.bus = handsets, presence, seats, bus
        self.heard: list[tuple[int, str, RunResult]] = []

    def snapshot(self) -> Snapshot:
        with self.bus.subscribe() as told:
            (snapshot,) = told.take(0)
        assert isinstance(snapshot, Snapshot)
        return snapshot

    def why(self, slot: int) -> str:
        return self.snapshot().slots[slot - 1].why

    def is_announced(self, *slots: int, any_: bool = False) -> bool:
        return self.snapshot().announced == Announced(any_, slots)

    def hear(self, slot: Slot, result: RunResult) -> None:
        self.heard.append((slot.number, slot.unit.serial, result))

    def scan(self, serial: str, slot: int | None = None) -> Sentences:
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
            bus, read = Bus(STATION, (1, 2)), lambda *scans: Unit(scans[0])
            seats = Seats(station, presence, read, order, comes_s, bus.announce)
            yield Bench(handsets, presence, seats, bus), at


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
        assert bench.is_announced(any_=True)
        bench.handsets.replug(at[2])
        bench.until(lambda: bool(bench.heard))
        assert bench.is_announced()
        ((slot, serial, result),) = bench.heard
        assert (slot, serial, result.outcome) == (2, "A57A000002", Outcome.PASS)
        bench.scan("A57A000009")  # while the first is still in its slot
        bench.handsets.unplug(at[2])
        bench.until(lambda: not bench.there(2))
        bench.handsets.replug(at[2])
        bench.until(lambda: len(bench.heard) == 2)
        assert bench.heard[1][:2] == (2, "A57A000009")


def test_a_scan_that_is_refused_because_a_slot_is_not_ready_announces_nobody() -> None:
    with seats_of(ScanOrder.SCAN_THEN_INSERT) as (bench, _):
        asked = list[tuple[str, int | None]]()

        def require(unit: Unit, slot: int | None) -> None:
            asked.append((unit.serial, slot))
            if slot != 2:
                raise OperatorStop("READY-SIGN-IN", "nobody is signed in")

        read = lambda *scans: Unit(scans[0])  # noqa: E731
        order, announce = ScanOrder.SCAN_THEN_INSERT, bench.bus.announce
        station, presence = OnTheFloor().station, bench.presence
        seats = Seats(station, presence, read, order, announce=announce, require=require)
        for slot in (None, 1):
            with pytest.raises(OperatorStop, match="READY-SIGN-IN"):
                seats.scanned(Scanned(("A57A000001",), slot))
            assert bench.is_announced()
        assert seats.scanned(Scanned(("A57A000001",), 2)) == (INTO_2,)
        assert bench.is_announced(2)
        assert asked == [("A57A000001", slot) for slot in (None, 1, 2)]


def test_a_unit_that_was_there_before_its_scan_is_told_what_to_do() -> None:
    with seats_of(ScanOrder.SCAN_THEN_INSERT) as (bench, at):
        whys: list[str] = []
        explain = lambda why, _: whys.append(why)  # noqa: E731
        taken = in_thread("slot", lambda: bench.seats.next(1, lambda: False, explain))
        bench.handsets.replug(at[1])
        bench.until(lambda: bool(whys) and bench.linked(1))
        hint = "take it out, scan it and put it in again, or scan it for slot 1"
        assert hint in whys[0]
        told = bench.scan("A57A000001")
        assert told == (NOW, Sentence.of(Says.TOO_SOON, slot=1))
        bench.handsets.unplug(at[1])
        bench.until(lambda: whys[-1] == "")
        bench.handsets.replug(at[1])
        slot = taken.result(PATIENCE_S)
        assert slot
        assert (slot.unit.serial, len(whys)) == ("A57A000001", 2)
        with pytest.raises(CommandRefused, match="SCAN-INSIDE: A57A000001 is in slot 1 by"):
            bench.scan("A57A000001", slot=1)  # it is tested there
        assert bench.scan("A57A000002", slot=2) == (INTO_2,)
        bench.handsets.replug(at[2])
        bench.until(lambda: bench.there(2))
        over = Sentence.of(Says.SCAN_OVER_FOR, unit="A57A000002", slot=2)
        assert bench.scan("A57A000003", slot=2) == (over,)


def test_a_scan_while_a_unit_is_done_is_for_the_next_one_that_is_put_in() -> None:
    with at_work(ScanOrder.SCAN_THEN_INSERT, comes_s=0.2) as (bench, at):
        assert bench.scan("A57A000001") == (NOW,)
        assert bench.scan("A57A000002") == (NOW, Sentence.of(Says.SCAN_OVER, unit="A57A000001"))
        bench.handsets.replug(at[1])
        bench.until(lambda: len(bench.heard) == 1)
        for slot in (1, 2, None):
            with pytest.raises(CommandRefused, match="SCAN-INSIDE: A57A000002 is in slot 1 by"):
                bench.scan("A57A000002", slot)
        assert bench.is_announced()
        ahead = bench.scan("A57A000003", slot=1)
        assert bench.is_announced(1)
        assert ahead == (Sentence.of(Says.TAKE_OUT, unit="A57A000002", slot=1),)
        not_into = Sentence.of(Says.NOT_INTO, unit="A57A000003", slot=1)
        assert bench.scan("A57A000004") == (NOW, not_into)
        bench.handsets.unplug(at[1])
        bench.until(lambda: "A57A000003 was scanned for it" in bench.why(1))
        bench.until(Deadline(0.3).expired)  # longer than `comes_s`: nobody is tested
        over = Sentence.of(Says.SCAN_OVER_FOR, unit="A57A000003", slot=1)
        assert bench.scan("A57A000001", slot=1) == (INTO_1, over)
        bench.until(lambda: len(bench.heard) == 2)  # it never comes
        assert [each[:2] for each in bench.heard] == [(1, "A57A000002"), (1, "A57A000001")]


def test_what_is_no_label_of_a_unit_is_refused_and_announces_nobody() -> None:
    with seats_of(ScanOrder.SCAN_THEN_INSERT) as (bench, _):
        with pytest.raises(CommandRefused, match=r"LABEL-UNREAD: .*not a serial"):
            bench.scan("not a serial", slot=1)
        assert bench.is_announced()


def test_a_slot_that_takes_none_any_more_refuses_scans() -> None:
    with at_work(ScanOrder.SCAN_THEN_INSERT) as (bench, at):
        bench.scan("A57A000001", slot=1)
        bench.handsets.replug(at[1])
        bench.until(lambda: len(bench.heard) == 1)
    with pytest.raises(CommandRefused, match="SLOT-SHUT: slot 1 takes no units any more"):
        bench.scan("A57A000002", slot=1)


def test_a_unit_that_stands_there_waits_for_its_scan() -> None:
    with at_work(ScanOrder.INSERT_THEN_SCAN) as (bench, at):
        with pytest.raises(CommandRefused, match="SCAN-SLOT: no slot wait for a scan"):
            bench.scan("A57A000001")
        bench.handsets.replug(at[1])
        bench.handsets.replug(at[2])
        bench.until(lambda: bench.there(1) and bench.there(2))
        bench.until(lambda: _refused(bench, "1, 2 wait for a scan"))
        with pytest.raises(CommandRefused, match="COMMAND-UNFIT: no slot 7; this station has 1, 2"):
            bench.scan("A57A000002", slot=7)
        bench.scan("A57A000002", slot=2)
        bench.until(lambda: len(bench.heard) == 1)
        bench.scan("A57A000001")  # the only one that waits now
        bench.until(lambda: len(bench.heard) == 2)
        assert [each[:2] for each in bench.heard] == [(2, "A57A000002"), (1, "A57A000001")]


def _refused(bench: Bench, words: str) -> bool:
    try:
        bench.scan("A57A000001")
    except CommandRefused as error:
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


def test_a_unit_is_run_again_where_it_stands_and_nobody_in_its_name() -> None:
    always, never = (lambda: True), (lambda: False)
    with seats_of(ScanOrder.INSERT_THEN_SCAN) as (bench, at):
        bench.handsets.replug(at[1])
        bench.until(lambda: bench.linked(1))
        bench.scan("A57A000001")
        slot = bench.seats.next(1, never)
        assert slot
        assert not bench.seats.gone(slot, RunResult(None, None), never, always)
        bench.seats.stays(slot)
        assert bench.seats.vouch(slot)((), 0) is None
        bench.handsets.replug(at[1])  # as a step may do: it is still the one that is run
        bench.until(lambda: bench.linked(1))
        with pytest.raises(CommandRefused, match="SCAN-SLOT: no slot wait"):
            bench.scan("A57A000002")
        assert not bench.seats.gone(slot, RunResult(None, None), never, always)
        bench.handsets.unplug(at[1])
        bench.until(lambda: not bench.there(1))
        assert not bench.seats.gone(slot, RunResult(None, None), never, always)
        with pytest.raises(OperatorStop, match="A57A000001 has left slot 1") as stop:
            bench.seats.stays(slot)
        assert stop.value.code == "UNIT-WRONG"
        assert bench.seats.gone(slot, RunResult(None, None), never)
        assert bench.scan("A57A000002", slot=1) == (INTO_1,), "it takes the next one"


def test_a_unit_that_is_swapped_between_two_repeats_is_not_run_again() -> None:
    with seats_of(ScanOrder.INSERT_THEN_SCAN) as (bench, at):
        bench.handsets.replug(at[1])
        bench.until(lambda: bench.linked(1))
        bench.scan("A57A000001", slot=1)
        orders: list[Order] = []

        def order_of(_: Unit) -> Order:
            orders.append(replace(ORDER, purpose=Purpose.ENGINEERING))
            if len(orders) == 4:  # the third repeat is being made ready
                bench.handsets.unplug(at[1])
                bench.until(lambda: not bench.there(1))
                bench.handsets.replug(at[1])
                bench.until(lambda: bench.linked(1))
            return orders[-1]

        floor = Floor(OnTheFloor().station, order_of, bench.bus, bench.seats, bench.hear)
        told: list[Told] = []

        def each_poll() -> None:
            if bench.heard and len(orders) == 1 and not floor._repeats.waits(1):
                floor.repeat(RunSteps(1, ("read",), 1000))
            told.extend(heard.take(0))
            if any(isinstance(e, SlotChanged) and e.state is SlotState.REFUSED for e in told):
                floor.stop("test", "enough")

        with bench.bus.subscribe() as heard:
            floor.run(each_poll)
    (refused,) = (e for e in told if isinstance(e, SlotChanged) and "UNIT-WRONG" in e.why)
    assert "A57A000001 has left slot 1 since its run" in refused.why
    assert len(orders) == 4
    begun = [e for e in told if isinstance(e, Stamped) and isinstance(e.event, RunStarted)]
    assert len(begun) == 3


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


def test_a_unit_that_is_run_again_is_held_to_what_is_seen_of_it_from_then_on() -> None:
    with seats_of(ScanOrder.SCAN_THEN_INSERT) as (bench, at):
        bench.scan("A57A000001")
        bench.handsets.replug(at[1])
        slot = bench.seats.next(1, lambda: False)
        assert slot
        bench.until(lambda: bench.linked(1))
        bench.handsets.unplug(at[1])  # as a fixture that opens does, in the teardown of its run
        bench.until(lambda: not bench.there(1))
        bench.handsets.replug(at[1])
        bench.until(lambda: bench.linked(1))
        assert isinstance(bench.seats.vouch(slot)([], 0), UnitLost)
        bench.seats.stays(slot)
        again = bench.seats.vouch(slot)
        assert again([], 0) is None
        bench.handsets.unplug(at[1])
        bench.until(lambda: not bench.there(1))
        assert isinstance(again([], 0), UnitLost)
