"""`harness plan`: what is written in plans."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from harness.cli import EXIT_USAGE
from harness.plans.resolve import resolve
from harness.steps import catalogue


@click.group()
def plan() -> None:
    """Check plans.

    Example: harness plan check testplans/skeleton.yaml
    """


@plan.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Say every problem of plans, each with its place.

    Example: harness plan check testplans/*.yaml
    """
    steps = catalogue()
    bad = False
    for file in files:
        resolved, problems = resolve(file, steps)
        bad = bad or resolved is None
        for problem in problems:
            click.echo(str(problem))
        if resolved:
            click.echo(f"{file}: {resolved.id} revision {resolved.revision} {resolved.sha256}")
    if bad:
        sys.exit(EXIT_USAGE)
