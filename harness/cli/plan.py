"""`harness plan`: what is written in plans."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from harness.cli import EXIT_USAGE
from harness.model.codec import encode
from harness.model.plan import Plan
from harness.plans.resolve import load_plan, resolve
from harness.steps import catalogue
from harness.ui.plan import plan_lines

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def plan() -> None:
    """Check plans and show what they say.

    Example: harness plan check testplans/skeleton.yaml
    """


@plan.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
def check(files: tuple[Path, ...]) -> None:
    """Say every problem of plans, and of the limit sets and labels they name, with its place.

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


@plan.command()
@click.argument("file", type=_FILE)
@click.option("--resolved", is_flag=True, help="The canonical form, whose SHA-256 is the plan's.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as a line of JSON on stdout.")
def show(file: Path, resolved: bool, as_json: bool) -> None:
    """Show a plan as it runs: each step with its defaults, limits and what it needs.

    Example: harness plan show testplans/a57-final.yaml
    """
    if resolved and as_json:
        raise click.UsageError("--resolved is JSON already; --json holds it as `resolved`")
    steps = catalogue()
    loaded = load_plan(file, steps)
    if resolved:
        click.echo(loaded.canonical, nl=False)  # nothing but what is hashed
    elif as_json:
        click.echo(json.dumps(_form(loaded), ensure_ascii=False))
    else:
        click.echo("\n".join(plan_lines(loaded, steps)))


def _form(plan: Plan) -> dict[str, object]:
    return {
        "sha256": plan.sha256,
        "limits": plan.limits and encode(plan.limits),
        "label": plan.label and encode(plan.label),
        "resolved": json.loads(plan.canonical),
    }
