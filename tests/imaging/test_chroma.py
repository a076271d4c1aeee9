"""The balance of pictures of known gains, through JPEG with chroma at half resolution."""

from __future__ import annotations

import io
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from harness.imaging.chroma import fine_colours, mean_rgb_light
from harness.imaging.colour import Balance, balance
from harness.imaging.light import linear
from harness.imaging.picture import Picture
from harness.imaging.region import Region
from harness.imaging.uniformity import colour_shading_percent
from harness.model.reading import Unknown, Unreadable
from tests.imaging.fields import CARD, cos4, flat, noisy
from tests.imaging.test_picture import decoded

WIDTH, HEIGHT = 640, 480
ALL = Region(0, 0, WIDTH, HEIGHT)
GAINS = list(product((0.95, 0.97, 0.985, 1.0, 1.01, 1.023, 1.05), (0.95, 0.975, 1.0, 1.037, 1.05)))
WITHIN = {92: 0.006, 96: 0.004, 98: 0.004}
"""By the quality. With 92 a block's chroma comes in steps of 3/8 of a code; the encoder's own
rounding moves chroma by 0.05, which is 0.2 %."""


def jpeg(rgb: NDArray[np.uint8], quality: int = 92, **more: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality, subsampling="4:2:0", **more)
    return file.getvalue()


def even(red: float, blue: float, corner: float = 1.0) -> NDArray[np.uint8]:
    light = cos4(corner, WIDTH, HEIGHT)
    return np.stack([noisy(light * gain, n, 1.5) for n, gain in enumerate((red, 1.0, blue))], -1)


def ratios(picture: Picture, part: Region = ALL) -> Balance:
    light = mean_rgb_light(picture, part)
    assert not isinstance(light, Unknown | Unreadable), light
    found = balance(light)
    assert isinstance(found, Balance)
    return found


@pytest.mark.parametrize("corner", [1.0, 0.7])
@pytest.mark.parametrize("quality", WITHIN)
def test_gains_come_out_as_near_as_the_file_has_them(quality: int, corner: float) -> None:
    for red, blue in GAINS:
        found = ratios(decoded(jpeg(even(red, blue, corner), quality)))
        assert found == pytest.approx((red, blue), rel=WITHIN[quality]), (red, blue)


@pytest.mark.parametrize("more", [{"progressive": True}, {"restart_marker_blocks": 4}], ids=str)
def test_every_kind_of_jpeg_has_them(more: dict[str, object]) -> None:
    picture = even(0.97, 1.037)
    assert ratios(decoded(jpeg(picture, 98, **more))) == pytest.approx((0.97, 1.037), rel=0.004)


def test_a_colour_that_runs_over_keeps_its_whole_codes() -> None:
    """A red card: its chroma is 60 codes off grey, eight times as much has no room in a byte."""
    picture = np.tile(np.array([175, 54, 60], np.uint8), (HEIGHT, WIDTH, 1))
    decoded_picture = decoded(jpeg(picture, 98))
    plain = balance(linear(decoded_picture.rgb()))
    assert isinstance(plain, Balance)
    assert tuple(ratios(decoded_picture)) == pytest.approx(tuple(plain), rel=0.01)


def test_a_part_is_measured_alone() -> None:
    picture = even(1.0, 1.0)
    picture[:, WIDTH // 2 :] = even(1.05, 0.95)[:, WIDTH // 2 :]
    right = Region(WIDTH // 2 + 16, 100, 200, 300)
    assert ratios(decoded(jpeg(picture, 98)), right) == pytest.approx((1.05, 0.95), rel=0.004)


def test_the_mean_is_of_light_and_not_of_codes() -> None:
    picture = np.repeat(noisy(flat(WIDTH, HEIGHT), 1)[..., None], 3, -1)
    picture[: HEIGHT // 2] = 230
    light = mean_rgb_light(decoded(jpeg(picture, 98)), ALL)
    assert not isinstance(light, Unreadable)
    bright = ((230 / 255 + 0.055) / 1.055) ** 2.4
    assert light == pytest.approx([(CARD + bright) / 2] * 3, rel=0.005)


def test_a_picture_beyond_what_another_library_thinks_sane_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pillow takes pictures over 179 MP for an attack, and phones have sensors of 200 MP."""
    content = jpeg(even(0.97, 1.037), 98)
    picture = decoded(content)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", WIDTH * HEIGHT // 4)
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(content))
    assert ratios(picture) == pytest.approx((0.97, 1.037), rel=0.004)


def test_a_picture_without_colours_has_no_mean_of_them() -> None:
    file = io.BytesIO()
    Image.fromarray(noisy(flat(WIDTH, HEIGHT), 1)).save(file, "JPEG")
    assert isinstance(mean_rgb_light(decoded(file.getvalue()), ALL), Unreadable)


def test_a_picture_of_red_green_and_blue_without_luma_has_no_mean() -> None:
    file = io.BytesIO()
    Image.fromarray(even(1.0, 1.0)).save(file, "JPEG", keep_rgb=True)
    assert isinstance(mean_rgb_light(decoded(file.getvalue()), ALL), Unreadable)


def test_colours_that_change_to_the_corners_are_told_cell_by_cell() -> None:
    """To 1.5 %: what an even field of that size has, by the rounding of its chroma."""
    x = np.linspace(-1, 1, WIDTH) ** 2 / 2
    y = np.linspace(-1, 1, HEIGHT)[:, None] ** 2 / 2
    light = cos4(0.8, WIDTH, HEIGHT)
    gains = (1 + 0.1 * (x + y), np.ones((HEIGHT, WIDTH)), 1 - 0.05 * (x + y))
    rgb = np.stack([noisy(light * gain, n, 1.5) for n, gain in enumerate(gains)], -1)
    colours = fine_colours(decoded(jpeg(rgb)))
    assert not isinstance(colours, Unreadable)
    cells = colours.cells(11, 11)
    assert cells.shape == (11, 11, 3)
    assert cells[0, 0, 0] / cells[0, 0, 1] == pytest.approx(1.083, abs=0.015)
    assert cells[5, 5, 0] / cells[5, 5, 1] == pytest.approx(1.0, abs=0.015)
    assert colour_shading_percent(cells) == pytest.approx(8.3, abs=1.5)
    assert colours.mean_light(ALL) == pytest.approx(cells.mean((0, 1)), rel=0.002)
