"""The log of each slot: what happened in its last run, a line an event. No drawing, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from harness.model.events import Recorded, RunStarted, Stamped
from harness.model.fold import unfold
from harness.model.station import SlotView, Snapshot
from harness.ui.event_words import event_words
from harness.ui.told import Told

LOGGED = 400
"""So many events of a run are kept to be read."""


class Log:
    """The last events of the last run on each slot."""

    def __init__(self) -> None:
        self._slot_of: dict[str, int] = {}
        self._events: dict[int, deque[Stamped]] = {}

    def hear(self, messages: Iterable[Told]) -> None:
        """Take what the station has said."""
        for message in messages:
            match message:
                case Snapshot(slots=slots):
                    self._slot_of.clear()
                    for view in slots:
                        self._renew(view)
                case Stamped(event=RunStarted(slot=slot), run=run):
                    self._slot_of[run] = slot
                    self._events[slot] = deque([message], LOGGED)
                case Stamped(run=run, event=event) if slot_ := self._slot_of.get(run):
                    self._events.setdefault(slot_, deque(maxlen=LOGGED)).append(message)
                    if isinstance(event, Recorded):
                        del self._slot_of[run]

    def lines(self, slot: int) -> list[str]:
        """The last events of a slot with the seconds since its run began; each is printable."""
        events = self._events.get(slot, ())
        return [f"{each.at_ms / 1000:9.3f} s  {event_words(each.event)}" for each in events]

    def _renew(self, view: SlotView) -> None:
        if view.run:
            self._slot_of[view.run.run] = view.slot
            self._events[view.slot] = deque(unfold(view.run), LOGGED)
