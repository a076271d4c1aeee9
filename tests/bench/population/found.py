"""One tested unit as other processes are told of it, and the sums over all of them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.model.conclude import final_attempts
from harness.model.outcome import Outcome
from harness.model.record import MeasurementRecord, Record
from harness.model.value import Curve
from harness.sim.defects import DEFECTS
from harness.ui.findings import concluded

Sides = tuple[float | None, float | None]
"""What a number may be at the least and at the most, guards off."""


class Measured(NamedTuple):
    """A number, and what it may be. Of a curve: the least that lies between it and its mask."""

    name: str
    sides: Sides
    value: float


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a unit; `defect` is empty for a good one, `cpu_s` what testing it took.

    `steps` are those of the run that have found it bad. Numbers are kept of good units alone.
    """

    defect: str
    serial: str
    outcome: Outcome | None
    concluded: frozenset[str]
    measured: tuple[Measured, ...] = ()
    cpu_s: float = 0.0
    steps: frozenset[str] = frozenset()

    @classmethod
    def of(cls, defect: str, serial: str, record: Record, cpu_s: float = 0.0) -> Found:
        kept = () if defect else tuple(_measured(record))
        steps = frozenset(
            step.id
            for step in final_attempts(record.steps).values()
            if step.outcome not in (Outcome.PASS, Outcome.SKIPPED)
        )
        return cls(defect, serial, record.outcome, concluded(record), kept, cpu_s, steps)

    @property
    def as_stated(self) -> bool:
        """Whether what was concluded is all that must be, and nothing else."""
        stated = DEFECTS[self.defect]
        return (self.outcome, self.concluded) == (stated.outcome, stated.concluded)


def _measured(record: Record) -> Iterator[Measured]:
    for step in record.steps:
        for made in step.measurements:
            if measured := _number(f"{step.id}.{made.name}", made):
                yield measured


def _number(name: str, made: MeasurementRecord) -> Measured | None:
    value = made.value
    match made.limit:
        case {"accept_low": low, "accept_high": high} if isinstance(value, int | float):
            return Measured(name, (low, high), float(value))
        case {"mask": mask} if isinstance(value, Curve):
            return Measured(name, (0.0, None), _least_room(value, mask))
        case _:
            return None


def _least_room(curve: Curve, mask: Mapping[str, Sequence[float]]) -> float:
    """Between a curve and the bounds of its mask, at the curve's points and the mask's corners.

    A low bound of 0 is none: neither luma nor response is ever less.
    """
    x, low, high = mask["x"], mask["low"], mask["high"]
    places = [*x, *(at for at in curve.x if x[0] <= at <= x[-1])]
    rooms = [_at(at, x, high) - _at(at, curve.x, curve.y) for at in places]
    rooms += [_at(at, curve.x, curve.y) - least for at in places if (least := _at(at, x, low)) > 0]
    return min(rooms)


def _at(at: float, x: Sequence[float], y: Sequence[float]) -> float:
    right = min(max(bisect_right(x, at), 1), len(x) - 1)
    share = (at - x[right - 1]) / (x[right] - x[right - 1])
    return y[right - 1] + share * (y[right] - y[right - 1])


@dataclass(slots=True)
class Spread:
    """Mean and standard deviation of numbers as they come (Welford), and how far they go."""

    count: int = 0
    mean: float = 0.0
    least: float = math.inf
    most: float = -math.inf
    _squares: float = 0.0

    def add(self, value: float) -> None:
        self.count += 1
        off = value - self.mean
        self.mean += off / self.count
        self._squares += off * (value - self.mean)
        self.least, self.most = min(self.least, value), max(self.most, value)

    @property
    def sd(self) -> float:
        return math.sqrt(self._squares / (self.count - 1)) if self.count > 1 else 0.0

    def margin(self, sides: Sides) -> float:
        """From the mean to the nearer side [standard deviations]."""
        low, high = sides
        ways = [self.mean - low] if low is not None else []
        ways += [high - self.mean] if high is not None else []
        return min(ways) / self.sd if ways and self.sd else math.inf


@dataclass(slots=True)
class Tally:
    """The sums over tested units, good and bad."""

    good: int = 0
    failed: int = 0
    cpu_s: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)
    """What was concluded of good units that did not pass, and of how many."""
    first: dict[str, str] = field(default_factory=dict)
    """The first of them of whom something was concluded, by its serial."""
    bad: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    """By defect, how many units had it, and how many of them passed."""
    otherwise: dict[str, Counter[str]] = field(default_factory=dict)
    """By defect, what was concluded of those of which something else is stated."""
    cpu_of: Counter[str] = field(default_factory=Counter)
    """By defect, what testing its units took [ms]."""
    steps: dict[str, frozenset[str]] = field(default_factory=dict)
    """By defect, the steps that have found it."""
    spreads: dict[tuple[str, Sides], Spread] = field(default_factory=dict)

    @property
    def tested(self) -> int:
        return self.good + self.bad.total()

    def add(self, unit: Found) -> None:
        self.cpu_s += unit.cpu_s
        if unit.defect:
            self._add_bad(unit)
            return
        self.good += 1
        if unit.outcome is not Outcome.PASS:
            self.failed += 1
            self.codes.update(unit.concluded)
            self.first = {**dict.fromkeys(unit.concluded, unit.serial), **self.first}
        for name, sides, value in unit.measured:
            self.spreads.setdefault((name, sides), Spread()).add(value)

    def _add_bad(self, unit: Found) -> None:
        self.bad[unit.defect] += 1
        self.cpu_of[unit.defect] += round(unit.cpu_s * 1000)
        self.steps[unit.defect] = self.steps.get(unit.defect, frozenset()) | unit.steps
        if unit.outcome is Outcome.PASS:
            self.passed[unit.defect] += 1
        if not unit.as_stated:
            words = ", ".join(sorted(unit.concluded)) or "nothing"
            self.otherwise.setdefault(unit.defect, Counter())[words] += 1

    def nearest(self, count: int) -> list[dict[str, object]]:
        """Of what was measured of good units, those nearest to a limit, in their deviations."""
        ordered = sorted(self.spreads.items(), key=lambda each: each[1].margin(each[0][1]))
        return [
            {
                "measurement": name,
                "sigmas": round(spread.margin(sides), 2),
                "mean": float(f"{spread.mean:.5g}"),
                "sd": float(f"{spread.sd:.3g}"),
                "seen": [float(f"{end:.5g}") for end in (spread.least, spread.most)],
                "limits": sides,
                "units": spread.count,
            }
            for (name, sides), spread in ordered[:count]
            if spread.sd
        ]
