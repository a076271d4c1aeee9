"""What a value's history says of the newest one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.limits import Range, RecordOnly
from harness.model.selftest import Number, SelfTestRow
from harness.quality.control import Rule
from harness.quality.drift import (
    BASELINE_POINTS,
    COUNTERS,
    LEAST_POINTS,
    Drift,
    State,
    as_json,
    drift_of,
    drifts,
)
from harness.quality.history import Beginning, Series
from harness.steps import catalogue
from tests.quality.nights import CENT, FIRST, Night, nights, silent

START = datetime(2026, 10, 1, tzinfo=UTC)
WAVE = [0.10, 0.13, 0.09, 0.12, 0.08, 0.11, 0.12, 0.10, 0.13, 0.09, 0.11, 0.08]
"""A rail that does what it always does [%]: about 0.1, within 0.03 of it."""
LONG = (WAVE * 2)[:BASELINE_POINTS]


def series(
    values: Sequence[float],
    low: float | None = -1.0,
    high: float | None = 1.0,
    use: str = "jig_health.rail",
    failed: Sequence[int] = (),
) -> Series:
    numbers = tuple(
        number(START + timedelta(days=day), value, use, failed=day in failed)
        for day, value in enumerate(values)
    )
    return Series(low, high, Beginning(START, "first"), numbers)


def number(at: datetime, value: float, use: str = "", *, failed: bool = False) -> Number:
    return Number("rail", use, "error", "%", at, value, failed, {})


def told(values: Sequence[float], **how: object) -> Drift:
    return drift_of(series(values, **how))  # type: ignore[arg-type]


def over(runs: Sequence[SelfTestRow]) -> tuple[Drift, ...]:
    return drifts(runs[-1].run, runs)


def rules(drift: Drift) -> set[Rule]:
    return {signal.rule for signal in drift.signals}


def test_a_value_that_stays_is_stable() -> None:
    drift = told(WAVE)
    assert drift.state is State.STABLE
    assert drift.chart
    assert drift.chart.centre == pytest.approx(sum(WAVE[:-1]) / 11)
    assert (drift.signals, drift.reaches, drift.baseline) == ((), None, 11)


def test_a_jump_is_out_of_control_though_far_from_its_limit() -> None:
    drift = told([*WAVE, 0.5])
    assert drift.state is State.OUT_OF_CONTROL
    assert rules(drift) == {Rule.BEYOND}
    assert drift.series.newest.value == 0.5


def test_fewer_than_nine_values_are_too_few() -> None:
    assert LEAST_POINTS == 8
    assert told(WAVE[:8]).state is State.TOO_FEW
    assert told(WAVE[:9]).state is State.STABLE
    assert told([0.1]).state is State.TOO_FEW


def test_what_failed_is_no_part_of_the_baseline() -> None:
    bad = [0.1, 5.0, *WAVE[:7], 0.1]
    assert told(bad, failed=[1]).baseline == 8
    assert told(bad[:-1], failed=[1]).state is State.TOO_FEW


def test_what_is_beyond_its_own_limits_is_no_part_of_the_baseline() -> None:
    with_one_odd = [*WAVE[:5], 0.8, *WAVE[5:]]
    drift = told(with_one_odd)
    assert drift.baseline == 11
    assert drift.chart
    assert drift.chart.high < 0.3
    assert told([*with_one_odd, 0.5]).state is State.OUT_OF_CONTROL


def test_the_baseline_stays_where_it_was() -> None:
    """A value that creeps would take a baseline with it that follows."""
    drift = told([*LONG, *(0.11 + 0.005 * night for night in range(40))])
    assert drift.baseline == BASELINE_POINTS
    assert drift.chart
    assert drift.chart.centre == pytest.approx(sum(LONG) / len(LONG))
    assert drift.state is State.OUT_OF_CONTROL


def test_nine_on_one_side_or_six_in_one_way_drift() -> None:
    shifted = told([*LONG, *[0.16, 0.17, 0.15] * 3])
    assert (shifted.state, rules(shifted)) == (State.DRIFTING, {Rule.SHIFTED})
    climbing = told([*LONG, 0.06, 0.08, 0.10, 0.12, 0.14, 0.17])
    assert (climbing.state, rules(climbing)) == (State.DRIFTING, {Rule.ONE_WAY})


def test_what_nobody_would_notice_is_no_signal() -> None:
    """The meter's noise is a thousandth of the limit: five sigma of it matter to nobody."""
    quiet = [value / 100 for value in WAVE]
    assert told([*quiet, 0.01]).state is State.STABLE
    assert told([*quiet, 0.06]).state is State.OUT_OF_CONTROL
    assert told([*quiet, 0.01], low=None, high=None).state is State.OUT_OF_CONTROL


