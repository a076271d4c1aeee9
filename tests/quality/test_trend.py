"""Slopes against a published example and against what is known of straight lines."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.quality.trend import SURE, Trend, mann_kendall, trend


def going(days: list[float], values: list[float]) -> Trend:
    found = trend(days, values)
    assert found
    return found


def test_the_example_of_sen() -> None:
    """P. K. Sen, 1968: slope 4; the line through the medians starts at 6."""
    days = [1.0, 2.0, 3.0, 4.0, 10.0, 12.0, 18.0]
    found = going(days, [9.0, 15.0, 19.0, 20.0, 45.0, 55.0, 78.0])
    assert found.per_day == 4
    assert found.level == 6 + 4 * 18
    assert found.sure


def test_a_test_for_trend_by_hand() -> None:
    """S of 5 rising values is 10, its variance 5 x 4 x 15 / 18; with a tie 9 and 18 less."""
    assert mann_kendall([1, 2, 3, 4, 5]) == pytest.approx(9 / math.sqrt(300 / 18))
    assert mann_kendall([1, 2, 2, 4, 5]) == pytest.approx(8 / math.sqrt((300 - 18) / 18))
    assert mann_kendall([5, 4, 3, 2, 1]) == -mann_kendall([1, 2, 3, 4, 5])
    assert mann_kendall([2, 2, 2]) == mann_kendall([1]) == 0


def test_outliers_do_not_bend_it() -> None:
    days = [float(day) for day in range(20)]
    values = [0.03 + 0.001 * day for day in days]
    values[5] = values[13] = 9.0
    found = going(days, values)
    assert found.per_day == pytest.approx(0.001, rel=0.05)
    assert found.level == pytest.approx(0.049, rel=0.05)


def test_when_it_meets_a_limit() -> None:
    rising = Trend(per_day=0.5, level=10.0, z=4.0)
    assert rising.days_to(0.0, 20.0) == 20
    assert rising.days_to(0.0, None) is None
    assert rising.days_to(0.0, 9.0) == 0, "it is there already"
    falling = Trend(per_day=-1.0, level=12.0, z=-4.0)
    assert falling.days_to(0.0, 20.0) == 12
    assert Trend(per_day=0.0, level=1.0, z=0.0).days_to(0.0, 2.0) is None


def test_over_a_few_hours_nothing_is_a_trend() -> None:
    assert trend([n / 24 for n in range(30)], [*map(float, range(30))]) is None
    assert trend([0.0, 3.0], [1.0, 2.0]) is not None


def test_several_values_at_one_time_are_no_slope() -> None:
    assert going([0.0, 0.0, 4.0, 4.0], [1.0, 2.0, 5.0, 6.0]).per_day == 1.0


def test_of_noise_about_one_in_a_hundred_is_sure() -> None:
    chance = random.Random(7)
    days = [*map(float, range(30))]
    sure = sum(going(days, [chance.gauss(0, 1) for _ in days]).sure for _ in range(1000))
    assert sure <= 30
    assert SURE > 2


@given(
    st.floats(-100, 100),
    st.floats(-100, 100),
    st.lists(st.integers(0, 400), min_size=3, max_size=30, unique=True),
)
def test_a_straight_line_is_found(slope: float, start: float, when: list[int]) -> None:
    days = sorted(map(float, when))
    found = trend(days, [start + slope * day for day in days])
    if found is None:
        assert days[-1] - days[0] < 3
        return
    assert found.per_day == pytest.approx(slope, abs=1e-9)
    assert found.level == pytest.approx(start + slope * days[-1], abs=1e-6)
