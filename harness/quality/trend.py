"""Where a value is going: a slope that outliers do not bend, and when it meets a limit. Pure.

Slope: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of
the American Statistical Association 63, 1968, pages 1379 to 1389 (Theil-Sen). Test: the normal
approximation of Kendall's S with its correction for ties (Mann-Kendall).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

SURE = 2.576
"""Of a normal distribution, 1 % is further from the middle [sigma]."""
LEAST_SPAN_D = 3.0
"""Over a shorter time, warming up and the hour of the day look like a trend [d]."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through values: its slope [unit per day], and where it stands at the newest.

    `z` says how sure its direction is: beyond `SURE`, chance gives it once in a hundred times.
    """

    per_day: float
    level: float
    z: float

    @property
    def sure(self) -> bool:
        """Whether the values really go that way."""
        return abs(self.z) > SURE and self.per_day != 0

    def days_to(self, low: float | None, high: float | None) -> float | None:
        """After how long the line leaves these limits [d]; None when it never does."""
        limit = high if self.per_day > 0 else low
        if limit is None or self.per_day == 0:
            return None
        return max((limit - self.level) / self.per_day, 0.0)


def trend(days: Sequence[float], values: Sequence[float]) -> Trend | None:
    """The trend of values that were taken on these `days` [d], which never fall.

    None over less than `LEAST_SPAN_D`.
    """
    if days[-1] - days[0] < LEAST_SPAN_D:
        return None
    points = zip(days, values, strict=True)
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x2 > x1]
    per_day = median(slopes)
    start = median(y - per_day * x for x, y in zip(days, values, strict=True))
    return Trend(per_day, start + per_day * days[-1], mann_kendall(values))


def mann_kendall(values: Sequence[float]) -> float:
    """How far Kendall's S of values in the order of their time is from none [sigma]."""
    n = len(values)
    s = sum((b > a) - (b < a) for a, b in combinations(values, 2))
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    return math.copysign(abs(s) - 1, s) / math.sqrt(variance) if s else 0.0
