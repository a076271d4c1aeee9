"""Units through the slots of a station: a thread a slot, from a unit's coming to its going."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Protocol

from harness.engine.job import Witness
from harness.errors import HarnessError, OperatorStop
from harness.model.identity import Unit
from harness.model.slot_state import SlotEvent
from harness.model.station import Abort
from harness.station.crew import Crew, unfit
from harness.station.screens.bus import Bus
from harness.station.slot import RunResult, SlotRun
from harness.station.station import Order, Slot, Station

OrderOf = Callable[[Unit], Order]
"""What to run on a unit, by what its label says.

Raises: ValueError when nothing is to be run on it.
"""


GoldenOf = Callable[[Slot], Callable[[], tuple[Order, Slot]] | None]
"""What says what to run on the unit of a slot, and its label, if it is a golden or known-bad one.

What it gives raises: PlanError(PLAN-INVALID | PLAN-ANONYMOUS).
"""


class Loader(Protocol):
    """How units come into slots and leave them. Each slot asks in a thread of its own."""

    def next(
        self, slot: int, stopped: Callable[[], bool], explain: Callable[[str], None]
    ) -> Slot | None:
        """The slot with the next unit, once it stands there; None when no more will come.

        `explain` is told why one that stands there is not taken, and '' once that is over.

        Raises: HarnessError when the slot cannot be loaded any more.
        """
        ...

    def vouch(self, slot: Slot) -> Witness:
        """Who sees what becomes of the unit in a slot while its run is on.

        Raises: OperatorStop(UNIT-WRONG) for another than was announced; LinkFault(ADB-TWINS).
        """
        ...

    def gone(self, slot: Slot, result: RunResult, stopped: Callable[[], bool]) -> None:
        """Hear how it went; returns once the unit has left the slot, or the floor is stopped."""
        ...


class Floor:
    """Runs on each unit that comes what is ordered for it. Its events are on the bus."""

    def __init__(
        self,
        station: Station,
        order_of: OrderOf,
        bus: Bus,
        loader: Loader,
        heard: Callable[[Slot, RunResult], None] = lambda *_: None,
        counts: Callable[[], bool] = lambda: False,
        golden_of: GoldenOf = lambda _: None,
    ) -> None:
        """`heard` is told in the thread of a slot how it went with each unit.

        `counts` says whether what is ordered now counts: who is unknown then is on record, too.

        `golden_of` is asked first, once a unit: what it orders is run, also on a slot that takes no
        others, and what `heard` is told then is `golden`.
        """
        self._station = _telling(station, bus)
        self._order_of = order_of
        self._bus = bus
        self._loader = loader
        self._heard, self._counts, self._golden_of = heard, counts, golden_of
        self._crew = Crew(bus, _worn)

    def run(self, each_poll: Callable[[], None] = lambda: None) -> None:
        """Test units until none comes any more, or the floor is stopped.

        Calls `each_poll` every 50 ms in this thread; it may draw a screen or call `stop`.
        """
        self._crew.work(self._station.slots, self._work, each_poll)

    def stop(self, by: str, why: str) -> None:
        """Abort every run and take no more units; a second time, cut the teardowns short too."""
        self._crew.stop(by, why)

    def abort(self, command: Abort) -> None:
        """Abort the run of one slot; the slot goes on with the next unit.

        Raises: ValueError when there is no such slot or no run on it.
        """
        self._station.require_slot(command.slot)
        self._crew.abort(command)

    def _stopped(self) -> bool:
        return self._crew.stopped

    def _work(self, number: int) -> None:
        """A slot's thread: it ends when no unit is left, or when the slot is fit for none."""
        try:
            while not self._stopped():
                slot = self._loader.next(number, self._stopped, partial(self._bus.explain, number))
                if slot is None or not self._turn(slot):
                    return
        except HarnessError as error:
            self._bus.close_slot(number, str(error))

    def _turn(self, slot: Slot) -> bool:
        """See a unit through; whether its slot may take the next one."""
        number = slot.number
        self._bus.change(number, SlotEvent.PUT_IN, serial=slot.unit.serial)
        golden = self._golden_of(slot)
        result = self._crew.test(number, partial(self._run, slot, golden))
        result = replace(result, golden=golden is not None)
        self._heard(slot, result)
        if result.refused:
            self._bus.change(number, SlotEvent.REFUSE, str(result.failure))
        if fit := not _worn(result):
            self._loader.gone(slot, result, self._stopped)
            if not self._stopped():
                self._bus.change(number, SlotEvent.TAKEN_OUT)
        else:
            self._loader.gone(slot, result, lambda: True)
        return fit

    def _run(self, slot: Slot, golden: Callable[[], tuple[Order, Slot]] | None) -> SlotRun:
        if golden:
            order, slot = golden()
        else:
            with self._refusing(slot, counts=self._counts()):
                order = self._ordered(slot.unit)
        with self._refusing(slot, counts=order.purpose.ruled, process=order.plan.process):
            witness = self._loader.vouch(slot)
        return self._station.run(order, slot, (self._bus.publish,), witness)

    def _ordered(self, unit: Unit) -> Order:
        try:
            return self._order_of(unit)
        except ValueError as error:
            raise OperatorStop("UNIT-UNKNOWN", str(error)) from None

    def _refusing(
        self, slot: Slot, *, counts: bool, process: str = ""
    ) -> AbstractContextManager[None]:
        """Puts a unit on record that is refused meanwhile, where its run would count."""
        rules = self._station.rules
        if rules is None or not counts:
            return nullcontext()
        return rules.refusing(slot.unit, process, slot.number)


def _telling(station: Station, bus: Bus) -> Station:
    """The station, which tells on the bus what its rules put into the chain."""
    rules = station.rules
    if rules is None:
        return station
    return replace(station, rules=replace(rules, enter=bus.telling(rules.enter)))


def refuses_unit(result: RunResult) -> bool:
    """Whether a unit was not tested for what it is: another one may be in the same slot."""
    return result.refused and isinstance(result.failure, OperatorStop)


def _worn(result: RunResult) -> str:
    """Why the slot of this result may take no more units, or ''; a unit may be refused in it."""
    return "" if result.refused else unfit(result)
