"""`harness doctor`: what is missing on this PC."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.text import Text

from harness.cli import EXIT_ERROR
from harness.cli.options import records_option
from harness.model.codec import encode
from harness.station.config import load_station
from harness.station.doctor import Finding, Level, examine
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
@records_option()
@click.option("--json", "as_json", is_flag=True, help="JSON Lines on stdout.")
def doctor(station: Path | None, store: Path, as_json: bool) -> None:
    """Say what is missing on this PC, with the remedy for each; 3 when something FAILs.

    Example: harness doctor --station fixtures/stations/bench.yaml
    """
    config = load_station(station) if station else None
    console = Terminal()
    failed = False
    for finding in examine(store, config):
        failed = failed or finding.level is Level.FAIL
        if as_json:
            click.echo(orjson.dumps(encode(finding)))
        else:
            _print(console, finding)
    if failed:
        sys.exit(EXIT_ERROR)


def _print(console: Console, finding: Finding) -> None:
    line = Text(f"{finding.level:5}", _STYLES[finding.level])
    say(console, line.append(f"{finding.name:9} {printable(finding.words)}", "default"), _WORDS)
    if finding.remedy:
        say(console, Text(f"      -> {printable(finding.remedy)}"), hang=9)