def test_the_day_on_which_a_trend_meets_its_limit() -> None:
    worn = [0.030 + 0.001 * night + 0.002 * (night % 3) for night in range(45)]
    drift = told(worn, low=0.0, high=0.1, use="jig_health.contact")
    assert drift.trend
    assert drift.trend.per_day == pytest.approx(0.001, rel=0.05)
    assert drift.reaches
    wanted = START.date() + timedelta(days=68)  # 30 mOhm and 2 mOhm more, at 1 mOhm a night
    assert abs(drift.reaches - wanted) <= timedelta(days=2)
    falling = told([-value for value in worn], low=-0.1, high=0.0, use="jig_health.contact")
    assert falling.reaches == drift.reaches


def test_a_limit_far_ahead_is_no_concern() -> None:
    slow = [0.1 + 0.001 * night + 0.02 * (night % 2) for night in range(20)]
    drift = told(slow, high=1.0)
    assert drift.trend
    assert drift.trend.sure
    assert (drift.reaches, drift.state) == (None, State.STABLE)


def test_a_trend_away_from_its_only_limit_meets_none() -> None:
    better = [0.09 - 0.001 * night + 0.004 * (night % 2) for night in range(30)]
    drift = told(better, low=None, high=0.1)
    assert drift.trend
    assert drift.trend.sure
    assert drift.reaches is None


def test_counted_values_are_judged_by_their_trend_only() -> None:
    left = [float(day) for day in range(60, 20, -1)]
    near = told(left, low=0.0, high=None, use="jig_health.calibration")
    assert near.state is State.DRIFTING
    assert near.reaches == START.date() + timedelta(days=39 + 21)
    far = told([day + 100 for day in left], low=0.0, high=None, use="jig_health.calibration")
    assert (far.state, far.signals, far.chart) == (State.STABLE, (), None)
    unlimited = told(left, low=None, high=None, use="jig_health.cycles")
    assert unlimited.state is State.STABLE


def test_a_counter_that_began_anew_is_a_new_one() -> None:
    used = [60 + 0.5 * day for day in range(60)]
    new_probes = [*used, *(0.5 * day for day in range(12))]
    drift = told(new_probes, low=None, high=100.0, use="jig_health.cycles")
    assert drift.state is State.STABLE
    assert drift.trend
    assert drift.trend.per_day == pytest.approx(0.5)
    assert told(used, low=None, high=100.0, use="jig_health.cycles").reaches
    few = told([*used, *(0.5 * day for day in range(8))], high=100.0, use="jig_health.cycles")
    assert few.state is State.TOO_FEW


def test_a_counter_that_stands_still_is_stable() -> None:
    drift = told([7.0] * 12, low=None, high=100.0, use="jig_health.cycles")
    assert (drift.state, drift.reaches) == (State.STABLE, None)


def test_counters_are_steps_that_there_are() -> None:
    assert catalogue().keys() >= COUNTERS


