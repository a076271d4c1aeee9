"""`harness plan`: what is written in plans."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli import EXIT_USAGE
from harness.clock import SystemClock
from harness.errors import PlanError
from harness.files.problems import Place
from harness.model.codec import encode
from harness.model.plan import Plan, Variants
from harness.model.step import Catalogue
from harness.plans.asked import require_asked
from harness.plans.limits.schema import GOLDEN_SCHEMA, LIMIT_SET_SCHEMA
from harness.plans.needs import places_of_needs
from harness.plans.resolve import load_plans, resolve
from harness.plans.schema import LABEL_SCHEMA, PLAN_SCHEMA
from harness.steps import catalogue
from harness.ui.plan import plan_lines, variants_lines

if TYPE_CHECKING:  # it costs `check` a start of the station, without --station too
    from harness.station.lacks import Lack

_FILE = click.Path(dir_okay=False, path_type=Path)
_LATER = ("diff", "new", "replay", "takt")
_SCHEMAS = {
    "plan": PLAN_SCHEMA,
    "limits": LIMIT_SET_SCHEMA,
    "golden": GOLDEN_SCHEMA,
    "label": LABEL_SCHEMA,
}


class _Plan(click.Group):
    """Imports what needs more than plans when it is called, so that `check` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_LATER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _LATER:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(f"harness.cli.plan_{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Plan)
def plan() -> None:
    """Check, show and compare plans, start new ones, judge old runs by them.

    Example: harness plan check testplans/skeleton.yaml
    """


@plan.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--station", type=_FILE, help="Whether each slot of this station has what they need.")
def check(files: tuple[Path, ...], station: Path | None) -> None:
    """Say every problem of plans, and of the files they name, each with its place.

    Example: harness plan check testplans/*.yaml
    """
    steps = catalogue()
    bad = False
    for file in files:
        plans, problems = resolve(file, steps)
        bad = bad or plans is None
        for problem in problems:
            click.echo(str(problem))
        if plans:
            _say_checked(file, plans, steps)
            lacks = _lacks(file, plans, steps, station) if station else []
            for lack in lacks:
                click.echo(lack)
            bad = bad or bool(lacks)
    if bad:
        sys.exit(EXIT_USAGE)


def _lacks(file: Path, plans: Variants, steps: Catalogue, station: Path) -> list[str]:
    """What slots of a station have not that these plans need, each once, at its place."""
    from harness.station.lacks import lacks_of
    from harness.wiring import load_layout, paths_unknown_in, places

    named = places_of_needs(file)
    layout = load_layout(station, None)
    slots: dict[Lack, dict[int, None]] = {}
    paths: dict[str, None] = {}
    for place in places(layout):
        for plan in plans.plans.values():
            for lack in lacks_of(plan, steps, place.devices, place.instruments):
                slots.setdefault(lack, {})[place.number] = None
            for step, fault in paths_unknown_in(layout, place.number, plan, steps):
                line, column = named[step]["callbox"]
                words = f"slot {place.number}: step {step}: {fault.message}: {fault.remedy}"
                paths[f"{file}:{line}:{column}: {words}"] = None
    return [
        *(_said(file, lack, list(its), named[lack.step]) for lack, its in slots.items()),
        *paths,
    ]


def _said(file: Path, lack: Lack, slots: Sequence[int], named: Mapping[str, Place]) -> str:
    line, column = named.get(lack.thing) or named[""]
    numbers = ", ".join(map(str, slots))
    which = f"slot{'s' if len(slots) > 1 else ''} {numbers}"
    return f"{file}:{line}:{column}: {which}: {lack}: {lack.remedy}"


def _say_checked(file: Path, plans: Variants, steps: Catalogue) -> None:
    if expired := plans.any.expired(SystemClock().utc().date()):
        click.echo(f"{file}: warning: {expired}: have the golden units measured again")
    for plan in plans.plans.values():
        try:
            require_asked(file, plan, steps)
        except PlanError as why:  # a bench may do without
            click.echo(f"{why.message} ({why.code}): {why.remedy}")
        variant = f"variant {plan.variant} " if plan.variant else ""
        click.echo(f"{file}: {plan.id} revision {plan.revision} {variant}{plan.sha256}")


@plan.command()
@click.argument("file", type=_FILE)
@click.option("--variant", help="The plan of this variant.")
@click.option("--resolved", is_flag=True, help="The canonical form, whose SHA-256 is the plan's.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON on stdout for each variant.")
def show(file: Path, variant: str | None, resolved: bool, as_json: bool) -> None:
    """Show a plan as it runs: each step with its defaults, limits and what it needs.

    Of a plan with variants: the first one, and where each other differs from it.

    Example: harness plan show testplans/a57-final.yaml
    """
    if resolved and as_json:
        raise click.UsageError("--resolved is JSON already; --json holds it as `resolved`")
    steps = catalogue()
    plans = load_plans(file, steps)
    if resolved:  # nothing but what is hashed
        click.echo(_named(plans, variant or "").canonical.encode(), nl=False)
    elif as_json:
        wanted = plans.plans.values() if variant is None else [_named(plans, variant)]
        for each in wanted:
            click.echo(json.dumps(_form(each), ensure_ascii=False))
    elif variant is None:
        click.echo("\n".join(variants_lines(plans, steps)))
    else:
        click.echo("\n".join(plan_lines(_named(plans, variant), steps)))


def _named(plans: Variants, variant: str) -> Plan:
    try:
        return plans.named(variant)
    except ValueError as error:
        raise click.UsageError(f"--variant: {error}") from None


def _form(plan: Plan) -> dict[str, object]:
    golden = plan.golden
    return {
        "variant": plan.variant,
        "sha256": plan.sha256,
        "limits": plan.limits and encode(plan.limits),
        "golden": golden and {**asdict(golden), "until": str(golden.until)},
        "label": plan.label and encode(plan.label),
        "resolved": json.loads(plan.canonical),
    }


@plan.command()
@click.argument("kind", type=click.Choice(list(_SCHEMAS)), default="plan")
def schema(kind: str) -> None:
    """Print the JSON Schema (draft 2020-12) that files are checked by, for editors.

    Example: harness plan schema limits > limits.schema.json
    """
    click.echo(json.dumps(_SCHEMAS[kind], indent=2, ensure_ascii=False))
