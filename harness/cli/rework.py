"""`harness rework`: a unit was reworked, outside the station."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.entering import enter
from harness.cli.options import BY, records_option, told
from harness.model.station import Rework
from harness.ui.entries import entry_words


@click.command()
@click.argument("asked", metavar="ID")
@click.option("--note", required=True, callback=told, help="What was done to it.")
@click.option("--process", default="", help="Only for this process, not for every one.")
@BY
@records_option()
def rework(asked: str, note: str, process: str, by: str, store: Path) -> None:
    """Enter that a unit was reworked: it may be tested again.

    The unit is named by its serial, an IMEI, or a run's id or its beginning. While the station
    runs, it enters this. Where people sign in, it is in the name of who is signed in.

    Example: harness rework A57A000006 --note "new charging board"
    """
    entry = enter(store, Rework(asked, note, process, by))
    click.echo(entry_words(entry))
    click.echo(f"it may be tested again; entry {entry.id}")
