"""Spots and bad pixels of known place, size and strength, and clean fields that have none."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.imaging.blemish import (
    CONTRAST_PERCENT,
    NOISES,
    STEP,
    bad_pixels,
    blemishes,
    step_over_noise,
)
from harness.imaging.light import linear
from harness.imaging.noise import noise_percent
from harness.model.reading import Unreadable
from tests.imaging.edges import Light, codes
from tests.imaging.fields import CARD, cos4, flat, noisy, spotted, through_jpeg

SEEN = {8: 0.56, 16: 0.84, 32: 0.93}
"""Of a Gaussian spot's contrast what is told, by its sigma [px of 1280]: cells are 8 px wide."""
PLACES = [(0.5, 0.5), (0.3, 0.71), (0.06, 0.5), (0.92, 0.1)]


@pytest.mark.parametrize("sigma_px", SEEN)
@pytest.mark.parametrize("contrast", [-0.12, 0.12])
@pytest.mark.parametrize(("x", "y"), PLACES)
def test_a_spot_is_found_where_it_is(sigma_px: int, contrast: float, x: float, y: float) -> None:
    light = through_jpeg(noisy(spotted(cos4(0.6), x, y, sigma_px, contrast), seed=3))
    (found,) = blemishes(light, contrast_percent=2.5)
    assert (found.x, found.y) == pytest.approx((x, y), abs=0.004)
    assert found.contrast_percent == pytest.approx(100 * contrast * SEEN[sigma_px], abs=1.0)
    assert found.area_percent < 1
    if sigma_px == 8:
        return  # hardly larger than a cell
    radius = sigma_px * np.sqrt(2 * np.log(100 * abs(contrast) * SEEN[sigma_px] / 2.5))
    assert found.area_percent == pytest.approx(100 * np.pi * radius**2 / light.size, rel=0.25)


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.5), (1.0, 0.0), (0.5, 1.0)])
def test_a_spot_that_is_half_outside_is_found(x: float, y: float) -> None:
    light = through_jpeg(noisy(spotted(flat(), x, y, 24, -0.12), seed=4))
    found = blemishes(light, contrast_percent=2.5)
    assert found
    assert (found[0].x, found[0].y) == pytest.approx((x, y), abs=0.03)
    assert found[0].contrast_percent < -6


def test_several_spots_come_by_their_strength() -> None:
    light = spotted(
        spotted(spotted(flat(), 0.2, 0.2, 16, -0.05), 0.8, 0.4, 16, 0.2), 0.5, 0.8, 16, -0.1
    )
    found = blemishes(light, contrast_percent=2.5)
    assert [round(spot.x, 2) for spot in found] == [0.8, 0.5, 0.2]
    assert [spot.contrast_percent > 0 for spot in found] == [True, False, False]


def test_a_scratch_is_one_spot() -> None:
    light = flat()
    light[300:312, 200:900] *= 0.8
    (found,) = blemishes(light, contrast_percent=4)
    assert (found.x, found.y) == pytest.approx((550 / 1280, 306 / 960), abs=0.01)


@pytest.mark.parametrize("corner", [1.0, 0.8, 0.55])
def test_clean_fields_have_no_spots(corner: float) -> None:
    """12 fields with noise of 2 code values, through JPEG: none, and not half-way to one."""
    half = CONTRAST_PERCENT / 2
    fields = [through_jpeg(noisy(cos4(corner), seed)) for seed in range(12)]
    assert [spot for light in fields for spot in blemishes(light, contrast_percent=half)] == []


def test_the_larger_the_picture_the_less_noise() -> None:
    light = linear(noisy(cos4(0.7, 4000, 3000), seed=1))
    assert blemishes(light, contrast_percent=0.6) == ()


def test_no_light_at_all_is_one_dark_spot() -> None:
    (found,) = blemishes(np.zeros((960, 1280), np.float32), contrast_percent=2.5)
    assert (found.area_percent, found.contrast_percent) == (100, -100)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (7, 5), (200, 3)])
def test_small_pictures_have_spots_or_none(shape: tuple[int, int]) -> None:
    assert blemishes(np.full(shape, CARD), contrast_percent=1) == ()


def with_pixels(*places: tuple[int, int], light: float) -> Light:
    field = np.asarray(linear(noisy(flat(), seed=5, noise_codes=1.0)), np.float64)
    for y, x in places:
        field[y, x] = light
    return field


