"""What `harness station` has run on a unit, in whose name, and what screens see of its plans."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from harness.cli.line import orders_of
from harness.errors import HarnessError
from harness.model.durations import Durations
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.model.plan import Plan, Variants
from harness.model.station import PlanShown
from harness.records.query import Reader
from harness.station.floor import OrderOf
from harness.station.people.desk import Desk
from harness.station.screens.plan_shown import Took, shown_by, shown_of
from harness.station.station import Order
from harness.station.stopping import operator
from harness.wiring import Layout, counted_at

_OFTEN = 100
"""After so many runs at the latest it is looked again how long they take."""
Orders = Mapping[Purpose, OrderOf]
"""What is run on a unit, for each purpose of this station; the first is what counts."""


def ordering(plans: Variants, layout: Layout, store: Path, releases: Path) -> Orders:
    """What is run on a unit: in production by the active release, each time anew."""
    counted = counted_at(layout)
    orders = {each: orders_of(plans, layout, each) for each in (counted, Purpose.ENGINEERING)}
    if counted is Purpose.PRODUCTION:
        from harness.cli.production import production_order

        orders[counted] = lambda unit: production_order(
            plans.of(unit), layout, store, releases, operator()
        )
    return orders


class Lately:
    """What the runs of each plan took by now: the dispatcher's guess, and the screen's.

    `of_units` are those by which units that ship are tested, by SHA-256.

    The store is asked again after the first run, then whenever there are twice as many, or
    `_OFTEN` more: a station that begins knows soon what is usual, and reading costs little.
    """

    def __init__(self, plans: Variants, store: Path) -> None:
        self.took: dict[str, Durations] = {}
        self.of_units = {plan.sha256 for plan in plans.plans.values() if plan.ships}
        self._hashes, self._store = [plan.sha256 for plan in plans.plans.values()], store
        self._next = 1
        if store.exists():
            self._read()

    def hear(self, runs: int) -> None:
        """So many runs have ended since the station was started."""
        if runs >= self._next:
            self._next = runs + min(runs, _OFTEN)
            self._read()

    def _read(self) -> None:
        with Reader(self._store) as reader:
            self.took.update((sha256, reader.step_medians(sha256)) for sha256 in self._hashes)


def shown_first(plan: Plan, orders: Orders, lately: Lately) -> PlanShown:
    """What screens are told of a plan before a unit has come; by its release, where it has one."""
    with suppress(HarnessError, ValueError):  # why it has none is told of the slots
        order = next(iter(orders.values()))(Unit(sku=plan.sku))
        return shown_by(lately.took, lately.of_units, order)
    return shown_of(plan, lately.took.get(plan.sha256), of_units=plan.sha256 in lately.of_units)


def ordered(orders: Orders, took: Took, desk: Desk | None) -> OrderOf:
    """What is run on a unit now, in whose name: in engineering mode nothing that counts."""
    counts = next(iter(orders))

    def order(unit: Unit) -> Order:
        made = orders[desk.purpose(counts) if desk else counts](unit)
        past = took.get(made.plan.sha256)
        medians = past.steps if past else {}
        return replace(made, operator=person_at(desk), medians=medians)

    return order


def person_at(desk: Desk | None) -> str:
    """Who is signed in; else the user of this PC."""
    person = desk.person if desk else None
    return person.person if person else operator()
