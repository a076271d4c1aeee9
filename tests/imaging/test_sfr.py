"""The response of slanted edges, against edges whose blur is known by a formula."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from harness.imaging.light import linear
from harness.imaging.picture import Picture, decode_jpeg
from harness.imaging.sfr import Sfr, measure
from harness.model.reading import Unreadable
from tests.imaging.edges import Edge, Light, codes, of_mtf50

MTF50 = (0.05, 0.08, 0.12, 0.2, 0.3)
ANGLES = (-10.0, -7.0, -4.0, -2.0, 2.0, 3.0, 5.0, 8.0, 10.0)
OFFS = (0.0, 7.3)


def side(cycles_per_px: float) -> int:
    """What a region needs to hold so wide a blur."""
    return 160 if cycles_per_px < 0.1 else 100


def measured(light: Light) -> float:
    found = measure(light)
    assert isinstance(found, Sfr), found
    value = found.mtf50
    assert isinstance(value, float), value
    return value


def off(light: Light, edge: Edge) -> float:
    return abs(measured(light) / edge.mtf50 - 1)


def why(light: Any) -> str:
    found = measure(light)
    assert isinstance(found, Unreadable)
    return found.why


def jpeg(picture: Any, quality: int) -> Light:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    decoded = decode_jpeg(file.getvalue())
    assert isinstance(decoded, Picture)
    return np.asarray(linear(decoded.luma), dtype=np.float64)


@pytest.mark.parametrize("cycles_per_px", MTF50)
@pytest.mark.parametrize("aperture", [False, True])
def test_mtf50_is_the_formulas(cycles_per_px: float, aperture: bool) -> None:
    for angle in ANGLES:
        for off_px in OFFS:
            edge = of_mtf50(cycles_per_px, angle_deg=angle, off_px=off_px, aperture=aperture)
            assert off(edge.image(side(cycles_per_px)), edge) <= 0.01, (angle, off_px)


@pytest.mark.parametrize("cycles_per_px", MTF50)
@pytest.mark.parametrize("quality", [90, 95])
def test_a_jpeg_of_a_camera_keeps_it(cycles_per_px: float, quality: int) -> None:
    for angle in ANGLES:
        edge = of_mtf50(cycles_per_px, angle_deg=angle)
        assert off(jpeg(codes(edge.image(200)), quality), edge) <= 0.03, angle


@pytest.mark.parametrize("cycles_per_px", MTF50)
@pytest.mark.parametrize(("dark", "bright"), [(0.02, 0.9), (0.18, 0.3)])
def test_contrast_does_not_change_it(cycles_per_px: float, dark: float, bright: float) -> None:
    edge = of_mtf50(cycles_per_px, dark=dark, bright=bright)
    assert off(np.asarray(linear(codes(edge.image(side(cycles_per_px)))), np.float64), edge) <= 0.03


@pytest.mark.parametrize("cycles_per_px", MTF50)
def test_noise_of_30_db_changes_it_little(cycles_per_px: float) -> None:
    rng = np.random.default_rng(12233)
    for angle in ANGLES:
        edge = of_mtf50(cycles_per_px, angle_deg=angle)
        noise = (edge.bright - edge.dark) / 10 ** (30 / 20)
        light = edge.image(120 if cycles_per_px > 0.1 else 160)
        assert off(light + rng.normal(0, noise, light.shape), edge) <= 0.06, angle


@pytest.mark.parametrize("snr_db", [30, 36, 42])
@pytest.mark.parametrize("aperture", [False, True])
def test_noise_jpeg_and_aperture_together(snr_db: int, aperture: bool) -> None:
    """As a camera gives it: the noise is in the light, of the step's size over the ratio."""
    rng = np.random.default_rng(snr_db)
    for cycles_per_px, angle in ((0.1, -8.0), (0.15, 3.0), (0.25, 5.0), (0.3, -5.0)):
        edge = of_mtf50(cycles_per_px, angle_deg=angle, aperture=aperture)
        noise = (edge.bright - edge.dark) / 10 ** (snr_db / 20)
        light = edge.image(200)
        picture = codes((light + rng.normal(0, noise, light.shape)).clip(0, 1))
        assert off(jpeg(picture, 95), edge) <= 0.06, (cycles_per_px, angle)


