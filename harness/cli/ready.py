"""`harness ready`: what keeps the slots of a station from runs that count."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import click
import orjson
from rich.text import Text

from harness.cli import EXIT_ERROR
from harness.cli.options import RELEASES, records_option
from harness.clock import SystemClock
from harness.errors import HarnessError, JigFault
from harness.model.codec import encode
from harness.model.events import Purpose
from harness.model.plan import Plan
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
    plan = config_of(layout).plan
    plans = load_plans(plan, catalogue()).plans.values() if plan else ()
    of_all = list(of_plans(plans, layout, store, releases))
    ask, configs, asked = SlotDoubts.at(layout, store), jig_configs(layout), said or {}
    for number in (place.number for place in places(layout)):
        config = configs.get(number)
        unnamed = config is not None and not config.serial
        jig = asked.get(number, _unknown(config)) if config and unnamed else None
        yield number, [*of_all, *ask.of(number, jig)]


@dataclass(frozen=True, slots=True)
class SlotDoubts:
    """What keeps single slots of a station from runs that count, by its records and files."""

    line: LineReadiness
    jigs: JigReadiness
    configs: Mapping[int, JigConfig]
    purpose: Purpose

    @classmethod
    def at(cls, layout: Layout, store: Path) -> Self:
        """At a station with this store, which need not be there yet."""
        golden, config = jig_plans().golden, config_of(layout)
        line = LineReadiness(store, config, SystemClock(), golden, or_empty=True)
        return cls(line, jig_readiness(store, layout), jig_configs(layout), counted_at(layout))

    def of(self, slot: int, said: Said | None = None) -> Iterator[Doubt]:
        """Its lock first. `said` is the jig, where the station file knows no serial of it.

        Without either nothing is said of what hangs on a jig.

        Raises: StationFault(STORE-DAMAGED).
        """
        if lock := self.line.lock(slot):
            yield lock
        config = self.configs.get(slot)
        jig = JigRef(config.serial, "") if config and config.serial else said
        if config and jig and self.purpose is Purpose.PRODUCTION:
            yield from _jig(self.jigs, config, jig)
        name = jig.id if isinstance(jig, JigRef) else None
        yield from self.line.doubts(slot, name, self.purpose)


def of_plans(plans: Iterable[Plan], layout: Layout, store: Path, releases: Path) -> Iterator[Doubt]:
    """What stands against the plans that a station runs; in production, their release too."""
    from harness.cli.production import production_order

    file = config_of(layout).plan
    for plan in plans:
        if not plan.ships:
            continue
        try:
            if file:
                require_asked(file, plan, catalogue())
            if counted_at(layout) is Purpose.PRODUCTION:
                production_order(plan, layout, store, releases, "")
        except HarnessError as error:
            yield Doubt.of(error)
            return


def _unknown(config: JigConfig) -> JigFault:
    """Nobody knows which jig it is."""
    words = (
        f"which jig is on {config.port} is not in the station file, so nothing is known of its"
        " self-test, golden units and contacts: `harness station` asks it as it starts"
    )
    return JigFault("JIG-UNTESTED", words)


def _jig(of_jigs: JigReadiness, config: JigConfig, jig: Said) -> Iterator[Doubt]:
    """What its self-test says of a jig, or why that does not say which one it is."""
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
