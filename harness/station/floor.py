"""Units through the slots of a station: a thread a slot, from a unit's coming to its going."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Protocol

from harness.engine.job import Witness
from harness.errors import HarnessError, OperatorStop
from harness.model.events import Purpose
from harness.model.head import RunHead
from harness.model.identity import Unit
from harness.model.slot_state import SlotEvent
from harness.model.station import Abort, Answer, PlanShown, RunSteps
from harness.station.crew import Crew, unfit
from harness.station.repeats import Repeats, may_go_on
from harness.station.screens.bus import Bus
from harness.station.slot import RunResult, SlotRun
from harness.station.station import Order, Slot, Station

OrderOf = Callable[[Unit], Order]
"""What to run on a unit, by what its label says.

Raises: ValueError when nothing is to be run on it.
"""


OrderGolden = Callable[[], tuple[Order, Slot]]
"""What to run on a golden or known-bad unit, and its slot with its label.

Raises: PlanError(PLAN-INVALID | PLAN-ANONYMOUS).
"""


GoldenOf = Callable[[Slot], OrderGolden | None]
"""What says what to run on the unit of a slot if it is a golden or known-bad one."""


class Loader(Protocol):
    """How units come into slots and leave them. Each slot asks in a thread of its own."""

    def next(
        self, slot: int, stopped: Callable[[], bool], explain: Callable[[str, str], None]
    ) -> Slot | None:
        """The slot with the next unit, once it stands there; None when no more will come.

        `explain` is told why none is taken, '' once that is over, and whose coming is awaited, ''
        while one stands there.

        Raises: HarnessError when the slot cannot be loaded any more.
        """
        ...

    def vouch(self, slot: Slot) -> Witness:
        """Who sees what becomes of the unit in a slot while its run is on.

        Raises: OperatorStop(UNIT-WRONG) for another than was announced; LinkFault(ADB-TWINS).
        """
        ...

    def stays(self, slot: Slot) -> None:
        """Hear that the unit which stands in a slot is run again: it is vouched for from now on.

        Raises: OperatorStop(UNIT-WRONG) when it may have left since its run.
        """
        ...

    def gone(
        self,
        slot: Slot,
        result: RunResult,
        stopped: Callable[[], bool],
        again: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Hear how it went; True once the unit has left the slot, or the floor is stopped.

        False when the unit is to be run `again` before.
        """
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
        shown: Callable[[Order], PlanShown | None] = lambda _: None,
    ) -> None:
        """`heard` is told in the thread of a slot how it went with each unit.

        `counts` says whether what is ordered now counts: who is unknown then is on record, too.

        `golden_of` is asked first, once a unit: what it orders is run, also on a slot that takes no
        others, and what `heard` is told then is `golden`.

        `shown` says what screens are to know of a plan before its run.
        """
        self._station = _telling(station, bus)
        self._order_of = order_of
        self._bus = bus
        self._loader = loader
        self._heard, self._counts, self._golden_of = heard, counts, golden_of
        self._shown, self._repeats = shown, Repeats()
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

        Raises: CommandRefused(COMMAND-UNFIT) when there is no such slot, and as Crew.abort.
        """
        self._station.require_slot(command.slot)
        self._crew.abort(command)

    def answer(self, command: Answer) -> None:
        """Give a step what it asks the operator.

        Raises: CommandRefused(COMMAND-UNFIT) when there is no such slot, and as Crew.answer.
        """
        self._station.require_slot(command.slot)
        self._crew.answer(command)

    def repeat(self, command: RunSteps) -> None:
        """Run steps again on the unit that stands in a slot, for engineering; not told to `heard`.

        Raises: CommandRefused(COMMAND-UNFIT) when there is no such slot, and as Repeats.ask.
        """
        self._station.require_slot(command.slot)
        self._repeats.ask(command)

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
        if result.record:
            self._bus.count(RunHead.of(result.record))
        if result.refused:
            self._bus.change(number, SlotEvent.REFUSE, str(result.failure))
        last = self._until_it_leaves(slot, golden, result)
        if fit := not _worn(last):
            if not self._stopped():
                self._bus.change(number, SlotEvent.TAKEN_OUT)
        else:
            self._loader.gone(slot, last, lambda: True)
        self._repeats.left(number)
        return fit

    def _until_it_leaves(
        self, slot: Slot, golden: OrderGolden | None, first: RunResult
    ) -> RunResult:
        """Run a unit again as often as somebody asks, while it stands there; its last result."""
        last, again = first, partial(self._repeats.waits, slot.number)
        while not _worn(last) and not self._loader.gone(slot, last, self._stopped, again):
            steps = self._repeats.take(slot.number)
            if steps is not None:
                last = self._run_again(slot, golden, steps, last)
        return last

    def _run_again(
        self, slot: Slot, golden: OrderGolden | None, only: tuple[str, ...], last: RunResult
    ) -> RunResult:
        """Run steps once more on the unit of the `last` result; how it went.

        Where engineering mode is over nothing is run, and the last verdict stays.
        """
        number = slot.number
        result = self._crew.test(number, partial(self._ready_again, slot, golden, only))
        if not may_go_on(result):
            self._repeats.enough(number)
        if not (result.refused and result.failure):
            return result
        if result.failure.code == "ROLE-NEEDED":
            return last
        self._repeats.left(number)  # it is to be taken out
        self._bus.change(number, SlotEvent.AGAIN)
        self._bus.change(number, SlotEvent.REFUSE, str(result.failure))
        return result

    def _ready_again(
        self, slot: Slot, golden: OrderGolden | None, only: tuple[str, ...]
    ) -> SlotRun:
        """For engineering, whatever it was run for before: a golden unit by its own plan.

        The last run of the slot is shown until nothing is against this one.

        Raises: OperatorStop(ROLE-NEEDED) when it would count; as Loader.stays, Loader.vouch and
        Station.run.
        """
        order, slot = golden() if golden else (self._ordered(slot.unit), slot)
        if self._counts() or not (golden or order.purpose is Purpose.ENGINEERING):
            words = "steps are run again in engineering mode, which is over"
            raise OperatorStop("ROLE-NEEDED", words)
        self._loader.stays(slot)
        witness = self._loader.vouch(slot)
        again = replace(order, purpose=Purpose.ENGINEERING, only=only)
        run = self._begun(again, slot, witness)
        self._bus.change(slot.number, SlotEvent.AGAIN)
        return run

    def _begun(self, order: Order, slot: Slot, witness: Witness) -> SlotRun:
        """The run, not started yet, once screens know its plan."""
        if shown := self._shown(order):
            self._bus.show(shown)
        run = self._station.run(order, slot, (self._bus.publish,), witness)
        self._repeats.stands(slot.number, order.plan)
        return run

    def _run(self, slot: Slot, golden: OrderGolden | None) -> SlotRun:
        if golden:
            order, slot = golden()
        else:
            with self._refusing(slot, counts=self._counts()):
                order = self._ordered(slot.unit)
        with self._refusing(slot, counts=order.purpose.ruled, process=order.plan.process):
            witness = self._loader.vouch(slot)
        return self._begun(order, slot, witness)

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
