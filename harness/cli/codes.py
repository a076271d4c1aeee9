"""`harness codes`: the codes of a station, to print."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import badge_id
from harness.model.screen import ENGLISH, LANGUAGES
from harness.ui.board.words import Words
from harness.ui.scanning.sheet import LEAST_MM, SIZE_MM, codes_of, sheet
from harness.ui.text import printable


def _ids(_: click.Context, __: click.Parameter, written: tuple[str, ...]) -> tuple[str, ...]:
    """Raises: click.BadParameter when one is no id of a badge."""
    return tuple(dict.fromkeys(map(badge_id, written)))


@click.command()
@click.option(
    "--station",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Station file.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The page to write, for a browser to print.",
)
@click.option(
    "--badge",
    "badges",
    multiple=True,
    metavar="ID",
    callback=_ids,
    help="A badge by its id, never by its password; once for each.",
)
@click.option(
    "--size",
    "size_mm",
    type=click.FloatRange(LEAST_MM, 100),
    default=SIZE_MM,
    show_default=True,
    help="The width of each code [mm]; 50 is read from 2 m.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help=f"Of the words below each code.  [default: the station file's, else {ENGLISH}]",
)
def codes(
    file: Path, out: Path, badges: tuple[str, ...], size_mm: float, language: str | None
) -> None:
    """Write a page with a station's codes, to print: slots, commands, check code, badges.

    Print it at 100 %. docs/scanning.md says what each code does.

    Example: harness codes --station fixtures/stations/sim4.yaml --out codes.html --badge B-0042
    """
    from harness.wiring import config_of, load_layout, places

    layout = load_layout(file, None)
    station = config_of(layout)
    printed = codes_of([place.number for place in places(layout)], badges)
    words = Words(language or station.screen.language)
    try:
        out.write_text(sheet(station.name, printed, words, size_mm), encoding="utf-8")
    except OSError as error:
        said = f"{out} cannot be written: {error.strerror}"
        raise click.BadParameter(said, param_hint="--out") from None
    click.echo(f"Print {printable(str(out))} at 100 % on A4.", err=True)
