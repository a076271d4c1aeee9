"""Masks: bounds that run along the x of a curve."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

from harness.model.judgement import HIGH, LOW, PASS, UNKNOWN, UNREADABLE, Judgement
from harness.model.value import Curve, kept, plain

MOST_ROWS = 1000
"""No mask that a person writes has more."""


class MaskPoint(NamedTuple):
    """A corner of a mask; a bound that is None is not there."""

    x: Decimal
    low: Decimal | None
    high: Decimal | None


class Misfit(NamedTuple):
    """Where a curve leaves a mask: at `x` it is `y`, the bound there is `bound`."""

    judgement: Judgement
    x: float
    y: float
    bound: float


@dataclass(frozen=True, slots=True)
class Mask:
    """Bounds that run straight from corner to corner, inclusive; two corners at one x are a step.

    Between two corners a bound holds when both have it. The curve runs straight between its
    points; it must cover the whole mask, and is held against it at its own points and at every
    corner. Exact: no bound is rounded.
    """

    unknown: ClassVar[Judgement] = UNKNOWN
    points: tuple[MaskPoint, ...]

    def __post_init__(self) -> None:
        if not 2 <= len(self.points) <= MOST_ROWS:
            raise ValueError(f"a mask has 2 to {MOST_ROWS} corners, not {len(self.points)}")
        for point in self.points:
            if not all(n is None or n.is_finite() for n in point):
                raise ValueError("a mask holds finite numbers")
            if not all(n is None or kept(n) for n in point):
                raise ValueError(f"at {point.x}: more digits than a record holds (15 to 17)")
            if point.low is not None and point.high is not None and point.low > point.high:
                raise ValueError(f"at {point.x} low {point.low} is above high {point.high}")
        xs = [point.x for point in self.points]
        if xs != sorted(xs):
            raise ValueError("the x of a mask rise from corner to corner")
        if (
            any(x == third for x, third in zip(xs, xs[2:], strict=False))
            or xs[0] == xs[1]
            or xs[-1] == xs[-2]
        ):
            raise ValueError("two corners at one x are a step, with a corner before and after it")
        if not all(_bounded(start, end) for start, end in self._spans()):
            raise ValueError("between any two corners of a mask runs a bound")

    def judge(self, value: object) -> Judgement:
        if not isinstance(value, Curve) or not self._covered(value):
            return UNREADABLE
        misfit = self.misfit(value)
        return misfit.judgement if misfit else PASS

    def misfit(self, curve: Curve) -> Misfit | None:
        """The first place where a curve that covers the mask leaves it."""
        x, y = _fractions(curve.x), _fractions(curve.y)
        for start, end in self._spans():
            first, last = Fraction(start.x), Fraction(end.x)
            inside = x[bisect_right(x, first) : bisect_left(x, last)]
            for at in (first, *inside, last):
                value = _between(x, y, at)
                for judgement, low, high in (
                    (LOW, start.low, end.low),
                    (HIGH, start.high, end.high),
                ):
                    if low is None or high is None:
                        continue
                    bound = _line(first, Fraction(low), last, Fraction(high), at)
                    if value < bound if judgement is LOW else value > bound:
                        return Misfit(judgement, float(at), float(value), float(bound))
        return None

    def describe(self) -> Mapping[str, Any]:
        columns = zip(*self.points, strict=True)
        said = [[None if n is None else plain(n) for n in column] for column in columns]
        return {"mask": dict(zip(MaskPoint._fields, said, strict=True))}

    def _spans(self) -> Iterator[tuple[MaskPoint, MaskPoint]]:
        """Neighbouring corners, without the steps."""
        pairs = zip(self.points, self.points[1:], strict=False)
        return ((start, end) for start, end in pairs if start.x < end.x)

    def _covered(self, curve: Curve) -> bool:
        first, last = (Fraction(self.points[end].x) for end in (0, -1))
        x = _fractions((curve.x[0], curve.x[-1]))
        return x[0] <= first and last <= x[1]


def _bounded(start: MaskPoint, end: MaskPoint) -> bool:
    return None not in (start.low, end.low) or None not in (start.high, end.high)


def _fractions(numbers: Sequence[float]) -> list[Fraction]:
    """The numbers as they are spelt: 0.1 is a tenth."""
    return [Fraction(repr(number)) for number in numbers]


def _between(x: Sequence[Fraction], y: Sequence[Fraction], at: Fraction) -> Fraction:
    """The curve through these points, at an x that it covers."""
    right = bisect_left(x, at)
    if x[right] == at:
        return y[right]
    return _line(x[right - 1], y[right - 1], x[right], y[right], at)


def _line(x0: Fraction, y0: Fraction, x1: Fraction, y1: Fraction, at: Fraction) -> Fraction:
    return y0 + (y1 - y0) * (at - x0) / (x1 - x0)
