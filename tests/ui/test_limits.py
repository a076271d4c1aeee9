"""Limits in words, as a record has them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from harness.model.judgement import Limit
from harness.model.limits import (
    Equals,
    ImeiRule,
    Matches,
    NotOffered,
    OneOf,
    Range,
    RecordOnly,
)
from harness.model.mask import Mask, MaskPoint
from harness.model.outcome import Outcome
from harness.model.record import MeasurementRecord
from harness.model.value import Curve, Value
from harness.model.words import value_words
from harness.ui.limits import limit_words

CURVE = Curve((0.0, 0.5), (1.0, 0.25), "cy/px")
MASK = Mask((MaskPoint(Decimal(0), Decimal(0), None), MaskPoint(Decimal("0.5"), Decimal(0), None)))


def made(
    limit: Limit, value: Value | None = 1.5, unit: str = "A", raw: str = ""
) -> MeasurementRecord:
    return MeasurementRecord("m", 0, value, unit, Outcome.PASS, "", limit.describe(), raw)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Range(Decimal("0.45"), Decimal("1.1"), Decimal("0.01")), "0.46 to 1.09 A"),
        (Range(low=Decimal(1)), "at least 1 A"),
        (Range(high=Decimal(2)), "at most 2 A"),
        (
            Range(high=Decimal(2), guard=Decimal(1), marginal=Decimal("0.1")),
            "at most 1 A, marginal above 0.9 A",
        ),
        (Range(low=Decimal(0), marginal=Decimal(14)), "at least 0 A, marginal below 14 A"),
        (
            Range(Decimal(-1), Decimal(1), marginal=Decimal("0.2")),
            "-1 to 1 A, marginal outside -0.8 to 0.8 A",
        ),
        (Range(Decimal("0.123456789"), Decimal(100)), "0.123456789 to 100 A"),
        (Equals("user"), "equals 'user'"),
        (Equals(True), "equals true"),
        (Equals(Decimal("5.0")), "equals 5 A"),
        (OneOf((Decimal(1), Decimal(2))), "one of 1 A, 2 A"),
        (OneOf(("a", "b")), "one of 'a', 'b'"),
        (Matches("A[0-9]"), "matches A[0-9]"),
        (ImeiRule(), "an IMEI"),
        (ImeiRule(("86012345", "86012346")), "an IMEI of TAC 86012345, 86012346"),
        (RecordOnly(), "record only"),
        (RecordOnly(may_be_unknown=True), "record only, may be unknown"),
        (NotOffered(), "not offered"),
    ],
)
def test_a_limit_in_words(limit: Limit, words: str) -> None:
    assert limit_words(made(limit)) == words


def test_a_mask_in_words_with_the_unit_of_the_curve() -> None:
    assert limit_words(made(MASK, CURVE, "1")) == "mask of 2 corners from 0 to 0.5 cy/px"
    assert limit_words(made(MASK, None, "1")) == "mask of 2 corners from 0 to 0.5"


def test_a_limit_that_nobody_knows_is_told_as_it_stands() -> None:
    odd = MeasurementRecord("m", 0, 1.0, "A", Outcome.PASS, "", {"at_most_once": 3}, "")
    assert limit_words(odd) == "at most once 3"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (4.999999523, "V", "5 V"),
        (0.0230228, "s", "0.0230228 s"),
        (3.0, "1", "3"),
        ("user", "", "user"),
        (True, "", "true"),
        (CURVE, "1", "2 points from 0.25 to 1"),
        (None, "A", "why not"),
    ],
)
def test_a_value_in_words(value: Value | None, unit: str, words: str) -> None:
    assert value_words(made(RecordOnly(), value, unit, "why not")) == words


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        (Range(Decimal("0.46"), None), 0.45999999, "0.45999999 A"),
        (Range(None, Decimal("0.5"), marginal=Decimal("0.04")), 0.460000001, "0.460000001 A"),
        (Range(Decimal("0.46"), None), 0.5000000001, "0.5 A"),
        (Equals(Decimal(3)), 3.00000001, "3.00000001 A"),
        (OneOf((Decimal(2), Decimal(3))), 3.00000001, "3.00000001 A"),
    ],
)
def test_a_value_is_not_rounded_across_an_edge_of_its_limit(
    limit: Limit, value: float, words: str
) -> None:
    assert value_words(made(limit, value, "A")) == words


def test_a_limit_is_told_to_its_last_digit() -> None:
    assert limit_words(made(Range(None, Decimal("0.12345678")), 0.1, "A")) == "at most 0.12345678 A"
