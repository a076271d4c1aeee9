"""Units through the slots of a station: each slot takes the next unit until none is left."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from harness.model.identity import Unit
from harness.model.station import Abort
from harness.station.bus import Bus
from harness.station.crew import Crew, unfit
from harness.station.slot import RunResult, SlotRun
from harness.station.station import Order, Slot, Station

Insert = Callable[[int], Slot]
"""Puts one unit into the slot of this number; gives the slot with it.

Raises: HarnessError when it cannot.
"""


OrderOf = Callable[[Unit], Order]
"""What to run on a unit, by what its label says."""


class Line:
    """Runs on each of many units what is ordered for it. Its events are on the bus."""

    def __init__(self, station: Station, order_of: OrderOf, bus: Bus) -> None:
        self._station = station
        self._order_of = order_of
        self._bus = bus
        self._crew = Crew(bus)
        self._lock = threading.Lock()
        self._waiting: deque[tuple[int, Insert]] = deque()
        self._results: dict[int, RunResult] = {}

    def run(
        self, units: Sequence[Insert], each_poll: Callable[[], None] = lambda: None
    ) -> list[RunResult | None]:
        """Test the units; their results in the order given.

        None for a unit that was not tested: the line was stopped, or no slot was left. Calls
        `each_poll` every 50 ms in this thread; it may draw a screen or call `stop`.
        """
        self._waiting.extend(enumerate(units))
        self._crew.work(self._station.slots, self._work, each_poll)
        return [self._results.get(place) for place in range(len(units))]

    def stop(self, by: str, why: str) -> None:
        """Abort every run and take no more units; a second time, cut the teardowns short too."""
        self._crew.stop(by, why)

    def abort(self, command: Abort) -> None:
        """Abort the run of one slot; the slot goes on with the next unit.

        Raises: ValueError when there is no such slot or no run on it.
        """
        if command.slot not in self._station.slots:
            known = ", ".join(map(str, self._station.slots))
            raise ValueError(f"no slot {command.slot}; this station has {known}")
        self._crew.abort(command)

    def _work(self, slot: int) -> None:
        """A slot's thread: it ends when no unit is left, or when the slot is fit for none."""
        while taken := self._next():
            place, insert = taken
            result = self._results[place] = self._crew.test(slot, partial(self._run, slot, insert))
            if unfit(result):
                return

    def _next(self) -> tuple[int, Insert] | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting and not self._crew.stopped else None

    def _run(self, number: int, insert: Insert) -> SlotRun:
        slot = insert(number)
        return self._station.run(self._order_of(slot.unit), slot, (self._bus.publish,))
