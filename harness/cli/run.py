"""`harness run`: one plan, for an engineer."""

from __future__ import annotations

import getpass
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from harness.cli import show_error
from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.plans.resolve import load_plan
from harness.records.query import Reader
from harness.station.slot import RunResult, SlotRun
from harness.station.station import Order, Slot, Station
from harness.steps import catalogue
from harness.ui.console import RunPrinter
from harness.wiring import DEFAULT_STORE, file_hashes, open_station

EXIT_CODES = {
    Outcome.PASS: 0,
    Outcome.FAIL: 1,
    Outcome.SKIPPED: 3,
    Outcome.ERROR: 3,
    Outcome.ABORTED: 4,
}
_BAD_FIRST = (Outcome.ERROR, Outcome.ABORTED, Outcome.FAIL, Outcome.PASS)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("plan_file", metavar="PLAN", type=_FILE)
@click.option("--station", type=_FILE, help="Station file; without it, a simulated station.")
@click.option("--scenario", type=_FILE, help="How the simulated handsets and jig behave.")
@click.option("--slot", "slot_number", type=int, default=None, help="The slot to run on.")
@click.option("--serial", help="The unit that is announced; on a simulated station, picks it.")
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
def run(
    plan_file: Path,
    station: Path | None,
    scenario: Path | None,
    slot_number: int | None,
    serial: str | None,
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
    loaded = load_plan(plan_file, catalogue())
    inputs = file_hashes(plan=plan_file, station=station, scenario=scenario)
    order = Order(loaded, Purpose(purpose), getpass.getuser(), inputs)
    with open_station(records, station=station, scenario=scenario) as opened:
        slot = _pick(opened, slot_number, serial)
        outcomes = [_run_once(opened, order, slot, records, as_json) for _ in range(repeat)]
    sys.exit(EXIT_CODES[next(bad for bad in _BAD_FIRST if bad in outcomes)])


def _pick(station: Station, number: int | None, serial: str | None) -> Slot:
    """The slot that was asked for, with the unit that is announced for it."""
    slots = [slot for slot in station.slots.values() if number in (None, slot.number)]
    if serial is not None:
        slots = [slot for slot in slots if slot.unit.serial in ("", serial)]
        slots.sort(key=lambda slot: slot.unit.serial != serial)
    if not slots:
        known = ", ".join(f"{s.number} ({s.unit.serial or 'any'})" for s in station.slots.values())
        raise click.UsageError(f"no such slot or serial; this station has: {known}")
    unit = slots[0].unit
    return replace(slots[0], unit=replace(unit, serial=serial or unit.serial))


def _run_once(station: Station, order: Order, slot: Slot, records: Path, as_json: bool) -> Outcome:
    printer = RunPrinter()
    running = station.run(order, slot, (printer.listen,))
    with _stopping(running) as each_poll:

        def poll() -> None:
            printer.draw()
            each_poll()

        running.start()
        result = running.supervise(poll)
    printer.draw()
    _report(result, records, as_json)
    return result.outcome


def _report(result: RunResult, records: Path, as_json: bool) -> None:
    if result.failure:
        show_error(result.failure)
    if result.record and as_json:
        click.echo(Reader(records).json(result.record.run))


@contextmanager
def _stopping(running: SlotRun) -> Iterator[Callable[[], None]]:
    """Turns Ctrl-C and SIGTERM into an abort; gives what to call at each poll.

    The handler only notes the signal: it may interrupt this thread while it holds a lock.
    """
    caught: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda n, _: caught.append(n)) for number in signals}

    def abort() -> None:
        while caught:
            running.abort(by=getpass.getuser(), why=signal.Signals(caught.pop(0)).name)

    try:
        yield abort
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
