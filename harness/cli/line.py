"""What commands share that test the units of a whole simulated line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import click

from harness.cli.ending import warn_changed
from harness.cli.screen import on_screen
from harness.model.events import Purpose
from harness.model.pattern import matches
from harness.model.plan import Variants
from harness.sim.scenario import Scenario
from harness.station.floor import OrderOf
from harness.station.line import Line
from harness.station.screens.bus import Bus
from harness.station.slot import RunResult
from harness.station.station import Order
from harness.station.stopping import operator
from harness.ui.live import LiveLine
from harness.wiring import Layout, OpenLine, input_hashes

HOME = Path(__file__).parents[2]
PLAN = HOME / "testplans" / "a57-final.yaml"

Results = Sequence[RunResult | None]
"""Of each unit, in the order of the units; None for one that was not tested."""


def orders(plans: Variants, scenario: Scenario) -> OrderOf:
    """What to run on each unit: the plan of the variant that the SKU on its label says.

    Raises: click.UsageError for a unit that the line would refuse as no product of the plan.
    """
    _require_product(plans, [unit.serial for unit in scenario.units])
    order_of = orders_of(plans, scenario, Purpose.ENGINEERING)
    for unit in scenario.units:
        try:
            order_of(unit.label)
        except ValueError as error:
            raise click.UsageError(f"{unit.serial}: {error}") from None
    return order_of


def orders_of(plans: Variants, layout: Layout, purpose: Purpose) -> OrderOf:
    """What to run on each unit, for a purpose: the plan of the variant that its SKU says."""
    person = operator()
    ordered = {
        sha: Order(plan, purpose, person, input_hashes(plan, layout))
        for sha, plan in ((plan.sha256, plan) for plan in plans.plans.values())
    }
    return lambda unit: ordered[plans.of(unit).sha256]


def _require_product(plans: Variants, serials: Sequence[str]) -> None:
    product = plans.any.product
    for serial in serials:
        if product.serial and not matches(product.serial, serial):
            message = f"{serial} is no serial of {product.model}, which match {product.serial}"
            raise click.UsageError(message)


def warn_of(results: Results) -> None:
    """What was left changed, a line for each unit."""
    for result in results:
        if result and result.record and result.left_changed:
            warn_changed(result.record.slot, result.left_changed)


def run_line(
    order_of: OrderOf,
    line_to_open: AbstractContextManager[OpenLine],
    records: Path,
    ended: Callable[[LiveLine, Results], None] = lambda *_: None,
) -> Results:
    """Test the units of a line, with a screen on stderr and a socket for others.

    `ended` may say more on the screen; the station is still open then.
    """
    with line_to_open as opened:
        bus = Bus(opened.station.ref, opened.station.slots)
        line = Line(opened.station, order_of, bus, opened.units)
        results = on_screen(bus, records, line, line.run, ended)
    warn_of(results)
    return results
