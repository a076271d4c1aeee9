"""Flat fields whose shading is a formula."""

from __future__ import annotations

import numpy as np
import pytest
from numpy import floating
from numpy.typing import NDArray

from harness.imaging.grid import means
from harness.imaging.uniformity import GRID, colour_shading_percent, uniformity_percent
from harness.model.reading import Unreadable
from tests.imaging.fields import CARD, cos4, flat, noisy, through_jpeg


def expected_cos4(corner: float, width: int, height: int) -> float:
    """By the integral of the formula over the fields in a corner and in the middle."""
    half = np.hypot(width, height) / 2
    tangent2 = corner**-0.5 - 1

    def field(row: int, column: int) -> float:
        fine = (np.arange(200) + 0.5) / 200
        x = ((column + fine) / GRID - 0.5) * width / half
        y = (((row + fine) / GRID - 0.5) * height / half)[:, None]
        return float(((1 + tangent2 * (x**2 + y**2)) ** -2).mean())

    return 100 * field(0, 0) / field(GRID // 2, GRID // 2)


def measured(light: NDArray[floating]) -> float:
    found = uniformity_percent(light)
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize("corner", [0.95, 0.7, 0.45])
@pytest.mark.parametrize(("width", "height"), [(1280, 960), (1001, 777), (4000, 3000)])
def test_the_fall_of_a_lens_is_the_formulas(corner: float, width: int, height: int) -> None:
    expected = expected_cos4(corner, width, height)
    assert measured(cos4(corner, width, height)) == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize("corner", [0.95, 0.7, 0.45])
def test_noise_and_jpeg_change_it_little(corner: float) -> None:
    light = through_jpeg(noisy(cos4(corner), seed=1))
    assert measured(light) == pytest.approx(expected_cos4(corner, 1280, 960), abs=0.4)


def test_a_wedge_is_that_of_its_outer_fields() -> None:
    light = np.tile(np.linspace(0.4, 1.0, 1100), (110, 1))
    ends = 0.4 + 0.6 * np.array([0.5 / GRID, 1 - 0.5 / GRID])
    assert measured(light) == pytest.approx(100 * ends[0] / ends[1], abs=0.05)


def test_even_light_is_100_percent_at_any_level() -> None:
    assert measured(flat()) == pytest.approx(100)
    assert measured(through_jpeg(noisy(flat(), seed=2))) == pytest.approx(100, abs=0.3)


def test_a_dark_half_is_told() -> None:
    light = flat()
    light[:, 640:] *= 0.8
    assert measured(light) == pytest.approx(80, abs=0.1)


def test_a_picture_without_light_or_pixels_is_unreadable() -> None:
    assert isinstance(uniformity_percent(np.zeros((100, 100))), Unreadable)
    assert isinstance(uniformity_percent(np.full((10, 100), CARD)), Unreadable)


def test_every_pixel_counts_once_in_a_grid() -> None:
    light = np.random.default_rng(1).random((37, 53), np.float32)
    cells = means(light, 7, 5)
    assert cells[0, 0] == pytest.approx(light[:7, :7].mean(), rel=1e-6)
    assert cells[4, 6] == pytest.approx(light[29:, 45:].mean(), rel=1e-6)
    sizes = np.outer([7, 7, 8, 7, 8], [7, 8, 7, 8, 7, 8, 8])
    assert (cells * sizes).sum() == pytest.approx(light.sum(), rel=1e-5)


def cells(red: float = 1.0, blue: float = 1.0, green: float = 0.18) -> NDArray[np.float64]:
    """Those of an even grey field, but for one in a corner."""
    grid = np.full((GRID, GRID, 3), 0.18)
    grid[0, -1] = (green * red, green, green * blue)
    return grid


@pytest.mark.parametrize(("red", "blue", "most"), [(1.1, 1, 10), (1, 0.93, 7), (0.95, 1.02, 5)])
def test_colour_shading_is_what_a_ratio_is_off_the_middle_at_the_most(
    red: float, blue: float, most: float
) -> None:
    assert colour_shading_percent(cells(red, blue)) == pytest.approx(most)
    assert colour_shading_percent(cells(red, blue, green=0.05)) == pytest.approx(most)


def test_an_even_tint_is_no_colour_shading() -> None:
    assert colour_shading_percent(cells() * (1.2, 1.0, 0.8)) == pytest.approx(0)


def test_a_cell_without_light_is_left_out_but_in_the_middle_it_is_unreadable() -> None:
    assert colour_shading_percent(cells(green=0.0)) == pytest.approx(0)
    grid = cells()
    grid[GRID // 2, GRID // 2, 2] = 0
    assert isinstance(colour_shading_percent(grid), Unreadable)