@pytest.mark.parametrize("off_px", [-20.0, -10.0, 10.0, 20.0])
@pytest.mark.parametrize("size", [(140, 100), (100, 140), (119, 83)])
def test_a_region_that_is_not_about_the_edge_or_not_square(
    off_px: float, size: tuple[int, int]
) -> None:
    edge = of_mtf50(0.2, off_px=off_px)
    light = edge.image(200)
    top, left = (200 - size[0]) // 2, (200 - size[1]) // 2
    part = light[top : top + size[0], left : left + size[1]]
    assert off(part, edge) <= 0.01


def test_an_edge_of_either_sense_and_direction_reads_alike() -> None:
    edge = of_mtf50(0.15)
    light = edge.image()
    for turned in (light, light.T, light[::-1], light[:, ::-1], 1 - light):
        assert measured(turned) == pytest.approx(measured(light), rel=0.005)


@pytest.mark.parametrize("angle", ANGLES)
def test_the_slant_is_told(angle: float) -> None:
    found = measure(of_mtf50(0.2, angle_deg=angle).image())
    assert isinstance(found, Sfr)
    assert found.angle_deg == pytest.approx(angle, abs=0.05)


def test_the_response_at_a_frequency_is_the_formulas() -> None:
    edge = of_mtf50(0.2, aperture=True)
    found = measure(edge.image())
    assert isinstance(found, Sfr)
    for frequency in (0.0, 0.05, 0.1, 0.25):
        assert found.at(frequency) == pytest.approx(float(edge.mtf(np.array(frequency))), abs=0.01)


def test_a_speck_on_the_edge_does_not_move_it() -> None:
    edge = of_mtf50(0.15)
    light = edge.image()
    light[40:43, 60:70] = 0.0
    assert off(light, edge) <= 0.05


def test_a_white_pixel_beside_the_edge_is_no_noise() -> None:
    edge = of_mtf50(0.23, dark=0.05, bright=0.19)
    light = edge.image()
    light[50, 4] = 0.9
    assert off(light, edge) <= 0.03


RNG = np.random.default_rng(7)
FLAT = np.full((100, 100), 0.4)
TWO = np.minimum(of_mtf50(0.2, off_px=-25.0).image(), of_mtf50(0.2, off_px=25.0).image()[:, ::-1])
USELESS = {
    "small": (of_mtf50(0.2).image(20), "24 px"),
    "flat": (FLAT, "a step of"),
    "noise": (RNG.uniform(0, 1, (100, 100)), "a step of"),
    "no number": (np.where(FLAT > 0, math.nan, 0), "number"),
    "infinite": (np.full((100, 100), math.inf), "number"),
    "upright": (of_mtf50(0.2, angle_deg=0.0).image(), "slanted by"),
    "slanted too much": (of_mtf50(0.2, angle_deg=30.0).image(), ""),
    "wider than the region": (of_mtf50(0.01).image(60), ""),
    "leaves the region": (of_mtf50(0.2, angle_deg=10.0, off_px=42.0).image(), ""),
    "a gradient": (np.tile(np.linspace(0, 1, 100), (100, 1)), ""),
    "two edges": (TWO, ""),
    "a corner": (np.where(np.add.outer(np.arange(100), np.arange(100)) > 100, 0.6, 0.1), ""),
    "three axes": (np.zeros((50, 50, 3)), "a region of"),
}


@pytest.mark.parametrize(("light", "words"), USELESS.values(), ids=USELESS)
def test_a_region_without_a_usable_edge_is_unreadable_and_never_a_number(
    light: Light, words: str
) -> None:
    assert words in why(light)


def test_what_is_sharper_than_a_pixel_can_tell_has_no_mtf50() -> None:
    found = measure(Edge(0.05).image())
    assert isinstance(found, Sfr)
    assert isinstance(found.mtf50, Unreadable)


@given(arrays(np.uint8, st.tuples(st.integers(0, 64), st.integers(0, 64))))
def test_any_region_gives_a_response_or_the_reason_why_not(picture: Any) -> None:
    assert isinstance(measure(linear(picture)), Sfr | Unreadable)
