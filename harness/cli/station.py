"""`harness station`: the headless station, all slots and a socket for screens."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path

import click

from harness.cli.choosing import warn_expired
from harness.cli.ending import warn_changed
from harness.cli.json_lines import on_stdout
from harness.cli.options import RELEASES, records_option
from harness.cli.station_golden import GoldenTold
from harness.cli.station_open import Serving, opened
from harness.cli.station_orders import Lately, Orders, ordered, ordering, person_at, shown_first
from harness.cli.station_ready import foreseeing
from harness.cli.station_start import tell_start
from harness.cli.station_told import Told
from harness.errors import StationFault
from harness.model.plan import Variants
from harness.plans.resolve import load_plans
from harness.station.files.config import StationConfig
from harness.station.floor import Floor
from harness.station.readiness.foresight import foretold
from harness.station.readiness.golden_orders import GoldenOrders
from harness.station.screens.obeying import Obeying
from harness.station.screens.plan_shown import shown_by
from harness.station.screens.socket import StationSocket, folder_of
from harness.station.stopping import stopping
from harness.steps import catalogue
from harness.ui.text import printable
from harness.wiring import Layout, config_of, input_hashes, jig_plans, jig_readiness, load_layout


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--units",
    type=click.IntRange(1, 100_000),
    help="Simulated: put so many units of its scenario through the slots, then end.",
)
@RELEASES
@records_option()
@click.option("--json", "as_json", is_flag=True, help="Each record as a line of JSON on stdout.")
def station(file: Path, units: int | None, releases: Path, store: Path, as_json: bool) -> None:
    """Run a station: test each unit that comes into one of its slots.

    It obeys the rules of the line. It has no screen: those find it at the socket beside the
    records. SIGTERM ends it: runs are aborted, jigs made safe, records closed.

    Example: harness station fixtures/stations/sim4.yaml --units 8
    """
    layout = load_layout(file, None)
    plans = plans_of(file, layout)
    if units is not None and isinstance(layout, StationConfig):
        raise click.UsageError("--units is for a simulated station: people load a real one")
    for plan in plans.plans.values():
        warn_expired(plan)
    registered = config_of(layout).golden_units
    golden = GoldenTold(registered, jig_readiness(store, layout))
    lines = on_stdout(store) if as_json else None
    told = Told(store, golden, lines)
    orders, lately = ordering(plans, layout, store, releases), Lately(plans, store)
    doubts = foreseeing(layout, plans, store, releases)
    with (
        lines or nullcontext(),
        stopping(told.stop) as each_poll,  # around the opening and the closing, too
        opened(store, layout, plans, units, golden, doubts) as serving,
    ):
        for number, why in serving.station.unrestored.items():
            warn_changed(number, why)
        tell_start(file, layout, plans, store, releases, serving.station)
        for plan in plans.plans.values():
            serving.bus.show(shown_first(plan, orders, lately))
        _serve(serving, layout, orders, lately, told, each_poll)
    for line in told.tally.lines():
        click.echo(printable(line), err=True)
    click.echo(f"Records: {store}", err=True)
    sys.exit(told.exit_code(units))


def plans_of(file: Path, layout: Layout) -> Variants:
    """The plans that a station runs.

    Raises: StationFault(STATION-FILE) when its file names none; PlanError.
    """
    plan = config_of(layout).plan
    if plan is None:
        words = f"{file} has no key `plan`: nobody says what to run on a unit"
        raise StationFault("STATION-FILE", words)
    return load_plans(plan, catalogue())


def _golden(serving: Serving, layout: Layout) -> GoldenOrders:
    station = serving.station
    inputs = partial(input_hashes, layout=layout)
    person = partial(person_at, serving.desk)
    return GoldenOrders(station.golden_units, jig_plans().golden, inputs, person, station.clock)


def _serve(
    serving: Serving,
    layout: Layout,
    orders: Orders,
    lately: Lately,
    told: Told,
    each_poll: Callable[[], None],
) -> None:
    """Have units tested until none comes any more, or somebody stops it."""
    desk, counted = serving.desk, next(iter(orders))
    floor = Floor(
        serving.station,
        ordered(orders, lately.took, desk),
        serving.bus,
        serving.loader,
        told.hear,
        lambda: (desk.purpose(counted) if desk else counted).ruled,
        _golden(serving, layout).of,
        partial(shown_by, lately.took, lately.of_units),
    )
    told.floor = floor
    with (
        foretold(serving.foresight, serving.bus),
        StationSocket(folder_of(told.store), serving.bus, _obeying(serving, floor)),
    ):

        def poll() -> None:
            told.tell()
            told.tell_mode(desk.engineering if desk else None)
            with suppress(StationFault):  # a store that fails: told by the next run
                lately.hear(told.heard)
                if desk:
                    desk.expire()
            each_poll()

        told.tell_mode(desk.engineering if desk else None)
        floor.run(poll)
        told.tell()


def _obeying(serving: Serving, floor: Floor) -> Obeying:
    return Obeying(
        abort=floor.abort,
        scanned=serving.scanned,
        desk=serving.desk,
        outside=serving.outside(),
        require_slot=serving.station.require_slot,
        answer=floor.answer,
        repeat=floor.repeat,
    )
