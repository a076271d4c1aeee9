"""`harness replay`: a stored run on the operator's screen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from harness.cli.options import records_option
from harness.cli.records import found_run
from harness.cli.screen_options import (
    colours,
    language_option,
    palette_option,
    require_terminal,
    words_in,
)
from harness.errors import StationFault
from harness.model.durations import durations
from harness.plans.read_canonical import read_canonical
from harness.records.query import Reader
from harness.station.screens.plan_shown import shown_of
from harness.ui.played import PlayedLink

_FASTEST = 1000


@click.command()
@click.argument("run")
@click.option(
    "--speed",
    type=click.FloatRange(0, _FASTEST, min_open=True),
    default=1.0,
    show_default=True,
    help="So many times as fast as it was.",
)
@language_option(of_file=False)
@palette_option(of_file=False)
@records_option()
def replay(run: str, speed: float, language: str | None, palette: str | None, store: Path) -> None:
    """Play a stored run, named by its id or its beginning, on the operator's screen.

    Nothing can be done there; F10 leaves it. docs/operator.md says what differs from then.

    Example: harness replay 01K9 --speed 10
    """
    link = played(store, run, speed)
    require_terminal()
    from harness.ui.operator.app import OperatorApp

    OperatorApp(link, words_in(language), colours(palette)).run(mouse=False)


def played(store: Path, run: str, speed: float) -> PlayedLink:
    """The link to a stored run.

    Raises: StationFault(STORE-ABSENT | STORE-DAMAGED | RECORD-UNKNOWN).
    """
    with Reader(store) as reader:
        record = found_run(reader, run)
        ended = record.outcome is not None
        sha256 = hashlib.sha256(reader.json(record.run)).hexdigest() if ended else ""
        form = reader.document(record.plan.sha256)
    try:
        plan = read_canonical(form.decode())
    except ValueError as error:
        raise StationFault("STORE-DAMAGED", f"{store}, plan of run {record.run}: {error}") from None
    release = str(record.release.number) if record.release else ""
    shown = shown_of(plan, durations([record]), release)
    return PlayedLink(record, sha256, shown, speed)
