"""`harness doctor`: what is missing on this PC."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.text import Text

from harness.cli import EXIT_ERROR
from harness.cli.options import RELEASES, records_option
from harness.cli.production import production_order, trusted
from harness.errors import HarnessError
from harness.model.codec import encode
from harness.plans.resolve import load_plans
from harness.station.doctor import Finding, Level, examine
from harness.station.files.config import StationConfig, load_station
from harness.steps import catalogue
from harness.ui.text import Terminal, printable, say

_WORDS = 5 + 9 + 1
"""Where the words of a finding stand."""
_STYLES = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


@click.command()
@click.option(
    "--station",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Station file; without it, only what a simulated station needs can FAIL.",
)
@RELEASES
@records_option()
@click.option("--json", "as_json", is_flag=True, help="JSON Lines on stdout.")
def doctor(station: Path | None, releases: Path, store: Path, as_json: bool) -> None:
    """Say what is missing on this PC, with the remedy for each; 3 when something FAILs.

    Example: harness doctor --station fixtures/stations/bench.yaml
    """
    config = load_station(station) if station else None
    console = Terminal()
    failed = False
    for finding in chain(examine(store, config), _released(config, store, releases)):
        failed = failed or finding.level is Level.FAIL
        if as_json:
            click.echo(orjson.dumps(encode(finding)))
        else:
            _print(console, finding)
    if failed:
        sys.exit(EXIT_ERROR)


def _released(config: StationConfig | None, store: Path, releases: Path) -> Iterator[Finding]:
    """Of a real station whether its trust file is right, and a release of its plan counts."""
    if config is None or config.simulated:
        return
    try:
        trust = trusted()
    except HarnessError as fault:
        yield Finding("trust", Level.FAIL, f"{fault.code}: {fault.message}", fault.remedy)
    else:
        yield Finding.ok("trust", f"{trust.file.path} names {', '.join(sorted(trust.people))}")
    if config.plan is None:
        remedy = "Add the key `plan`, if `harness station` is to run here."
        yield Finding("release", Level.WARN, "the station file has no key `plan`", remedy)
        return
    try:
        plans = load_plans(config.plan, catalogue()).plans.values()
        found = {production_order(p, config, store, releases, "").release for p in plans if p.ships}
    except HarnessError as fault:
        yield Finding("release", Level.FAIL, f"{fault.code}: {fault.message}", fault.remedy)
        return
    for release in filter(None, found):
        by = ", ".join(release.signed_by)
        words = f"release {release.number} of {release.process} counts, signed by {by}"
        yield Finding.ok("release", words)


def _print(console: Console, finding: Finding) -> None:
    line = Text(f"{finding.level:5}", _STYLES[finding.level])
    say(console, line.append(f"{finding.name:9} {printable(finding.words)}", "default"), _WORDS)
    if finding.remedy:
        say(console, Text(f"      -> {printable(finding.remedy)}"), hang=9)
