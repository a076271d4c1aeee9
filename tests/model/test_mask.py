"""A curve passes a mask only where it runs within it over its whole width."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model.judgement import HIGH, LOW, PASS, UNREADABLE
from harness.model.limits import limit_of
from harness.model.mask import Mask, MaskPoint, Misfit
from harness.model.value import Curve

Corner = tuple[str, str | None, str | None]


def mask(*corners: Corner) -> Mask:
    return Mask(tuple(MaskPoint(*(n and Decimal(n) for n in corner)) for corner in corners))  # type: ignore[arg-type]


def curve(*points: tuple[float, float]) -> Curve:
    x, y = zip(*points, strict=True)
    return Curve(x, y)


TUBE = mask(("0", "1", "3"), ("10", "2", "4"))


@pytest.mark.parametrize(
    ("points", "judgement"),
    [
        ([(0.0, 1.0), (10.0, 2.0)], PASS),  # on the lower bound all along
        ([(0.0, 3.0), (10.0, 4.0)], PASS),
        ([(-5.0, 2.0), (5.0, 2.0), (15.0, 3.0)], PASS),
        ([(0.0, 0.999), (10.0, 3.0)], LOW),
        ([(0.0, 2.0), (10.0, 4.001)], HIGH),
        ([(0.0, 2.0), (5.0, 1.4999), (10.0, 3.0)], LOW),
        ([(-1.0, 9.0), (0.0, 2.0), (10.0, 3.0), (11.0, -9.0)], PASS),  # what is outside is free
        ([(0.1, 2.0), (10.0, 3.0)], UNREADABLE),  # does not cover the mask
        ([(0.0, 2.0), (9.999, 3.0)], UNREADABLE),
    ],
)
def test_bounds_run_straight_from_corner_to_corner(
    points: list[tuple[float, float]], judgement: Any
) -> None:
    assert TUBE.judge(curve(*points)) == judgement


def test_a_spike_of_the_mask_between_two_points_of_the_curve_counts() -> None:
    spiked = mask(("0", "0", None), ("5", "2", None), ("10", "0", None))
    assert spiked.judge(curve((0.0, 1.9), (10.0, 1.9))) == LOW
    assert spiked.misfit(curve((0.0, 1.9), (10.0, 1.9))) == Misfit(LOW, 5.0, 1.9, 2.0)
    assert spiked.judge(curve((0.0, 2.0), (10.0, 2.0))) == PASS


def test_at_a_step_both_bounds_hold() -> None:
    step = mask(("0", "0", None), ("5", "0", None), ("5", "2", None), ("10", "2", None))
    assert step.judge(curve((0.0, 0.0), (4.9, 0.0), (5.0, 2.0), (10.0, 2.0))) == PASS
    assert step.judge(curve((0.0, 0.0), (5.0, 1.9), (10.0, 2.0))) == LOW


def test_a_bound_holds_between_two_corners_that_both_have_it() -> None:
    parts = mask(("0", "0", "9"), ("5", "0", None), ("10", "0", "1"))
    assert parts.judge(curve((0.0, 50.0), (10.0, 50.0))) == PASS
    assert parts.judge(curve((0.0, -1.0), (10.0, 50.0))) == LOW


@pytest.mark.parametrize("value", [None, 1.0, "1", True, [1.0, 2.0], object()])
def test_what_is_no_curve_is_unreadable(value: object) -> None:
    assert TUBE.judge(value) == UNREADABLE


@pytest.mark.parametrize(
    ("corners", "why"),
    [
        ([("0", "1", None)], "2 to 1000 corners"),
        ([("0", "2", "1"), ("1", "2", "3")], "low 2 is above high 1"),
        ([("1", "0", None), ("0", "0", None)], "rise"),
        ([("0", "0", None), ("0", "1", None), ("1", "0", None)], "a step"),
        ([("0", "0", None), ("1", "1", None), ("1", "0", None)], "a step"),
        ([("0", "0", None), *[("1", "0", None)] * 3, ("2", "0", None)], "a step"),
        ([("0", None, None), ("1", "0", None)], "runs a bound"),
        ([("0", "1", None), ("1", None, "2")], "runs a bound"),
        ([("0", "NaN", None), ("1", "0", None)], "finite"),
        ([("0", "0", None), ("Infinity", "0", None)], "finite"),
    ],
)
def test_a_mask_that_makes_no_sense_is_not_built(corners: list[Corner], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        mask(*corners)


@st.composite
def masked(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[Mask, Curve]:
    """A mask and a curve that covers it."""
    tenths = st.integers(-50, 50)
    xs = sorted(draw(st.sets(tenths, min_size=2, max_size=5)))
    corners = []
    for x in xs:
        low = draw(tenths)
        corners.append((f"{x / 10}", f"{low / 10}", f"{(low + draw(st.integers(0, 60))) / 10}"))
    around = sorted({xs[0] - 1, xs[-1] + 1, *draw(st.sets(tenths, max_size=6))})
    around = [x for x in around if xs[0] - 1 <= x <= xs[-1] + 1]
    points = [(x / 10, draw(tenths) / 10) for x in around]
    return mask(*corners), curve(*points)


def bound(limit: Mask, x: Fraction, side: str) -> Fraction:
    """The bound at an x, by the definition of a straight line."""
    for start, end in zip(limit.points, limit.points[1:], strict=False):
        first, last = Fraction(start.x), Fraction(end.x)
        if first <= x <= last:
            share = (x - first) / (last - first)
            low, high = Fraction(getattr(start, side)), Fraction(getattr(end, side))
            return low * (1 - share) + high * share
    raise AssertionError("outside of the mask")


def height(of: Curve, x: Fraction) -> Fraction:
    points = [(Fraction(repr(a)), Fraction(repr(b))) for a, b in zip(of.x, of.y, strict=True)]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    raise AssertionError("outside of the curve")


@given(masked())
def test_a_curve_passes_exactly_when_no_place_along_the_mask_is_out(
    case: tuple[Mask, Curve],
) -> None:
    limit, measured = case
    first, last = Fraction(limit.points[0].x), Fraction(limit.points[-1].x)
    corners = {Fraction(point.x) for point in limit.points}
    inside = {x for x in map(Fraction, map(repr, measured.x)) if first <= x <= last}
    out = [
        x
        for x in corners | inside
        if not bound(limit, x, "low") <= height(measured, x) <= bound(limit, x, "high")
    ]
    assert (limit.judge(measured) == PASS) is not bool(out)
    misfit = limit.misfit(measured)
    assert misfit is None or Fraction(repr(misfit.x)) == min(out)
    # judged again from what the record says of it, it is judged alike
    assert limit_of(limit.describe()).judge(measured) == limit.judge(measured)


@given(masked(), st.integers(1, 30))
def test_widening_never_fails_what_passed(case: tuple[Mask, Curve], more: int) -> None:
    limit, measured = case
    wider = Mask(
        tuple(
            MaskPoint(p.x, p.low and p.low - more, p.high and p.high + more) for p in limit.points
        )
    )
    assume(limit.judge(measured) == PASS)
    assert wider.judge(measured) == PASS
