"""`harness plan new`: a starting plan for chosen areas."""

from __future__ import annotations

import re
from pathlib import Path

import click

from harness.cli.line import PLAN
from harness.files.problems import nearest
from harness.files.shapes import NAME
from harness.plans.starting import Area, read_areas, starting_plan

_AREAS = PLAN.parent


@click.command()
@click.argument("name")
@click.option("--area", "chosen", multiple=True, required=True, help="An area to test; again.")
@click.option("--model", default="A57-4G", show_default=True, help="The model of the product.")
@click.option("--part", help="Its part number; by default as the model.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it, if nothing is there; else on stdout.",
)
def new(name: str, chosen: tuple[str, ...], model: str, part: str | None, out: Path | None) -> None:
    """Write a commented starting plan for chosen areas, with example limits to be replaced.

    The areas are the single-area plans of testplans/, such as identity, radio, camera, device or
    handover. Identity comes first in the plan and the handover last, in whatever order they are
    chosen.

    Example: harness plan new a58-final --area identity --area radio --out a58-final.yaml
    """
    if not re.fullmatch(str(NAME["pattern"]), name):
        raise click.UsageError(f"{name!r:.60} is not {NAME['description']}")
    if not (model + (part or "")).isprintable():
        raise click.UsageError("--model and --part are printable texts")
    areas = read_areas(_AREAS, out.parent if out else Path())
    picked = [_area(word, areas) for word in dict.fromkeys(chosen)]
    try:
        text = starting_plan(name, picked, model, part or model)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise click.UsageError(f"--out {out}: {error.strerror}") from None
    click.echo(f"{out}: replace its limits, then: harness plan check {out}", err=True)


def _area(word: str, areas: dict[str, Area]) -> Area:
    if word not in areas:
        meant = nearest(word, areas)
        hint = f"did you mean {meant!r}?" if meant else f"there are {', '.join(areas)}"
        raise click.UsageError(f"no area {word!r:.60}; {hint}")
    return areas[word]
