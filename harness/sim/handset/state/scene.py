"""What stands before a simulated camera, in linear light over that of a grey card.

The chart is a formula: a square under a Gaussian blur is the product of two normal
distributions, one along each of its sides. A pixel is a point: its aperture is part of the blur.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from harness.sim.camera import SimCamera

if TYPE_CHECKING:
    from numpy import floating
    from numpy.typing import NDArray

    Light = NDArray[floating]

WIDTH_PX, HEIGHT_PX = 1280, 960
FIELD, SQUARE = 118, 60
"""sRGB code values of the card and of the dark squares: 18 % reflectance, and a quarter of it."""
SQUARE_SIDE, SQUARE_TURN_DEG, PATCH_SIDE = 0.2, 5.0, 0.12
"""Sides over the picture's height; the squares are turned counter-clockwise."""
_SIXTHS = (1, 3, 5)
PATCHES = (
    ((2, 1), (243, 243, 242)),
    ((4, 1), (122, 122, 121)),
    ((2, 3), (175, 54, 60)),
    ((4, 3), (70, 148, 73)),
    ((2, 5), (56, 61, 150)),
    ((4, 5), (231, 199, 31)),
)
"""Places [sixths of width and height] and sRGB codes, as published for the ColorChecker Classic:
white, neutral 5, red, green, blue and yellow."""
_SIGMAS = 5
_STEPS = 512  # of a sigma: a table of so many errs by less than a tenth of a per cent
_REACH = _SIGMAS * _STEPS


@dataclass(frozen=True, slots=True)
class Blurred:
    """A square's share of each pixel of a part of the picture."""

    rows: slice
    columns: slice
    share: Light


@dataclass(frozen=True, slots=True)
class Scene:
    """Light over the card's, what is grey; and patches of colour with their red, green, blue."""

    grey: Light
    patches: tuple[tuple[Blurred, tuple[float, float, float]], ...] = ()


def scene(camera: SimCamera, sees: str) -> Scene:
    """What a camera sees: `flat`, an even grey card, or `chart`; not to be written to."""
    import numpy as np

    if sees == "flat":
        return Scene(np.ones((1, 1), np.float32))
    return _chart(camera.sigma_px, camera.chart_shift_px, camera.chart_turn_deg)


def linear(code: float) -> float:
    """The light, from 0 to 1, of an sRGB code value (IEC 61966-2-1:1999, clause 5.2)."""
    value = code / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def over_card(code: float) -> float:
    """The light of an sRGB code value over that of the card."""
    return linear(code) / linear(FIELD)


@lru_cache(maxsize=4)
def _chart(sigma_px: float, shift_px: tuple[float, float], turn_deg: float) -> Scene:
    import numpy as np

    def blurred(sixths: tuple[int, int], side: float, by_deg: float) -> Blurred:
        middle = _seen(sixths, shift_px, turn_deg)
        return _square(middle, side * HEIGHT_PX, turn_deg + by_deg, sigma_px)

    grey = np.ones((HEIGHT_PX, WIDTH_PX), np.float32)
    for row, column in product(_SIXTHS, _SIXTHS):
        dark = blurred((column, row), SQUARE_SIDE, SQUARE_TURN_DEG)
        grey[dark.rows, dark.columns] -= (1 - over_card(SQUARE)) * dark.share
    patches = tuple(
        (blurred(sixths, PATCH_SIDE, 0.0), (over_card(red), over_card(green), over_card(blue)))
        for sixths, (red, green, blue) in PATCHES
    )
    return Scene(grey, patches)


def shading(camera: SimCamera, spot_at: tuple[float, float]) -> Light:
    """The light that reaches each pixel, over its mean before something took the right half's.

    `spot_at` is where a spot is, if it has one [share of width and height].
    """
    import numpy as np

    across, down = (
        0.5 - camera.falloff / 2 * np.linspace(-1, 1, size) ** 2 for size in (WIDTH_PX, HEIGHT_PX)
    )
    mean = across.mean() + down.mean()
    light: Light = np.add.outer(
        (down / mean).astype(np.float32), (across / mean).astype(np.float32)
    )
    light[:, WIDTH_PX // 2 :] *= camera.right_half
    if camera.spot_percent:
        light *= 1 - camera.spot_percent / 100 * _spot(camera.spot_width_percent, spot_at)
    return light


def _spot(width_percent: float, at: tuple[float, float]) -> Light:
    """A Gaussian of this full width at half of its height [% of the picture's width]."""
    import numpy as np

    sigma_px = width_percent / 100 * WIDTH_PX / (2 * math.sqrt(2 * math.log(2)))
    sides = zip((WIDTH_PX, HEIGHT_PX), at, strict=True)
    across, down = (
        np.exp(-(((np.arange(size) + 0.5 - place * size) / sigma_px) ** 2) / 2)
        for size, place in sides
    )
    return np.outer(down, across).astype(np.float32)


def _seen(
    sixths: tuple[int, int], shift_px: tuple[float, float], turn_deg: float
) -> tuple[float, float]:
    """Where the camera sees a place of the chart: right and down of the picture's corner [px]."""
    turn = math.radians(turn_deg)
    right, down = (sixths[0] / 6 - 0.5) * WIDTH_PX, (sixths[1] / 6 - 0.5) * HEIGHT_PX
    return (
        WIDTH_PX / 2 + right * math.cos(turn) + down * math.sin(turn) + shift_px[0],
        HEIGHT_PX / 2 - right * math.sin(turn) + down * math.cos(turn) + shift_px[1],
    )


def _square(
    middle: tuple[float, float], side_px: float, turn_deg: float, sigma_px: float
) -> Blurred:
    """A square turned counter-clockwise, under a Gaussian blur that is narrow beside it."""
    import numpy as np

    turn = math.radians(turn_deg)
    cosine, sine = math.cos(turn), math.sin(turn)
    reach = side_px / 2 * (cosine + abs(sine)) + _SIGMAS * sigma_px
    sides = zip(middle, (WIDTH_PX, HEIGHT_PX), strict=True)
    columns, rows = (
        slice(max(0, math.floor(at - reach)), min(size, math.ceil(at + reach)))
        for at, size in sides
    )
    right = np.arange(columns.start, columns.stop, dtype=np.float32) + np.float32(0.5 - middle[0])
    down = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + np.float32(0.5 - middle[1])
    normal = _normal_distribution()

    def inside(way: Light) -> Light:
        """Both edges across a way: the farther of them is out of the blur's reach."""
        steps = (side_px / 2 - np.abs(way)) * np.float32(_STEPS / sigma_px) + np.float32(0.5)
        return normal[steps.clip(-_REACH, _REACH).astype(np.int32) + _REACH]

    share = inside(right * cosine - down * sine) * inside(right * sine + down * cosine)
    return Blurred(rows, columns, share)


@lru_cache(maxsize=1)
def _normal_distribution() -> Light:
    """The share of a normal distribution below each step from -_REACH to _REACH."""
    import numpy as np

    ways = (step / _STEPS for step in range(-_REACH, _REACH + 1))
    return np.array([math.erfc(-way / math.sqrt(2)) / 2 for way in ways], np.float32)
