"""A value's history as a small picture: its limits, its control limits, its points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from harness.model.words import amount_words
from harness.quality.drift import Drift
from harness.ui.drift import usual_words
from harness.ui.report.markup import Markup, el, text, void

_WIDTH, _HEIGHT = 180, 44
_LEFT, _TOP = 6, 5
_CROSS = 3
"""Half the width of the cross of a value that failed."""


def history_chart(drift: Drift) -> Markup:
    """The history of a value: acceptance limits solid, control limits dashed, fails crossed."""
    title = el("title", "; ".join(_words(drift)))
    size = f"0 0 {_WIDTH} {_HEIGHT}"
    return el("svg", title, *_drawn(drift), class_="history", viewBox=size, role="img")


def _words(drift: Drift) -> Iterator[str]:
    series = drift.series
    values, unit = series.values, series.newest.unit
    bounds = [Decimal(repr(bound)) for bound in (series.low, series.high) if bound is not None]
    low, high, newest = (
        amount_words(value, unit, beside=bounds) for value in (min(values), max(values), values[-1])
    )
    count = len(values)
    yield f"{count} values from {low} to {high}" if count > 1 else "one value"
    yield f"the newest {newest}"
    if failed := sum(number.failed for number in series.numbers):
        yield f"{failed} failed"
    if drift.chart:
        yield usual_words(drift.chart, unit)


def _drawn(drift: Drift) -> Iterator[Markup]:
    series, chart = drift.series, drift.chart
    control = (chart.low, chart.high) if chart and not chart.constant else ()
    y = _Scale([*series.values, *_known([series.low, series.high, *control])])
    for limit in _known({series.low, series.high}):
        yield _line(y(limit), "limit")
    for limit in _known(control):
        yield _line(y(limit), "control")
    if chart:
        yield _line(y(chart.centre), "centre")
    values = series.values
    places = [(_x(place, len(values)), y(value)) for place, value in enumerate(values)]
    if len(places) > 1:
        yield void("polyline", class_="course", points=" ".join(f"{x},{y}" for x, y in places))
    for (at_x, at_y), number in zip(places, series.numbers, strict=True):
        if number.failed:
            yield _cross(at_x, at_y)
    at_x, at_y = places[-1]
    yield void("circle", class_="newest", cx=at_x, cy=at_y, r=2.5)


class _Scale:
    """From a value to how far down it stands; all of one value stand in the middle."""

    def __init__(self, values: list[float]) -> None:
        self._low, self._high = min(values), max(values)

    def __call__(self, value: float) -> float:
        span = self._high - self._low
        share = (value - self._low) / span if span else 0.5
        return round(_HEIGHT - _TOP - share * (_HEIGHT - 2 * _TOP), 1)


def _x(place: int, count: int) -> float:
    share = place / (count - 1) if count > 1 else 1.0
    return round(_LEFT + share * (_WIDTH - 2 * _LEFT), 1)


def _line(at_y: float, kind: str) -> Markup:
    return void("line", class_=kind, x1=0, x2=_WIDTH, y1=at_y, y2=at_y)


def _cross(x: float, y: float) -> Markup:
    left, right, top, bottom = x - _CROSS, x + _CROSS, y - _CROSS, y + _CROSS
    path = f"M{left:.1f},{top:.1f} L{right:.1f},{bottom:.1f}"
    return void(
        "path", class_="failed", d=f"{path} M{left:.1f},{bottom:.1f} L{right:.1f},{top:.1f}"
    )


def _known(limits: Iterable[float | None]) -> list[float]:
    return [limit for limit in limits if limit is not None]


def legend() -> Markup:
    """What the lines of a history mean."""
    kinds = {
        "limit": "limit of the plan",
        "control": "control limit (3 sigma of its baseline)",
        "centre": "centre of its baseline",
    }
    shown = [
        el(
            "span",
            el("svg", _line(5, kind), viewBox="0 0 24 10", class_="key", aria_hidden="true"),
            text(f" {words}"),
        )
        for kind, words in kinds.items()
    ]
    return el("p", *shown, el("span", "● newest"), el("span", "✗ failed"), class_="legend")
