"""`harness demo`: a whole simulated station at work."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import click

from harness.cli import show_error
from harness.cli.ending import exit_code, operator, stopping
from harness.clock import SystemClock
from harness.model.outcome import Outcome
from harness.model.pattern import matches
from harness.model.plan import Variants
from harness.plans.resolve import load_plans
from harness.records.query import Reader
from harness.sim.scenario import Scenario
from harness.station.bus import Bus
from harness.station.line import Line, OrderOf
from harness.station.slot import RunResult
from harness.station.socket import StationSocket
from harness.station.station import Order
from harness.steps import catalogue
from harness.ui.live import LiveLine
from harness.ui.text import Terminal
from harness.wiring import DEFAULT_STORE, OpenLine, input_hashes, load_line, open_line

_HOME = Path(__file__).parents[2]
PLAN = _HOME / "testplans" / "a57-final.yaml"
SCENARIO = _HOME / "fixtures" / "sim" / "line.yaml"


@click.command()
@click.option("--units", type=click.IntRange(1), help="How many of the scenario's units to test.")
@click.option("--slots", type=click.IntRange(1, 64), default=4, show_default=True)
@click.option("--seed", type=int, help="Of the simulated noise, in place of the scenario's.")
@click.option(
    "--scenario",
    "scenario_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=SCENARIO,
    help="The units, what is wrong with them, and the verdict that each must get.",
)
@click.option(
    "--records",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT_STORE,
    show_default=True,
    help="The record store.",
)
@click.option("--json", "as_json", is_flag=True, help="Each record as a line of JSON on stdout.")
@click.option("--check", is_flag=True, help="Exit 0 exactly when every verdict is as planted.")
def demo(
    units: int | None,
    slots: int,
    seed: int | None,
    scenario_file: Path,
    records: Path,
    as_json: bool,
    check: bool,
) -> None:
    """Test a line of simulated handsets, some of them planted bad.

    The adb server, serial ports, steps and records are the real ones; the handsets and jigs are
    simulated at the wire. Screens find the station at the socket beside the records.

    Example: harness demo --units 8 --slots 4
    """
    scenario = load_line(scenario_file, units=units, seed=seed)
    plans = load_plans(PLAN, catalogue())
    _require_product(plans, [unit.serial for unit in scenario.units])
    planted = [(unit.serial, unit.expect.outcome, unit.expect.code) for unit in scenario.units]
    orders = _orders(plans, scenario)
    results = _run(orders, open_line(records, scenario, slots), records)
    for (serial, *_), result in zip(planted, results, strict=True):
        if result is None:
            click.echo(f"{serial} was not tested", err=True)
        elif result.failure:
            show_error(result.failure)
    if as_json:
        _print_json(records, results)
    if check:
        sys.exit(_check(planted, results))
    sys.exit(exit_code(result.outcome if result else Outcome.SKIPPED for result in results))


def _require_product(plans: Variants, serials: Sequence[str]) -> None:
    """Every unit could be one of the plan's product: else the line would refuse it as wrong."""
    product = plans.any.product
    for serial in serials:
        if product.serial and not matches(product.serial, serial):
            message = f"{serial} is no serial of {product.model}, which match {product.serial}"
            raise click.UsageError(message)


def _orders(plans: Variants, scenario: Scenario) -> OrderOf:
    """What to run on each unit: the plan of the variant that the SKU on its label says."""
    person = operator()
    orders: dict[str, Order] = {}
    for unit in scenario.units:
        try:
            plan = plans.of(unit.label)
        except ValueError as error:
            raise click.UsageError(f"{unit.serial}: {error}") from None
        orders[unit.sku] = Order(plan, operator=person, inputs=input_hashes(plan, scenario))
    return lambda unit: orders[unit.sku]


def _run(
    order_of: OrderOf, line_to_open: AbstractContextManager[OpenLine], records: Path
) -> Sequence[RunResult | None]:
    """Test the units of a line, with a screen here and a socket for others."""
    with line_to_open as opened:
        bus = Bus(opened.station.ref, opened.station.slots)
        line = Line(opened.station, order_of, bus)
        screen = LiveLine(Terminal(stderr=True), SystemClock())
        folder = records.with_name(f"{records.name}.station")
        with (
            StationSocket(folder, bus, line.abort),
            bus.subscribe() as told,
            stopping(line.stop) as each_poll,
        ):
            with screen:

                def poll() -> None:
                    screen.draw(told.take(0))
                    each_poll()

                results = line.run(opened.units, poll)
                screen.draw(told.take(0))
            ended = [result.record for result in results if result and result.record]
            screen.verdicts(ended, str(records))
    return results


def _print_json(records: Path, results: Sequence[RunResult | None]) -> None:
    with Reader(records) as reader:
        for result in results:
            if result and result.record:
                click.echo(reader.json(result.record.run))


def _check(planted: Sequence[tuple[str, Outcome, str]], results: Sequence[RunResult | None]) -> int:
    """0 when every unit got the verdict that was planted, else 1 and the differences."""
    differences = 0
    for (serial, outcome, code), result in zip(planted, results, strict=True):
        found, wanted = _verdict(result), f"{outcome.name} {code}".strip()
        any_code = not code and outcome is not Outcome.PASS
        if found != wanted and not (any_code and found.startswith(f"{wanted} ")):
            click.echo(f"{serial}: planted {wanted}, found {found}", err=True)
            differences += 1
    if not differences:
        click.echo(f"All {len(planted)} verdicts are as planted.", err=True)
    return int(differences > 0)


def _verdict(result: RunResult | None) -> str:
    if result is None:
        return "not tested"
    if result.record is None:
        return f"no record ({result.failure})"
    fault = result.record.fault
    return f"{result.outcome.name} {fault.code if fault else ''}".strip()
