"""`harness plan takt`: how many units an hour a station makes of a plan, and what holds it up."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.cli.options import records_option
from harness.engine.expect import measured
from harness.engine.takt import Station, course, makespan_s, steady_takt, what_ifs
from harness.model.durations import Durations, durations
from harness.model.plan import Plan, Variants
from harness.model.units import Quantity, unit
from harness.plans.resolve import load_plans
from harness.records import DEFAULT_STORE
from harness.records.query import Reader
from harness.steps import catalogue
from harness.ui.takt import Prediction, takt_form, takt_lines
from harness.ui.text import Terminal, say

_FILE = click.Path(dir_okay=False, path_type=Path)
_MOST_UNITS = 100_000


def _seconds(_: click.Context, option: click.Parameter, text: str) -> float:
    """A time that was written with its unit [s]."""
    try:
        amount = Quantity.parse(text).to(unit("s")).amount
    except ValueError as error:
        raise click.BadParameter(f"a time is written like 5 s: {error}", param=option) from None
    if amount < 0:
        raise click.BadParameter(f"no time is negative: {text}", param=option)
    return float(amount)


@click.command()
@click.argument("file", metavar="PLAN", type=_FILE)
@click.option("--station", type=_FILE, required=True, help="The station, by its file.")
@click.option("--variant", help="The plan of this variant; else the first that ships.")
@click.option("--slots", type=click.IntRange(1, 64), help="As if it had so many slots.")
@click.option("--units", type=click.IntRange(1, _MOST_UNITS), help="How many units are to be made.")
@click.option(
    "--load",
    "load_s",
    callback=_seconds,
    default="5 s",
    show_default=True,
    help="What it takes to put in a unit.",
)
@records_option("Where the durations of past runs of this plan are.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON on stdout.")
def takt(
    file: Path,
    station: Path,
    variant: str | None,
    slots: int | None,
    units: int | None,
    load_s: float,
    store: Path,
    as_json: bool,
) -> None:
    """Predict how soon units are done, units an hour, and the bottleneck.

    The station is simulated with the policy that it has itself. Steps take what they took of a
    unit in the newest runs of the plan, bad units included, else what the plan expects, else a
    part of their timeout.

    Example: harness plan takt testplans/a57-final.yaml --station fixtures/stations/sim.yaml
    """
    from harness.wiring.layout import config_of, load_layout, places

    plan = _chosen(load_plans(file, catalogue()), variant)
    layout = load_layout(station, None)
    config = config_of(layout)
    told = _predicted(
        plan,
        config.name,
        Station(slots or len(places(layout)), load_s),
        config.instruments,
        _past(store, plan),
        units,
    )
    if as_json:
        click.echo(json.dumps(takt_form(told), ensure_ascii=False))
        return
    console = Terminal()
    for line in takt_lines(told, config.instruments):
        say(console, line)


def _predicted(
    plan: Plan,
    name: str,
    station: Station,
    shared: frozenset[str],
    past: Durations,
    units: int | None,
) -> Prediction:
    unit = course(plan.steps, shared.intersection, past)
    wanted = units or station.slots
    return Prediction(
        plan=plan,
        name=name,
        station=station,
        takt=steady_takt(unit, station),
        what_ifs=list(what_ifs(unit, station)),
        steps={step.id: measured(step, past.share) for step in plan.steps},
        past=past,
        units=wanted,
        makespan_s=makespan_s(unit, station, wanted),
    )


def _chosen(plans: Variants, variant: str | None) -> Plan:
    try:
        if variant is not None:
            return plans.named(variant)
    except ValueError as error:
        raise click.UsageError(f"--variant: {error}") from None
    return next((plan for plan in plans.plans.values() if plan.ships), plans.any)


def _past(store: Path, plan: Plan) -> Durations:
    """What runs of the plan took; nothing where no store was named and there is none yet."""
    if store == DEFAULT_STORE and not store.exists():
        return durations([])
    with Reader(store) as reader:
        return reader.step_medians(plan.sha256)
