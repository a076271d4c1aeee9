"""What the history of a jig's value says of the newest one: it stays, it drifts, or it left. Pure.

A self-test passes or fails by its limits; drift is told beside that, and closes no jig.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from harness.model.readiness import CALIBRATION
from harness.model.selftest import Number, SelfTestRow
from harness.quality.control import Chart, Rule, Signal, signals
from harness.quality.history import Series, series_of
from harness.quality.trend import Trend, trend

LEAST_POINTS = 8
"""Fewer before the newest one say too little of how a value spreads."""
BASELINE_POINTS = 20
"""So many of the first values in control are the baseline."""
TREND_POINTS = 30
"""A trend is that of the newest values, at the most so many: of a month of nights."""
HORIZON_D = 30
"""A limit that is further away than this is no concern yet [d]."""
NOTICEABLE = 0.05
"""A value that has moved by less than this share of the way to its limit has not moved.

Where a meter's noise is small beside the limits, 3 sigma of it matter to nobody. That idea is of
acceptance control charts (ISO 7870-3:2020).
"""
COUNTERS = frozenset({CALIBRATION, "jig_health.cycles"})
"""Steps whose values only ever count up or down: of them only the trend means anything."""

_GONE = frozenset({Rule.BEYOND, Rule.ALTERNATING, Rule.RATTLES})
"""A sudden change, or a new pattern; the other rules tell of a slow one."""


class State(StrEnum):
    """What a value does, from the best to the worst."""

    STABLE = "stable"
    TOO_FEW = "too few"
    DRIFTING = "drifting"
    OUT_OF_CONTROL = "out of control"


@dataclass(frozen=True, slots=True)
class Drift:
    """What a series says of its newest value.

    `baseline` is how many values the chart was made of. `reaches` is the day on which the trend
    meets a limit, None when that is unsure, or further away than `HORIZON_D`.
    """

    series: Series
    state: State
    signals: tuple[Signal, ...]
    chart: Chart | None
    baseline: int
    trend: Trend | None
    reaches: date | None


def drifts(run: str, history: Sequence[SelfTestRow]) -> tuple[Drift, ...]:
    """The drift of each number in one self-test of a jig, by those before it, oldest first.

    Nothing when the run with this id is not among them: no other speaks for it.
    """
    place = next((place for place, each in enumerate(history) if each.run == run), None)
    return () if place is None else tuple(map(drift_of, series_of(history[: place + 1])))


def drift_of(series: Series) -> Drift:
    """What a series says of its newest value."""
    if series.newest.use in COUNTERS:
        return _counted(series)
    base = _baseline(series)
    if len(base) < LEAST_POINTS:
        return Drift(series, State.TOO_FEW, (), None, len(base), None, None)
    chart = Chart.of(base, _least(series))
    told = tuple(_noticeable(series, chart, signals(chart, series.values)))
    going = _trend(series.numbers[-TREND_POINTS:])
    reaches = _reaches(series, going)
    return Drift(series, _state(told, reaches), told, chart, len(base), going, reaches)


def _counted(series: Series) -> Drift:
    points = _since_the_last_turn(series.numbers)[-TREND_POINTS:]
    if len(points) <= LEAST_POINTS:
        return Drift(series, State.TOO_FEW, (), None, 0, None, None)
    going = _trend(points)
    reaches = _reaches(series, going)
    return Drift(series, _state((), reaches), (), None, 0, going, reaches)


def _state(told: Sequence[Signal], reaches: date | None) -> State:
    if any(signal.rule in _GONE for signal in told):
        return State.OUT_OF_CONTROL
    return State.DRIFTING if told or reaches else State.STABLE


def _baseline(series: Series) -> list[float]:
    """The first values in control: none that failed, and none outside of what the others say."""
    left = [point.value for point in series.numbers[:-1] if not point.failed]
    while True:
        first = left[:BASELINE_POINTS]
        if len(first) < LEAST_POINTS:
            return first
        chart = Chart.of(first)
        inside = [value for value in first if not chart.beyond(value)]
        if len(inside) == len(first) or len(inside) < LEAST_POINTS:
            return first
        left = inside + left[BASELINE_POINTS:]


def _least(series: Series) -> float | None:
    """0 for a quantity that is never less, as far as its limits and values say."""
    limited = series.high is not None and (series.low is None or series.low >= 0)
    return 0.0 if limited and min(series.values) >= 0 else None


def _noticeable(series: Series, chart: Chart, told: Sequence[Signal]) -> Iterator[Signal]:
    room = [abs(limit - chart.centre) for limit in (series.low, series.high) if limit is not None]
    least = NOTICEABLE * min(room, default=0.0)
    return (signal for signal in told if abs(signal.size) >= least)


def _trend(points: Sequence[Number]) -> Trend | None:
    first = points[0].at
    days = [(point.at - first) / timedelta(days=1) for point in points]
    return trend(days, [point.value for point in points])


def _reaches(series: Series, going: Trend | None) -> date | None:
    """The day on which a sure trend meets a limit within the horizon."""
    if going is None or not going.sure:
        return None
    days = going.days_to(series.low, series.high)
    if days is None or days > HORIZON_D:
        return None
    return (series.numbers[-1].at + timedelta(days=days)).date()


def _since_the_last_turn(points: Sequence[Number]) -> Sequence[Number]:
    """The newest points of a counter that all go one way: it began anew where it turned."""
    ways = [(b.value > a.value) - (b.value < a.value) for a, b in pairwise(points)]
    newest = next((way for way in reversed(ways) if way), 0)
    turns = [place for place, way in enumerate(ways, start=1) if way == -newest]
    return points[turns[-1] :] if newest and turns else points


def as_json(drift: Drift) -> dict[str, object]:
    """A drift as JSON values, without the points of its history."""
    series, chart, going = drift.series, drift.chart, drift.trend
    return {
        "step": series.newest.step,
        "name": series.newest.name,
        "unit": series.newest.unit,
        "value": series.newest.value,
        "low": series.low,
        "high": series.high,
        "state": drift.state.value,
        "signals": [{"rule": told.rule.value, "size": told.size} for told in drift.signals],
        "points": len(series.numbers),
        "since": series.beginning.at.isoformat(),
        "since_what": series.beginning.why,
        "baseline_points": drift.baseline,
        "centre": chart and chart.centre,
        "sigma": chart and chart.sigma,
        "control_low": chart and chart.low,
        "control_high": chart and chart.high,
        "mean_range": chart and chart.mean_range,
        "most_range": chart and chart.most_range,
        "per_day": going and going.per_day,
        "per_day_sure": going and going.sure,
        "reaches_limit": drift.reaches and drift.reaches.isoformat(),
    }
