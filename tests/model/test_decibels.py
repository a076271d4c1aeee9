"""Means of levels, against what the formula of power gives by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.decibels import mean_level
from harness.model.reading import Unknown, Unreadable

levels = st.lists(st.floats(-140, 40), min_size=1, max_size=20)


def mean(values: list[float]) -> float:
    found = mean_level(values)
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([-95], -95),
        ([-95, -95, -95], -95),
        ([-90, -100], 10 * math.log10((1e-9 + 1e-10) / 2)),  # -92.596 dBm, not -95
        ([0, -400], -10 * math.log10(2)),
        ([10, 0], 10 * math.log10(5.5)),
    ],
)
def test_power_is_what_is_averaged(values: list[float], expected: float) -> None:
    assert mean(values) == pytest.approx(expected, abs=1e-9)


@given(levels, st.floats(-50, 50))
def test_it_is_between_mean_and_highest_and_moves_with_all(
    values: list[float], shift: float
) -> None:
    found = mean(values)
    assert sum(values) / len(values) - 1e-9 <= found <= max(values) + 1e-9
    assert mean([value + shift for value in values]) == pytest.approx(found + shift, abs=1e-6)


@given(levels, st.sampled_from([Unknown("none"), Unreadable("odd")]), st.integers(0, 20))
def test_one_that_is_no_value_is_the_answer(
    values: list[float], odd: Unknown | Unreadable, at: int
) -> None:
    assert mean_level([*values[:at], odd, *values[at:]]) == odd


def test_the_mean_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="empty"):
        mean_level([])
