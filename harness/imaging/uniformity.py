"""How evenly a flat field comes out in a picture.

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
