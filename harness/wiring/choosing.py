"""Which slot, unit and plan a person means who has named a few of them."""

from __future__ import annotations

from dataclasses import replace

from harness.model.identity import Unit
from harness.model.plan import Plan, Variants
from harness.wiring.layout import Place


def pick(slots: list[Place], number: int | None, serial: str = "") -> Place:
    """The slot that was asked for, or the first that stands open to the serial.

    Raises: ValueError when there is none.
    """
    known = ", ".join(f"{slot.number} ({slot.unit.serial or 'any'})" for slot in slots)
    slots = [slot for slot in slots if number in (None, slot.number)]
    if serial:
        slots = [slot for slot in slots if slot.unit.serial in ("", serial)]
        slots.sort(key=lambda slot: not slot.unit.serial)
    if not slots:
        raise ValueError(f"no such slot or serial; this station has: {known}")
    return slots[0]


def announce(place: Place, unit: Unit, how: str) -> Place:
    """The slot with the unit that is announced for it; `how` names the options that do that.

    Raises: ValueError when nobody says which unit is in a slot that takes any.
    """
    if not place.unit.serial and not unit.serial:
        raise ValueError(f"slot {place.number} takes any unit: say which with {how}")
    if unit.imei or unit.sku or not place.unit.serial:
        return replace(place, unit=unit)
    return place


def unlabelled(place: Place) -> Place:
    """The slot with its unit as it is known while nobody has looked at its label."""
    return replace(place, unit=replace(place.unit, sku=""))


def plan_for(plans: Variants, unit: Unit, variant: str | None, how: str) -> Plan:
    """The plan of the unit: by the SKU of its label, or by the variant that was asked for.

    Raises: ValueError when neither says which (`how` tells what would), and for a variant that
    the label speaks against.
    """
    try:
        plan = plans.of(unit) if variant is None else plans.named(variant)
    except ValueError as error:
        hint = "" if variant or unit.sku else f": {how}"
        raise ValueError(f"{error}{hint}") from None
    if unit.sku and plans.skus and plans.skus.get(unit.sku) != plan.variant:
        means = plans.skus.get(unit.sku, "none of this plan")
        words = f"the label of {unit.serial} says SKU {unit.sku}, which is variant {means}"
        raise ValueError(f"--variant {variant}: {words}")
    return plan
