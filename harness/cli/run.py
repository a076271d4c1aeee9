"""`harness run`: one plan, for an engineer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from harness.cli import EXIT_ABORTED, show_error
from harness.cli.ending import exit_code, operator, stopping
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.model.plan import Plan
from harness.plans.resolve import load_plan
from harness.records.query import Reader
from harness.station.slot import RunResult, SlotRun
from harness.station.station import Order, Slot, Station, require_devices
from harness.steps import catalogue
from harness.ui.console import RunPrinter
from harness.wiring import DEFAULT_STORE, Place, file_hashes, load_layout, open_station, places

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("plan_file", metavar="PLAN", type=_FILE)
@click.option("--station", type=_FILE, help="Station file; without it, a simulated station.")
@click.option("--scenario", type=_FILE, help="How the simulated handsets and jig behave.")
@click.option("--slot", "slot_number", type=int, default=None, help="The slot to run on.")
@click.option("--serial", help="The unit that is announced; on a simulated station, picks it.")
@click.option("--label", "scan", help="The unit that is announced, as a scan of its label.")
@click.option("--repeat", type=click.IntRange(1, 1000), default=1, help="How many runs to make.")
@click.option(
    "--purpose",
    type=click.Choice([p.value for p in Purpose if p is not Purpose.PRODUCTION]),
    default=Purpose.ENGINEERING.value,
    help="Why; production runs need a release and a running station.",
)
@click.option(
    "--records",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT_STORE,
    show_default=True,
    help="The record store.",
)
@click.option("--json", "as_json", is_flag=True, help="Each record as a line of JSON on stdout.")
def run(  # noqa: PLR0913, PLR0917 (click hands over one argument an option)
    plan_file: Path,
    station: Path | None,
    scenario: Path | None,
    slot_number: int | None,
    serial: str | None,
    scan: str | None,
    repeat: int,
    purpose: str,
    records: Path,
    as_json: bool,
) -> None:
    """Run one test plan on one unit.

    Example: harness run testplans/skeleton.yaml --scenario fixtures/sim/weak-charge.yaml
    """
    if station and scenario:
        raise click.UsageError("--scenario is for the simulated station; leave out --station")
    if scan is not None and serial is not None:
        raise click.UsageError("--label says the serial; leave out --serial")
    steps = catalogue()
    loaded = load_plan(plan_file, steps)
    announced = _announced(loaded, scan, serial)
    layout = load_layout(station, scenario)
    place = _pick(places(layout), slot_number, announced)
    require_devices(loaded, steps, place.number, place.devices)
    inputs = file_hashes(**loaded.files, station=station, scenario=scenario)
    order = Order(loaded, Purpose(purpose), operator(), inputs)
    stopper = _Stopper()
    with stopping(stopper.abort) as each_poll, open_station(records, layout) as opened:
        slot = replace(opened.slots[place.number], unit=place.unit)
        results = list(_repeat(opened, order, slot, repeat, stopper, each_poll))
        for result in results:
            _report(result, records, as_json)
    sys.exit(exit_code(result.outcome for result in results) if results else EXIT_ABORTED)


class _Stopper:
    """Aborts the run that is on, and says whether it was asked to."""

    def __init__(self) -> None:
        self.run: SlotRun | None = None
        self.asked = False

    def abort(self, by: str, why: str) -> None:
        self.asked = True
        if self.run:
            self.run.abort(by, why)


def _announced(plan: Plan, scan: str | None, serial: str | None) -> Unit:
    """The unit that the caller names, as far as he does."""
    try:
        return Unit(serial or "") if scan is None else plan.unit_of(scan)
    except ValueError as error:
        raise click.UsageError(f"{'--serial' if scan is None else '--label'}: {error}") from None


def _pick(slots: list[Place], number: int | None, announced: Unit) -> Place:
    """The slot that was asked for, with the unit that is announced for it."""
    known = ", ".join(f"{slot.number} ({slot.unit.serial or 'any'})" for slot in slots)
    slots = [slot for slot in slots if number in (None, slot.number)]
    if announced.serial:
        slots = [slot for slot in slots if slot.unit.serial in ("", announced.serial)]
        slots.sort(key=lambda slot: not slot.unit.serial)
    if not slots:
        raise click.UsageError(f"no such slot or serial; this station has: {known}")
    place = slots[0]
    if not place.unit.serial and not announced.serial:
        message = f"slot {place.number} takes any unit: say which with --serial or --label"
        raise click.UsageError(message)
    if announced.imei or not place.unit.serial:
        return replace(place, unit=announced)
    return place


def _repeat(
    station: Station,
    order: Order,
    slot: Slot,
    times: int,
    stopper: _Stopper,
    each_poll: Callable[[], None],
) -> Iterator[RunResult]:
    """Run after run, until one was stopped or left its slot unfit for the next."""
    for _ in range(times):
        each_poll()
        if stopper.asked:
            return
        result = _run_once(station, order, slot, stopper, each_poll)
        yield result
        if result.failure or result.wedged:
            return


def _run_once(
    station: Station, order: Order, slot: Slot, stopper: _Stopper, each_poll: Callable[[], None]
) -> RunResult:
    printer = RunPrinter()
    stopper.run = station.run(order, slot, (printer.listen,))

    def poll() -> None:
        printer.draw()
        each_poll()

    stopper.run.start()
    result = stopper.run.supervise(poll)
    printer.draw()
    return result


def _report(result: RunResult, records: Path, as_json: bool) -> None:
    if result.failure:
        show_error(result.failure)
    if result.record and as_json:
        with Reader(records) as reader:
            click.echo(reader.json(result.record.run))
