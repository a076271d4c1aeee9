"""Units that wait in a row: each slot takes the next one until none is left."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from harness.engine.job import Witness
from harness.errors import HarnessError
from harness.model.entry import Locked
from harness.station.crew import unfit
from harness.station.floor import Floor, OrderOf, refuses_unit
from harness.station.screens.bus import Bus
from harness.station.slot import RunResult
from harness.station.station import Slot, Station

Insert = Callable[[int], Slot]
"""Puts one unit into the slot of this number; gives the slot with it.

Raises: HarnessError when it cannot.
"""
LOOK_S = 0.2
"""How often a slot that waits for a unit looks whether it is to stop [s]."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """A unit in the row; for one slot if that is named."""

    place: int
    insert: Insert
    slot: int | None = None
    golden: bool = False

    def may_into(self, slot: int, *, shut: bool) -> bool:
        if self.slot is not None:
            return self.slot == slot
        return self.golden or not shut


class Row:
    """Units in a row, and the hands that put them into slots and take them out (a Loader).

    `told` hears how it went with the unit of a place in the row. `locked` says whether a slot takes
    none for now: its share goes to the others. One that stays `open` waits for units to be added;
    then golden units, and those for one slot, go also where no others do, until a run is made
    there again. While it `keeps` units, one stands in its slot until the next one waits for it.
    """

    def __init__(
        self,
        units: Sequence[Insert] = (),
        *,
        told: Callable[[int, RunResult], None] = lambda *_: None,
        take_out: Callable[[Slot], object] = lambda _: None,
        locked: Callable[[int], Locked | None] = lambda _: None,
        stays_open: bool = False,
        keeps: Callable[[], bool] = lambda: False,
    ) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._count = 0
        self._told, self._take_out, self._locked = told, take_out, locked
        self._open, self._keeps = stays_open, keeps
        self._changed = threading.Condition()
        self._in: dict[int, _Waiting] = {}
        self._shut: dict[int, str] = {}
        self._closed: dict[int, str] = {}
        for unit in units:
            self.add(unit)

    def add(self, unit: Insert, slot: int | None = None, *, golden: bool = False) -> None:
        """One more unit at the end of the row, for one slot if that is named."""
        with self._changed:
            self._waiting.append(_Waiting(self._count, unit, slot, golden))
            self._count += 1
            self._changed.notify_all()

    def held_up(self, slots: Iterable[int], *, any_unit: bool) -> str:
        """Why none of these slots takes a unit by itself, now or after its run; '' where one does.

        Golden units, and those for one slot, are not just `any_unit`.
        """
        whys = {slot: self._closed.get(slot, "") for slot in slots}
        if any_unit:
            whys = {slot: why or self._why_none(slot) for slot, why in whys.items()}
        told = [f"slot {slot}: {why}" for slot, why in sorted(whys.items())]
        return "; ".join(told) if all(whys.values()) else ""

    def next(
        self,
        slot: int,
        stopped: Callable[[], bool],
        explain: Callable[[str, str], None] = lambda *_: None,  # noqa: ARG002 (nobody else loads its slots)
    ) -> Slot | None:
        taken = None
        while taken is None:
            if stopped() or (not self._open and self._why_none(slot)):
                return None
            with self._changed:
                taken = self._next_for(slot)
                if taken:
                    self._waiting.remove(taken)
                elif not self._open:
                    return None
                else:
                    self._changed.wait(LOOK_S)
        self._in[slot] = taken
        try:
            return taken.insert(slot)
        except HarnessError as error:
            self._closed[slot] = str(error)
            self._told(taken.place, RunResult(None, error, refused=True))
            raise

    def _next_for(self, slot: int) -> _Waiting | None:
        """The first in the row that may into a slot; the caller holds the lock."""
        if not self._waiting:
            return None
        shut = self._open and bool(self._why_none(slot))
        return next((each for each in self._waiting if each.may_into(slot, shut=shut)), None)

    def _why_none(self, slot: int) -> str:
        """Why a slot takes none but golden units and those for it; '' when it takes any."""
        lock = self._locked(slot)
        return f"{lock.code}: {lock.words}" if lock else self._shut.get(slot, "")

    def vouch(self, slot: Slot) -> Witness:  # noqa: ARG002 (nobody else reaches into its slots)
        return lambda *_: None

    def stays(self, slot: Slot) -> None:
        """Nobody else reaches into its slots."""

    def gone(
        self,
        slot: Slot,
        result: RunResult,
        stopped: Callable[[], bool],
        again: Callable[[], bool] = lambda: False,
    ) -> bool:
        unit = self._in[slot.number]
        if result.record:
            self._shut.pop(slot.number, None)
        elif result.refused and not (refuses_unit(result) or unit.golden):
            # it is not the unit: the next one would fare no better
            why = f"{result.failure} (until a unit that is scanned for it has had a run)"
            self._shut[slot.number] = why
        self._told(unit.place, result)
        if not result.refused:
            self._closed[slot.number] = unfit(result)
        if self._keeps() and self._runs_again(slot.number, stopped, again):
            return False
        if not result.wedged:
            self._take_out(slot)
        return True

    def _runs_again(
        self, slot: int, stopped: Callable[[], bool], again: Callable[[], bool]
    ) -> bool:
        """Leave a unit where it is until another one waits for its slot; whether `again` before."""
        while self._keeps() and not stopped():
            if again():
                return True
            with self._changed:
                if self._next_for(slot):
                    return False
                self._changed.wait(LOOK_S)
        return False


class Line:
    """Runs on each of many units what is ordered for it. Its events are on the bus."""

    def __init__(
        self, station: Station, order_of: OrderOf, bus: Bus, units: Sequence[Insert]
    ) -> None:
        self._results: dict[int, RunResult] = {}
        self._count = len(units)
        row = Row(units, told=self._results.__setitem__)
        self._floor = Floor(station, order_of, bus, row)
        floor = self._floor
        self.stop, self.abort, self.answer = floor.stop, floor.abort, floor.answer

    def run(self, each_poll: Callable[[], None] = lambda: None) -> list[RunResult | None]:
        """Test the units; their results in the order given.

        None for a unit that was not tested: the line was stopped, or no slot was left. Calls
        `each_poll` as Floor.run.
        """
        self._floor.run(each_poll)
        return [self._results.get(place) for place in range(self._count)]
