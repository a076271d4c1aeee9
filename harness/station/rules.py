"""The rules of the line, asked of the records of a store, each time anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from harness.errors import LinkFault, OperatorStop, StationFault
from harness.model.entry import Entered, Entry, Locked, UnitRefused
from harness.model.events import (
    Event,
    FaultConfirmed,
    Purpose,
    RouteCheckedLocally,
    is_of_jig,
)
from harness.model.head import RunHead
from harness.model.identity import Unit
from harness.model.plan import Plan, Retest
from harness.model.record import Record
from harness.model.rules.confirm import confirmed, in_question
from harness.model.rules.ports import CentreOffline, RouteCentre
from harness.model.rules.retest import retest
from harness.model.rules.route import route
from harness.model.rules.stop import lock_on, stop
from harness.model.rules.values import Offline, Refusal, Rules, UnitHistory
from harness.records.query import Reader
from harness.station.underway import Underway


@dataclass(frozen=True, slots=True)
class LineRules:
    """The rules of one line, by the records of one store.

    `centre` knows what units have passed at all stations; where there is none, the store does.
    """

    store: Path
    rules: Rules
    enter: Callable[[Entered], Entry]
    """Puts what is decided into the chain of the store."""
    centre: RouteCentre | None = None
    underway: Underway = field(default_factory=Underway)

    def of(self, plan: Plan, purpose: Purpose) -> OrderRules | None:
        """Those for the runs of a plan with a purpose; None for runs that do not count."""
        if not purpose.ruled or is_of_jig(purpose, plan.process):
            return None
        return OrderRules(self, plan.retest, purpose)

    def locked(self, slot: int) -> Locked | None:
        """What keeps a slot from taking units; None when nothing does."""
        with Reader(self.store) as reader:
            return lock_on(slot, reader.locks(slot))

    def locks(self) -> list[Entry]:
        """The newest lock and unlock of each slot and of the station, oldest first."""
        with Reader(self.store) as reader:
            return reader.locks()[::-1]

    @contextmanager
    def refusing(self, unit: Unit, process: str, slot: int) -> Iterator[None]:
        """Puts a unit on record that is refused meanwhile, before any run of it is begun."""
        try:
            yield
        except (OperatorStop, LinkFault) as why:
            self.enter(UnitRefused(unit.serial, process, slot, why.code, why.message))
            raise

    def lock_if_due(self, slot: int, purpose: Purpose, process: str) -> Locked | None:
        """Lock the slot, or the station, if its last runs ask for it; what was entered."""
        if lock := self.due(slot, purpose, process):
            self.enter(lock)
        return lock

    def lock_what_is_due(self, slots: Iterable[int]) -> None:
        """Lock what a station that was killed did not come to lock, whatever it is to run now."""
        with Reader(self.store) as reader:
            processes = reader.processes_run()
        ruled = [purpose for purpose in Purpose if purpose.ruled]
        for slot, purpose, process in product(slots, ruled, processes):
            self.lock_if_due(slot, purpose, process)

    def due(self, slot: int, purpose: Purpose, process: str) -> Locked | None:
        """Why the slot, or the station, is to be locked after its last run.

        None too when it is locked already, and after a run that does not count.
        """
        floor = self.rules.fpy
        if not purpose.ruled:
            return None
        with Reader(self.store) as reader:
            entries = reader.locks(slot)
            if lock_on(slot, entries):
                return None
            on_slot = reader.slot_runs(slot, purpose, process, self.rules.streak or 0)
            firsts = reader.first_runs(purpose, process, floor.over) if floor else ()
        return stop(self.rules, slot, on_slot, firsts, entries)


@dataclass(frozen=True, slots=True)
class OrderRules:
    """The UnitRules of one line, for the runs of one plan with one purpose."""

    line: LineRules
    policy: Retest
    purpose: Purpose

    def admit(self, unit: Unit, process: str, slot: int, jig: str | None) -> tuple[Event, ...]:
        """As `require`, before a run is begun: a unit that is refused is on record all the same.

        The slot is locked first if its last run asked for it and nobody came to do it.
        """
        self.line.lock_if_due(slot, self.purpose, process)
        with self.line.refusing(unit, process, slot):
            return self.require(unit, process, slot, jig)

    def let_go(self, slot: int) -> None:
        """The run of the unit that was admitted on a slot has ended, or was never begun."""
        self.line.underway.let_go(slot)

    def ended(self, slot: int, process: str) -> None:
        """Lock the slot, or the station, if the run that has ended on it asks for it."""
        with suppress(StationFault):  # a store that fails: asked again before the next run
            self.line.lock_if_due(slot, self.purpose, process)

    def require(
        self, unit: Unit, process: str, slot: int, jig: str | None, *, run: str = ""
    ) -> tuple[Event, ...]:
        with Reader(self.line.store) as reader:
            if lock := lock_on(slot, reader.locks(slot)):
                raise OperatorStop(lock.code, lock.words, evidence={"slot": lock.slot})
            if not unit.serial:
                return ()
            self.line.underway.take(unit.serial, slot)
            known = reader.unit_history(unit.serial, self.purpose)
        others = [each for each in known.runs if each.run != run]
        history = replace(known, runs=others)
        _refuse(retest(self.policy, history, process, slot, jig))
        return self._check_route(history)

    def confirmed(self, code: str, run: Record) -> FaultConfirmed | None:
        if not in_question(code, run):
            return None
        with Reader(self.line.store) as reader:
            history = reader.unit_history(run.unit.serial, self.purpose, run.process)
            on = (run.slot, self.purpose, run.process)
            on_slot = reader.telling_runs(*on, run.unit.serial, code)
        return confirmed(code, RunHead.of(run), history, on_slot)

    def _check_route(self, known: UnitHistory) -> tuple[Event, ...]:
        """Ask the centre, if there is one; go by what is `known` here if it may be done."""
        rules, centre = self.line.rules, self.line.centre
        if not rules.route:
            return ()
        remarks: tuple[Event, ...] = ()
        if centre:
            try:
                known = centre.history(known.serial)
            except CentreOffline as why:
                if rules.offline is Offline.HOLD:
                    raise OperatorStop("ROUTE-OFFLINE", f"{known.serial}: {why}") from None
                remarks = (RouteCheckedLocally(str(why)),)
        _refuse(route(rules, known))
        return remarks


def _refuse(refusal: Refusal | None) -> None:
    if refusal:
        raise OperatorStop(refusal.code, refusal.words)
