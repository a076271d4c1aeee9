"""The small picture of a value's history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from harness.model.selftest import Number
from harness.quality.drift import drift_of
from harness.quality.history import Beginning, Series
from harness.ui.report.chart import history_chart

START = datetime(2026, 10, 1, tzinfo=UTC)
WAVE = [0.10, 0.13, 0.09, 0.12, 0.08, 0.11, 0.12, 0.10, 0.13, 0.09, 0.11]
HEIGHT, WIDTH = 44, 180


def drawn(
    values: list[float],
    low: float | None = -1.0,
    high: float | None = 1.0,
    failed: tuple[int, ...] = (),
) -> ET.Element:
    numbers = tuple(
        Number("rail", "r", "error", "%", START + timedelta(days=n), value, n in failed, {})
        for n, value in enumerate(values)
    )
    series = Series(low, high, Beginning(START, ""), numbers)
    return ET.fromstring(history_chart(drift_of(series)))


def heights(picture: ET.Element, kind: str) -> list[float]:
    return sorted(float(line.get("y1", "")) for line in picture.iter("line") if is_(line, kind))


def is_(part: ET.Element, kind: str) -> bool:
    return part.get("class") == kind


def test_limits_control_limits_and_points_stand_in_their_order() -> None:
    picture = drawn(WAVE)
    above, below = heights(picture, "limit")
    upper, lower = heights(picture, "control")
    (centre,) = heights(picture, "centre")
    assert above < upper < centre < lower < below
    (course,) = picture.iter("polyline")
    course_y = [float(point.partition(",")[2]) for point in course.get("points", "").split()]
    assert len(course_y) == len(WAVE)
    assert all(upper <= y <= lower for y in course_y)
    (newest,) = picture.iter("circle")
    assert float(newest.get("cy", "")) == course_y[-1]


def test_a_value_that_failed_has_a_cross() -> None:
    assert len(list(drawn([*WAVE, 2.0, 0.1], failed=(11,)).iter("path"))) == 1
    assert not list(drawn(WAVE).iter("path"))


def test_who_hears_it_is_told_the_numbers() -> None:
    picture = drawn([*WAVE, 2.0], failed=(11,))
    assert picture.get("role") == "img"
    assert picture[0].tag == "title"
    said = picture[0].text
    assert said
    assert said.startswith("12 values from 0.08 % to 2 %; the newest 2 %; 1 failed; control limits")


def test_one_value_without_limits_is_a_dot_in_the_middle() -> None:
    picture = drawn([5.0], None, None)
    (dot,) = picture.iter("circle")
    assert float(dot.get("cy", "")) == HEIGHT / 2
    assert not list(picture.iter("line"))


def test_a_constant_value_has_no_control_limits_beside_it() -> None:
    picture = drawn([0.5] * 12, None, None)
    (centre,) = heights(picture, "centre")
    assert centre == HEIGHT / 2
    assert not heights(picture, "control")


def test_an_exact_limit_is_one_line() -> None:
    assert len(heights(drawn([100.0] * 12, 100.0, 100.0), "limit")) == 1


@given(
    st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=40),
    st.none() | st.floats(-1e6, 1e6),
    st.none() | st.floats(-1e6, 1e6),
)
def test_nothing_stands_outside_of_the_picture(
    values: list[float], low: float | None, high: float | None
) -> None:
    picture = drawn(values, low, high)
    numbers = [
        (float(part.get(key, "")), most)
        for part in picture.iter()
        for key, most in (("y1", HEIGHT), ("cy", HEIGHT), ("cx", WIDTH))
        if part.get(key)
    ]
    assert numbers
    assert all(0 <= number <= most for number, most in numbers)
