"""`harness run`: one plan, for an engineer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from harness.cli import EXIT_ABORTED, show_error
from harness.cli.answering import Answering
from harness.cli.choosing import announced, chosen, place_for, plan_of, warn_expired
from harness.cli.ending import exit_code, warn_changed, warn_closed
from harness.cli.options import RELEASES, records_option
from harness.clock import SystemClock
from harness.errors import JigFault, OperatorStop, StationFault
from harness.model.events import Purpose
from harness.model.plan import Plan
from harness.plans.resolve import load_plans
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.station.lacks import require_devices
from harness.station.people.desk import present
from harness.station.rules import LineRules
from harness.station.slot import RunResult, SlotRun
from harness.station.station import Order, Slot, Station, is_of_jig_alone
from harness.station.stopping import operator, stopping
from harness.steps import catalogue
from harness.ui.console import RunPrinter
from harness.wiring import (
    Layout,
    Place,
    config_of,
    golden_units_of,
    input_hashes,
    jig_readiness,
    load_layout,
    open_station,
    places,
    require_open_to,
    require_paths,
)
from harness.wiring.choosing import unlabelled

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("plan_file", metavar="PLAN", type=_FILE)
@click.option("--station", type=_FILE, help="Station file; without it, a simulated station.")
@click.option("--scenario", type=_FILE, help="How the simulated handsets and jig behave.")
@click.option("--slot", "slot_number", type=int, default=None, help="The slot to run on.")
@click.option("--serial", help="The unit that is announced; on a simulated station, picks it.")
@click.option(
    "--label",
    "scans",
    multiple=True,
    help="The unit that is announced, as a scan of its label; once for each code on it.",
)
@click.option("--variant", help="Engineering: the plan's variant, where no label says it.")
@click.option("--only", help="Engineering: ids of steps or groups, with commas; never a PASS.")
@click.option("--limits", type=_FILE, help="Engineering: another limit set.")
@click.option("--repeat", type=click.IntRange(1, 1000), default=1, help="How many runs to make.")
@click.option(
    "--purpose",
    type=click.Choice([p.value for p in Purpose]),
    default=Purpose.ENGINEERING.value,
    show_default=True,
    help="Why; production takes a station, a scanned label and a signed release; a rehearsal is "
    "what it would be on a simulated station.",
)
@RELEASES
@records_option()
@click.option("--json", "as_json", is_flag=True, help="Each record as a line of JSON on stdout.")
def run(  # noqa: PLR0913, PLR0917 (click hands over one argument an option)
    plan_file: Path,
    station: Path | None,
    scenario: Path | None,
    slot_number: int | None,
    serial: str | None,
    scans: tuple[str, ...],
    variant: str | None,
    only: str | None,
    limits: Path | None,
    repeat: int,
    purpose: str,
    releases: Path,
    store: Path,
    as_json: bool,
) -> None:
    """Run one test plan on one unit.

    Example: harness run testplans/skeleton.yaml --scenario fixtures/sim/weak-charge.yaml
    """
    wanted = Purpose(purpose)
    bent = {"--only": only, "--limits": limits, "--variant": variant, "--scenario": scenario}
    _refuse_bent(wanted, bent, station)
    steps = catalogue()
    plans = load_plans(plan_file, steps, limits=limits)
    of_jig = is_of_jig_alone(wanted, plans.any, steps)
    _require_announced(wanted, plans.any, scans, serial, of_jig=of_jig)
    layout = load_layout(station, scenario)
    require_open_to(layout, wanted)
    unit = None if of_jig else announced(plans, scans, serial)
    place = place_for(places(layout), slot_number, unit)
    on_record = partial(_refusing, layout, wanted, place, plans.any.process, store)
    with on_record():
        golden_units_of(layout).require_shippable(wanted, place.unit)
    if variant and not scans:
        place = unlabelled(place)
    plan = plan_of(plans, place.unit, variant)
    part = chosen(plan, only)
    require_devices(plan, steps, place.number, place.devices, place.instruments, part)
    require_paths(layout, place.number, plan, steps, part)
    person = (wanted.ruled and present(store, SystemClock())) or operator()
    with on_record():
        order = _ordered(plan, part, wanted, layout, person, store, releases)
    results = _run_all(order, layout, place, repeat, store, as_json=as_json)
    sys.exit(exit_code(result.outcome for result in results) if results else EXIT_ABORTED)


def _refuse_bent(purpose: Purpose, bent: Mapping[str, object], station: Path | None) -> None:
    """Where runs count, or open a slot, the plan is run as it is; production at a real station."""
    whole = {Purpose.REHEARSAL: "a rehearsal", Purpose.GOLDEN: "a golden run"}
    if purpose in whole and (bent["--limits"] or bent["--only"]):
        words = f"{whole[purpose]} runs the plan as it is: leave out --limits and --only"
        raise click.UsageError(words)
    if purpose is Purpose.PRODUCTION:
        from harness.cli.production import refuse_options

        refuse_options(bent)
        if not station:
            raise click.UsageError("production needs --station: a simulated one makes no records")


@contextmanager
def _refusing(
    layout: Layout, purpose: Purpose, place: Place, process: str, store: Path
) -> Iterator[None]:
    """Puts a unit on record that is refused meanwhile, where its run would count.

    Raises: StationFault(STORE-...) when it cannot.
    """
    try:
        yield
    except OperatorStop:
        if not purpose.ruled:
            raise
        config = config_of(layout)
        with Recorder(store, name=config.name, location=config.location) as recorder:
            rules = LineRules(recorder.path, config.rules, recorder.enter)
            with rules.refusing(place.unit, process, place.number):
                raise


def _require_announced(
    purpose: Purpose, plan: Plan, scans: tuple[str, ...], serial: str | None, *, of_jig: bool
) -> None:
    """The unit is announced once; by its label where production is to believe it."""
    if scans and serial is not None:
        raise click.UsageError("--label says the serial; leave out --serial")
    if of_jig:
        _refuse_unit(plan, {"--label": scans, "--serial": serial})
    if purpose is Purpose.PRODUCTION and plan.label and not scans:
        raise click.UsageError("production needs --label: the scan of the unit's label")


def _refuse_unit(plan: Plan, given: Mapping[str, object]) -> None:
    """A unit that is announced to a plan whose unit is the jig: nobody would look at it."""
    if meant := [option for option, said in given.items() if said]:
        words = f"the unit of the plan {plan.id} is the jig, which says its own serial"
        raise click.UsageError(f"{meant[0]}: {words}; leave it out, and name the jig's --slot")


def _ordered(
    plan: Plan,
    part: tuple[str, ...],
    purpose: Purpose,
    layout: Layout,
    person: str,
    store: Path,
    releases: Path,
) -> Order:
    """The order, in production by its release; expired golden values are no more than told."""
    if purpose is Purpose.PRODUCTION:
        from harness.cli.production import production_order

        return production_order(plan, layout, store, releases, person)
    warn_expired(plan)
    return Order(plan, purpose, person, input_hashes(plan, layout), only=part)


def _run_all(
    order: Order, layout: Layout, place: Place, times: int, store: Path, *, as_json: bool
) -> list[RunResult]:
    """The runs that were made, each reported; none when somebody stopped them before the first."""
    stopper = _Stopper()
    with stopping(stopper.abort) as each_poll, open_station(store, layout) as opened:
        for number, why in opened.unrestored.items():
            warn_changed(number, why)
        slot = replace(opened.slots[place.number], unit=place.unit)
        if order.purpose in (Purpose.ENGINEERING, Purpose.GOLDEN) and "station" in layout.files:
            warn_closed(slot, opened.jig_on(slot), jig_readiness(store, layout))
        results = list(_repeat(opened, order, slot, times, stopper, each_poll))
        for result in results:
            if result.left_changed:
                warn_changed(place.number, result.left_changed)
            _report(result, store, as_json=as_json)
    return results


class _Stopper:
    """Aborts the run that is on, and says whether it was asked to."""

    def __init__(self) -> None:
        self.run: SlotRun | None = None
        self.asked = False

    def abort(self, by: str, why: str) -> None:
        self.asked = True
        if self.run:
            self.run.abort(by, why)


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
    printer, answering = RunPrinter(), Answering()
    try:
        stopper.run = started = station.run(order, slot, (printer.listen, answering.listen))
    except (JigFault, OperatorStop, StationFault) as refusal:
        # runs before this one are told all the same
        return RunResult(None, refusal, refused=True)

    def poll() -> None:
        printer.draw()
        answering.poll(started.answer)
        each_poll()

    started.start()
    result = started.supervise(poll)
    printer.draw()
    return result


def _report(result: RunResult, store: Path, *, as_json: bool) -> None:
    if result.failure:
        show_error(result.failure)
    if result.record and as_json:
        with Reader(store) as reader:
            click.echo(reader.json(result.record.run))
