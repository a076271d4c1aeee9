"""The pictures of simulated cameras hold what they were built to hold, by computations of our own.

Nothing here is taken from the code that makes them but what a camera is: places, blur and light
are reckoned again.
"""

from __future__ import annotations

import io
import math
from dataclasses import replace
from statistics import NormalDist, fmean, linear_regression
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from harness.imaging import chart as measured_chart
from harness.imaging import sfr
from harness.imaging.blemish import blemishes
from harness.imaging.exif import read_exif
from harness.imaging.framing import framing
from harness.imaging.light import linear
from harness.sim.camera import SimCamera
from harness.sim.handset.state.exif import TakenBy
from harness.sim.handset.state.exposure import FIRED, NO_FLASH, NOT_FIRED, Exposure, metered
from harness.sim.handset.state.flaws import as_planted, flash_gain
from harness.sim.handset.state.grain import Grain
from harness.sim.handset.state.photo import Seeds, photo
from harness.sim.handset.state.scene import linear as linear_of
from harness.sim.handset.state.scene import scene
from harness.sim.handset.state.shading import places, shading
from harness.sim.unit import SimUnit

WIDTH, HEIGHT = 1280, 960
FULL = metered(1.0)
QUIET = SimCamera(
    noise=0.0, falloff=0.0, haze=0.0, colour_shading=0.0, banding=0.0, column_spread=0.0
)
SHIFTED = replace(QUIET, chart_shift_px=(9.3, -7.7), chart_turn_deg=1.3)
PLACES = [(column / 6, row / 6) for row in (1, 3, 5) for column in (1, 3, 5)]
CARD = 0.1812
"""Linear light of code 118: ((118/255 + 0.055) / 1.055) ** 2.4."""


def taken(
    camera: SimCamera, sees: str = "flat", exposure: Exposure = FULL, seed: str = "1"
) -> bytes:
    return photo(camera, sees, exposure, Seeds("own", seed), TakenBy("OPPO", "A57"))


def rgb(content: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(content)))


def luma(content: bytes) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(content))
    image.draft("L", image.size)
    return np.asarray(image)


def planted(kind: str, camera: str = "rear", **settings: float) -> SimCamera:
    unit = SimUnit("A57A000001", defects={f"camera.{camera}.{kind}": settings})
    return as_planted(unit, "back" if camera == "rear" else "front")


def edge(
    place: tuple[float, float], camera: SimCamera, outwards: complex = 1
) -> tuple[float, float]:
    """The middle of an edge of a square, as a complex number's turn has it [px]."""
    from_middle = complex((place[0] - 0.5) * WIDTH, (0.5 - place[1]) * HEIGHT)
    half_side = 0.1 * HEIGHT * outwards * _turned(5.0)
    seen = (from_middle + half_side) * _turned(camera.chart_turn_deg)
    right, down = camera.chart_shift_px
    return WIDTH / 2 + seen.real + right, HEIGHT / 2 - seen.imag + down


def _turned(degrees: float) -> complex:
    return complex(math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))


@pytest.mark.parametrize("sigma_px", [0.8, 0.9, 1.6, 3.0])
@pytest.mark.parametrize("camera", [QUIET, SHIFTED], ids=["straight", "shifted"])
def test_each_edge_is_a_step_under_a_gaussian_of_sigma(camera: SimCamera, sigma_px: float) -> None:
    assert_steps(replace(camera, sigma_px=sigma_px), 1, sigma_px)


def test_a_blur_that_is_wider_down_the_picture_is_so_at_the_lower_edges_alone() -> None:
    """Across an edge it is that of the ellipse, which a turn of 5 degrees hardly changes."""
    camera = replace(QUIET, blur_ratio=1.5)
    turn = math.radians(5.0)
    assert_steps(camera, 1, 0.8 * math.hypot(math.cos(turn), 1.5 * math.sin(turn)))
    assert_steps(camera, -1j, 0.8 * math.hypot(math.sin(turn), 1.5 * math.cos(turn)))


