"""`Range`: bounds, guard bands and what is marginal, by exact arithmetic."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model.judgement import HIGH, LOW, MARGINAL, PASS, UNREADABLE
from harness.model.limits import Equals, Range
from harness.model.mask import Mask, MaskPoint
from harness.model.outcome import Outcome
from harness.model.units import Quantity, unit
from harness.model.value import exact
from tests.model.any_limits import anything, guards, numbers, ranges


def test_bounds_are_inclusive_by_spelling() -> None:
    low = Quantity.parse("450 mA").to(unit("A")).amount
    limit = Range(low, Decimal("0.9"))
    assert limit.judge(0.45) == PASS
    assert limit.judge(0.9) == PASS
    assert limit.judge(math.nextafter(0.45, 0)) == LOW
    assert limit.judge(math.nextafter(0.9, 1)) == HIGH


def test_the_guard_narrows_each_side_that_has_a_bound() -> None:
    both = Range(Decimal("1.0"), Decimal("2.0"), Decimal("0.1"))
    assert (both.accept_low, both.accept_high) == (Decimal("1.1"), Decimal("1.9"))
    assert [both.judge(v) for v in (1.0, 1.1, 1.9, 2.0)] == [LOW, PASS, PASS, HIGH]
    assert Range(low=Decimal(1), guard=Decimal("0.1")).judge(10**9) == PASS
    assert Range(high=Decimal(1), guard=Decimal("0.1")).judge(0.95) == HIGH
    assert both.describe() == {
        "low": 1.0,
        "high": 2.0,
        "guard": 0.1,
        "marginal": 0.0,
        "accept_low": 1.1,
        "accept_high": 1.9,
    }


@pytest.mark.parametrize("digits", ["0.99999999999999999999", "0.55746434980705081"])
def test_a_bound_that_a_record_cannot_hold_is_refused(digits: str) -> None:
    """Judged live and judged again from the record must be the same."""
    number = Decimal(digits)
    for build in (
        lambda: Range(low=number),
        lambda: Range(high=Decimal(2), guard=number),
        lambda: Equals(number),
        lambda: Mask((MaskPoint(Decimal(0), number, None), MaskPoint(Decimal(1), number, None))),
    ):
        with pytest.raises(ValueError, match="digits"):
            build()


@given(ranges(), numbers)
def test_a_range_agrees_with_exact_arithmetic(limit: Range, value: object) -> None:
    number = exact(value)
    assume(isinstance(number, Decimal))
    assert isinstance(number, Decimal)
    guard = Fraction(limit.guard)
    above = limit.low is None or Fraction(number) >= Fraction(limit.low) + guard
    below = limit.high is None or Fraction(number) <= Fraction(limit.high) - guard
    assert limit.judge(value) == (PASS if above and below else HIGH if above else LOW)


@given(ranges(), guards, guards, guards, anything)
def test_widening_never_fails_what_passed(
    limit: Range, down: Decimal, up: Decimal, less: Decimal, value: object
) -> None:
    wider = Range(
        None if limit.low is None else limit.low - down,
        None if limit.high is None else limit.high + up,
        max(limit.guard - less, Decimal(0)),
    )
    before, after = limit.judge(value), wider.judge(value)
    if before == PASS:
        assert after == PASS
    if after in (LOW, HIGH):  # seen from the wider limit, this is narrowing
        assert before in (LOW, HIGH)
    assert (before == UNREADABLE) is (after == UNREADABLE)


@given(st.booleans() | st.text())
def test_a_flag_or_a_text_is_no_number(value: bool | str) -> None:
    assert Range(Decimal(-1000), Decimal(1000)).judge(value) == UNREADABLE
    assert Equals(Decimal(1)).judge(value) == UNREADABLE


@pytest.mark.parametrize(
    ("low", "high", "guard", "why"),
    [
        (None, None, "0", "needs low or high"),
        ("2", "1", "0", "low 2 is above high 1"),
        ("1", "2", "-0.1", "not less than 0"),
        ("1", "2", "0.6", "the guard 0.6 leaves no window"),
        ("NaN", None, "0", "finite"),
        ("sNaN", None, "0", "NaN"),
        (None, "Infinity", "0", "finite"),
        ("1", None, "NaN", "finite"),
        ("1E+400", None, "0", "finite"),
        ("1E-300", None, "1", "too many digits"),
    ],
)
def test_a_range_that_makes_no_sense_is_not_built(
    low: str | None, high: str | None, guard: str, why: str
) -> None:
    at_least, at_most = (None if each is None else Decimal(each) for each in (low, high))
    with pytest.raises(ValueError, match=why):
        Range(at_least, at_most, Decimal(guard))


def test_what_passes_with_little_to_spare_is_marginal() -> None:
    limit = Range(Decimal(1), Decimal(2), Decimal("0.1"), Decimal("0.05"))
    judged = {v: limit.judge(v) for v in (1.09, 1.1, 1.14, 1.15, 1.85, 1.86, 1.9, 1.91)}
    assert list(judged.values()) == [LOW, MARGINAL, MARGINAL, PASS, PASS, MARGINAL, MARGINAL, HIGH]
    assert MARGINAL.outcome is Outcome.PASS
    assert Range(low=Decimal(1), marginal=Decimal(1)).judge(1.5) == MARGINAL


@given(ranges(marginal=True), numbers)
def test_marginal_changes_no_outcome(limit: Range, value: object) -> None:
    without = replace(limit, marginal=Decimal(0))
    assert limit.judge(value).outcome is without.judge(value).outcome


@pytest.mark.parametrize("marginal", ["-0.1", "NaN", "0.51"])
def test_a_marginal_band_that_makes_no_sense_is_not_built(marginal: str) -> None:
    with pytest.raises(ValueError, match=r"marginal|finite"):
        Range(Decimal(1), Decimal(2), marginal=Decimal(marginal))


def test_a_guard_may_leave_a_single_point() -> None:
    assert Range(Decimal(1), Decimal(2), Decimal("0.5")).judge(1.5) == PASS