CLUSTERS = {
    "one": [(400, 600)],
    "in a corner": [(0, 0)],
    "at the border": [(959, 600), (400, 1279), (1, 5)],
    "a pair": [(400, 600), (400, 601)],
    "a pair in a corner": [(959, 1278), (959, 1279)],
    "diagonal": [(400, 600), (401, 601), (402, 602)],
    "3 x 3": [(400 + n // 3, 600 + n % 3) for n in range(9)],
    "3 px apart": [(400, 600), (400, 603), (403, 600)],
    "a column": [(y, 600) for y in range(960)],
    "a row": [(400, x) for x in range(1280)],
}


@pytest.mark.parametrize("places", CLUSTERS.values(), ids=CLUSTERS)
@pytest.mark.parametrize("light", [0.0, 0.6])
def test_hot_and_dead_pixels_are_counted(places: list[tuple[int, int]], light: float) -> None:
    assert bad_pixels(with_pixels(*places, light=light), step=STEP) == len(places)


def test_one_is_bad_from_the_step_on() -> None:
    field = flat()
    field[100, 100], field[200, 200] = CARD * (1 + STEP - 0.001), CARD * (1 + STEP + 0.001)
    field[300, 300], field[400, 400] = CARD * (1 - STEP + 0.001), CARD * (1 - STEP - 0.001)
    assert bad_pixels(field, step=STEP) == 2


def test_a_grey_pixel_counts_in_a_dark_corner_as_in_the_middle() -> None:
    """Half dead, under a lens that leaves a third of the light in the corners; through JPEG."""
    picture = noisy(cos4(0.3), seed=7, noise_codes=1.0)
    assert bad_pixels(linear(picture), step=STEP) == 0
    places = [(10, 10), (480, 640), (940, 1262)]
    half = codes(cos4(0.3) * 0.5)
    for place in places:
        picture[place] = half[place]
    assert bad_pixels(linear(picture), step=STEP) == len(places)
    assert bad_pixels(through_jpeg(picture, 96), step=STEP) >= len(places)


def test_without_a_darkest_or_at_no_light_nothing_fails() -> None:
    """A share of 1 and more leaves bright pixels only; where no light is, none is bad."""
    field = flat()
    field[100, 100], field[200, 200] = 0.0, 5 * CARD
    assert bad_pixels(field, step=1.0) == 1
    assert bad_pixels(np.zeros((50, 50), np.float32), step=STEP) == 0


def test_noise_raises_what_a_bad_pixel_needs() -> None:
    assert step_over_noise(STEP, 1.4) == STEP
    assert step_over_noise(STEP, 100 * STEP / NOISES + 1.0) == pytest.approx(STEP + NOISES / 100)
    assert step_over_noise(STEP, Unreadable("no light")) == STEP


def test_a_dead_pixel_counts_of_which_a_third_is_left() -> None:
    assert bad_pixels(with_pixels((400, 600), light=CARD * 2 / 3), step=STEP) == 1


@pytest.mark.parametrize("code", [0, 255])
def test_a_jpeg_leaves_enough_of_a_bad_pixel_and_its_ringing_makes_no_more(code: int) -> None:
    picture = noisy(flat(), seed=6, noise_codes=1.0)
    picture[101:901:80, 103:1203:100] = code
    places = picture[101:901:80, 103:1203:100].size
    for quality in (90, 95):
        assert bad_pixels(through_jpeg(picture, quality), step=STEP) == places


def test_clean_fields_have_no_bad_pixels() -> None:
    """12 fields with a code value of noise through JPEG, as of a camera; louder ones by theirs."""
    fields = [through_jpeg(noisy(cos4(0.7), seed, noise_codes=1.0)) for seed in range(12)]
    assert sum(bad_pixels(light, step=STEP) for light in fields) == 0
    for noise_codes in (2.0, 4.0):
        loud = through_jpeg(noisy(cos4(0.7), 1, noise_codes))
        assert bad_pixels(loud, step=step_over_noise(STEP, noise_percent(loud))) == 0
    assert bad_pixels(loud, step=STEP) > 0


def test_edges_are_no_bad_pixels() -> None:
    light = flat()
    light[:, 640:] = 0.6
    light[200:300, 200:300] = 0.02
    assert bad_pixels(light, step=STEP) <= 12  # three at each corner of the square


def test_too_few_pixels_have_no_neighbours() -> None:
    with pytest.raises(ValueError, match="2 x 100 px"):
        bad_pixels(np.full((100, 2), CARD), step=STEP)


def test_a_picture_of_noise_has_as_many_as_the_medians_say_and_takes_no_longer() -> None:
    """12 megapixels of it would keep a station for half a minute, were medians sorted."""
    noise = np.random.default_rng(8).random((600, 800), np.float32)
    padded = np.pad(noise, 2, "reflect")
    about = np.lib.stride_tricks.sliding_window_view(padded, (5, 5)).reshape(600, 800, 25)
    median = np.median(about, 2)
    assert bad_pixels(noise, step=STEP) == int((abs(noise - median) > STEP * median).sum())
    clean = linear(noisy(flat(2000, 1500), seed=1))
    loud = np.random.default_rng(9).random(clean.shape, np.float32)
    assert seconds(loud) < 3 * seconds(clean)


def seconds(light: NDArray[np.float32]) -> float:
    """The least CPU time of three counts."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        bad_pixels(light, step=STEP)
        took.append(time.process_time() - begun)
    return min(took)
