"""What steps measure: a number, a text, a flag, or a curve of numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from harness.model.reading import Reading, Unreadable
from harness.model.units import plain_decimal

DIGITS = 6
"""As many as a good meter gives; what comes after them is noise."""
ALL_DIGITS = 17
"""Of a float: no two that differ are spelt alike."""
MOST_POINTS = 4096
"""No curve that a step keeps in a record has more."""

_LARGEST_INT = 2**53
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Curve:
    """A series of values `y`, in the unit of its measurement, over rising `x` in `x_unit`."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    x_unit: str = "1"

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"a curve has a y for each x, not {len(self.y)} for {len(self.x)}")
        if not 2 <= len(self.x) <= MOST_POINTS:
            raise ValueError(f"a curve has 2 to {MOST_POINTS} points, not {len(self.x)}")
        if not all(type(n) is float and math.isfinite(n) for n in (*self.x, *self.y)):
            raise ValueError("a curve holds finite numbers")
        if any(later <= sooner for sooner, later in zip(self.x, self.x[1:], strict=False)):
            raise ValueError("the x of a curve rise from point to point")

    @classmethod
    def read(cls, x: Iterable[float], y: Iterable[float]) -> Reading[Curve]:
        """The curve through these points; Unreadable where they are none."""
        try:
            return cls(tuple(map(float, x)), tuple(map(float, y)))
        except (ValueError, TypeError, OverflowError) as error:
            return Unreadable(str(error))


Value = float | str | bool | Curve
"""A number in the declared unit, a text, a flag, or a curve."""

Exact = Decimal | str | bool
"""A single value as limits hold it."""


def exact(value: object) -> Exact | None:
    """A value as limits compare it; None for what is no finite number, text or flag.

    Numbers are compared by their shortest spelling, so that 0.45 meets a limit of 450 mA. What
    a record cannot hold (a longer integer than a float holds, half a surrogate pair) is None.
    """
    match value:
        case bool():
            return value
        case str() if not _SURROGATE.search(value):
            return str.__str__(value)
        case Decimal():
            return value if value.is_finite() else None
        case int() if abs(value) <= _LARGEST_INT:
            return Decimal(value)
        case float() if math.isfinite(value):
            return Decimal(float.__repr__(value))
        case _:
            return None


def kept(number: Decimal) -> bool:
    """Whether a record, whose numbers are floats, holds this number to the last digit."""
    try:
        return Decimal(repr(float(number))) == number
    except (OverflowError, ValueError):
        return False


def plain(value: Exact) -> float | str | bool:
    """A value of a limit as the record has it."""
    return float(value) if isinstance(value, Decimal) else value


def spoken(value: object, digits: int = DIGITS, beside: Collection[Decimal] = ()) -> str:
    """A value for a person: a float to so many digits, an exact number to its last one.

    Nothing before the point is rounded away, and as many digits more are given as it takes to see
    on which side of the numbers `beside` it stands: 0.4599999 is not taken for a limit of 0.46.
    """
    match value:
        case Curve():
            ends = (spoken(end, digits, beside) for end in (min(value.y), max(value.y)))
            return f"{len(value.x)} points from {' to '.join(ends)}"
        case float():
            return _rounded(value, digits, beside)
        case Decimal() if value.is_finite():
            return plain_decimal(value)
        case _:
            return str(value)


def _rounded(number: float, digits: int, beside: Collection[Decimal]) -> str:
    if not math.isfinite(number):
        return str(number)
    sides = _sides(repr(number), beside)
    for count in range(max(digits, len(f"{abs(number):.0f}")), ALL_DIGITS):
        text = f"{number:.{count}g}"
        if _sides(text, beside) == sides:
            return text
    return repr(number).removesuffix(".0")


def _sides(text: str, of: Collection[Decimal]) -> list[Decimal]:
    """Below (-1), on (0) or above (1) each of the numbers."""
    return [Decimal(text).compare(number) for number in of]
