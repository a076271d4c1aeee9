"""Units that people scan and put into slots: presence says that one came, its label which."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from harness.engine.job import Witness
from harness.errors import refused_by
from harness.model.identity import Unit
from harness.model.sentence import Sentences
from harness.model.station import Announced, Scanned, ScanOrder
from harness.station.seating.presence import Presence
from harness.station.seating.scans import Scans
from harness.station.seating.seat import Seat, require_in_place
from harness.station.seating.unbroken import Unbroken
from harness.station.slot import RunResult
from harness.station.station import Slot, Station

LOOK_S = 0.2
"""How often a slot looks whether somebody scanned, or it is to stop [s]; presence wakes it."""
COMES_S = 15.0
"""How long nobody may be seen in a slot for which a label was scanned: then it is tested [s]."""
STEADY_S = 1.0
"""How long a slot must stand still until its unit counts as gone: contacts bounce [s]."""


class Seats:
    """Who is in which slot, and who was announced for it (a floor.Loader).

    Where the label is scanned first, a unit is taken for the one that is put in next; else for the
    one that stands in the only slot that waits for its scan. Whether it is that unit, its run asks
    it. One that was scanned for its slot and never shows there is tested all the same, so that it
    is on record.
    """

    def __init__(
        self,
        station: Station,
        presence: Presence,
        read: Callable[..., Unit],
        order: ScanOrder,
        comes_s: float = COMES_S,
        announce: Callable[[Announced], None] = lambda _: None,
        require: Callable[[Unit, int | None], None] = lambda *_: None,
    ) -> None:
        """`comes_s` is how long nobody may be seen where a label was scanned for the slot [s].

        `announce` is told whenever other units than before are to be put in. `require` refuses
        the scan of a unit for a slot, or without one for any, that is known not to be ready.
        """
        self._station, self._presence = station, presence
        self._read, self._now_s = read, station.clock.monotonic
        self._lock = threading.Lock()
        self._scans = Scans(presence.spots, order, comes_s, presence.look, self._came)
        self._seats: dict[int, Seat] = {}
        self._announce, self._announced = announce, Announced()
        self._require = require

    def scanned(self, command: Scanned) -> Sentences:
        """Take the scan of a label; what to do now, () where its unit is in its slot.

        Raises: CommandRefused(LABEL-UNREAD) when it is none, and as Scans.scan; what `require`
        refuses it with.
        """
        with refused_by("LABEL-UNREAD"):
            unit, slot = self._read(*command.scans), command.slot
        if slot is not None:
            self._station.require_slot(slot)
        self._require(unit, slot)
        with self._lock:
            told = self._scans.scan(unit, slot, self._now_s())
            self._tell()
        return told

    def next(
        self,
        slot: int,
        stopped: Callable[[], bool],
        explain: Callable[[str, str], None] = lambda *_: None,
    ) -> Slot | None:
        seen, began_s, told = 0, self._now_s(), ("", "")
        while not stopped():
            with self._lock:
                taken = self._scans.take(slot, self._now_s(), began_s)
                why = self._scans.why(slot)
                self._tell()
            if taken:
                self._seats[slot], unit = taken
                return replace(self._station.slots[slot], unit=unit)
            if why != told:
                explain(*why)
                told = why
            seen = self._presence.wait_changed(seen, LOOK_S)
        return None

    def vouch(self, slot: Slot) -> Witness:
        serials = self._presence.serials()
        require_in_place(slot.number, slot.unit.serial, serials, self._presence.spots)
        seat = self._seats[slot.number]
        return Unbroken(self._presence, slot.number, seat, self._station.catalogue)

    def stays(self, slot: Slot) -> None:
        with self._lock:
            self._seats[slot.number] = self._scans.again(slot.number)

    def gone(
        self,
        slot: Slot,
        result: RunResult,  # noqa: ARG002 (who reaches into its slots sees how it went)
        stopped: Callable[[], bool],
        again: Callable[[], bool] = lambda: False,
    ) -> bool:
        number, session = slot.number, self._presence.session(slot.number)
        with self._lock:
            since = self._scans.over(number, slot.unit, session)

        def left(seat: Seat) -> bool:
            return self._scans.left(number, seat, since)

        seat = self._presence.wait(number, left, lambda: stopped() or again(), STEADY_S)
        if seat is None and not stopped():
            return False
        with self._lock:
            self._scans.free(number, closed=seat is None)
        return True

    def _tell(self) -> None:
        """Say who is to be put in, if that is not as it was; the caller holds the lock."""
        if (announced := self._scans.announced) != self._announced:
            self._announced = announced
            self._announce(announced)

    def _came(self, slot: int, since: int) -> bool:
        """Whether somebody was put into a slot since that session, not only linked to there."""
        return any(not each.joined for each in self._presence.breaks(slot, since))
