"""A stored run as its station told it: what a screen shows of it is what it showed then."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic

from harness.model.events import Recorded, Stamped
from harness.model.fold import unfold
from harness.model.record import Record
from harness.model.slot_state import SlotState
from harness.model.station import Command, PlanShown, SlotChanged, SlotView, Snapshot
from harness.ui.told import Joined, Played, Reply, Told, Unasked


class PlayedLink:
    """The link to a run that is over, or as far as it has come; takes a StationLink's place."""

    def __init__(
        self,
        record: Record,
        sha256: str,
        plan: PlanShown,
        speed: float = 1.0,
        now_s: Callable[[], float] = monotonic,
    ) -> None:
        """`sha256` is that of the record, "" of one that is open; `speed` is as many times as fast.

        It begins when `take` is called first.
        """
        self._now_s, self._speed = now_s, speed
        self._began_s: float | None = None
        self._answers = deque[Told]()
        self._at_once: list[Told] = [
            Joined(),
            Played(record.run, record.started),
            Snapshot(record.station, (SlotView(record.slot, SlotState.EMPTY),), plans=(plan,)),
            SlotChanged(record.slot, SlotState.LOADED, serial=record.scanned.serial),
        ]
        self._events = deque(_events(record, sha256))

    def take(self) -> list[Told]:
        if self._began_s is None:
            self._began_s = self._now_s()
        due_ms = (self._now_s() - self._began_s) * 1000 * self._speed
        taken, self._at_once = self._at_once, []
        while self._events and self._events[0].at_ms <= due_ms:
            taken.append(self._events.popleft())
        while self._answers:
            taken.append(self._answers.popleft())
        return taken

    def ask(self, command: Command) -> None:
        self._answers.append(Reply(command, Unasked("unasked.played")))


def _events(record: Record, sha256: str) -> list[Stamped]:
    """The events of a run; the last says that its record is on disk, where it is."""
    events = unfold(record)
    if record.outcome is None or record.ended is None:
        return events
    last = events[-1]
    stored = Recorded(record.run, sha256)
    return [*events, Stamped(record.run, last.seq + 1, record.ended, last.at_ms, stored)]
