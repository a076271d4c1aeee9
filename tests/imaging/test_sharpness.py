"""The two sides of the chart's squares: sharp, sharp on one side only, lost on one side."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.imaging.chart import EXACT, Framing, edge_regions
from harness.imaging.light import linear
from harness.imaging.sfr import Sfr
from harness.imaging.sharpness import Sharpness, sharpness
from harness.model.reading import Unreadable
from tests.imaging.edges import codes
from tests.imaging.fields import noisy, through_jpeg
from tests.imaging.squares import Chart

NAMES = ("centre", "top_left", "bottom_right")
LEFT = edge_regions(1280, 960, EXACT, "left")["centre"]


def light_of(sigma_px: float, turned_deg: float = 0.0) -> NDArray[np.float32]:
    return linear(codes(Chart(sigma_px, turned_deg=turned_deg).image()[..., 1]))


def with_left_edge_of(sharp: NDArray[np.float32], other: NDArray[np.float32]) -> Sharpness:
    """The middle square, with the region of its left edge out of another picture."""
    light = sharp.copy()
    LEFT.of(light)[:] = LEFT.of(other)
    return sharpness(light, EXACT, ["centre"])["centre"]


@pytest.mark.parametrize("turned_deg", [-2.0, 0.0, 2.0])
def test_both_sides_are_measured(turned_deg: float) -> None:
    found = sharpness(light_of(0.9, turned_deg=turned_deg), Framing(0, 0, turned_deg), NAMES)
    assert tuple(found) == NAMES
    for square in found.values():
        assert square.mtf50 == pytest.approx(0.1874 / 0.9, rel=0.02)
        assert square.left.x + square.left.width < square.right.x
        assert not square.blurred


def test_a_side_that_is_blurred_pulls_the_mean_down() -> None:
    found = with_left_edge_of(light_of(0.8), light_of(1.6))
    assert isinstance(found.response, Sfr)
    both = np.exp(-2 * (np.pi * np.array([0.8, 1.6]) * 0.15) ** 2)
    assert found.response.at(0.15) == pytest.approx(both.mean(), abs=0.02)
    assert isinstance(found.mtf50, float)
    assert 0.1874 / 1.6 < found.mtf50 < 0.1874 / 0.8


def test_a_side_that_is_not_there_leaves_no_number() -> None:
    found = with_left_edge_of(light_of(0.8), np.full((960, 1280), 0.18, np.float32))
    assert isinstance(found.mtf50, Unreadable)
    assert found.mtf50.why.startswith("left edge: ")
    assert not found.blurred


def test_a_square_that_is_blurred_beyond_measure_is_known() -> None:
    for square in sharpness(light_of(30.0), EXACT, NAMES).values():
        assert isinstance(square.mtf50, Unreadable)
        assert square.blurred


def test_one_side_alone_that_is_blurred_beyond_measure_is_known() -> None:
    sharp, blurred = light_of(0.8), light_of(30.0)
    sharp[:, :640] = blurred[:, :640]
    found = sharpness(sharp, EXACT, ["centre"])["centre"]
    assert isinstance(found.mtf50, Unreadable)
    assert found.blurred


def test_the_mean_of_both_sides_scatters_by_less_than_a_hundredth() -> None:
    """16 pictures with noise of 1.5 code values, through JPEG."""
    clean = Chart(0.8).image()[..., 1]
    found = [
        square.mtf50
        for seed in range(16)
        for square in sharpness(through_jpeg(noisy(clean, seed, 1.5)), EXACT, NAMES).values()
    ]
    values = np.array(found, float).reshape(16, -1)
    assert values.std(0, ddof=1).mean() < 0.010 * 0.1874 / 0.8
    assert values.mean() == pytest.approx(0.1874 / 0.8, rel=0.006)
