"""Curves are whole, finite and rising, or they are none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.reading import Unreadable
from harness.model.value import ALL_DIGITS, MOST_POINTS, Curve, exact, spoken


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        ([1.0, 2.0], [1.0], "a y for each x, not 1 for 2"),
        ([1.0], [1.0], "2 to 4096 points, not 1"),
        ([], [], "2 to 4096 points, not 0"),
        (range(MOST_POINTS + 1), range(MOST_POINTS + 1), "not 4097"),
        ([1.0, math.nan], [1.0, 1.0], "finite"),
        ([1.0, 2.0], [1.0, math.nan], "finite"),
        ([1.0, 2.0], [-math.inf, 1.0], "finite"),
        ([1.0, 1.0], [1.0, 2.0], "rise"),
        ([2.0, 1.0], [1.0, 2.0], "rise"),
        ([1.0, 10**400], [1.0, 1.0], "too large"),
        (["a", "b"], [1.0, 1.0], "could not convert"),
        ([None, 1.0], [1.0, 1.0], "float"),
        (7, [1.0], "iterable"),
    ],
)
def test_points_that_are_no_curve_are_unreadable(
    x: Sequence[float], y: Sequence[float], why: str
) -> None:
    found = Curve.read(x, y)
    assert isinstance(found, Unreadable)
    assert why in found.why


def test_a_curve_is_read_from_any_numbers() -> None:
    assert Curve.read((0, 1), iter([3, 4.5])) == Curve((0.0, 1.0), (3.0, 4.5))


def test_a_curve_that_is_none_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="finite"):
        Curve((0.0, 1.0), (1, 2))
    with pytest.raises(ValueError, match="finite"):
        Curve((0.0, 1.0), (True, False))


def test_values_are_spoken_so_that_a_person_sees_what_counts() -> None:
    assert spoken(4.999999523) == "5"
    assert spoken(0.023022822) == "0.0230228"
    assert spoken(1234567.25) == "1234567"
    assert spoken(0.1234567, ALL_DIGITS) == "0.1234567"
    assert spoken(5.0, ALL_DIGITS) == "5"
    assert spoken(Decimal("0.12345678")) == "0.12345678"
    assert spoken("LTE") == "LTE"
    assert spoken(Curve((0.0, 1.0, 2.0), (3.0, 1.5, 2.0))) == "3 points from 1.5 to 3"


@given(
    number=st.floats(allow_nan=False, allow_infinity=False),
    beside=st.decimals(allow_nan=False, allow_infinity=False),
    by=st.integers(-3, 3),
)
def test_a_number_is_spoken_on_its_own_side_of_a_limit(
    number: float, beside: Decimal, by: int
) -> None:
    near = exact(number * (1 + by * 2**-52))
    for limit in (beside, near) if isinstance(near, Decimal) else (beside,):
        said = Decimal(spoken(number, beside=[limit]))
        assert said.compare(limit) == Decimal(repr(number)).compare(limit)


def test_no_more_digits_are_spoken_than_the_side_takes() -> None:
    assert spoken(0.4599999, beside=[Decimal("0.46")]) == "0.4599999"
    assert spoken(4.999999523, beside=[Decimal("4.75"), Decimal("5.25")]) == "5"
    over = Curve((0.0, 1.0), (0.1, 0.46000004))
    assert spoken(over, beside=[Decimal("0.46")]) == "2 points from 0.1 to 0.46000004"
