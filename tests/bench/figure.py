"""A measured figure beside the one that must be met, as a line of JSON."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`at_most` is the figure to meet, if there is one; `samples` how many it is drawn of."""

    name: str
    value: float
    unit: str
    at_most: float | None
    samples: int

    @property
    def met(self) -> bool:
        return self.at_most is None or self.value <= self.at_most

    def line(self) -> str:
        return json.dumps(
            {
                "bench": self.name,
                "value": round(self.value, 3),
                "unit": self.unit,
                "at_most": self.at_most,
                "met": self.met,
                "samples": self.samples,
                "cores": os.cpu_count(),
            }
        )


def percentile(samples: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(samples)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]
