"""`harness recall`: passes are revoked, because of what made them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from harness.cli.entering import enter
from harness.cli.options import BY, SINCE, UNTIL, records_option, told
from harness.clock import SystemClock
from harness.model.entry import Recalled
from harness.model.head import RunHead
from harness.model.station import Recall
from harness.records.query import Reader
from harness.station.people.outside import counted, meant
from harness.ui.entries import entry_words, recall_words
from harness.ui.runs import run_lines
from harness.ui.text import Terminal, printable


@click.command()
@click.option("--jig", default="", help="Only passes on this jig.")
@click.option("--slot", type=click.IntRange(1, 10**6), help="Only passes in this slot.")
@click.option(
    "--plan",
    default="",
    metavar="ID[:REVISION]|SHA",
    help="Only passes by this plan: its id, with its revision, or its SHA-256's beginning.",
)
@SINCE
@UNTIL
@click.option("--why", required=True, callback=told, help="What was found.")
@BY
@click.option("--dry-run", is_flag=True, help="List the passes, and revoke none.")
@records_option()
def recall(
    jig: str,
    slot: int | None,
    plan: str,
    since: datetime | None,
    until: datetime | None,
    why: str,
    by: str,
    dry_run: bool,
    store: Path,
) -> None:
    """Revoke the passes of a jig, a slot, a plan or a time window.

    All that is named must fit a pass; the route check then refuses the unit. What is made from now
    on is not revoked. While the station runs, it enters this. Where people sign in, it takes an
    engineer who is.

    Example: harness recall --jig J-0117 --from 2026-11-21 --why "worn contacts" --dry-run
    """
    asked = Recall(why, jig, slot, plan, since, until, by)
    if dry_run:
        _try(store, asked)
        return
    entry = enter(store, asked)
    assert isinstance(entry.what, Recalled)
    with Reader(store) as reader:
        found = reader.passes(entry.what)
    click.echo(entry_words(entry))
    click.echo(f"revoked {counted(found)}; entry {entry.id}")


def _try(store: Path, asked: Recall) -> None:
    """Say what a recall would revoke."""
    with Reader(store) as reader:
        what = meant(reader, asked, asked.by, SystemClock().utc())
        assert isinstance(what, Recalled)
        found = reader.passes(what)
    _list(found)
    click.echo(f"would revoke {counted(found)}: {printable(recall_words(what))}")


def _list(found: Sequence[RunHead]) -> None:
    console = Terminal()
    for line in run_lines(found, console.width if console.is_terminal else sys.maxsize):
        console.print(line, soft_wrap=True)
