"""What stands before a simulated camera, in linear light over that of a grey card.

The chart is a formula: a square under a Gaussian blur is the product of two normal
distributions, one along each of its sides. A pixel is a point: its aperture is part of the blur.
Under a blur that is wider one way each side has the blur across it; only within the reach of the
blur about a corner is that not exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from harness.sim.camera import SimCamera

if TYPE_CHECKING:
    from numpy import floating
    from numpy.typing import NDArray

    Light = NDArray[floating]

WIDTH_PX, HEIGHT_PX = 1280, 960
TONE = 1 / 2.4
"""The power of light with which tones go (sRGB, IEC 61966-2-1:1999, clause 5.2)."""
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


class Blur(NamedTuple):
    """Standard deviations of a Gaussian across and down a picture [px]."""

    across_px: float
    down_px: float

    def along(self, right: float, down: float) -> float:
        """The standard deviation along a unit vector [px]."""
        return math.hypot(self.across_px * right, self.down_px * down)


@dataclass(frozen=True, slots=True)
class Blurred:
    """A square's share of each pixel of a part of the picture."""

    rows: slice
    columns: slice
    share: Light


class Patch(NamedTuple):
    """A patch of colour: factors of the tone of its red, green and blue, a row for each of it."""

    rows: slice
    columns: slice
    factors: Light


@dataclass(frozen=True, slots=True)
class Scene:
    """Light over the card's of what is grey; and patches of colour, where that is the card's."""

    grey: Light
    patches: tuple[Patch, ...] = ()

    def grey_of(self, rows: slice) -> Light:
        """That of some rows of the picture."""
        return self.grey[rows] if len(self.grey) > 1 else self.grey

    def patches_of(self, rows: slice) -> Iterator[Patch]:
        """What of the patches is in some rows of the picture, counted from the first of them."""
        for patch in self.patches:
            top, end = max(rows.start, patch.rows.start), min(rows.stop, patch.rows.stop)
            if top < end:
                factors = patch.factors[:, top - patch.rows.start : end - patch.rows.start]
                yield Patch(slice(top - rows.start, end - rows.start), patch.columns, factors)


def scene(camera: SimCamera, sees: str) -> Scene:
    """What a camera sees: `flat`, an even grey card, or `chart`; not to be written to."""
    import numpy as np

    if sees == "flat":
        return Scene(np.ones((1, 1), np.float32))
    blur = Blur(camera.sigma_px, camera.sigma_px * camera.blur_ratio)
    return _chart(blur, camera.haze, camera.chart_shift_px, camera.chart_turn_deg)


def linear(code: float) -> float:
    """The light, from 0 to 1, of an sRGB code value (IEC 61966-2-1:1999, clause 5.2)."""
    value = code / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def over_card(code: float) -> float:
    """The light of an sRGB code value over that of the card."""
    return linear(code) / linear(FIELD)


@lru_cache(maxsize=4)
def _chart(blur: Blur, haze: float, shift_px: tuple[float, float], turn_deg: float) -> Scene:
    import numpy as np

    def through_haze(code: float) -> float:
        """The camera exposes a card through its haze as it does without."""
        return (over_card(code) + haze) / (1 + haze)

    def blurred(sixths: tuple[int, int], side: float, by_deg: float) -> Blurred:
        middle = _seen(sixths, shift_px, turn_deg)
        return _square(middle, side * HEIGHT_PX, turn_deg + by_deg, blur)

    grey = np.ones((HEIGHT_PX, WIDTH_PX), np.float32)
    for row, column in product(_SIXTHS, _SIXTHS):
        dark = blurred((column, row), SQUARE_SIDE, SQUARE_TURN_DEG)
        grey[dark.rows, dark.columns] -= np.float32(1 - through_haze(SQUARE)) * dark.share
    patches = []
    for sixths, codes in PATCHES:
        at = blurred(sixths, PATCH_SIDE, 0.0)
        light = [1 + at.share * np.float32(through_haze(code) - 1) for code in codes]
        patches.append(Patch(at.rows, at.columns, np.power(light, np.float32(TONE))))
    return Scene(grey, tuple(patches))


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


def _square(middle: tuple[float, float], side_px: float, turn_deg: float, blur: Blur) -> Blurred:
    """A square turned counter-clockwise, under a Gaussian blur that is narrow beside it."""
    import numpy as np

    turn = math.radians(turn_deg)
    cosine, sine = math.cos(turn), math.sin(turn)
    reach = side_px / 2 * (cosine + abs(sine)) + _SIGMAS * max(blur)
    sides = zip(middle, (WIDTH_PX, HEIGHT_PX), strict=True)
    columns, rows = (
        slice(max(0, math.floor(at - reach)), min(size, math.ceil(at + reach)))
        for at, size in sides
    )
    right = np.arange(columns.start, columns.stop, dtype=np.float32) + np.float32(0.5 - middle[0])
    down = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + np.float32(0.5 - middle[1])
    normal = _normal_distribution()

    def between(from_middle: Light, sigma_px: float) -> Light:
        """Both edges that a line across meets: the farther of them is out of the blur's reach."""
        steps = (side_px / 2 - np.abs(from_middle)) * np.float32(_STEPS / sigma_px)
        return normal.take((steps + np.float32(_REACH + 0.5)).astype(np.intp), mode="clip")

    share = between(right * cosine - down * sine, blur.along(cosine, sine))
    share *= between(right * sine + down * cosine, blur.along(sine, cosine))
    return Blurred(rows, columns, share)


@lru_cache(maxsize=1)
def _normal_distribution() -> Light:
    """The share of a normal distribution below each step from -_REACH to _REACH."""
    import numpy as np

    ways = (step / _STEPS for step in range(-_REACH, _REACH + 1))
    return np.array([math.erfc(-way / math.sqrt(2)) / 2 for way in ways], np.float32)
