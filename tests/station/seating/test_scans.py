"""Every short sequence of scans, of units put in and taken out, and of runs, on two slots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from harness.errors import CommandRefused, OperatorStop, StationFault
from harness.model.fault import Fault
from harness.model.identity import Unit
from harness.model.sentence import Says, Sentence
from harness.model.station import ScanOrder
from harness.station.seating.scans import Scans
from harness.station.seating.seat import Occupant, Seat

SLOTS = (1, 2)
LABELS = ("A57A000001", "A57A000002", "A57A000003")
DEPTH = 3
COMES_S = 15.0
LONGER_S = 16.0
Op = tuple[str, str, int | None]
"""What is done: to what label, and in which slot."""


@dataclass
class Place:
    """A slot as it really is. Times are numbers of operations."""

    there: bool = False
    session: int = 0
    put_at: int = -1
    running: str = ""
    done: str = ""
    session_done: int = 0
    begun_at: int = -1
    waits_since_s: float = 0.0

    @property
    def busy(self) -> bool:
        return bool(self.running or self.done)


@dataclass
class Scan:
    """A scan that was taken and that no run has begun for."""

    slot: int | None
    at: int
    empty: bool


@dataclass
class World:
    """Two slots, and what their people were told; it holds each run that begins to the law."""

    order: ScanOrder
    places: dict[int, Place] = field(default_factory=lambda: {n: Place() for n in SLOTS})
    in_force: dict[str, Scan] = field(default_factory=dict)
    now_s: float = 0.0
    at: int = 0
    runs: int = 0

    def __post_init__(self) -> None:
        self.scans = Scans(SLOTS, self.order, COMES_S, self.look, self.came)

    def look(self, slot: int) -> Seat:
        place = self.places[slot]
        return Seat(Occupant("") if place.there else None, place.session, held=place.there)

    def came(self, slot: int, since: int) -> bool:
        """Each session that is odd is that of somebody who was put in."""
        return any(session % 2 for session in range(since + 1, self.places[slot].session + 1))

    def legal(self) -> Iterator[Op]:
        for slot in SLOTS:
            place = self.places[slot]
            yield ("pull" if place.there else "put", "", slot)
            if place.running:
                yield ("end", "", slot)
            if place.done:
                yield ("again", "", slot)
        yield from (("scan", label, slot) for label in LABELS[:2] for slot in (None, *SLOTS))
        yield ("work", "", None)
        yield ("late", "", None)

    def do(self, op: Op) -> None:
        self.at += 1
        what, label, slot = op
        if what == "scan":
            self.scan(label, slot)
        elif what in {"work", "late"}:
            self.now_s += LONGER_S if what == "late" else 0.0
            for number in SLOTS:
                self.work(number)
        elif slot is not None:
            getattr(self, what)(slot)

    def put(self, slot: int) -> None:
        place = self.places[slot]
        place.there, place.session, place.put_at = True, place.session + 1, self.at

    def pull(self, slot: int) -> None:
        place = self.places[slot]
        place.there, place.session = False, place.session + 1

    def end(self, slot: int) -> None:
        place = self.places[slot]
        place.done, place.running, place.session_done = place.running, "", place.session
        self.scans.over(slot, Unit(place.done), place.session)

    def again(self, slot: int) -> None:
        """Somebody has the unit run again, where it stands still."""
        place = self.places[slot]
        stands = place.there and not self.came(slot, place.session_done)
        if stands:
            self.scans.again(slot)
            place.running, place.done = place.done, ""
            return
        with pytest.raises(OperatorStop, match=f"{place.done} has left slot {slot}"):
            self.scans.again(slot)

    def scan(self, label: str, slot: int | None) -> None:
        try:
            told = self.scans.scan(Unit(label), slot, self.now_s)
        except CommandRefused:
            return  # the person is told
        if self.order is ScanOrder.INSERT_THEN_SCAN and slot is None:
            (slot,) = (n for n in SLOTS if self.waits(n) and not self.meant(n))
        if not told:
            assert slot
            assert self.waits(slot), "its unit is not the next one to be tested there"
        for each in told:
            if each.says in (Says.SCAN_OVER, Says.SCAN_OVER_FOR):
                self.in_force.pop(each.names["unit"], None)
            elif each.says is Says.NOT_INTO:
                self.in_force[each.names["unit"]].slot = int(each.names["slot"])
        empty = slot is not None and not self.places[slot].there and not self.places[slot].busy
        if slot is not None and self.places[slot].done and not self.places[slot].there:
            empty = True
        self.in_force[label] = Scan(slot, self.at, empty)

    def waits(self, slot: int) -> bool:
        """Whether a unit stands in a slot that was put in since the last run there was over."""
        place = self.places[slot]
        since_done = place.done and self.came(slot, place.session_done)
        return place.there and not place.running and (not place.done or bool(since_done))

    def meant(self, slot: int) -> bool:
        return any(each.slot == slot for each in self.in_force.values())

    def work(self, slot: int) -> None:
        """The thread of a slot has its turn."""
        place = self.places[slot]
        if place.done and self.scans.left(slot, self.look(slot), place.session_done):
            place.done, place.waits_since_s = "", self.now_s
            self.scans.free(slot, closed=False)
        if place.busy:
            return
        if taken := self.scans.take(slot, self.now_s, place.waits_since_s):
            self.begun(slot, taken[1].serial)
        elif any(each.slot == slot and not each.empty for each in self.in_force.values()):
            assert place.there or "was scanned for it" in self.scans.why(slot)[0]

    def begun(self, slot: int, label: str) -> None:
        """The law."""
        place, others = self.places[slot], dict(self.in_force)
        scan = others.pop(label)
        if place.there:
            assert place.put_at > place.begun_at, "it was tested already"
            assert scan.slot in (None, slot)
            if scan.slot is None:
                assert scan.at < place.put_at, "it was there before its label was scanned"
            later = [each for each in others.values() if each.at > scan.at]
            assert all(each.slot != slot for each in later)
            assert all(each.slot or each.at > place.put_at for each in later) or scan.slot
        else:
            assert scan.slot == slot
            assert scan.empty, "somebody was in the slot when its label was scanned"
            assert self.now_s >= COMES_S
        self.in_force, place.running, place.begun_at = others, label, self.at
        self.runs += 1

    def flush(self) -> None:
        """Each scan that nobody said to count no more is that of a unit that is put in."""
        for _ in LABELS:
            for slot in SLOTS:
                ops = (("end", self.places[slot].running), ("pull", self.places[slot].there))
                for what, wanted in (*ops, ("work", True), ("put", True), ("work", True)):
                    if wanted and not (what == "put" and self.places[slot].busy):
                        self.do((what, "", slot))
        assert self.in_force == {}


def after(order: ScanOrder, ops: Sequence[Op]) -> World:
    world = World(order)
    for op in ops:
        world.do(op)
    return world


A, B, C = LABELS
WORK: Op = ("work", "", None)
TESTED: tuple[Op, ...] = (("scan", A, 1), ("put", "", 1), WORK)
DONE: tuple[Op, ...] = (*TESTED, ("end", "", 1))
BEGINNINGS: dict[str, tuple[Op, ...]] = {
    "empty": (),
    "tested": TESTED,
    "done": DONE,
    "another is announced": (*DONE, ("scan", C, 1)),
    "swapped": (*DONE, ("pull", "", 1), ("put", "", 1)),
}


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("order", ScanOrder)
def test_a_run_is_that_of_the_last_scan_for_who_was_put_in(
    order: ScanOrder, beginning: str
) -> None:
    start, runs = BEGINNINGS[beginning], 0
    waiting = [start]
    while waiting:
        ops = waiting.pop()
        world = after(order, ops)
        if len(ops) < len(start) + DEPTH:
            waiting.extend((*ops, op) for op in world.legal())
            continue
        world.flush()
        runs += world.runs
    assert runs > 50


def test_who_was_put_in_before_the_next_scan_is_the_one_of_the_scan_before() -> None:
    """Also when the thread of the slot has not seen him so far."""
    world = after(ScanOrder.SCAN_THEN_INSERT, (("scan", A, None), ("put", "", 1)))
    told = world.scans.scan(Unit(B), None, 0.0)
    assert told == (Sentence(Says.PUT_IN), Sentence.of(Says.NOT_INTO, unit=A, slot=1))
    with pytest.raises(CommandRefused, match=f"SCAN-INSIDE: {A} is in slot 1 by an earlier scan"):
        world.scans.scan(Unit(A), None, 0.0)
    world.put(2)
    taken = {slot: world.scans.take(slot, 0.0, 0.0) for slot in SLOTS}
    assert [run and run[1].serial for run in taken.values()] == [A, B]


def test_a_slot_that_cannot_be_looked_at_has_its_unit_still_and_refuses_no_other() -> None:
    """The unit may stand anywhere: it is tested elsewhere, and here once somebody is seen."""
    fault = Fault.of(StationFault("USB-BUS-FAILED", "the bus does not answer"))
    seats = {1: Seat(Occupant(""), 1), 2: Seat()}
    scans = Scans(SLOTS, ScanOrder.SCAN_THEN_INSERT, COMES_S, seats.__getitem__, lambda *_: False)
    scans.over(1, Unit(A), 1)
    seats[1] = Seat(session=1, fault=fault)
    assert not scans.left(1, seats[1], 1)
    assert scans.scan(Unit(B), 1, 0.0) == (Sentence.of(Says.TAKE_OUT, unit=A, slot=1),)
    assert scans.scan(Unit(A), 2, 0.0) == (Sentence.of(Says.PUT_INTO, slot=2),)
    seats[1] = Seat()
    scans.free(1, closed=False)
    assert scans.take(1, LONGER_S, 0.0) is None
    why, awaited = scans.why(1)
    assert why.startswith(f"{B} was scanned for it while a unit stood in it: put it in")
    assert awaited == B
