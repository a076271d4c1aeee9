"""`harness records`: the store. These commands only read."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.cli import EXIT_ERROR
from harness.model.codec import encode
from harness.records.chain import verify as verify_chain
from harness.records.head import RunHead
from harness.records.query import Reader
from harness.ui.console import outcome_words, print_record
from harness.wiring import DEFAULT_STORE

_STORE = click.option(
    "--records",
    "store",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT_STORE,
    show_default=True,
    help="The record store.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON Lines on stdout.")


@click.group()
def records() -> None:
    """Read and verify the record store; nothing here writes.

    Example: harness records list
    """


@records.command("list")
@_STORE
@_JSON
@click.option("--serial", help="Only the runs of this unit.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
def list_(store: Path, as_json: bool, serial: str | None, limit: int) -> None:
    """List runs, newest first; a run that is open stands there as it is.

    Example: harness records list --serial A57A000001
    """
    with Reader(store) as reader:
        heads = reader.runs(limit, serial=serial)
    if as_json:
        for head in heads:
            click.echo(orjson.dumps(encode(head)))
        return
    Console(highlight=False).print(_table(heads))


@records.command()
@click.argument("run")
@_STORE
@_JSON
def show(run: str, store: Path, as_json: bool) -> None:
    """Show one run, named by its id or the beginning of its id.

    Example: harness records show 01K9
    """
    with Reader(store) as reader:
        record = reader.record(run)
        text = reader.json(run) if record.outcome is not None else None
    if as_json:
        click.echo(text or orjson.dumps(encode(record)))
        return
    print_record(Console(highlight=False), record)


@records.command()
@_STORE
def verify(store: Path) -> None:
    """Read the whole store again: every record there, unchanged, true to its parts.

    Example: harness records verify
    """
    findings = verify_chain(store)
    for finding in findings:
        click.echo(finding)
    if findings:
        sys.exit(EXIT_ERROR)
    click.echo("clean")


def _table(heads: list[RunHead]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("run", "started (UTC)", "serial", "plan", "slot", "attempt", "outcome", "fault"):
        table.add_column(column, no_wrap=True, overflow="fold")
    for head in heads:
        table.add_row(
            head.run,
            f"{head.started:%Y-%m-%d %H:%M:%S}",
            escape(head.serial),
            f"{head.plan} {head.revision}",
            str(head.slot),
            str(head.attempt),
            outcome_words(head.outcome),
            escape(head.fault or ""),
        )
    return table
