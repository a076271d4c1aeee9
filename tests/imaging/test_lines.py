"""Bad lines, bands and noise of known size, and clean fields that have none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from harness.imaging.light import linear
from harness.imaging.lines import bad_lines, banding_percent
from harness.imaging.noise import noise_percent
from harness.model.reading import Unreadable
from tests.imaging.edges import Light
from tests.imaging.fields import CARD, cos4, flat, noisy, spotted, through_jpeg

NOISE_CODES = 1.0
SLOPE = 2.4 / (118 + 0.055 * 255)
"""What share of its light a code is at a grey card (IEC 61966-2-1)."""


def seen(light: Light, seed: int = 1, noise_codes: float = NOISE_CODES) -> NDArray[np.float32]:
    return through_jpeg(noisy(light, seed, noise_codes))


def with_bands(period_px: float, amplitude: float, *, upright: bool = False) -> Light:
    light = cos4(0.6)
    size = light.shape[1 if upright else 0]
    wave = 1 + amplitude * np.sin(2 * np.pi * np.arange(size) / period_px)
    banded: Light = light * (wave if upright else wave[:, None])
    return banded


@pytest.mark.parametrize("kept", [0.0, 0.9, 0.95, 1.1, 2.0])
@pytest.mark.parametrize("upright", [True, False])
def test_a_line_that_is_dead_weak_or_hot_is_one(kept: float, upright: bool) -> None:
    for at in (0, 300, 605, -1):
        light = cos4(0.6)
        light[(slice(None), at) if upright else at] *= kept
        assert bad_lines(linear(noisy(light, 1, NOISE_CODES))) == 1, at
        assert 1 <= bad_lines(seen(light)) <= 5, at  # type: ignore[operator]


def test_lines_side_by_side_and_half_a_line_count() -> None:
    light = cos4(0.6)
    light[:, 500:503] *= 0.5
    light[480:, 900] = 0.0
    light[100] *= 1.2
    assert bad_lines(linear(noisy(light, 1, NOISE_CODES))) == 5


CLEAN = {
    "even": flat(),
    "shaded": cos4(0.45),
    "a spot": spotted(flat(), 0.4, 0.6, 12, -0.12),
    "a dark half": np.where(np.arange(1280) < 640, flat(), 0.7 * flat()),
    "a dark lower half": np.where(np.arange(960)[:, None] < 480, flat(), 0.7 * flat()),
}


@pytest.mark.parametrize("light", CLEAN.values(), ids=CLEAN)
def test_what_is_no_line_and_no_band_is_none(light: Light) -> None:
    """Nor do a few hot pixels make a line."""
    picture = noisy(light, 2, NOISE_CODES)
    picture[100:140:20, 333] = 255
    found = through_jpeg(picture)
    assert bad_lines(found) == 0
    ripple = banding_percent(found)
    assert isinstance(ripple, float)
    assert ripple < 0.15


@pytest.mark.parametrize("noise_codes", [0.5, 2.0, 4.0])
def test_noise_makes_no_lines_and_no_bands(noise_codes: float) -> None:
    for seed in range(3):
        light = seen(cos4(0.7), seed, noise_codes)
        assert bad_lines(light) == 0
        assert banding_percent(light) == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("period_px", [6.0, 9.7, 16.0, 40.0, 100.0])
@pytest.mark.parametrize("upright", [True, False])
def test_bands_are_told_by_their_amplitude(period_px: float, upright: bool) -> None:
    light = linear(noisy(with_bands(period_px, 0.02, upright=upright), 3, NOISE_CODES))
    assert banding_percent(light) == pytest.approx(2.0, abs=0.35)
    assert bad_lines(light) == 0


def test_bands_through_a_jpeg_stay_well_over_what_is_clean() -> None:
    for period_px in (4.0, 8.0, 16.0, 64.0):
        found = banding_percent(seen(with_bands(period_px, 0.01)))
        assert isinstance(found, float)
        assert found > 0.4, period_px


def test_every_second_line_that_is_weak_is_banding_and_not_a_thousand_lines() -> None:
    """Told from crest to trough: that fast, a ripple's amplitude is not known."""
    light = flat()
    light[:, ::2] *= 0.98
    found = linear(noisy(light, 4, NOISE_CODES))
    assert banding_percent(found) == pytest.approx(2.0, abs=0.15)
    assert bad_lines(found) == 0


@pytest.mark.parametrize("noise_codes", [1.0, 2.0, 4.0])
def test_the_noise_is_the_pixels_standard_deviation(noise_codes: float) -> None:
    """Whatever the shading, the bands, a dead line, a spot and bad pixels are beside it."""
    expected = 100 * SLOPE * np.hypot(noise_codes, 12**-0.5)  # with what rounding adds
    plain = noise_percent(linear(noisy(flat(), 5, noise_codes)))
    assert plain == pytest.approx(expected, rel=0.06)
    light = spotted(with_bands(16.0, 0.03), 0.5, 0.5, 12, -0.2) / cos4(0.6) * CARD
    light[:, 200] = 0.0
    picture = noisy(light, 5, noise_codes)
    picture[::200, ::200] = 255
    assert noise_percent(linear(picture)) == pytest.approx(expected, rel=0.08)


def test_a_part_of_the_sensor_that_is_noisier_is_told() -> None:
    picture = noisy(flat(), 6, 1.0)
    picture[:, 960:] = noisy(flat(), 7, 4.0)[:, 960:]
    assert noise_percent(linear(picture)) == pytest.approx(100 * SLOPE * 4.0, rel=0.08)


def test_a_picture_without_light_or_pixels_is_unreadable() -> None:
    for measure in (bad_lines, banding_percent, noise_percent):
        assert isinstance(measure(np.zeros((100, 100), np.float32)), Unreadable)
        assert isinstance(measure(np.full((20, 400), CARD)), Unreadable)


@given(arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 70))))
def test_any_picture_has_values_or_the_reason_why_not(picture: NDArray[np.uint8]) -> None:
    light = linear(picture)
    for measure in (bad_lines, banding_percent, noise_percent):
        found = measure(light)
        assert isinstance(found, float | Unreadable)
        assert not isinstance(found, float) or (np.isfinite(found) and found >= 0)
