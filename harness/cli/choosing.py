"""Which unit, slot, plan and steps a person means by the options of `harness run`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from harness.clock import SystemClock
from harness.model.identity import Unit
from harness.model.plan import Plan, Variants
from harness.station.part import part_of
from harness.wiring import Place
from harness.wiring.choosing import announce, pick, plan_for


def warn_expired(plan: Plan) -> None:
    """Say on stderr that the golden values of a plan hold no more; production refuses it."""
    if why := plan.expired(SystemClock().utc().date()):
        click.echo(f"warning: {why}", err=True)


def announced(plans: Variants, scans: Sequence[str], serial: str | None) -> Unit:
    """The unit that the caller names, as far as he does."""
    with _usage("--label: " if scans else "--serial: "):
        return plans.any.unit_of(*scans) if scans else Unit(serial or "")


def place_for(slots: list[Place], number: int | None, unit: Unit | None) -> Place:
    """The slot that was asked for, with the unit that is announced for it; None announces none."""
    with _usage():
        if unit is None:
            return pick(slots, number)
        return announce(pick(slots, number, unit.serial), unit, "--serial or --label")


def plan_of(plans: Variants, unit: Unit, variant: str | None) -> Plan:
    """The plan of the unit, by its label or by the variant that was asked for."""
    with _usage():
        return plan_for(plans, unit, variant, "scan its label with --label, or name --variant")


def chosen(plan: Plan, only: str | None) -> tuple[str, ...]:
    """The steps that were chosen by their ids or those of groups; empty when none is left out."""
    if only is None:
        return ()
    with _usage("--only: "):
        return part_of(plan, (word.strip() for word in only.split(",")))


@contextmanager
def _usage(option: str = "") -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise click.UsageError(f"{option}{error}") from None
