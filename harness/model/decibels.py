"""Means of levels and of ratios that are given in decibels. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.model.reading import Reading, Unknown, Unreadable


def mean_level(readings: Sequence[Reading[int] | Reading[float]]) -> Reading[float]:
    """The level of the mean power: 10 lg of the mean of 10^(L/10), in the unit of the levels.

    Power is what adds up (levels after IEC 60027-3): the mean of the decibels themselves would be
    too low whenever they differ. A reading that is no value is the answer: the
    others say nothing of it.

    Raises: ValueError when there are none.
    """
    levels: list[float] = []
    for reading in readings:
        if isinstance(reading, Unknown | Unreadable):
            return reading
        levels.append(reading)
    highest = max(levels)  # taken out, so that no power is too large or too small for a float
    power = sum(10 ** ((level - highest) / 10) for level in levels) / len(levels)
    return highest + 10 * math.log10(power)
