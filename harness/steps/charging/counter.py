"""A current by a charge counter, which goes up in steps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from harness.model.reading import Reading, Unknown

_LEAST_STEPS = 10
"""The time of a step is known to a point of the log: of ten steps, that is a tenth at the most
where a step takes as long as a point or longer."""
_UAH_PER_A_S = 1e6 / 3600


def counted_a(counted: Iterable[tuple[float, Reading[int]]]) -> Reading[float]:
    """The mean current [A] of what was counted [uAh], each with its time [s].

    From the first step of the counter to its last: what came before the one and after the other
    has not been counted yet. Unknown with fewer than ten steps.
    """
    points: list[tuple[float, int]] = []
    for at_s, reading in counted:
        if not isinstance(reading, int):
            return reading
        points.append((at_s, reading))
    steps = _steps(points)
    if len(steps) <= _LEAST_STEPS:
        words = f"the charge counter has made {max(len(steps) - 1, 0)} whole steps"
        return Unknown(f"{words}, {_LEAST_STEPS} are needed: it is coarse for so short a time")
    (from_s, from_uah), (until_s, until_uah) = steps[0], steps[-1]
    return (until_uah - from_uah) / _UAH_PER_A_S / (until_s - from_s)


def _steps(points: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """The points at which the counter had changed."""
    return [after for before, after in pairwise(points) if after[1] != before[1]]
