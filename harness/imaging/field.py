"""Which field of the light box a picture shows, told coarsely: also by a blurred or skewed picture.

The squares of the chart (imaging/chart.py) are dark where the flat field is not. Each is held
against the grey between the rows of its own column, so that a vignette makes no square.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.imaging.chart import Side
from harness.imaging.region import Region

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

_DARKER = 0.7
"""A square has less than this share of the light beside it; a sharp one has a quarter. A Gaussian
blur of up to a tenth of the picture's height leaves that much of the contrast."""

_LEAST_SQUARES = 5
_INNER, _GAP = 0.08, 0.05  # boxes, as shares of the picture's height
_NINTHS = (1 / 6, 1 / 2, 5 / 6)
_GAPS = (1 / 3, 2 / 3)
_SHARP = 0.08
"""Share of the way across an edge on which a sharp one, up to 15 degrees askew, makes half of its
step. One that is too blurred to be measured needs more than 0.14."""


def shows_chart(light: NDArray[float32]) -> bool:
    """Whether linear light shows the chart: its middle square, and four more of the nine."""
    squares = [(row, column) for row in _NINTHS for column in _NINTHS]
    seen = {at for at in squares if _stands_out(light, *at)}
    return (1 / 2, 1 / 2) in seen and len(seen) >= _LEAST_SQUARES


def _stands_out(light: NDArray[float32], row: float, column: float) -> bool:
    nearest = min(abs(row - gap) for gap in _GAPS)
    gaps = [gap for gap in _GAPS if abs(row - gap) <= nearest + 0.01]
    beside = sum(_mean(light, gap, column, _GAP) for gap in gaps) / len(gaps)
    return _mean(light, row, column, _INNER) < _DARKER * beside


def _mean(light: NDArray[float32], row: float, column: float, side: float) -> float:
    """Mean of a square box about a place in the picture."""
    height, width = light.shape
    half = side * height / 2
    top, left = int(row * height - half), int(column * width - half)
    box = light[max(top, 0) : int(top + 2 * half) + 1, max(left, 0) : int(left + 2 * half) + 1]
    return float(box.mean())


def is_blurred(light: NDArray[float32], edge: Region, side: Side = "right") -> bool:
    """Whether the square's edge in a region is there, and too blurred to be measured.

    Coarse: it tells a picture that is blurred beyond measure from one that is sharp and does not
    lie on the chart as it should. On a way across the middle of the edge, from the square's middle
    to beyond the edge, nowhere is half of the difference in light made in a short part of it.
    """
    import numpy as np

    light, edge = _outwards_right(light, edge, side)
    way_px = edge.width
    across, down = edge.x + way_px // 2, edge.y + edge.height // 2
    strip = light[down - way_px // 5 : down + way_px // 5]
    profile = strip[:, across - way_px : across + way_px * 2 // 5].mean(axis=0, dtype=np.float64)
    low, high = float(profile.min()), float(profile.max())
    if not low < _DARKER * high:
        return False
    short = max(int(_SHARP * len(profile)), 1)
    return bool(np.abs(profile[short:] - profile[:-short]).max() < (high - low) / 2)


def _outwards_right(
    light: NDArray[float32], edge: Region, side: Side
) -> tuple[NDArray[float32], Region]:
    """The picture and the region so turned that the way out of the square goes to the right."""
    if side in ("top", "bottom"):
        light, edge = light.T, Region(edge.y, edge.x, edge.height, edge.width)
    if side in ("left", "top"):
        x = light.shape[1] - edge.x - edge.width
        light, edge = light[:, ::-1], Region(x, edge.y, edge.width, edge.height)
    return light, edge