def assert_steps(camera: SimCamera, outwards: complex, sigma_px: float) -> None:
    """The probit of a step under a Gaussian is a line: its slope is 1/sigma, through the edge."""
    grey = scene(camera, "chart").grey
    normal = outwards * _turned(5.0 + camera.chart_turn_deg)
    reach = (60, 30) if outwards == 1 else (30, 60)
    for place in PLACES:
        x, y = edge(place, camera, outwards)
        ways, probits = [], []
        for row in range(int(y) - reach[0], int(y) + reach[0]):
            for column in range(int(x) - reach[1], int(x) + reach[1]):
                share = (float(grey[row, column]) - 0.2495) / (1 - 0.2495)
                if 0.02 < share < 0.98:
                    way = complex(column + 0.5 - x, y - row - 0.5)
                    ways.append(way.real * normal.real + way.imag * normal.imag)
                    probits.append(NormalDist().inv_cdf(share))
        slope, at = linear_regression(ways, probits)
        assert 1 / slope == pytest.approx(sigma_px, rel=0.003)
        assert at / slope == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("sigma_px", [0.8, 0.9, 1.6])
def test_a_jpeg_keeps_the_blur_within_two_per_cent(sigma_px: float) -> None:
    camera = SimCamera(sigma_px=sigma_px)
    seen = []
    for seed in ("1", "2", "3"):
        light = linear(luma(taken(camera, "chart", seed=seed)))
        for edge in measured_chart.edge_regions(WIDTH, HEIGHT).values():
            found = sfr.measure(edge.of(light))
            assert isinstance(found, sfr.Sfr)
            assert isinstance(found.mtf50, float)
            seen.append(found.mtf50 * sigma_px / 0.18739)
    assert fmean(seen) == pytest.approx(1, abs=0.01)
    assert max(abs(each - 1) for each in seen) < 0.06  # the noise of one edge


def test_simulator_and_measurement_know_the_same_chart() -> None:
    """Each has its own copy of its places, colours and tone curve: a slip of one is seen."""
    for name, region in measured_chart.patch_regions(WIDTH, HEIGHT).items():
        inner = region.of(rgb(taken(QUIET, "chart")))
        assert inner.mean(axis=(0, 1)) == pytest.approx(measured_chart.PATCH_SRGB[name], abs=2)
    assert [linear_of(code) for code in range(256)] == pytest.approx(
        linear(np.arange(256, dtype=np.uint8)).tolist(), abs=1e-6
    )


@pytest.mark.parametrize(
    ("shift_px", "turn_deg"), [((19.0, -19.0), 2.0), ((-9.0, 9.0), -1.0), ((-19.0, -19.0), -2.0)]
)
def test_the_chart_lies_as_the_camera_frames_it(
    shift_px: tuple[float, float], turn_deg: float
) -> None:
    camera = SimCamera(chart_shift_px=shift_px, chart_turn_deg=turn_deg)
    light = linear(luma(taken(camera, "chart")))
    found = framing(light)
    assert isinstance(found, measured_chart.Framing)
    assert tuple(found) == pytest.approx((*shift_px, turn_deg), abs=0.5)
    for edge in measured_chart.edge_regions(WIDTH, HEIGHT, found).values():
        assert isinstance(sfr.measure(edge.of(light)), sfr.Sfr)


def test_colours_follow_the_gains() -> None:
    camera = replace(QUIET, red_gain=1.15, blue_gain=0.9, exposure=1.02)
    red, green, blue = linear(rgb(taken(replace(camera, noise=1.5)))).mean(axis=(0, 1))
    assert red / green == pytest.approx(1.15, rel=0.025)  # codes of colours are whole numbers
    assert blue / green == pytest.approx(0.9, rel=0.025)
    assert green == pytest.approx(1.02 * CARD, rel=0.02)


def test_noise_is_what_it_is_said_to_be() -> None:
    """In each colour by itself: luma has less of it (ITU-R BT.601), and JPEG takes some away."""
    drawn = 3 * math.hypot(0.299, 0.587, 0.114)
    assert 0.7 * drawn < luma(taken(SimCamera(falloff=0, noise=3.0))).std() < drawn
    even = SimCamera(falloff=0)
    one, other = (luma(taken(even, seed=seed)).astype(float) for seed in ("1", "2"))
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.02
    assert taken(SimCamera()) == taken(SimCamera())


