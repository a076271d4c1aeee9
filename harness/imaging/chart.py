"""The chart "squares-9": where its edges and patches are in a picture that it fills.

On a field of 18 % grey stand nine dark squares (4:1 in light, the low contrast of ISO 12233:2023)
in the thirds of the picture, turned by 5 degrees counter-clockwise, and between them six patches
of the ColorChecker Classic. Sizes go with the picture's height. A camera in a jig frames it a
little off: imaging/framing.py says by how much.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

from harness.imaging.colour import Lab, delta_e, mean_lab
from harness.imaging.light import linear
from harness.imaging.region import Region
from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import floating, uint8
    from numpy.typing import NDArray

Place = tuple[float, float]
"""Right and down of a picture's corner [px]."""
Side = Literal["left", "right", "top", "bottom"]
"""Of a square: its nearly upright edges, and its nearly level ones."""

SQUARE_SIDE, SQUARE_TURN_DEG = 0.2, 5.0
EDGE_ACROSS, EDGE_ALONG = 0.1, 0.14
"""Of the region about the middle of an edge; like all sizes over the height."""
PATCH_SIDE, PATCH_INNER = 0.12, 0.6
LEAST_HEIGHT_PX, RATIOS = 240, (1.3, 1.8)
"""Of a picture that the chart can be measured in: an edge's region has 24 px, and the regions at
its border stay in the picture as far off as the chart is found."""
_PLACES = (1 / 6, 1 / 2, 5 / 6)
_SQUARES = (
    *("top_left", "top", "top_right"),
    *("left", "centre", "right"),
    *("bottom_left", "bottom", "bottom_right"),
)
_INNER, _GAP_FROM, _GAP_TO = 0.08, 0.122, 0.152
"""Of a square the dark middle, and from where to where the field beside it is even, from its
middle: clear of its corners, 0.11 off at 7 degrees, and of the patches, 0.16 off."""
PATCH_SRGB: Mapping[str, tuple[int, int, int]] = {
    "white": (243, 243, 242),
    "neutral_5": (122, 122, 121),
    "red": (175, 54, 60),
    "green": (70, 148, 73),
    "blue": (56, 61, 150),
    "yellow": (231, 199, 31),
}
"""sRGB code values as X-Rite published them for the ColorChecker Classic (made up to 2014)."""


class Framing(NamedTuple):
    """How the chart lies in a picture: moved right and down [px], turned counter-clockwise."""

    right_px: float
    down_px: float
    turned_deg: float

    def seen(self, place: Place, width_px: int, height_px: int) -> Place:
        """Where a place of the chart is seen in a picture of this size [px]."""
        turn = math.radians(self.turned_deg)
        right, down = place[0] - width_px / 2, place[1] - height_px / 2
        return (
            place[0] + right * (math.cos(turn) - 1) + down * math.sin(turn) + self.right_px,
            place[1] - right * math.sin(turn) + down * (math.cos(turn) - 1) + self.down_px,
        )


EXACT = Framing(0.0, 0.0, 0.0)


class Patch(NamedTuple):
    """The colour of a patch in a picture, and by how much it is off (CIEDE2000)."""

    seen: Lab
    delta_e: float


class DeltaE(NamedTuple):
    """By how much the patches are off, their mean and the one that is off most (CIEDE2000)."""

    mean: float
    most: float


def squares(width_px: int, height_px: int) -> Mapping[str, Place]:
    """The middle of each square, in a picture of this size that frames the chart exactly [px]."""
    places = ((x * width_px, y * height_px) for y, x in product(_PLACES, _PLACES))
    return dict(zip(_SQUARES, places, strict=True))


def level_side(square: str) -> Side:
    """Which nearly level edge of a square is measured: the one towards the picture's middle.

    The other one of the outer rows lies so near the border that a chart which is a little off
    takes its region out of the picture.
    """
    return "top" if square.startswith("bottom") else "bottom"


def edge_regions(
    width_px: int, height_px: int, framing: Framing = EXACT, side: Side = "right"
) -> Mapping[str, Region]:
    """The region of each square's edge on one side, in a picture of this size."""
    right, down = _outwards(side)
    half_px = SQUARE_SIDE / 2 * height_px
    size_px = EDGE_ACROSS * height_px, EDGE_ALONG * height_px
    if side in ("top", "bottom"):
        size_px = size_px[::-1]
    edges = {
        name: (x + half_px * right, y + half_px * down)
        for name, (x, y) in squares(width_px, height_px).items()
    }
    return {
        name: Region.about(*framing.seen(edge, width_px, height_px), *size_px)
        for name, edge in edges.items()
    }


def _outwards(side: Side) -> tuple[float, float]:
    """How far right and down one goes out of a square by a way of 1 across that side."""
    cosine, sine = (turn(math.radians(SQUARE_TURN_DEG)) for turn in (math.cos, math.sin))
    ways = {
        "right": (cosine, -sine),
        "left": (-cosine, sine),
        "bottom": (sine, cosine),
        "top": (-sine, -cosine),
    }
    return ways[side]


def contrast(light: NDArray[floating], framing: Framing = EXACT) -> Reading[float]:
    """The light of the field over that of the dark squares, the least of the nine; 4 by print.

    Of each square the middle is held against the field on its left and right, whose mean has the
    shading of the square between them. Light that is spread over the picture (haze, veiling
    glare) adds to both and takes from the ratio. Unreadable where a square has no light at all.
    """
    height_px, width_px = light.shape
    across, gap_px = (_GAP_FROM + _GAP_TO) / 2 * height_px, (_GAP_TO - _GAP_FROM) * height_px
    inner_px = _INNER * height_px

    def mean(place: Place, width: float) -> float:
        at = framing.seen(place, width_px, height_px)
        return float(Region.about(*at, width, inner_px).of(light).mean(dtype="float64"))

    ratios = []
    for x, y in squares(width_px, height_px).values():
        field = mean((x - across, y), gap_px) + mean((x + across, y), gap_px)
        dark = mean((x, y), inner_px)
        if not dark > 0:
            return Unreadable("a dark square without any light")
        ratios.append(field / 2 / dark)
    return min(ratios)


def patch_regions(width_px: int, height_px: int, framing: Framing = EXACT) -> Mapping[str, Region]:
    """The inner part of each patch, in a picture of this size."""
    side_px = PATCH_SIDE * PATCH_INNER * height_px
    places = ((x * width_px, y * height_px) for y, x in product(_PLACES, (1 / 3, 2 / 3)))
    return {
        name: Region.about(*framing.seen(place, width_px, height_px), side_px, side_px)
        for name, place in zip(PATCH_SRGB, places, strict=True)
    }


def patches(rgb: NDArray[uint8], framing: Framing = EXACT) -> Mapping[str, Patch]:
    """The colour of each patch in a picture of the chart, given as code values."""
    regions = patch_regions(rgb.shape[1], rgb.shape[0], framing)
    return {
        name: _patch(linear(region.of(rgb)), PATCH_SRGB[name]) for name, region in regions.items()
    }


def delta_e_of(seen: Mapping[str, Patch]) -> DeltaE:
    off = [patch.delta_e for patch in seen.values()]
    return DeltaE(sum(off) / len(off), max(off))


def _patch(light_rgb: NDArray[floating], srgb: tuple[int, int, int]) -> Patch:
    import numpy as np

    seen = mean_lab(light_rgb)
    return Patch(seen, delta_e(seen, mean_lab(linear(np.array(srgb, np.uint8)))))
