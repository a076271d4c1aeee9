"""Which unit, slot, plan and steps a person means by the options of `harness run`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import click

from harness.files.problems import nearest
from harness.model.identity import Unit
from harness.model.plan import Phase, Plan, Variants
from harness.wiring import Place


def announced(plans: Variants, scans: Sequence[str], serial: str | None) -> Unit:
    """The unit that the caller names, as far as he does."""
    try:
        return plans.any.unit_of(*scans) if scans else Unit(serial or "")
    except ValueError as error:
        raise click.UsageError(f"{'--label' if scans else '--serial'}: {error}") from None


def pick(slots: list[Place], number: int | None, unit: Unit) -> Place:
    """The slot that was asked for, with the unit that is announced for it."""
    known = ", ".join(f"{slot.number} ({slot.unit.serial or 'any'})" for slot in slots)
    slots = [slot for slot in slots if number in (None, slot.number)]
    if unit.serial:
        slots = [slot for slot in slots if slot.unit.serial in ("", unit.serial)]
        slots.sort(key=lambda slot: not slot.unit.serial)
    if not slots:
        raise click.UsageError(f"no such slot or serial; this station has: {known}")
    place = slots[0]
    if not place.unit.serial and not unit.serial:
        message = f"slot {place.number} takes any unit: say which with --serial or --label"
        raise click.UsageError(message)
    if unit.imei or unit.sku or not place.unit.serial:
        return replace(place, unit=unit)
    return place


def plan_for(plans: Variants, unit: Unit, variant: str | None) -> Plan:
    """The plan of the unit: by the SKU of its label, or by the variant that was asked for.

    A variant that the label speaks against is refused.
    """
    try:
        plan = plans.of(unit) if variant is None else plans.named(variant)
    except ValueError as error:
        hint = "" if variant or unit.sku else ": scan its label with --label, or name --variant"
        raise click.UsageError(f"{error}{hint}") from None
    if unit.sku and plans.skus and plans.skus.get(unit.sku) != plan.variant:
        means = plans.skus.get(unit.sku, "none of this plan")
        words = f"the label of {unit.serial} says SKU {unit.sku}, which is variant {means}"
        raise click.UsageError(f"--variant {variant}: {words}")
    return plan


def chosen(plan: Plan, only: str | None) -> tuple[str, ...]:
    """The steps that were chosen by their ids or those of groups; empty when none is left out."""
    if only is None:
        return ()
    steps = plan.of(Phase.STEPS)
    known: dict[str, set[str]] = {step.id: {step.id} for step in steps}
    for step in steps:
        if step.group:
            known.setdefault(step.group.id, set()).add(step.id)
    wanted: set[str] = set()
    for word in (word.strip() for word in only.split(",")):
        if word not in known:
            raise click.UsageError(f"--only: {_unknown(plan, word, list(known))}")
        wanted |= known[word]
    kept = tuple(step.id for step in steps if step.id in wanted)
    return () if len(kept) == len(steps) else kept


def _unknown(plan: Plan, word: str, known: list[str]) -> str:
    if any(step.id == word for step in plan.steps):
        return f"{word} is setup or teardown, which always run"
    meant = nearest(word, known)
    hint = f"did you mean {meant!r}?" if meant else f"there are {', '.join(known)}"
    return f"the plan {plan.id} has no step or group {word!r:.60}; {hint}"
