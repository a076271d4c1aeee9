"""Limits judge anything at all, and pass only what is a finite number, a text or a flag."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
from harness.model.outcome import Outcome
from harness.model.reading import Unknown, Unreadable
from harness.model.value import exact
from tests.model.any_limits import ODD, anything, limits


class Float64(float):
    """A number of an array library that is a float by inheritance, and prints otherwise."""

    def __repr__(self) -> str:
        return f"Float64({float(self)})"

    def __float__(self) -> float:
        raise RuntimeError("not now")


class Colour(StrEnum):
    BLUE = "blue"


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


@given(limits, anything)
@example(Matches(".*"), "\ud800")
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
