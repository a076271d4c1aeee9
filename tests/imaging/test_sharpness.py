"""The two sides of the chart's squares: sharp, sharp on one side only, lost on one side."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.imaging.chart import EXACT, Framing, edge_regions
from harness.imaging.light import linear
from harness.imaging.region import Region
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
        assert square.mtf50_across == pytest.approx(0.1874 / 0.9, rel=0.02)
        assert square.mtf50_down == pytest.approx(0.1874 / 0.9, rel=0.02)
        assert isinstance(square.mtf50, float)
        assert square.mtf50 == min(square.mtf50_across, square.mtf50_down)  # type: ignore[type-var]
        left, right = square.regions["left"], square.regions["right"]
        assert left.x + left.width < right.x
        assert not square.blurred


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize("sigma_px", [1.2, 2.0, 4.0])
def test_a_picture_that_is_blurred_one_way_only_is_as_sharp_as_its_worse_way(
    upright: bool, sigma_px: float
) -> None:
    """Motion or astigmatism; an edge's slant leaves a little of it to the other way."""
    five = np.radians(5)
    across_px = np.hypot(0.9 * np.cos(five), sigma_px * np.sin(five))
    found = sharpness(blurred_one_way(0.9, sigma_px, upright), EXACT, NAMES)
    for square in found.values():
        sharp, blurred = square.mtf50_across, square.mtf50_down
        if upright is False:
            sharp, blurred = blurred, sharp
        assert sharp == pytest.approx(0.1874 / across_px, rel=0.03)
        assert blurred == pytest.approx(0.1874 / sigma_px, rel=0.03)
        assert square.mtf50 == blurred


def blurred_one_way(sigma_px: float, more_px: float, down: bool) -> NDArray[np.float32]:
    """The chart under `sigma_px`, and under `more_px` in all down or across the picture."""
    light = np.asarray(Chart(sigma_px).image()[..., 1])
    reach = np.arange(-24, 25)
    weights = np.exp(-(reach**2) / (more_px**2 - sigma_px**2) / 2)
    weights /= weights.sum()
    axis = 0 if down else 1
    padded = np.pad(light, [(24, 24) if n == axis else (0, 0) for n in (0, 1)], "edge")
    size = light.shape[axis]
    parts = (w * padded.take(range(n, n + size), axis) for n, w in enumerate(weights))
    return np.asarray(sum(parts), np.float32)


def test_a_level_edge_alone_that_is_lost_leaves_no_number_that_could_pass() -> None:
    light = light_of(0.8)
    bottom = edge_regions(1280, 960, EXACT, "bottom")["centre"]
    middle = Region(bottom.x + 30, bottom.y, bottom.width - 60, bottom.height)
    middle.of(light)[:] = 0.18
    found = sharpness(light, EXACT, ["centre"])["centre"]
    assert isinstance(found.mtf50, Unreadable)
    assert found.mtf50.why.startswith("bottom edge: ")
    assert isinstance(found.mtf50_across, float)
    assert not found.blurred


def test_a_level_edge_that_is_blurred_beyond_measure_is_known() -> None:
    sharp, blurred = light_of(0.8), light_of(30.0)
    sharp[530:] = blurred[530:]
    found = sharpness(sharp, EXACT, ["centre", "bottom_left"])
    assert isinstance(found["centre"].mtf50_down, Unreadable)
    assert found["centre"].blurred


def test_a_side_that_is_blurred_pulls_the_mean_down() -> None:
    found = with_left_edge_of(light_of(0.8), light_of(1.6))
    assert isinstance(found.across, Sfr)
    both = np.exp(-2 * (np.pi * np.array([0.8, 1.6]) * 0.15) ** 2)
    assert found.across.at(0.15) == pytest.approx(both.mean(), abs=0.02)
    assert isinstance(found.mtf50, float)
    assert 0.1874 / 1.6 < found.mtf50 < 0.1874 / 0.8
    assert found.mtf50_down == pytest.approx(0.1874 / 0.8, rel=0.02)


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


def test_either_way_scatters_by_about_a_hundredth() -> None:
    """16 pictures with noise of 1.5 code values, through JPEG; a level edge has no second one."""
    clean = Chart(0.8).image()[..., 1]
    found = [
        (square.mtf50_across, square.mtf50_down)
        for seed in range(16)
        for square in sharpness(through_jpeg(noisy(clean, seed, 1.5)), EXACT, NAMES).values()
    ]
    values = np.array(found, float).reshape(16, -1, 2) / (0.1874 / 0.8)
    across, down = values.std(0, ddof=1).mean(0)
    assert across < 0.010
    assert down < 0.016
    assert values.mean((0, 1)) == pytest.approx([1, 1], abs=0.008)
