"""Units through the slots of a station: each slot takes the next unit until none is left."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from harness.clock import POLL_S
from harness.errors import HarnessError, StationFault
from harness.model.identity import Unit
from harness.model.station import Abort
from harness.station.bus import Bus
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
        self._lock = threading.Lock()
        self._waiting: deque[tuple[int, Insert]] = deque()
        self._running: dict[int, SlotRun] = {}
        self._results: dict[int, RunResult] = {}
        self._stopped: tuple[str, str] | None = None

    def run(
        self, units: Sequence[Insert], each_poll: Callable[[], None] = lambda: None
    ) -> list[RunResult | None]:
        """Test the units; their results in the order given.

        None for a unit that was not tested: the line was stopped, or no slot was left. Calls
        `each_poll` every 50 ms in this thread; it may draw a screen or call `stop`.
        """
        self._waiting.extend(enumerate(units))
        threads = [
            threading.Thread(target=self._work, args=[number], name=f"line-{number}", daemon=True)
            for number in self._station.slots
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(POLL_S)
                    each_poll()
        except BaseException:
            # never leave runs that may have power on: stop them, then let the error out
            self.stop("station", "the screen of the line failed")
            for thread in threads:
                thread.join()
            raise
        return [self._results.get(place) for place in range(len(units))]

    def stop(self, by: str, why: str) -> None:
        """Abort every run and take no more units; a second time, cut the teardowns short too."""
        with self._lock:
            self._waiting.clear()
            self._stopped = (by, why)
            running = list(self._running.values())
        for run in running:
            run.abort(by, why)

    def abort(self, command: Abort) -> None:
        """Abort the run of one slot; the slot goes on with the next unit.

        Raises: ValueError when there is no such slot or no run on it.
        """
        if command.slot not in self._station.slots:
            known = ", ".join(map(str, self._station.slots))
            raise ValueError(f"no slot {command.slot}; this station has {known}")
        with self._lock:
            run = self._running.get(command.slot)
        if run is None:
            raise ValueError(f"no run on slot {command.slot}")
        run.abort(command.by, command.why)

    def _work(self, slot: int) -> None:
        """A slot's thread: it ends when no unit is left, or when the slot is fit for none."""
        while taken := self._next():
            place, insert = taken
            result = self._results[place] = self._test(slot, insert)
            if why := _unfit(result):
                self._bus.close_slot(slot, why)
                return

    def _next(self) -> tuple[int, Insert] | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _test(self, number: int, insert: Insert) -> RunResult:
        try:
            slot = insert(number)
            run = self._station.run(self._order_of(slot.unit), slot, (self._bus.publish,))
            self._start(number, run)
            return run.supervise()
        except HarnessError as error:
            return RunResult(None, error)
        except Exception as error:  # noqa: BLE001 a slot whose thread dies must say so
            return RunResult(None, StationFault("ENGINE-BUG", f"{type(error).__name__}: {error}"))
        finally:
            with self._lock:
                self._running.pop(number, None)

    def _start(self, number: int, run: SlotRun) -> None:
        with self._lock:
            self._running[number] = run
            stopped = self._stopped
        if stopped:  # meanwhile
            run.abort(*stopped)
        run.start()


def _unfit(result: RunResult) -> str:
    """Why the slot of this result may take no more units, or ''."""
    if result.failure:
        return str(result.failure)
    return "a step ignored its time limit (SLOT-WEDGED)" if result.wedged else ""
