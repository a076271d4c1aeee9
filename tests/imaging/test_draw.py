"""What is drawn into a picture for a person."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from harness.imaging.draw import Mark, drawn
from harness.imaging.region import Region
from tests.imaging.test_picture import decoded, jpeg

GREY = jpeg(Image.new("RGB", (640, 480), (118, 118, 118)))
REGION = Region(200, 100, 80, 60)


def changed(*marks: Mark) -> NDArray[np.bool_]:
    rgb = decoded(drawn(GREY, marks)).rgb().astype(int)
    different: NDArray[np.bool_] = np.abs(rgb - 118).max(axis=2) > 40
    return different


def test_the_regions_frame_is_drawn_and_labelled() -> None:
    seen = changed(Mark(REGION, "centre 0.12 cy/px", bad=False))
    assert seen[100, 200:280].all()
    assert seen[100:160, 200].all()
    assert not seen[104:155, 205:275].any()
    assert seen[162:180, 195:400].any()


def test_a_bad_region_has_a_wider_line_of_another_colour() -> None:
    good, bad = (changed(Mark(REGION, "", bad=bad)).sum() for bad in (False, True))
    assert bad > 1.5 * good
    pixels = [
        decoded(drawn(GREY, [Mark(REGION, "", bad=bad)])).rgb()[130, 200] for bad in (False, True)
    ]
    assert np.abs(pixels[0].astype(int) - pixels[1]).max() > 60


@pytest.mark.parametrize("region", [Region(0, 0, 640, 480), Region(600, 460, 40, 20)])
def test_a_label_stays_in_the_picture(region: Region) -> None:
    assert changed(Mark(region, "bottom 0.31", bad=True)).any()


def test_a_picture_beyond_what_another_library_thinks_sane_is_drawn_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pillow takes pictures over 179 MP for an attack, and phones have sensors of 200 MP."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 640 * 480 // 4)
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(GREY))
    assert changed(Mark(REGION, "centre", bad=True)).any()


def test_without_marks_the_picture_stays() -> None:
    assert not changed().any()
    assert Image.open(io.BytesIO(drawn(GREY, []))).size == (640, 480)


def test_what_is_no_picture_is_not_drawn_on() -> None:
    with pytest.raises(ValueError, match=r"."):
        drawn(GREY[:-300], [])
