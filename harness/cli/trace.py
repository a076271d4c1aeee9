"""`harness trace`: one unit's whole life."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from harness.cli.options import records_option
from harness.model.codec import encode
from harness.records.query import Reader
from harness.ui.text import Terminal, say
from harness.ui.trace import HANG, trace_lines


@click.command()
@click.argument("asked", metavar="ID")
@records_option()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def trace(asked: str, store: Path, as_json: bool) -> None:
    """Show every run of a unit, named by serial, IMEI, or a run's id or its beginning.

    Example: harness trace A57A000001
    """
    with Reader(store) as reader:
        life = reader.life(asked)
    if as_json:
        click.echo(orjson.dumps(encode(life)))
        return
    console = Terminal()
    for line in trace_lines(life):
        say(console, line, HANG)
