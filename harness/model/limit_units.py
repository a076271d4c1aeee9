"""Limits in other units than those they were written in. Exact, or refused."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from harness.model.judgement import Limit
from harness.model.limits import Equals, OneOf, Range
from harness.model.mask import Mask, MaskPoint
from harness.model.units import Quantity, unit
from harness.model.value import Exact


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a measurement: of its values, and of the x of a curve ("" where it has none)."""

    y: str
    x: str = ""


def in_units(limit: Limit, given: Units, wanted: Units) -> Limit:
    """The limit of values in `given` units, for values in the `wanted` ones.

    Raises: ValueError when they measure other things, or a bound would have to be rounded.
    """
    if given == wanted:
        return limit
    y, x = _Turn.of(given.y, wanted.y), _Turn.of(given.x, wanted.x)
    match limit:
        case Range(low, high, guard, marginal):
            return Range(y.bound(low), y.bound(high), y.number(guard), y.number(marginal))
        case Equals(value):
            return Equals(y.exact(value))
        case OneOf(values):
            return OneOf(tuple(map(y.exact, values)))
        case Mask(points):
            return Mask(
                tuple(
                    MaskPoint(x.number(at), y.bound(low), y.bound(high)) for at, low, high in points
                )
            )
        case _:
            return limit


@dataclass(frozen=True, slots=True)
class _Turn:
    """From one unit to another of its kind."""

    given: str
    wanted: str

    @classmethod
    def of(cls, given: str, wanted: str) -> _Turn:
        if given != wanted and unit(given).measures != unit(wanted).measures:
            raise ValueError(f"{given} measures another quantity than {wanted}")
        return cls(given, wanted)

    def number(self, amount: Decimal) -> Decimal:
        if self.given == self.wanted:
            return amount
        return Quantity(amount, unit(self.given)).to(unit(self.wanted)).amount

    def bound(self, amount: Decimal | None) -> Decimal | None:
        return None if amount is None else self.number(amount)

    def exact(self, value: Exact) -> Exact:
        return self.number(value) if isinstance(value, Decimal) else value
