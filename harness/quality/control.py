"""Individuals and moving-range charts: does a value still do what it used to do by itself? Pure.

Chart: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2. Rules: tests 1 to 4 of L. S.
Nelson, "The Shewhart Control Chart: Tests for Special Causes", Journal of Quality Technology
16(4), 1984, pages 237 to 239. He advises to apply these four routinely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import fmean

D2 = 1.128
"""Mean range of two values of a normal distribution, in its sigma (e-Handbook 6.3.2.1, d2)."""
D4 = 3.267
"""Upper limit of the range of two values, in its mean (e-Handbook 6.3.2.1, D4)."""
_WIDTH = 3
"""Control limits stand so many sigma from the centre."""
_SAME_SIDE, _ONE_WAY, _ALTERNATING = 9, 6, 14
"""How many points in a row rules 2, 3 and 4 look at."""
_SAME = 1e-9
"""Values that differ by less, as a share of their size, differ by the rounding of computers."""


class Rule(StrEnum):
    """Why a value is not what it used to be; Nelson's tests 1 to 4, and the moving-range chart."""

    BEYOND = "beyond its control limits"
    SHIFTED = "nine in a row on one side of the centre"
    ONE_WAY = "six in a row, each further the same way"
    ALTERNATING = "fourteen in a row up and down by turns"
    RATTLES = "jumps to and fro by more than its moving range allows"


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that the newest value breaks, and how far it has moved by that, in its unit."""

    rule: Rule
    size: float


@dataclass(frozen=True, slots=True)
class Chart:
    """What a value does by itself, in its unit.

    `low` is None where the quantity cannot be so low. `mean_range` is the mean difference between
    neighbours, `most_range` the upper limit of it.
    """

    centre: float
    sigma: float
    low: float | None
    high: float
    mean_range: float
    most_range: float

    @classmethod
    def of(cls, values: Sequence[float], least: float | None = None) -> Chart:
        """The chart of a baseline of two values or more; `least` is what it cannot be less than.

        A meter with coarse steps shows less spread than it has: the limits are then at least one
        step away, so that the next step is no signal.
        """
        centre = fmean(values)
        mean_range = fmean(abs(b - a) for a, b in pairwise(values))
        sigma = mean_range / D2
        step = _step(values)
        reach = max(_WIDTH * sigma, step)
        low = centre - reach
        return cls(
            centre=centre,
            sigma=sigma,
            low=None if least is not None and low < least else low,
            high=centre + reach,
            mean_range=mean_range,
            most_range=max(D4 * mean_range, step),
        )

    @property
    def constant(self) -> bool:
        """Whether the baseline was the same all the time."""
        return self.mean_range <= _rounding([self.centre])

    def beyond(self, value: float) -> bool:
        """Whether a value is outside of the control limits."""
        return value > self.high or (self.low is not None and value < self.low)


def signals(chart: Chart, values: Sequence[float]) -> tuple[Signal, ...]:
    """The rules that the newest of these values breaks, by the chart of a baseline."""
    same = _rounding([chart.centre, *values])
    moved = {
        Rule.BEYOND: _beyond(chart, values),
        Rule.SHIFTED: _shifted(chart, values[-_SAME_SIDE:], same),
        Rule.ONE_WAY: _one_way(values[-_ONE_WAY:], same),
        Rule.ALTERNATING: _alternating(values[-_ALTERNATING:], same),
        Rule.RATTLES: _rattles(chart, values[-4:]),
    }
    return tuple(Signal(rule, size) for rule, size in moved.items() if abs(size) > same)


def _beyond(chart: Chart, values: Sequence[float]) -> float:
    return values[-1] - chart.centre if chart.beyond(values[-1]) else 0.0


def _shifted(chart: Chart, values: Sequence[float], same: float) -> float:
    off = [value - chart.centre for value in values]
    return fmean(off) if len(off) == _SAME_SIDE and _one_sign(off, same) else 0.0


def _one_way(values: Sequence[float], same: float) -> float:
    steps = [b - a for a, b in pairwise(values)]
    return values[-1] - values[0] if len(values) == _ONE_WAY and _one_sign(steps, same) else 0.0


def _alternating(values: Sequence[float], same: float) -> float:
    steps = [b - a for a, b in pairwise(values)]
    turned = [step if place % 2 else -step for place, step in enumerate(steps)]
    alternate = len(values) == _ALTERNATING and _one_sign(turned, same)
    return fmean(map(abs, steps)) if alternate else 0.0


def _rattles(chart: Chart, values: Sequence[float]) -> float:
    """The newest range and one of the two before it are beyond their limit.

    One alone comes by chance once in a hundred times, and ranges that share a value come in pairs
    when that is outside of its limits: then the value is told, not the way there and back.
    """
    ranges = [abs(b - a) for a, b in pairwise(values)]
    wide = [each for each in ranges if each > chart.most_range]
    within = not any(map(chart.beyond, values))
    return fmean(wide) if within and len(wide) > 1 and ranges[-1] in wide else 0.0


def _one_sign(numbers: Sequence[float], same: float) -> bool:
    return all(number > same for number in numbers) or all(number < -same for number in numbers)


def _rounding(values: Iterable[float]) -> float:
    """By how much values may differ that are the same."""
    return _SAME * max(map(abs, values))


def _step(values: Sequence[float]) -> float:
    """The finest difference that the values show: between two of them that came more than once."""
    same = _rounding(values)
    often = sorted(value for value, times in Counter(values).items() if times > 1)
    gaps = [b - a for a, b in pairwise(often) if b - a > same]
    return max(min(gaps, default=0.0), same)
