"""How evenly the light and the colours of a flat field come out in a picture.

The grid is that of ISO 17957:2015 (shading measurements), 11 x 11. The standard states the
shading in several ways, of code values; the ratio of light that is given here is one that does
not hang on the camera's tone curve beyond that of sRGB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.imaging.grid import means
from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import floating
    from numpy.typing import NDArray

GRID = 11
"""Fields across and down."""


def uniformity_percent(light: NDArray[floating]) -> Reading[float]:
    """The darkest field over the brightest one [%], of linear light; 100 is even.

    Unreadable for a picture without light, or with fewer pixels than fields.
    """
    if min(light.shape) < GRID:
        return Unreadable(f"{light.shape[1]} x {light.shape[0]} px, needed are {GRID} each way")
    fields = means(light, GRID, GRID)
    if not fields.max() > 0:
        return Unreadable("the picture has no light")
    return float(100 * fields.min() / fields.max())


def colour_shading_percent(cells: NDArray[floating]) -> Reading[float]:
    """By how much red/green or blue/green is off that in the middle at the most [%].

    Of mean linear light in the cells of a grid, an odd number each way: rows of columns of red,
    green and blue. A cell without green has failed by its light, and is left out; without green in
    the middle it is unreadable.
    """
    import numpy as np

    middle = cells[cells.shape[0] // 2, cells.shape[1] // 2]
    if not middle.min() > 0:
        return Unreadable("a colour is not there in the middle of the picture")
    lit = cells[cells[..., 1] > 0]
    ratios = lit[:, ::2] / lit[:, 1:2] / (middle[::2] / middle[1])
    return float(100 * np.abs(ratios - 1).max())