def test_shading_falls_to_the_corners_by_its_share() -> None:
    camera = replace(QUIET, falloff=0.3)
    light = shading(camera, places(camera, np.random.default_rng(1)))
    assert light[0, 0] / light[HEIGHT // 2, WIDTH // 2] == pytest.approx(0.7, abs=0.001)
    assert light.mean() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("light", [1.0, 0.5, 0.1, 0.05, 0.02])
def test_the_card_keeps_its_luma_while_the_light_falls(light: float) -> None:
    exposure = metered(light, flash_gain=0.3, unfired=NOT_FIRED)
    assert luma(taken(SimCamera(), exposure=exposure)).mean() == pytest.approx(118, abs=0.5)
    assert exposure.time_s * exposure.iso * light == pytest.approx(1, rel=0.005)
    assert exposure.time_s <= 0.04


def test_in_the_dark_the_flash_fires_or_there_is_next_to_nothing() -> None:
    flashed = taken(SimCamera(), exposure=metered(0.0, flash_gain=0.3, unfired=NOT_FIRED))
    assert linear(luma(flashed)).mean() == pytest.approx(0.6 * CARD, rel=0.01)
    assert flag(flashed) == FIRED
    assert read_exif(flashed).flash_fired is True
    for unfired in (NOT_FIRED, NO_FLASH):
        black = taken(SimCamera(), exposure=metered(0.0, unfired=unfired))
        assert luma(black).mean() < 2
        assert flag(black) == unfired
        assert read_exif(black).flash_fired is False


def test_exif_is_read_as_it_was_written() -> None:
    """By a reader that is not ours (Pillow), and by ours."""
    exposure = metered(0.037)
    content = taken(SimCamera(), exposure=exposure)
    tags = Image.open(io.BytesIO(content)).getexif()
    shot = tags.get_ifd(0x8769)
    assert (tags[0x010F], tags[0x0110], shot[0x9000]) == ("OPPO", "A57", b"0232")
    assert float(shot[0x829A]) == pytest.approx(0.04)
    assert shot[0x8827] == 676
    assert (shot[0xA002], shot[0xA003]) == (WIDTH, HEIGHT)
    read = read_exif(content)
    assert read.exposure_s == pytest.approx(0.04)
    assert read.iso == 676


def flag(content: bytes) -> Any:
    return Image.open(io.BytesIO(content)).getexif().get_ifd(0x8769)[0x9209]


def test_a_dark_camera_exposes_as_long_as_it_can() -> None:
    camera = planted("dark", luma=20)
    exposure = metered(1.0, through=camera.through, flash_gain=0.3, unfired=NOT_FIRED)
    assert (exposure.time_s, exposure.iso, exposure.flash) == (0.04, 3200, NOT_FIRED)
    assert luma(taken(camera, exposure=exposure)).mean() == pytest.approx(20, abs=0.5)


def test_the_speck_and_the_bad_pixels_are_the_cameras_own() -> None:
    """They stay where they are from picture to picture, and are of the size that was planted."""
    camera = planted("blemish", contrast_percent=30, width_percent=5)
    spots = [
        blemishes(linear(luma(taken(camera, seed=seed))), contrast_percent=5)[0] for seed in "12"
    ]
    assert (spots[0].x, spots[0].y) == pytest.approx((spots[1].x, spots[1].y), abs=0.005)
    assert spots[0].contrast_percent == pytest.approx(-29, abs=2)
    broken = planted("bad_pixels", "front", count=50)
    codes = luma(taken(broken)).astype(int)
    others = luma(taken(broken, seed="2")).astype(int)
    off = abs(codes - 118) > 60
    assert off.sum() == 50
    assert (off == (abs(others - 118) > 60)).all()


def test_half_dead_pixels_keep_their_share_of_the_light_in_the_corners_too() -> None:
    camera = replace(QUIET, grey_pixels=6, falloff=0.5)
    at = places(camera, np.random.default_rng(1))
    shares = shading(camera, at) / shading(replace(camera, grey_light=1.0), at)
    low = np.argwhere(shares < 1)
    assert shares[tuple(low.T)] == pytest.approx([0.5] * 6)
    assert (abs(low / (HEIGHT, WIDTH) - 0.5) > 0.37).all(axis=1).sum() == 3
    one, other = (
        linear(luma(taken(replace(camera, grey_light=share)))).astype(float) for share in (0.5, 1.0)
    )
    assert (one / other < 0.8).sum() >= 6  # JPEG spreads what is left of them


def test_a_column_keeps_its_share_of_the_light() -> None:
    green = linear(rgb(taken(replace(QUIET, column_light=0.8)))[:, :, 1]).mean(axis=0) / CARD
    (column,) = np.flatnonzero(green < 0.9)
    assert green[column] == pytest.approx(0.8, abs=0.01)
    assert np.delete(green, column) == pytest.approx(1, abs=0.03)


def test_bands_go_across_the_picture_and_begin_anew_in_each() -> None:
    rows = [
        linear(rgb(taken(replace(QUIET, banding=0.02), seed=seed))[:, :, 1]).mean(axis=1) / CARD
        for seed in "12"
    ]
    for profile in rows:
        assert profile.mean() == pytest.approx(1, abs=0.002)
        ripple = abs(np.fft.rfft(profile)) * 2 / HEIGHT
        assert int(np.argmax(ripple[1:])) + 1 == HEIGHT // 40
        assert ripple[HEIGHT // 40] == pytest.approx(0.02, abs=0.003)
    assert abs(rows[0] - rows[1]).max() > 0.005


def test_corners_are_redder_than_the_middle_and_less_blue() -> None:
    red, green, blue = np.moveaxis(linear(rgb(taken(replace(QUIET, colour_shading=0.12)))), 2, 0)
    for corner in (np.s_[:40, :40], np.s_[:40, -40:], np.s_[-40:, :40], np.s_[-40:, -40:]):
        assert red[corner].mean() / green[corner].mean() == pytest.approx(1.12, abs=0.02)
        assert blue[corner].mean() / green[corner].mean() == pytest.approx(0.88, abs=0.02)
    middle = np.s_[460:500, 620:660]
    assert red[middle].mean() / green[middle].mean() == pytest.approx(1, abs=0.01)


def test_haze_lies_on_dark_and_light_alike_and_leaves_the_card_as_it_is() -> None:
    light = linear(rgb(taken(replace(QUIET, haze=0.12), "chart"))[:, :, 1]) / CARD
    square, card = light[460:500, 620:660].mean(), light[320, 640]
    assert card == pytest.approx(1, abs=0.01)
    assert square == pytest.approx((0.2495 + 0.12) / 1.12, abs=0.005)
    assert linear(luma(taken(replace(QUIET, haze=0.12)))).mean() == pytest.approx(CARD, rel=0.005)


def test_noise_is_normal_and_of_neighbours_alike_little() -> None:
    """Before JPEG; in windows of the same drawing too."""
    shape = (400, 400)
    one, other = (
        Grain.drawn(shape, 2.0, np.random.default_rng(n)).of(slice(0, 400)) for n in (1, 2)
    )
    assert one.std() == pytest.approx(2, rel=0.01)
    assert np.mean(abs(one) < 2 * 1.96) == pytest.approx(0.95, abs=0.005)
    spectrum = abs(np.fft.fft2(one)) ** 2 / one.size
    correlation = np.fft.ifft2(spectrum).real / 4
    correlation[0, 0] = 0
    assert abs(correlation).max() < 0.02
    assert abs(np.mean(one * other)) / 4 < 0.02


def test_what_is_planted_in_one_camera_leaves_the_other_one_alone() -> None:
    unit = SimUnit("A57A000001", defects={"camera.rear.blur": {}, "camera.front.tint": {}})
    assert as_planted(unit, "back") == replace(unit.rear, sigma_px=1.6)
    assert as_planted(unit, "front") == replace(unit.front, red_gain=1.15)


def test_what_only_the_rear_camera_can_have_leaves_the_front_one_alone() -> None:
    kinds = ("bad_column", "banding", "blur_y", "colour_shading", "grey_pixels", "haze", "noise")
    for kind in kinds:
        unit = SimUnit("A57A000001", defects={f"camera.{kind}": {}})
        assert as_planted(unit, "front") == unit.front
        assert as_planted(unit, "back") != unit.rear
    unit = SimUnit("A57A000001", defects={"camera.noise": {"noise": 7.5}})
    assert as_planted(unit, "back") == replace(unit.rear, noise=7.5)


@pytest.mark.parametrize(
    ("defects", "gain"),
    [({}, 0.3), ({"camera.flash_dead": {}}, None), ({"camera.flash_weak": {}}, 0.1)],
)
def test_the_flash(defects: dict[str, Any], gain: float | None) -> None:
    assert flash_gain(SimUnit("A57A000001", defects=defects)) == gain
