"""What a bench test measures: judged like a measurement of a plan."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.outcome import Outcome
from harness.model.reading import Unknown, Unreadable
from harness.model.value import Curve
from harness.pytest_plugin.measured import BenchMeasure

CURVE = Curve((1.0, 2.0), (3.0, 4.0))


@pytest.mark.parametrize(
    ("value", "low", "high", "reason"),
    [
        (0.45, 0.45, 1.1, ""),
        (1.1, 0.45, 1.1, ""),
        (0.449, 0.45, None, "LOW"),
        (1.2, None, 1.1, "HIGH"),
        (math.nan, 0.45, 1.1, "UNREADABLE"),
        (math.nan, None, None, "UNREADABLE"),
        (Unknown("no gauge"), None, None, "UNKNOWN"),
        (Unreadable("odd", "#"), 0.45, None, "UNREADABLE"),
        ("AC", 0.45, None, "UNREADABLE"),
        (True, None, 1.1, "UNREADABLE"),
    ],
)
def test_a_value_is_judged(
    value: float | str | Unknown | Unreadable, low: float | None, high: float | None, reason: str
) -> None:
    measure = BenchMeasure()
    measure("x", value, low=low, high=high)
    assert [made.reason for made in measure.made] == [reason]
    assert len(measure.bad) == (1 if reason else 0)


@pytest.mark.parametrize("value", ["AC", True, False, CURVE, 3])
def test_any_readable_value_without_limits_is_taken_down(value: str | bool | Curve | int) -> None:
    measure = BenchMeasure()
    measure("x", value)
    (made,) = measure.made
    assert (made.value, made.outcome) == (value, Outcome.PASS)


@pytest.mark.parametrize(
    ("value", "equals", "reason"),
    [
        (True, True, ""),
        (False, True, "MISMATCH"),
        (False, False, ""),
        (True, False, "MISMATCH"),
        ("AC", "AC", ""),
        ("ac", "AC", "MISMATCH"),
        ("", "", ""),
        ("True", True, "UNREADABLE"),
        (1, True, "UNREADABLE"),
        (Unknown("no charger"), "AC", "UNKNOWN"),
    ],
)
def test_a_flag_or_a_text_must_be_what_it_equals(
    value: str | bool | Unknown, equals: str | bool, reason: str
) -> None:
    measure = BenchMeasure()
    measure("x", value, equals=equals)
    assert [made.reason for made in measure.made] == [reason]
    assert len(measure.bad) == (1 if reason else 0)


@pytest.mark.parametrize("low", [None, 0.0])
def test_a_number_is_not_judged_by_what_it_equals(low: float | None) -> None:
    equals: Any = 1.0 if low is None else True
    with pytest.raises(ValueError, match="low and high"):
        BenchMeasure()("x", 1.0, low=low, equals=equals)


@pytest.mark.parametrize(("low", "high"), [(2, 1), (math.inf, None), (None, math.nan)])
def test_limits_that_are_none_are_refused(low: float | None, high: float | None) -> None:
    with pytest.raises(ValueError, match=r"low 2 is above high 1|bounds are finite"):
        BenchMeasure()("x", 1.0, low=low, high=high)


def test_a_unit_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no unit 'amp'"):
        BenchMeasure()("x", 1.0, "amp")


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_the_spread_is_that_of_the_values(values: list[float]) -> None:
    measure = BenchMeasure()
    for value in values:
        measure("x", value, "V", low=0)
    (line,) = measure.summary()
    words = dict(part.strip().rsplit(" ", 2)[:2] for part in line.split(";")[0].split(",")[1:3])
    assert float(words["mean"]) == pytest.approx(statistics.fmean(values), rel=1e-5, abs=1e-9)
    assert float(words["s"]) == pytest.approx(statistics.stdev(values), rel=1e-2, abs=1e-9)
    bad = sum(value < 0 for value in values)
    assert (f"{bad} bad" in line) is (bad > 0)
    assert sum("LOW" in line for line in measure.lines()) == bad
    assert [name for name, _ in measure.properties()] == ["x"] * len(values) + ["x.limit"]


def test_one_name_in_two_units_or_by_two_limits_is_two_series() -> None:
    measure = BenchMeasure()
    measure("x", 1.0, "V")
    measure("x", 1.0, "A")
    measure("x", 1.0, "A", low=0.5)
    assert len(list(measure.summary())) == 3


def test_texts_have_no_spread() -> None:
    measure = BenchMeasure()
    for text in ("AC", "USB"):
        measure("charger", text)
    assert list(measure.summary()) == ["      charger: 2 values; limit record only"]
