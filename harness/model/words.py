"""What was measured, in words: the one way in which people are told a number and its unit."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from harness.model.limits import edges, limit_of
from harness.model.record import MeasurementRecord
from harness.model.value import DIGITS, Curve, spoken


def value_words(made: MeasurementRecord) -> str:
    """What was measured, with its unit; what came instead when it could not be read.

    A number has the digits that a meter gives, and more where its side of a limit hangs on them;
    the record keeps all.
    """
    if made.value is None:
        return made.raw or "nothing"
    return amount_words(made.value, made.unit, beside=edges_of(made))


def amount_words(
    value: object, unit: str, digits: int = DIGITS, beside: Collection[Decimal] = ()
) -> str:
    """A value with its unit; a number as `spoken` has it."""
    if isinstance(value, bool):
        return str(value).lower()
    number = isinstance(value, float | Decimal | Curve)
    return f"{spoken(value, digits, beside)}{unit_words(unit) if number else ''}"


def unit_words(unit: str) -> str:
    """What stands behind a number for its unit: nothing where things are counted."""
    return f" {unit}" if unit not in ("", "1") else ""


def edges_of(made: MeasurementRecord) -> list[Decimal]:
    """The numbers of its limit that nothing told of it may hide."""
    try:
        return edges(limit_of(made.limit))
    except ValueError:
        return []  # a value is told whatever is wrong with its limit
