"""Colours of known numbers."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from harness.imaging.colour import Balance, Lab, balance, delta_e, lab, mean_lab
from harness.imaging.light import linear
from harness.imaging.picture import Picture, decode_jpeg
from harness.model.reading import Unreadable
from tests.imaging.edges import Light, codes
from tests.imaging.sharma import PAIRS

labs = st.builds(Lab, st.floats(0, 100), st.floats(-128, 128), st.floats(-128, 128))


def test_the_published_table_is_whole() -> None:
    assert len(PAIRS) == 34


@pytest.mark.parametrize("pair", PAIRS)
def test_delta_e_is_the_published_one(pair: tuple[float, ...]) -> None:
    one, other = Lab(*pair[:3]), Lab(*pair[3:6])
    assert delta_e(one, other) == pytest.approx(pair[6], abs=5.1e-5)
    assert delta_e(other, one) == pytest.approx(pair[6], abs=5.1e-5)


@given(labs, labs)
def test_delta_e_is_a_difference(one: Lab, other: Lab) -> None:
    assert delta_e(one, other) >= 0
    assert delta_e(one, one) == 0


SRGB = {
    (255, 255, 255): (100, 0, 0),
    (0, 0, 0): (0, 0, 0),
    (119, 119, 119): (50.03, 0, 0),
    (255, 0, 0): (53.24, 80.09, 67.20),
    (0, 255, 0): (87.73, -86.18, 83.18),
    (0, 0, 255): (32.30, 79.19, -107.86),
}
"""CIELAB of sRGB colours under D65, as published tables of the primaries have them."""


@pytest.mark.parametrize("srgb", SRGB)
def test_lab_of_srgb(srgb: tuple[int, int, int]) -> None:
    light = linear(np.array(srgb, np.uint8))
    assert mean_lab(light) == pytest.approx(SRGB[srgb], abs=0.06)


@given(st.floats(0, 1))
def test_a_grey_has_no_colour(light: float) -> None:
    assert lab(light, light, light)[1:] == pytest.approx((0, 0), abs=1e-9)


def through_jpeg(colour: tuple[float, float, float], noise: float = 0.0) -> Light:
    """Light of a picture of one colour, after a camera's noise [light] and JPEG."""
    light = np.random.default_rng(1).normal(colour, noise, (480, 640, 3)).clip(0, 1)
    file = io.BytesIO()
    Image.fromarray(codes(light)).save(file, "JPEG", quality=90)
    picture = decode_jpeg(file.getvalue())
    assert isinstance(picture, Picture)
    return np.asarray(linear(picture.rgb()), np.float64)


@pytest.mark.parametrize(("noise", "within"), [(0.0, 0.045), (0.01, 0.015)])
@pytest.mark.parametrize("colour", [(0.18, 0.18, 0.18), (0.2, 0.18, 0.15), (0.12, 0.2, 0.3)])
def test_a_jpeg_keeps_balance_colour_and_exposure(
    colour: tuple[float, float, float], noise: float, within: float
) -> None:
    """Without noise a code value, and a step of the chroma, is rounded alike everywhere."""
    red, green, blue = colour
    light = through_jpeg(colour, noise)
    found = balance(light)
    assert isinstance(found, Balance)
    assert found.red_green == pytest.approx(red / green, rel=within)
    assert found.blue_green == pytest.approx(blue / green, rel=within)
    assert delta_e(mean_lab(light), lab(*colour)) <= 1.2
    assert light[..., 1].mean() == pytest.approx(green, rel=0.03)


def test_a_picture_without_green_has_no_balance() -> None:
    assert isinstance(balance(np.zeros((4, 4, 3))), Unreadable)
    assert isinstance(balance(np.full((4, 4, 3), (0.2, 0.0, 0.1))), Unreadable)
