"""Limits judge anything at all, and pass only what is a finite number, a text or a flag."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model.identity import luhn_digit
from harness.model.judgement import (
    HIGH,
    LOW,
    MARGINAL,
    MISMATCH,
    NONE_NEEDED,
    PASS,
    UNEXPECTED,
    UNKNOWN,
    UNREADABLE,
    Limit,
    judge,
)
from harness.model.limits import (
    Equals,
    ImeiRule,
    Matches,
    NotOffered,
    OneOf,
    Range,
    RecordOnly,
    limit_of,
)
from harness.model.mask import Mask, MaskPoint
from harness.model.outcome import Outcome
from harness.model.reading import Unknown, Unreadable
from harness.model.units import Quantity, unit
from harness.model.value import exact


class ArrayScalar:
    """A number of an array library: converts to float, and is none."""

    def __float__(self) -> float:
        return 1.0

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Float64(float):
    """A number of an array library that is a float by inheritance, and prints otherwise."""

    def __repr__(self) -> str:
        return f"Float64({float(self)})"

    def __float__(self) -> float:
        raise RuntimeError("not now")


class Colour(StrEnum):
    BLUE = "blue"


ODD: list[object] = [
    None,
    math.nan,
    math.inf,
    -math.inf,
    10**400,
    -(2**53) - 1,
    b"1",
    "\ud800",
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    1 + 0j,
    Fraction(1, 2),
    ArrayScalar(),
    [1.0],
    (1.0,),
    {"value": 1.0},
    object,
]
spelled = st.decimals(-1000, 1000, places=3, allow_nan=False, allow_infinity=False)
guards = st.decimals(0, 100, places=3)
numbers = st.one_of(st.floats(), st.integers(), spelled.map(float), spelled)
anything = st.one_of(
    st.sampled_from(ODD), numbers, st.booleans(), st.text(), st.binary(), st.decimals()
)


@st.composite
def ranges(draw: Callable[[st.SearchStrategy[Any]], Any], *, marginal: bool = False) -> Range:
    low, high = draw(st.none() | spelled), draw(st.none() | spelled)
    assume(low is not None or high is not None)
    guard = draw(guards)
    assume(low is None or high is None or low + guard <= high - guard)
    nearly = draw(guards) if marginal else Decimal(0)
    assume(low is None or high is None or 2 * (guard + nearly) <= high - low)
    return Range(low, high, guard, nearly)


limits: st.SearchStrategy[Limit] = st.one_of(
    ranges(),
    ranges(marginal=True),
    st.builds(Equals, spelled | st.text() | st.booleans()),
    st.builds(OneOf, st.lists(spelled, min_size=1).map(tuple)),
    st.builds(OneOf, st.lists(st.text(), min_size=1).map(tuple)),
    st.sampled_from([Matches(".*"), Matches("(?s).*"), Matches("[0-9]+$"), Matches("")]),
    st.builds(ImeiRule, st.sampled_from([(), ("49015420",)])),
    st.builds(RecordOnly, st.booleans()),
    st.just(NotOffered()),
    st.sampled_from(
        [
            Mask(
                (MaskPoint(Decimal(0), Decimal(0), None), MaskPoint(Decimal(1), Decimal(1), None))
            ),
            Mask(
                (MaskPoint(Decimal(-1), None, Decimal(0)), MaskPoint(Decimal(9), None, Decimal(9)))
            ),
        ]
    ),
)


def recordable(value: object) -> bool:
    """Whether a value is what a record can hold as a number, a text or a flag."""
    match value:
        case bool():
            return True
        case str():
            return not any("\ud800" <= c <= "\udfff" for c in value)
        case int():
            return -(2**53) <= value <= 2**53
        case float() | Decimal():
            return _finite(value)
        case _:
            return False


def _finite(value: float | Decimal) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)


# ---- laws of every limit


@given(limits, anything)
def test_judging_is_total_and_passes_only_what_can_be_recorded(limit: Limit, value: object) -> None:
    judgement = limit.judge(value)
    assert judgement in (PASS, MARGINAL, LOW, HIGH, MISMATCH, UNREADABLE, UNEXPECTED)
    if judgement.outcome is Outcome.PASS:
        assert recordable(value)


@given(limits)
def test_a_limit_that_describes_itself_is_found_again(limit: Limit) -> None:
    again = limit_of(json.loads(json.dumps(dict(limit.describe()))))
    assert again.describe() == limit.describe()
    assert again.unknown == limit.unknown


@given(limits, st.text())
def test_only_two_kinds_of_limits_pass_what_nobody_knows(limit: Limit, said: str) -> None:
    assert judge(limit, Unreadable("noise", said)) == UNREADABLE
    allowed = limit in (NotOffered(), RecordOnly(may_be_unknown=True))
    assert judge(limit, Unknown(said)) == (NONE_NEEDED if allowed else UNKNOWN)


@pytest.mark.parametrize("value", ODD, ids=[str(n) for n in range(len(ODD))])
@pytest.mark.parametrize(
    "limit",
    [
        RecordOnly(),
        RecordOnly(may_be_unknown=True),
        NotOffered(),
        Range(Decimal(-(10**300)), Decimal(10**300)),
        Range(low=Decimal(0)),
        Equals(Decimal(1)),
        Equals("1"),
        Equals(True),
        OneOf((True, False)),
    ],
    ids=lambda limit: type(limit).__name__,
)
def test_what_is_no_finite_number_text_or_flag_is_unreadable(limit: Limit, value: object) -> None:
    assert limit.judge(value) == UNREADABLE


@given(limits)
def test_a_limit_describes_itself_in_json(limit: Limit) -> None:
    described = dict(limit.describe())
    assert json.loads(json.dumps(described, allow_nan=False)) == described


def test_only_a_judgement_of_pass_says_pass() -> None:
    assert PASS.outcome is Outcome.PASS
    assert {LOW.outcome, HIGH.outcome, MISMATCH.outcome} == {Outcome.FAIL}
    assert UNREADABLE.outcome is Outcome.ERROR


# ---- exact


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_compared_by_its_shortest_spelling(value: float) -> None:
    found = exact(value)
    assert isinstance(found, Decimal)
    assert float(found) == value
    assert found == Decimal(str(value))


def test_subclasses_are_taken_for_what_they_hold() -> None:
    assert exact(Float64(0.45)) == Decimal("0.45")
    assert type(exact(Colour.BLUE)) is str
    assert Equals("blue").judge(Colour.BLUE) == PASS
    assert exact(True) is True
    assert exact(2**53) == Decimal(2**53)


# ---- Range


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
    ("low", "high", "guard"),
    [
        (None, None, "0"),
        ("2", "1", "0"),
        ("1", "2", "-0.1"),
        ("1", "2", "0.6"),
        ("NaN", None, "0"),
        ("sNaN", None, "0"),
        (None, "Infinity", "0"),
        ("1", None, "NaN"),
        ("1E+400", None, "0"),
        ("1E-300", None, "1"),
    ],
)
def test_a_range_that_makes_no_sense_is_not_built(
    low: str | None, high: str | None, guard: str
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Range(low and Decimal(low), high and Decimal(high), Decimal(guard))  # type: ignore[arg-type]


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


# ---- Equals, OneOf


@given(numbers | st.text())
def test_a_number_or_a_text_is_no_flag(value: object) -> None:
    for limit in (Equals(True), Equals(False), OneOf((True, False))):
        assert limit.judge(value) == UNREADABLE


def test_equality_is_of_value_and_type() -> None:
    assert Equals(Decimal("0.450")).judge(0.45) == PASS
    assert Equals(Decimal(1)).judge(1) == PASS
    assert Equals("1").judge(1) == UNREADABLE
    assert Equals("user").judge("userdebug") == MISMATCH
    assert Equals("user").judge("User") == MISMATCH
    assert Equals(True).judge(False) == MISMATCH
    assert OneOf(("home", "roaming")).judge("roaming") == PASS
    assert OneOf(("home", "roaming")).judge("denied") == MISMATCH
    assert OneOf((Decimal(1), Decimal(3))).judge(2) == MISMATCH
    assert OneOf(("a", "b")).describe() == {"one_of": ["a", "b"]}
    assert Equals(Decimal("0.5")).describe() == {"equals": 0.5}


MIXED: list[tuple[Any, ...]] = [
    (),
    (Decimal(1), True),
    ("1", Decimal(1)),
    (Decimal("NaN"),),
    (Decimal("sNaN"),),
    (Decimal("Infinity"), Decimal(1)),
    (1,),
    (0.5,),
    (None,),
    ("\ud800",),
]


@pytest.mark.parametrize("values", MIXED, ids=repr)
def test_values_of_no_type_or_of_two_are_not_built(values: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="one_of"):
        OneOf(values)
    if len(values) == 1:
        with pytest.raises(ValueError, match="one_of"):
            Equals(values[0])


# ---- Matches


@pytest.mark.parametrize("pattern", ["A57[0-9]{2}", "A57[0-9]{2}$", "^A57[0-9]{2}$", "A57.."])
def test_a_pattern_matches_the_whole_text(pattern: str) -> None:
    assert Matches(pattern).judge("A5712") == PASS
    for wrong in ("A5712\n", "\nA5712", "A5712 ", "xA5712", "A57123", "", "a5712"):
        assert Matches(pattern).judge(wrong) == MISMATCH


def test_an_alternative_is_matched_as_a_whole() -> None:
    assert Matches("a|ab").judge("ab") == PASS
    assert Matches("a|b").judge("ab") == MISMATCH


@pytest.mark.parametrize("digits", ["\uff11\uff12", "\u0661\u0662", "\u0967\u0968"])
def test_a_digit_is_an_ascii_digit(digits: str) -> None:
    assert Matches(r"\d+").judge("12") == PASS
    assert Matches(r"\d+").judge(digits) == MISMATCH
    assert Matches(r"\w+").judge(digits) == MISMATCH


@given(anything)
def test_only_a_text_matches(value: object) -> None:
    if not isinstance(value, str):
        assert Matches("(?s).*").judge(value) == UNREADABLE
        assert ImeiRule().judge(value) == UNREADABLE


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "[", "*", "(?P<a", "a{99999999999}", "(?L)a"])
def test_what_is_no_pattern_is_not_built(pattern: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Matches(pattern)


# ---- ImeiRule

bodies = st.text("0123456789", min_size=14, max_size=14).filter(lambda body: body.strip("0"))


@given(bodies)
def test_a_tac_that_is_not_allowed_does_not_pass(body: str) -> None:
    imei = body + str(luhn_digit(body))
    assert ImeiRule().judge(imei) == PASS
    assert ImeiRule((body[:8],)).judge(imei) == PASS
    other = f"{(int(body[:8]) + 1) % 10**8:08d}"
    assert ImeiRule((other,)).judge(imei) == MISMATCH
    assert ImeiRule((other, body[:8])).judge(imei) == PASS


@pytest.mark.parametrize(
    "text",
    ["", "0" * 15, "490154203237517", "49015420323751", "490154203237518\n", " 9015420323751"],
)
def test_what_is_no_imei_does_not_pass(text: str) -> None:
    assert ImeiRule().judge("490154203237518") == PASS
    assert ImeiRule().judge(text) == MISMATCH


@pytest.mark.parametrize(
    "tac", ["", "4901542", "490154203", "4901542x", "\uff11" * 8, "49015420\n"]
)
def test_a_tac_has_8_digits(tac: str) -> None:
    with pytest.raises(ValueError, match="8 digits"):
        ImeiRule((tac,))


def test_record_only_keeps_what_is_readable() -> None:
    assert [RecordOnly().judge(v) for v in (0.0, "", False)] == [PASS] * 3
    assert RecordOnly().describe() == {"record_only": True, "may_be_unknown": False}


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        (Range(Decimal("0.45"), Decimal("1.1"), Decimal("0.01")), 0.46),
        (Range(Decimal("0.45"), None), 0.449),
        (Range(None, Decimal(-60)), -59.5),
        (OneOf(("HOME", "ROAMING")), "HOME"),
        (Equals(True), False),
        (Equals(Decimal("2.50")), 2.5),
        (Matches("A[0-9]+"), "A1"),
        (ImeiRule(("86012345",)), "860123450000012"),
        (RecordOnly(), 1.0),
    ],
)
def test_a_limit_can_be_had_again_from_its_description(limit: Limit, value: object) -> None:
    again = limit_of(json.loads(json.dumps(dict(limit.describe()))))
    assert again.judge(value) == limit.judge(value)
    assert again.describe() == limit.describe()


@pytest.mark.parametrize(
    "described", [{}, {"low": 1.0}, {"low": "x", "high": None, "guard": 0.0}, {"equals": None}]
)
def test_what_describes_no_limit_is_refused(described: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not a|no limit"):
        limit_of(described)
