"""Which unit is announced for which slot, by the labels that people scan. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from harness.errors import CommandRefused, OperatorStop
from harness.model.identity import Unit
from harness.model.sentence import Says, Sentence, Sentences
from harness.model.station import Announced, ScanOrder
from harness.station.seating.seat import Seat


@dataclass(frozen=True, slots=True)
class _ForSlot:
    """A unit that was scanned for one slot, and when [s], if nobody was in the slot then."""

    unit: Unit
    empty_s: float | None = None


@dataclass(frozen=True, slots=True)
class _ForAny:
    """A unit that was scanned for any slot, and the sessions of the slots then."""

    unit: Unit
    sessions: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Inside:
    """Whose run was begun in a slot, and the session of the slot when it was over."""

    unit: Unit
    over: int | None = None


class Scans:
    """The scans that no run was begun for so far, and who has not left his slot since his run.

    A unit has one scan in force, and a slot one unit; what a scan takes the place of, its answer
    says. `look` gives who is in a slot, `came` whether somebody was put into it since a session.
    Nobody may be seen for `comes_s` [s] in a slot that was empty when a label was scanned for it:
    then that unit is tested all the same.
    """

    def __init__(
        self,
        slots: Iterable[int],
        order: ScanOrder,
        comes_s: float,
        look: Callable[[int], Seat],
        came: Callable[[int, int], bool],
    ) -> None:
        self._slots, self._order, self._comes_s = sorted(slots), order, comes_s
        self._look, self._came = look, came
        self._of_slot: dict[int, _ForSlot] = {}
        self._of_any: _ForAny | None = None
        self._inside: dict[int, _Inside] = {}
        self._closed: set[int] = set()

    @property
    def announced(self) -> Announced:
        """Whose units are still to be put in."""
        slots = sorted(slot for slot in self._of_slot if not self._waits(slot))
        return Announced(self._of_any is not None, tuple(slots))

    def scan(self, unit: Unit, slot: int | None, now_s: float) -> Sentences:
        """Take the scan of a label; what to do now, () where its unit is in its slot.

        Raises: CommandRefused(SCAN-SLOT) when nobody knows for which slot it is, (SCAN-INSIDE |
        SLOT-SHUT) when it cannot be for that one.
        """
        self._bind(self._slots)
        self._require_outside(unit)
        if slot is None and self._order is ScanOrder.INSERT_THEN_SCAN:
            slot = self._only_waiting()
        if slot is not None:
            self._require_takes(slot)
        replaced = self._withdraw(unit, slot)
        told = self._for_any(unit) if slot is None else self._for_slot(unit, slot, now_s)
        return (*told, *replaced)

    def take(self, slot: int, now_s: float, waits_since_s: float) -> tuple[Seat, Unit] | None:
        """Whose run begins now in a slot that waits since then, and how he is seen; or nobody."""
        self._bind([slot])
        seat, scanned = self._look(slot), self._of_slot.get(slot)
        if scanned is None:
            return None
        if not seat.occupant and not self._awaited(scanned, now_s, waits_since_s):
            return None
        del self._of_slot[slot]
        self._inside[slot] = _Inside(scanned.unit)
        return seat, scanned.unit

    def why(self, slot: int) -> tuple[str, str]:
        """Why nobody is tested in a slot that waits; '' where a scan, or a unit, may just come.

        And who is to be put in, where that is why.
        """
        self._bind([slot])
        scanned = self._of_slot.get(slot)
        if self._look(slot).occupant:
            waits = scanned or self._order is ScanOrder.INSERT_THEN_SCAN
            return ("" if waits else _too_soon(slot)), ""
        if scanned is None or scanned.empty_s is not None:
            return "", ""
        awaited = _name(scanned.unit)
        why = (
            f"{awaited} was scanned for it while a unit stood in it: put it in; "
            f"if it is in and is not seen, scan it for slot {slot} again"
        )
        return why, awaited

    def over(self, slot: int, unit: Unit, session: int) -> int:
        """The run of a unit is over, or it was refused: it is to leave its slot.

        It gives the session that the slot had when that was said of this run first.
        """
        inside = self._inside.get(slot)
        since = session if inside is None or inside.over is None else inside.over
        self._inside[slot] = _Inside(unit, since)
        return since

    def again(self, slot: int) -> Seat:
        """The unit that was run in a slot is run again where it stands; how it is seen.

        Raises: OperatorStop(UNIT-WRONG) when it may have left since.
        """
        seat, inside = self._look(slot), self._inside[slot]
        if inside.over is not None and self.left(slot, seat, inside.over):
            words = f"{_name(inside.unit)} has left slot {slot} since its run"
            evidence = {"slot": slot, "expected": inside.unit.serial}
            raise OperatorStop("UNIT-WRONG", words, evidence=evidence)
        self._inside[slot] = _Inside(inside.unit)
        return seat

    def left(self, slot: int, seat: Seat, since: int) -> bool:
        """Whether who was in a slot is not; one that cannot be looked at may hold him still."""
        return seat.fault is None and (not seat.occupant or self._came(slot, since))

    def free(self, slot: int, *, closed: bool) -> None:
        """A slot waits for the next unit, or takes none any more."""
        self._inside.pop(slot, None)
        if closed:
            self._closed.add(slot)

    def _awaited(self, scanned: _ForSlot, now_s: float, waits_since_s: float) -> bool:
        """Whether nobody has come for so long that the unit is tested all the same."""
        if scanned.empty_s is None:
            return False
        return now_s - max(scanned.empty_s, waits_since_s) >= self._comes_s

    def _holds(self, slot: int) -> bool:
        """Whether who is in a slot, if anybody, is not the next one to be tested there."""
        inside = self._inside.get(slot)
        if inside is None:
            return slot in self._closed
        return inside.over is None or not self.left(slot, self._look(slot), inside.over)

    def _waits(self, slot: int) -> bool:
        """Whether a unit stands in a slot that is the next one to be tested there."""
        return self._look(slot).occupant is not None and not self._holds(slot)

    def _bind(self, slots: Iterable[int]) -> None:
        """Who was scanned for any slot is the one who was put in since."""
        scanned = self._of_any
        for slot in slots if scanned else ():
            waits = slot not in self._of_slot and self._waits(slot)
            if scanned and waits and self._came(slot, scanned.sessions[slot]):
                self._of_slot[slot] = _ForSlot(scanned.unit)
                self._of_any = None
                return

    def _require_outside(self, unit: Unit) -> None:
        """Raises: CommandRefused(SCAN-INSIDE) for one that stands in a slot by an earlier scan."""
        for slot in self._slots:
            inside, scanned = self._inside.get(slot), self._of_slot.get(slot)
            if self._holds(slot):
                stands = None if self._look(slot).fault or inside is None else inside.unit
            else:
                stands = scanned.unit if scanned and self._waits(slot) else None
            if stands and _same(stands, unit):
                words = f"{_name(unit)} is in slot {slot} by an earlier scan"
                hint = "take it out, then scan it if it is to be tested again"
                raise CommandRefused("SCAN-INSIDE", f"{words}: {hint}")

    def _require_takes(self, slot: int) -> None:
        """A slot takes nobody any more, or not before somebody else has left it.

        Raises: CommandRefused(SLOT-SHUT | SCAN-INSIDE).
        """
        if slot in self._closed:
            words = f"slot {slot} takes no units any more: scan it for another one"
            raise CommandRefused("SLOT-SHUT", words)
        if self._order is ScanOrder.INSERT_THEN_SCAN and self._holds(slot):
            before = _name(self._inside[slot].unit)
            words = f"{before} is in slot {slot}: take that out, put this one in, then scan it"
            raise CommandRefused("SCAN-INSIDE", words)

    def _only_waiting(self) -> int:
        waiting = [n for n in self._slots if n not in self._of_slot and self._waits(n)]
        if len(waiting) != 1:
            slots = ", ".join(map(str, waiting)) or "no slot"
            words = f"{slots} wait for a scan: say for which slot this one is"
            raise CommandRefused("SCAN-SLOT", words)
        return waiting[0]

    def _withdraw(self, unit: Unit, slot: int | None) -> list[Sentence]:
        """Take back the scans whose place a new one takes; what is to be told of them."""
        told = []
        for number, each in list(self._of_slot.items()):
            if number == slot or _same(each.unit, unit):
                del self._of_slot[number]
                if number != slot or not _same(each.unit, unit):
                    names = {"unit": _name(each.unit), "slot": number}
                    told.append(Sentence.of(Says.SCAN_OVER_FOR, **names))
        waits = self._of_any
        if waits and (slot is None or _same(waits.unit, unit)):
            self._of_any = None
            if not _same(waits.unit, unit):
                told.append(Sentence.of(Says.SCAN_OVER, unit=_name(waits.unit)))
        return told

    def _for_slot(self, unit: Unit, slot: int, now_s: float) -> Sentences:
        seat, holds = self._look(slot), self._holds(slot)
        empty = not holds and not seat.occupant
        self._of_slot[slot] = _ForSlot(unit, now_s if empty else None)
        if holds:
            before = _name(self._inside[slot].unit)
            return (Sentence.of(Says.TAKE_OUT, unit=before, slot=slot),)
        return () if seat.occupant else (Sentence.of(Says.PUT_INTO, slot=slot),)

    def _for_any(self, unit: Unit) -> Sentences:
        sessions = {slot: self._look(slot).session for slot in self._slots}
        self._of_any = _ForAny(unit, sessions)
        others = (
            Sentence.of(Says.NOT_INTO, unit=_name(each.unit), slot=slot)
            for slot, each in sorted(self._of_slot.items())
        )
        there_before = [n for n in self._slots if n not in self._of_slot and self._waits(n)]
        too_soon = (Sentence.of(Says.TOO_SOON, slot=slot) for slot in there_before)
        return (Sentence(Says.PUT_IN), *others, *too_soon)


def _same(one: Unit, other: Unit) -> bool:
    """Whether two labels are of one unit."""
    return one == other or bool(one.serial and one.serial == other.serial)


def _name(unit: Unit) -> str:
    return unit.serial or ", ".join(unit.imei) or "a unit without a serial"


def _too_soon(slot: int) -> str:
    return (
        "the unit in it was there before a label was scanned: take it out, scan it and put it in "
        f"again, or scan it for slot {slot}"
    )
