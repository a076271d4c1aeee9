"""`harness records`: the store. These commands only read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
import orjson
from rich.text import Text

from harness.cli import EXIT_ERROR
from harness.cli.options import SINCE, UNTIL, records_option
from harness.errors import StationFault
from harness.model.codec import encode
from harness.model.entry import Entry
from harness.model.head import RunHead
from harness.model.record import Record
from harness.model.rules.recalls import recalls_of
from harness.plans.read_canonical import read_canonical
from harness.records.attachments import AttachmentFiles
from harness.records.chain import verify as verify_chain
from harness.records.line_reader import Accepted
from harness.records.query import Reader
from harness.ui.console import print_record
from harness.ui.entries import entry_words
from harness.ui.runs import accepted_lines, run_lines
from harness.ui.text import Terminal, printable, say

_STORE = records_option()
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON Lines on stdout.")
_LISTED = 50


@click.group()
def records() -> None:
    """Read and verify the record store; nothing here writes.

    Example: harness records list
    """


@records.command("list")
@_STORE
@_JSON
@click.option("--serial", help="Only the runs of this unit.")
@click.option("--jig", help="Only passes on this jig that the verdict on a unit rests on.")
@SINCE
@UNTIL
@click.option("--entries", is_flag=True, help="What the station entered, instead of runs.")
@click.option("--limit", type=click.IntRange(1), help="Default: 50; with --jig, all.")
def list_(
    store: Path,
    as_json: bool,
    serial: str | None,
    jig: str | None,
    since: datetime | None,
    until: datetime | None,
    entries: bool,
    limit: int | None,
) -> None:
    """List runs, newest first; a run that is open stands there as it is.

    With --jig, in the order of their start, the passes on a jig that are the last word of their
    process on a unit, and where the unit went next. With --entries, what the station wrote besides
    runs: who signed in, what was locked, refused, reworked, recalled.

    Example: harness records list --jig J-0117 --from 2026-11-21 --to 2026-11-22
    """
    if jig is not None and (serial is not None or entries):
        raise click.UsageError("--jig goes with --from, --to and --limit alone")
    if entries and (since or until):
        raise click.UsageError("--entries goes with --serial and --limit alone")
    with Reader(store) as reader:
        if jig is not None:
            _list_accepted(reader.accepted(jig, since, until)[:limit], as_json=as_json)
        elif entries:
            _list_entries(reader.entries(limit or _LISTED, serial=serial), as_json=as_json)
        else:
            heads = reader.runs(limit or _LISTED, serial=serial, since=since, until=until)
            _list_runs(heads, reader.recalls(), as_json=as_json)


def _list_runs(heads: Sequence[RunHead], recalls: Sequence[Entry], *, as_json: bool) -> None:
    revoked = {head.run: [entry.id for entry in recalls_of(head, recalls)] for head in heads}
    if as_json:
        for head in heads:
            click.echo(orjson.dumps({**encode(head), "recalls": revoked[head.run]}))
        return
    console = Terminal()
    width = console.width if console.is_terminal else sys.maxsize
    for line in run_lines(heads, width, {run for run, by in revoked.items() if by}):
        console.print(line, soft_wrap=True)


def _list_accepted(passes: Sequence[Accepted], *, as_json: bool) -> None:
    if as_json:
        for made in passes:
            click.echo(orjson.dumps(encode(made)))
        return
    console = Terminal()
    for line in accepted_lines(passes):
        console.print(line, soft_wrap=True)


def _list_entries(entries: Sequence[Entry], *, as_json: bool) -> None:
    console = Terminal()
    for entry in entries:
        if as_json:
            click.echo(orjson.dumps(encode(entry)))
        else:
            say(console, Text(entry_words(entry)), hang=4)


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
        record = found_run(reader, run)
        json_of = reader.open_json if record.outcome is None else reader.json
        text = json_of(record.run)
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


def found_run(reader: Reader, run: str) -> Record:
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