def test_a_resistance_has_no_control_limit_below_zero() -> None:
    worn = [0.010, 0.040, 0.012, 0.035, 0.011, 0.038, 0.009, 0.036, 0.011, 0.039]
    one_sided = told(worn, low=None, high=0.1)
    assert one_sided.chart
    assert one_sided.chart.low is None
    signed = told(worn, low=-0.1, high=0.1)
    assert signed.chart
    assert signed.chart.low is not None
    assert signed.chart.low < 0


def test_a_constant_value_that_changes_is_told() -> None:
    assert told([0.0] * 12, low=None, high=2.0).state is State.STABLE
    assert told([*[0.0] * 12, 1.0], low=None, high=2.0).state is State.OUT_OF_CONTROL


def test_a_value_of_noise_alone_is_seldom_told() -> None:
    """Some thousand nights of a value whose noise fills its limits well."""
    chance = random.Random(11)
    states = [
        told([chance.gauss(0, 0.2) for _ in range(BASELINE_POINTS + 10)]).state for _ in range(1000)
    ]
    assert states.count(State.STABLE) >= 930


def test_of_a_jig_s_records_each_number_has_its_drift() -> None:
    runs = nights([*WAVE, 0.6])
    (drift,) = over(runs)
    assert drift.state is State.OUT_OF_CONTROL
    assert drift.series.newest.at - FIRST >= timedelta(days=12)


def test_what_is_told_is_of_the_run_that_is_asked_for() -> None:
    """Neither of one that came later, nor of the last that measured anything."""
    runs = nights([*WAVE, 0.6, 0.1])
    (drift,) = drifts(runs[-2].run, runs)
    assert drift.series.newest.value == 0.6
    assert over([*runs, Night(20, {}, fault=silent()).row()]) == ()
    assert drifts("another run", runs) == ()


def test_retests_within_minutes_have_no_trend() -> None:
    numbers = tuple(number(START + timedelta(minutes=n), 0.1 + n / 100) for n in range(30))
    drift = drift_of(Series(-1, 1, Beginning(START, ""), numbers))
    assert drift.trend is None
    assert drift.reaches is None


def test_the_form_in_json() -> None:
    (drift,) = over(nights([*WAVE, 0.6]))
    said = orjson.loads(orjson.dumps(as_json(drift)))
    assert (said["step"], said["name"], said["unit"]) == ("rail", "error", "%")
    assert (said["value"], said["low"], said["high"]) == (0.6, -1.0, 1.0)
    assert said["state"] == "out of control"
    assert said["signals"][0]["rule"] == "beyond its control limits"
    assert said["control_low"] < said["centre"] < said["control_high"] < 0.6
    assert (said["points"], said["baseline_points"]) == (13, 12)
    assert (said["since"], said["since_what"]) == (FIRST.isoformat(), "the first on record")
    few = as_json(drift_of(series([0.1])))
    assert (few["state"], few["centre"], few["per_day"]) == ("too few", None, None)
    limit = Range(None, Decimal(100))
    wear = [Night(n, {"cycles.used": 80 + n / 1}, {"cycles.used": limit}).row() for n in range(9)]
    assert as_json(over(wear)[0])["reaches_limit"] == date(2026, 10, 21).isoformat()


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40),
    st.none() | st.floats(-1e3, 0),
    st.none() | st.floats(0, 1e3),
    st.sampled_from(["jig_health.rail", "jig_health.cycles"]),
)
def test_any_history_has_a_drift(
    values: list[float], low: float | None, high: float | None, use: str
) -> None:
    drift = told(values, low=low, high=high, use=use)
    assert orjson.dumps(as_json(drift))
    if drift.signals:
        assert drift.state in (State.DRIFTING, State.OUT_OF_CONTROL)


def test_a_value_that_is_only_recorded_is_charted_too() -> None:
    runs = [
        Night(n, {"rail.error": value}, {"rail.error": RecordOnly()}).row()
        for n, value in enumerate([*WAVE, 0.6])
    ]
    (drift,) = over(runs)
    assert drift.state is State.OUT_OF_CONTROL
    assert CENT.judge(0.6).outcome.name == "PASS"
