"""Charts and rules against published numbers, and against their own definitions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.quality.control import Chart, Rule, signals

FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
"""NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: ten batches."""
JETS = [78.4, 80.1, 84.4, 79.1, 80.4, 83.5, 73.8, 83.5, 75.0, 76.8]
JETS += [70.5, 80.3, 82.4, 79.4, 86.4, 90.5, 77.7, 82.5, 79.9, 83.2]
MORE_JETS = [81.8, 87.5, 80.0, 89.3, 83.9, 76.3, 75.8, 82.4, 82.6, 77.7]
MORE_JETS += [79.3, 81.4, 76.8, 75.9, 86.3, 77.4, 80.9, 87.1, 85.7, 73.3]
"""Diameters of jet engines [cm], then of the next twenty: SAS/QC User's Guide, IRCHART statement,
"Reading Preestablished Control Limits"."""
UNIT = Chart(centre=0.0, sigma=1.0, low=-3.0, high=3.0, mean_range=1.128, most_range=3.686)
values = st.floats(-1e6, 1e6)


def rules(*shown: float) -> set[Rule]:
    return {signal.rule for signal in signals(UNIT, shown)}


def test_the_flow_rates_of_the_handbook() -> None:
    chart = Chart.of(FLOW_RATES)
    assert chart.centre == pytest.approx(50.81)
    assert chart.mean_range == pytest.approx(1.8778, abs=5e-5)
    assert chart.high == pytest.approx(55.8041, abs=5e-5)
    assert chart.low == pytest.approx(45.8159, abs=5e-5)
    assert chart.most_range == pytest.approx(3.267 * 1.8778, abs=5e-4)
    assert [signals(chart, FLOW_RATES[:n]) for n in range(1, 11)] == [()] * 10


def test_the_limits_of_a_baseline_hold_for_what_comes_later() -> None:
    chart = Chart.of(JETS)
    assert (chart.centre, chart.mean_range) == pytest.approx((80.39, 5.3263), abs=5e-5)
    assert not any(map(chart.beyond, MORE_JETS))
    assert [signals(chart, MORE_JETS[:n]) for n in range(1, 21)] == [()] * 20
    assert signals(chart, [*MORE_JETS, 96.0])


def test_beyond_is_beyond_three_sigma_and_not_on_it() -> None:
    assert rules(0.0, 3.0) == rules(0.0, -3.0) == set()
    assert rules(0.0, 3.01) == {Rule.BEYOND}
    assert rules(0.0, -3.01) == {Rule.BEYOND}
    (told,) = signals(UNIT, [0.0, -3.5])
    assert told.size == -3.5


def test_nine_on_one_side_and_not_eight() -> None:
    wave = [0.5, 0.6, 0.4, 0.5, 0.7, 0.3, 0.6, 0.5, 0.4]
    assert rules(*wave[:8]) == set()
    assert rules(*wave) == {Rule.SHIFTED}
    assert rules(*(-value for value in wave)) == {Rule.SHIFTED}
    assert rules(*wave[:4], 0.0, *wave[5:]) == set(), "on the centre is on no side"
    assert rules(-0.1, *wave) == {Rule.SHIFTED}, "the last nine count"


def test_six_in_one_way_and_not_five() -> None:
    rise = [-0.6, -0.4, -0.2, 0.1, 0.3, 0.5]
    assert rules(*rise[:5]) == set()
    assert rules(*rise) == {Rule.ONE_WAY}
    assert rules(*reversed(rise)) == {Rule.ONE_WAY}
    assert rules(-0.6, -0.4, -0.4, 0.1, 0.3, 0.5) == set(), "a tie is no rise"
    (told,) = signals(UNIT, rise)
    assert told.size == pytest.approx(1.1)


def test_fourteen_up_and_down_and_not_thirteen() -> None:
    wave = [0.5, -0.5] * 7
    assert rules(*wave[:13]) == set()
    assert rules(*wave) == {Rule.ALTERNATING}
    assert rules(-0.5, *wave[:13]) == {Rule.ALTERNATING}
    assert rules(*wave[:6], -0.5, *wave[7:]) == set()


def test_a_value_that_rattles_is_told_one_jump_is_not() -> None:
    assert rules(-1.9, 1.9, -1.9) == {Rule.RATTLES}
    assert rules(-1.9, 1.9, 1.8, -2.0) == {Rule.RATTLES}
    assert rules(0.0, 0.1, -1.9, 1.9) == set(), "one jump is chance"
    assert rules(-1.8, 1.8, -1.8) == set(), "3.6 are within 3.686"
    assert rules(-1.9, 1.9, -1.9, -1.8) == set(), "it has come to rest"
    assert rules(0.0, 4.0, 0.0) == set(), "a way back from outside is no fault"
    assert rules(0.0, 4.0) == {Rule.BEYOND}
    (told,) = signals(UNIT, [-1.9, 1.9, -2.1])
    assert told.size == pytest.approx(3.9)


def test_a_constant_value_is_left_by_any_change() -> None:
    chart = Chart.of([0.1 + 0.2] * 12)
    assert chart.sigma == 0
    assert signals(chart, [0.3, 0.3]) == (), "0.1 + 0.2 is 0.3 but for rounding"
    assert {told.rule for told in signals(chart, [0.3, 0.31])} == {Rule.BEYOND}
    assert signals(Chart.of([0.0] * 8), [0.0] * 14) == ()
    assert chart.constant
    assert not Chart.of(FLOW_RATES).constant


@given(values, st.integers(2, 30))
def test_a_value_that_is_always_the_same_gives_no_signal(value: float, count: int) -> None:
    """The mean of equal numbers is not quite that number: none of them is on one side of it."""
    chart = Chart.of([value] * count)
    assert signals(chart, [value] * 20) == ()
    assert signals(chart, [value - 100, value - 100, *[value] * 7]) == ()


def test_the_next_step_of_a_coarse_meter_is_no_signal() -> None:
    coarse = [5.01, 5.01, 5.01, 5.02, 5.01, 5.01, 5.01, 5.01, 5.02, 5.01]
    chart = Chart.of(coarse)
    assert chart.high - chart.centre >= 0.01
    assert signals(chart, [5.01, 5.02]) == ()
    assert {told.rule for told in signals(chart, [5.01, 5.04])} == {Rule.BEYOND}


def test_one_odd_value_makes_no_coarse_meter() -> None:
    chart = Chart.of([30.0, 30.1, 30.0, 80.0, 30.1, 30.0, 30.1, 30.0] * 1 + [30.0] * 12)
    assert chart.beyond(80.0)


def test_a_limit_where_the_quantity_cannot_be_is_none() -> None:
    worn = [0.001, 0.030, 0.002, 0.040, 0.003, 0.035, 0.001, 0.030]
    assert (Chart.of(worn).low or 0) < 0
    bounded = Chart.of(worn, least=0.0)
    assert bounded.low is None
    assert not bounded.beyond(-5.0)
    assert bounded.beyond(5.0)
    assert Chart.of(FLOW_RATES, least=0.0) == Chart.of(FLOW_RATES)


@given(st.lists(values, min_size=2, max_size=30))
def test_a_chart_is_finite_and_holds_its_centre(made: list[float]) -> None:
    chart = Chart.of(made)
    assert all(math.isfinite(number or 0) for number in (chart.low, chart.high, chart.sigma))
    assert chart.low is not None
    assert chart.low <= chart.centre <= chart.high
    assert all(told.size for told in signals(chart, made))


@given(st.lists(values, min_size=2, max_size=30), st.floats(0.01, 100), values)
def test_another_unit_says_the_same(made: list[float], gain: float, offset: float) -> None:
    """Celsius or Fahrenheit: the chart moves with the values."""
    chart, other = Chart.of(made), Chart.of([gain * value + offset for value in made])
    size = max(1.0, *map(abs, made)) * max(gain, 1.0) + abs(offset)
    assert other.centre == pytest.approx(gain * chart.centre + offset, abs=1e-9 * size)
    assert other.sigma == pytest.approx(gain * chart.sigma, abs=1e-9 * size)
