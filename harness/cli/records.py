"""`harness records`: the store. These commands only read."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson
from rich.text import Text

from harness.cli import EXIT_ERROR
from harness.cli.options import records_option
from harness.errors import StationFault
from harness.model.codec import encode
from harness.model.record import Record
from harness.plans.read_canonical import read_canonical
from harness.records.attachments import AttachmentFiles
from harness.records.chain import verify as verify_chain
from harness.records.codec import SCHEMA
from harness.records.head import RunHead
from harness.records.query import Reader
from harness.ui.console import print_record
from harness.ui.runs import run_lines
from harness.ui.text import Terminal, printable, say

_STORE = records_option()
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
    console = Terminal()
    lines = run_lines(heads, console.width) if console.is_terminal else run_lines(heads)
    for line in lines:
        console.print(line, soft_wrap=True)


@records.command()
@click.argument("run")
@_STORE
@_JSON
def show(run: str, store: Path, as_json: bool) -> None:
    """Show one run, named by its id or the beginning of its id.

    Example: harness records show 01K9
    """
    files = AttachmentFiles(store)
    with Reader(store) as reader:
        record = _found(reader, run)
        text = reader.json(record.run) if record.outcome is not None else _open_json(record)
    if as_json:
        click.echo(text)
        return
    console = Terminal()
    print_record(console, record)
    for kept in record.attachments:
        words = f"  {kept.step}: {kept.name}, {kept.bytes} bytes: {files.path(kept.sha256)}"
        say(console, Text(printable(words)), hang=4)


@records.command()
@_STORE
def verify(store: Path) -> None:
    """Read the whole store again: every record there, unchanged, true to its parts.

    Example: harness records verify
    """
    findings = verify_chain(store, read_canonical)
    for finding in findings:
        click.echo(finding)
    if findings:
        sys.exit(EXIT_ERROR)
    click.echo("clean")


def _found(reader: Reader, run: str) -> Record:
    """The run of an id or its beginning.

    Raises: StationFault(RECORD-UNKNOWN), with a line for each run that it may be.
    """
    try:
        return reader.record(run)
    except StationFault as fault:
        if not (candidates := fault.evidence.get("begin so")):
            raise
        heads = [RunHead.of(reader.record(candidate)) for candidate in candidates]
        raise StationFault(
            fault.code,
            f"{fault.message}; these begin so, and there may be more",
            evidence={**fault.evidence, "problems": [line.plain for line in run_lines(heads)]},
            remedy="Give more of the id.",
        ) from None


def _open_json(record: Record) -> bytes:
    """An open run in the form of the native JSON; it has no place in the chain yet."""
    return orjson.dumps(
        {"schema": SCHEMA, "run": record.run, "previous": None, **encode(record)},
    )
