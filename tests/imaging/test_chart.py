"""The chart, framed exactly and not, measured against the blur and colours that it has."""

from __future__ import annotations

import io
import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from harness.imaging import chart
from harness.imaging.chart import (
    Framing,
    contrast,
    edge_regions,
    level_side,
    patch_regions,
    patches,
)
from harness.imaging.framing import framing
from harness.imaging.light import linear
from harness.imaging.region import Region
from harness.imaging.sfr import Sfr, measure
from harness.imaging.sharpness import SIDES
from harness.model.reading import Unreadable
from harness.sim.handset.state import scene
from tests.imaging.edges import Light, codes
from tests.imaging.fields import cos4
from tests.imaging.squares import COLOURS, FIELD, SQUARE, Chart
from tests.imaging.test_picture import decoded

NAMES = [
    *("top_left", "top", "top_right"),
    *("left", "centre", "right"),
    *("bottom_left", "bottom", "bottom_right"),
]
OFF_PX = 0.02 * 960
WAYS = [*product(product((-1, 0, 1), (-1, 0, 1)), (-4, 4))]
MOVED = [*product((-OFF_PX, OFF_PX), (-OFF_PX, OFF_PX)), (0.0, 0.0)]


def mtf50(light: Light, region: Region) -> float:
    found = measure(region.of(light))
    assert isinstance(found, Sfr), found
    value = found.mtf50
    assert isinstance(value, float)
    return value


@pytest.mark.parametrize("sigma_px", [0.8, 1.5, 3.0])
@pytest.mark.parametrize(("width", "height"), [(1280, 960), (1920, 1080), (3264, 2448)])
def test_each_edge_of_an_exact_chart_has_its_blur(sigma_px: float, width: int, height: int) -> None:
    light = Chart(sigma_px, width, height).image()[..., 1]
    for side in SIDES:
        regions = edge_regions(width, height, side=side)
        assert list(regions) == NAMES
        for region in regions.values():
            assert mtf50(light, region) == pytest.approx(0.1874 / sigma_px, rel=0.03), side


@pytest.mark.parametrize("moved_px", MOVED)
@pytest.mark.parametrize("turned_deg", [-2.0, 0.0, 2.0])
def test_the_regions_follow_a_chart_that_is_off(
    moved_px: tuple[float, float], turned_deg: float
) -> None:
    """2 % of the height either way and 2 degrees, under a lens that loses half in the corners."""
    image = Chart(0.9, moved_px=moved_px, turned_deg=turned_deg).image()
    light = image[..., 1] * cos4(0.5) / cos4(0.5).max()
    found = framing(light)
    assert isinstance(found, Framing)
    assert found == pytest.approx((*moved_px, turned_deg), abs=0.4)
    edges = {side: edge_regions(1280, 960, found, side) for side in SIDES}
    coloured = patch_regions(1280, 960, found).values()
    for name in NAMES:
        for side in ("left", "right", level_side(name)):
            region = edges[side][name]
            assert mtf50(light, region) == pytest.approx(0.1874 / 0.9, rel=0.03), (name, side)
            assert not any(overlap(region, patch) for patch in coloured)
    assert contrast(light, found) == pytest.approx(4.01, rel=0.03)
    assert max(patch.delta_e for patch in patches(codes(image), found).values()) <= 0.1


def overlap(one: Region, patch: Region) -> bool:
    """With the whole of a patch: what is measured of it is its inner 60 %."""
    rim = round(0.2 * patch.width / 0.6)
    x, y, side = patch.x - rim, patch.y - rim, patch.width + 2 * rim
    across = one.x < x + side and x < one.x + one.width
    return across and one.y < y + side and y < one.y + one.height


@pytest.mark.parametrize("haze", [0.0, 0.05, 0.2])
def test_haze_takes_contrast(haze: float) -> None:
    """Stray light of this share of the field's lies on all of the picture."""
    light = Chart(0.9).image()[..., 1]
    field, dark = (float(linear(np.array(code, np.uint8))) for code in (FIELD, SQUARE))
    expected = (field + haze * field) / (dark + haze * field)
    assert contrast(light + haze * field) == pytest.approx(expected, rel=0.005)


def test_haze_in_one_place_takes_contrast_there() -> None:
    light = Chart(0.9).image()[..., 1]
    light[:300, :400] += 0.05
    found = contrast(light)
    assert isinstance(found, float)
    assert found < 3


def test_a_square_without_any_light_has_no_contrast() -> None:
    light = Chart(0.9).image()[..., 1]
    light[light < light[5, 5] / 2] = 0
    assert isinstance(contrast(light), Unreadable)


