"""Pictures of known luma, and files that must not become a number."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from harness.imaging.picture import BANDS, Picture, decode_jpeg
from harness.model.reading import Unreadable
from harness.model.value import Curve


def jpeg(image: Image.Image, **more: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **{"quality": 95, **more})
    return file.getvalue()


def noise(size: tuple[int, int] = (320, 240)) -> Image.Image:
    levels = np.random.default_rng(7).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(levels)


def decoded(content: bytes) -> Picture:
    picture = decode_jpeg(content)
    assert isinstance(picture, Picture), picture
    return picture


def why(content: bytes) -> str:
    picture = decode_jpeg(content)
    assert isinstance(picture, Unreadable)
    return picture.why


WHOLE = jpeg(noise())


@pytest.mark.parametrize("level", [0, 1, 118, 254, 255])
def test_a_flat_grey_has_its_own_level(level: int) -> None:
    picture = decoded(jpeg(Image.new("RGB", (64, 48), (level, level, level))))
    assert (picture.width_px, picture.height_px) == (64, 48)
    assert picture.mean_luma == pytest.approx(level, abs=0.01)


@pytest.mark.parametrize(
    ("colour", "luma"),
    [((255, 0, 0), 76.245), ((0, 255, 0), 149.685), ((0, 0, 255), 29.07), ((255, 255, 0), 225.93)],
)
def test_luma_has_the_weights_of_bt_601(colour: tuple[int, int, int], luma: float) -> None:
    picture = decoded(jpeg(Image.new("RGB", (64, 64), colour), quality=100))
    assert picture.mean_luma == pytest.approx(luma, abs=0.6)


def test_the_colours_are_those_of_the_file() -> None:
    image = Image.new("RGB", (64, 32), (200, 40, 90))
    image.paste((20, 180, 230), (32, 0, 64, 32))
    rgb = decoded(jpeg(image, subsampling=0)).rgb()
    assert rgb.shape == (32, 64, 3)
    assert rgb[5, 5].tolist() == pytest.approx([200, 40, 90], abs=3)
    assert rgb[5, 60].tolist() == pytest.approx([20, 180, 230], abs=3)


def test_the_mean_is_over_the_whole_picture() -> None:
    image = Image.new("L", (64, 32), 0)
    image.paste(200, (48, 0, 64, 32))
    assert decoded(jpeg(image)).mean_luma == pytest.approx(50, abs=0.5)


def across(image: Image.Image) -> Curve:
    curve = decoded(jpeg(image)).luma_across()
    assert isinstance(curve, Curve), curve
    return curve


def test_luma_across_is_of_the_bands_from_left_to_right() -> None:
    image = Image.new("L", (640, 480), 40)
    image.paste(200, (320, 0, 640, 480))
    curve = across(image)
    assert len(curve.x) == BANDS
    assert (curve.x[0], curve.x[-1]) == (50 / BANDS, 100 - 50 / BANDS)
    assert curve.y[: BANDS // 2] == pytest.approx((40,) * (BANDS // 2), abs=0.5)
    assert curve.y[BANDS // 2 :] == pytest.approx((200,) * (BANDS // 2), abs=0.5)


def test_a_band_is_a_mean_over_the_whole_height() -> None:
    image = Image.new("L", (64, 64), 0)
    image.paste(200, (0, 0, 64, 16))
    assert across(image).y == pytest.approx((50,) * BANDS, abs=0.5)


@pytest.mark.parametrize("width", [2, 3, 31, 32, 33, 1000, 1281])
def test_every_column_is_in_one_band(width: int) -> None:
    picture = Picture(np.tile((np.arange(width) % 251).astype(np.uint8), (3, 1)), b"")
    curve = picture.luma_across()
    assert isinstance(curve, Curve)
    bands = min(width, BANDS)
    edges = [round(band * width // bands) for band in range(bands + 1)]
    sizes = [end - start for start, end in pairwise(edges)]
    assert min(sizes) >= 1
    total = sum(size * y for size, y in zip(sizes, curve.y, strict=True))
    assert total / width == pytest.approx(picture.mean_luma)


def test_a_picture_of_one_column_has_no_curve() -> None:
    assert isinstance(Picture(np.zeros((5, 1), np.uint8), b"").luma_across(), Unreadable)


@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"subsampling": 0}, {"quality": 30}])
def test_forms_of_jpeg(more: dict[str, Any]) -> None:
    reference = np.asarray(noise().convert("L")).mean()
    assert decoded(jpeg(noise(), **more)).mean_luma == pytest.approx(reference, abs=3)


def test_what_makers_put_after_the_end_is_allowed() -> None:
    assert decoded(WHOLE + b"SEFT" * 100).mean_luma == decoded(WHOLE).mean_luma


DAMAGED = {
    "empty": b"",
    "half": WHOLE[: len(WHOLE) // 2],
    "no end marker": WHOLE[:-2],
    "half with an end marker": WHOLE[: len(WHOLE) // 2] + b"\xff\xd9",
    "half and zeros": WHOLE[: len(WHOLE) // 2] + bytes(len(WHOLE) // 2),
    "header only": WHOLE[:600],
    "zeros": bytes(1000),
    "a text": b"Permission denied\n",
    "progressive, cut, with an end marker": jpeg(noise(), progressive=True)[:-4000] + b"\xff\xd9",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_what_is_not_whole_is_no_number(content: bytes) -> None:
    assert "no whole JPEG" in why(content)


def test_other_formats_are_no_number() -> None:
    file = io.BytesIO()
    noise().save(file, "PNG")
    assert "no whole JPEG" in why(file.getvalue())


def test_a_forged_size_takes_no_memory() -> None:
    frame = WHOLE.index(b"\xff\xc0")
    forged = WHOLE[: frame + 5] + b"\xff\xdc\xff\xdc" + WHOLE[frame + 9 :]
    assert "65500 x 65500" in why(forged)


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: WHOLE[:700] + tail))
def test_total_on_any_bytes(content: bytes) -> None:
    assert isinstance(decode_jpeg(content), Unreadable)


@given(st.integers(0, len(WHOLE) - 3))
def test_no_beginning_of_a_picture_has_a_mean(size: int) -> None:
    assert isinstance(decode_jpeg(WHOLE[:size]), Unreadable)


def test_importing_it_loads_nothing_costly(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import harness.imaging.picture, sys; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)
