"""The light of a scene by what a picture of it has, and by its Exif."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from harness.imaging.exposure import light_gain, mean_light, stops_over
from harness.imaging.picture import Picture, decode_jpeg
from harness.model.reading import Unknown, Unreadable
from tests.imaging.edges import Light, codes
from tests.imaging.fields import CARD, flat


def shot(light: Light, time_s: float | None = 0.01, iso: int | None = 100) -> Picture:
    """A picture of linear light, with what its Exif says of the exposure."""
    exif = Image.Exif()
    said: dict[int, Any] = {0x9209: 0}
    if time_s is not None:
        said[0x829A] = IFDRational(round(time_s * 1e6), 1_000_000)
    if iso is not None:
        said[0x8827] = iso
    exif[0x8769] = said
    file = io.BytesIO()
    Image.fromarray(codes(light)).save(file, "JPEG", quality=95, exif=exif)
    picture = decode_jpeg(file.getvalue())
    assert isinstance(picture, Picture)
    return picture


SMALL = flat(320, 240)


@pytest.mark.parametrize(
    ("light", "time_s", "iso", "gain"),
    [
        (SMALL, 0.01, 100, 1.0),
        (SMALL / 2, 0.01, 100, 0.5),
        (SMALL, 0.04, 100, 0.25),
        (SMALL, 0.01, 800, 0.125),
        (SMALL * 2, 0.02, 50, 2.0),
        (SMALL * 0, 0.04, 3200, 0.0),
    ],
)
def test_gain_goes_with_light_over_time_and_sensitivity(
    light: Light, time_s: float, iso: int, gain: float
) -> None:
    found = light_gain(shot(light, time_s, iso), shot(SMALL))
    assert found == pytest.approx(gain, rel=0.01)


@pytest.mark.parametrize("missing", [{"time_s": None}, {"iso": None}])
def test_without_time_or_sensitivity_the_gain_is_unknown(missing: dict[str, Any]) -> None:
    good, bad = shot(SMALL), shot(SMALL, **missing)
    assert isinstance(light_gain(bad, good), Unknown)
    assert isinstance(light_gain(good, bad), Unknown)


def test_a_clipped_picture_has_no_gain() -> None:
    good, clipped = shot(SMALL), shot(np.where(np.arange(320) < 8, 1.0, SMALL))
    for found in (light_gain(clipped, good), light_gain(good, clipped)):
        assert isinstance(found, Unreadable)
        assert "clipped" in found.why
    assert isinstance(light_gain(shot(np.where(np.arange(320) < 2, 1.0, SMALL)), good), float)


def test_nothing_is_held_against_the_dark() -> None:
    assert isinstance(light_gain(shot(SMALL), shot(SMALL * 0)), Unreadable)


def test_stops_are_doublings_of_light() -> None:
    assert stops_over(codes(SMALL * 2), 118) == pytest.approx(1.0, abs=0.02)
    assert stops_over(codes(SMALL / 4), 118) == pytest.approx(-2.0, abs=0.05)
    assert stops_over(codes(SMALL), 118) == pytest.approx(0.0, abs=0.01)
    assert isinstance(stops_over(codes(SMALL * 0), 118), Unreadable)


def test_the_mean_is_of_light_and_not_of_codes() -> None:
    half = np.where(np.arange(320) < 160, 2 * CARD, 0 * SMALL)
    assert mean_light(codes(half)) == pytest.approx(CARD, rel=0.01)