@pytest.mark.parametrize("ratio", chart.RATIOS)
@pytest.mark.parametrize(("way", "turned_deg"), WAYS)
def test_as_far_off_as_a_chart_is_found_no_region_leaves_the_picture(
    ratio: float, way: tuple[int, int], turned_deg: float
) -> None:
    height = chart.LEAST_HEIGHT_PX
    width = round(ratio * height)
    size = math.hypot(*way) or 1.0
    off = [0.04 * height * each / size for each in way]
    lies = Framing(off[0], off[1], turned_deg)
    picture = np.ones((height, width), np.float32)
    for name, side in product(NAMES, SIDES):
        if side in ("left", "right", level_side(name)):
            edge_regions(width, height, lies, side)[name].of(picture)
    for region in patch_regions(width, height, lies).values():
        region.of(picture)
    assert contrast(picture, lies) == 1


@pytest.mark.parametrize("sigma_px", [6.0, 12.0, 20.0])
def test_a_blurred_chart_is_still_found(sigma_px: float) -> None:
    found = framing(Chart(sigma_px, moved_px=(-OFF_PX, OFF_PX), turned_deg=-2).image()[..., 1])
    assert isinstance(found, Framing)
    assert found == pytest.approx((-OFF_PX, OFF_PX, -2), abs=0.5)


NO_CHART = {
    "flat": np.full((960, 1280), 0.18),
    "dark": np.zeros((960, 1280)),
    "noise": np.random.default_rng(1).random((960, 1280)),
    "small": np.full((100, 100), 0.18),
    "too far off": Chart(moved_px=(60.0, 0.0)).image()[..., 1],
    "turned too far": Chart(turned_deg=6.0).image()[..., 1],
    "half of it": np.where(np.arange(1280) < 500, Chart().image()[..., 1], 0.18),
}


@pytest.mark.parametrize("light", NO_CHART.values(), ids=NO_CHART)
def test_where_no_chart_is_no_framing_is(light: Light) -> None:
    assert isinstance(framing(light), Unreadable)


@given(arrays(np.uint8, (200, 260)))
def test_any_picture_has_a_framing_or_none(
    picture: NDArray[np.uint8],
) -> None:
    assert isinstance(framing(linear(picture)), Framing | Unreadable)


def test_the_patches_have_their_colours() -> None:
    picture = codes(Chart().image())
    assert max(patch.delta_e for patch in patches(picture).values()) == 0
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=92)
    through_jpeg = decoded(file.getvalue()).rgb()
    assert max(patch.delta_e for patch in patches(through_jpeg).values()) <= 1.0


def test_a_tint_shows_in_every_patch() -> None:
    found = patches(codes(Chart().image() * (1.15, 1.0, 0.85)))
    assert found["neutral_5"].delta_e > 5
    assert min(patch.delta_e for patch in found.values()) > 1


def test_the_regions_are_where_the_chart_has_them() -> None:
    edges, fields = edge_regions(1200, 900), patch_regions(1200, 900)
    assert (edges["centre"].width, edges["centre"].height) == (90, 126)
    middle = edges["centre"].x + 45 - 600, edges["centre"].y + 63 - 450
    five = math.radians(5)
    assert middle == pytest.approx((90 * math.cos(five), -90 * math.sin(five)), abs=1)
    assert fields["red"] == Region(368, 418, 65, 65)
    level = edge_regions(1200, 900, side="bottom")["centre"]
    assert (level.width, level.height) == (126, 90)
    middle = level.x + 63 - 600, level.y + 45 - 450
    assert middle == pytest.approx((90 * math.sin(five), 90 * math.cos(five)), abs=1)


def test_the_simulator_shows_the_same_chart() -> None:
    """Each has its own numbers, so that neither can hide the other's slip."""
    assert (scene.FIELD, scene.SQUARE) == (FIELD, SQUARE)
    assert (scene.SQUARE_SIDE, scene.SQUARE_TURN_DEG) == (chart.SQUARE_SIDE, chart.SQUARE_TURN_DEG)
    assert scene.PATCH_SIDE == chart.PATCH_SIDE
    assert tuple(colour for _, colour in scene.PATCHES) == tuple(chart.PATCH_SRGB.values())
    assert tuple(chart.PATCH_SRGB.values()) == COLOURS


@pytest.mark.parametrize("region", [(-1, 0, 5, 5), (0, 0, 0, 5), (6, 0, 5, 5), (0, 6, 5, 5)])
def test_a_region_outside_of_the_picture_is_refused(region: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="10 x 10 px"):
        Region(*region).of(np.zeros((10, 10)))
