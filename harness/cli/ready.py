"""`harness ready`: what keeps the slots of a station from runs that count."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import orjson
from rich.text import Text

from harness.cli import EXIT_ERROR
from harness.cli.options import RELEASES, records_option
from harness.clock import SystemClock
from harness.errors import HarnessError
from harness.model.codec import encode
from harness.model.events import Purpose
from harness.model.refs import JigRef
from harness.model.rules.ready import Doubt
from harness.plans.asked import require_asked
from harness.plans.resolve import load_plans
from harness.station.files.config import JigConfig
from harness.station.readiness.readiness import JigReadiness
from harness.station.readiness.ready import LineReadiness
from harness.steps import catalogue
from harness.ui.text import Terminal, printable, say
from harness.wiring import (
    Layout,
    config_of,
    counted_at,
    jig_configs,
    jig_plans,
    jig_readiness,
    load_layout,
    places,
)


@click.command()
@click.option(
    "--station",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Station file.",
)
@RELEASES
@records_option()
@click.option("--json", "as_json", is_flag=True, help="A line of JSON a slot on stdout.")
def ready(station: Path, releases: Path, store: Path, as_json: bool) -> None:
    """Say of each slot what keeps it from runs that count, and what to do about it.

    Ends with 3 when something does. Only records and files are read, so that a station that runs
    can be asked about, too.

    Example: harness ready --station fixtures/stations/sim4.yaml
    """
    layout = load_layout(station, None)
    jigs = jig_configs(layout)
    if not store.exists():
        click.echo(f"no store at {store} yet: the first run makes it", err=True)
    closed = False
    for slot, against in doubts_of(layout, store, releases):
        jig = jigs.get(slot)
        closed = closed or bool(against)
        if as_json:
            row = {"slot": slot, "jig": jig.name if jig else None, "ready": not against}
            click.echo(orjson.dumps({**row, "doubts": [encode(each) for each in against]}))
        else:
            _print(slot, jig.name if jig else "no jig", against)
    if closed:
        sys.exit(EXIT_ERROR)


Said = JigRef | HarnessError
"""Which jig it is, as it says itself, or why it does not."""


def doubts_of(
    layout: Layout, store: Path, releases: Path, said: Mapping[int, Said] | None = None
) -> Iterator[tuple[int, list[Doubt]]]:
    """Each slot of a station, with what keeps it from runs that count.

    `said` has, by their slots, the jigs of which the station file knows no serial, if they were
    asked.

    Raises: StationFault(STORE-DAMAGED).
    """
    config, asked = config_of(layout), said or {}
    jigs = jig_configs(layout)
    known = {n: JigRef(jig.serial, "") for n, jig in jigs.items() if jig.serial}
    line = LineReadiness(store, config, SystemClock(), jig_plans().golden, or_empty=True)
    of_jigs = jig_readiness(store, layout)
    of_all = list(_plan(layout, store, releases))
    for place in places(layout):
        number = place.number
        of_slot = list[Doubt]()
        if lock := line.lock(number):
            of_slot.append(lock)
        jig = known.get(number, asked.get(number))
        if number in jigs and counted_at(layout) is Purpose.PRODUCTION:
            of_slot += _jig(of_jigs, jigs[number], jig)
        name = jig.id if isinstance(jig, JigRef) else None
        of_slot += line.doubts(number, name, counted_at(layout))
        yield number, [*of_all, *of_slot]


def _plan(layout: Layout, store: Path, releases: Path) -> Iterator[Doubt]:
    """What stands against the plan that the station runs; in production, its release too."""
    config, steps = config_of(layout), catalogue()
    if config.plan is None:
        return
    from harness.cli.production import production_order

    for plan in load_plans(config.plan, steps).plans.values():
        if not plan.ships:
            continue
        try:
            require_asked(config.plan, plan, steps)
            if counted_at(layout) is Purpose.PRODUCTION:
                production_order(plan, layout, store, releases, "")
        except HarnessError as error:
            yield Doubt.of(error)
            return


def _jig(of_jigs: JigReadiness, config: JigConfig, jig: Said | None) -> Iterator[Doubt]:
    """What its self-test says of a jig, or that nobody knows which one it is."""
    if jig is None:
        words = (
            f"which jig is on {config.port} is not in the station file, so nothing is known of its"
            " self-test, golden units and contacts: `harness station` asks it as it starts"
        )
        yield Doubt.by("JIG-UNTESTED", words)
        return
    if isinstance(jig, HarnessError):
        yield Doubt.of(jig)
        return
    found = of_jigs.of(config.kind, jig, config.name)
    if not found.open:
        yield Doubt.by(found.code, f"jig {found.jig}: {found.words}")


def _print(slot: int, jig: str, against: list[Doubt]) -> None:
    terminal = Terminal()
    style, words = ("bold red", "NOT READY") if against else ("green", "READY")
    line = Text(f"slot {slot}  {printable(jig)}  ").append(words, style)
    say(terminal, line)
    for doubt in against:
        say(terminal, Text(printable(f"  {doubt.code}: {doubt.words}")), hang=4)
        say(terminal, Text(printable(f"    -> {doubt.remedy}")), hang=7)
