"""Blemishes and bad pixels of a flat field.

A blemish (dust on the sensor's glass, a stain on the lens) is a soft spot, many pixels wide. The
picture is averaged into cells, so that the noise of pixels goes, divided by a smooth surface
through them (the lens's shading), and smoothed over neighbours; each cell is then held against
the median of a ring about it. A bad pixel stands out from the pixels about itself, alone or with
a few others. No standard defines either for a picture that a camera app has processed: the
methods are ours, and docs/images.md says what they find.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from harness.imaging.grid import means
from harness.imaging.smooth import polynomials
from harness.model.reading import Reading

if TYPE_CHECKING:
    from numpy import bool_, float64, floating
    from numpy.typing import NDArray

    Cells = NDArray[float64]
    Light = NDArray[floating]

CONTRAST_PERCENT = 3.0
"""From which contrast on a spot is a blemish: over three times what a clean field shows."""
STEP = 0.2
"""By how much a bad pixel differs [of the light about it]: what JPEG and a camera app leave of a
grey pixel counts, in a dark corner as in the middle; noise makes none (docs/images.md)."""
NOISES = 10.0
"""Or by how many standard deviations of the noise where that is more: noise has a measure of
its own, and makes no bad pixels."""
CELLS_ACROSS = 160
_RING_CELLS = 12
_RING_POINTS = 16
_SHADING_ORDER, _FITS = 4, 8
_STANDS_OUT = 4.0  # medians of what cells are off; of a Gaussian 2.7 sigma
_ABOUT_PX = 2
"""How far the pixels go that a bad one is held against: 5 x 5 in all, so that the dots of a
cluster of 3 x 3 and a whole dead column stand out."""
_JPEG_PX = 8  # a block of JPEG
_MOST_RINGING = 500
"""Bad pixels of a picture that is looked at for ringing: one with more is bad in any case."""
_LEAST_LIGHT = 1e-6  # of full light: nothing is held against less
_ROWS = 16  # what a processor's cache holds


@dataclass(frozen=True, slots=True)
class Blemish:
    """A spot: its middle [share of width and of height], its area [% of the picture].

    `contrast_percent` is how much its strongest cell differs from its surroundings, negative
    where it is darker.
    """

    x: float
    y: float
    area_percent: float
    contrast_percent: float


def blemishes(light: Light, *, contrast_percent: float) -> tuple[Blemish, ...]:
    """Spots of a flat field that differ by so much from their surroundings, the strongest first.

    Spots from about 1/160 to 1/10 of the width; larger ones are shading. Where there is no light
    at all, everything is one dark spot.
    """
    differs = 100 * _contrast(light)
    spots = [_spot(patch, differs) for patch in _together(abs(differs) >= contrast_percent)]
    return tuple(sorted(spots, key=lambda spot: -abs(spot.contrast_percent)))


def step_over_noise(step: float, noise_percent: Reading[float]) -> float:
    """By how much a pixel of so noisy a picture differs to be bad [of the light about it]."""
    return max(step, NOISES * noise_percent / 100) if isinstance(noise_percent, float) else step


def bad_pixels(light: Light, *, step: float) -> int:
    """How many pixels differ by more than `step` from the median of the 5 x 5 about them.

    `step` is a share of that median, so that the lens's shading hides none. JPEG spreads a strong
    one over its block of 8 x 8: what is within 8 px of another that differs by twice as much or
    more is that one's ringing, and does not count.

    Any picture takes the same time, one of noise as well as an even one.

    Raises: ValueError when the picture has no 3 pixels each way.
    """
    import numpy as np

    if min(light.shape) <= _ABOUT_PX:
        raise ValueError(f"{light.shape[1]} x {light.shape[0]} px are too few to have neighbours")
    padded = np.pad(light, _ABOUT_PX, "reflect")
    tops = range(0, light.shape[0], _ROWS)
    marks = [_bad(padded[top : top + _ROWS + 2 * _ABOUT_PX], step) for top in tops]
    places = np.argwhere(np.concatenate(marks))
    if len(places) > _MOST_RINGING:
        return len(places)
    offs = np.array([_off(padded, down, right) for down, right in places])
    return sum(
        not ((np.abs(places - place).max(axis=1) < _JPEG_PX) & (offs >= 2 * off)).any()
        for place, off in zip(places, offs, strict=True)
    )


def _off(padded: Light, down: int, right: int) -> float:
    """By which share of its 5 x 5 a pixel differs from their median."""
    import numpy as np

    near = padded[down : down + 2 * _ABOUT_PX + 1, right : right + 2 * _ABOUT_PX + 1]
    median = float(np.median(near))
    return abs(float(near[_ABOUT_PX, _ABOUT_PX]) - median) / max(median, _LEAST_LIGHT)


def _bad(padded: Light, step: float) -> NDArray[bool_]:
    """Which are the bad pixels, of rows that stand in their neighbourhood.

    The median is beyond a level when most of the 5 x 5 are, which needs no sorting. A pixel is
    below (1 - step) of the median when that is above the pixel over (1 - step).
    """
    import numpy as np

    rows, columns = (size - 2 * _ABOUT_PX for size in padded.shape)
    side = 2 * _ABOUT_PX + 1
    pixels = padded[_ABOUT_PX : _ABOUT_PX + rows, _ABOUT_PX : _ABOUT_PX + columns]
    low = pixels / pixels.dtype.type(1 + step)
    high = pixels / pixels.dtype.type(1 - step) if step < 1 else np.inf
    darker, brighter = (np.zeros(pixels.shape, np.uint8) for _ in "lh")
    for down, right in product(range(side), range(side)):
        near = padded[down : down + rows, right : right + columns]
        darker += (near < low).view(np.uint8)
        brighter += (near > high).view(np.uint8)
    marked: NDArray[bool_] = np.maximum(darker, brighter) > side**2 // 2
    return marked


def _contrast(light: Light) -> Cells:
    """By how much each cell differs from its surroundings [share].

    That is from the surface of the shading and from the ring about it, whichever is nearer: a
    spot bends the one and, near a corner, is most of the other.
    """
    import numpy as np

    rows, columns = light.shape
    across = min(CELLS_ACROSS, columns)
    cells = means(light, across, max(1, min(rows, round(across * rows / columns))))
    flat = _smooth(_over(cells, _shading(cells)))
    by_surface, by_ring = flat - 1, _over(flat, _around(flat)) - 1
    nearer: Cells = np.where(abs(by_surface) < abs(by_ring), by_surface, by_ring)
    return np.where(by_surface * by_ring > 0, nearer, 0)


def _over(cells: Cells, surroundings: Cells) -> Cells:
    """Their share of what is about them; 0 where nothing has light."""
    import numpy as np

    return np.divide(cells, surroundings, out=np.zeros_like(cells), where=surroundings > 0)


def _shading(cells: Cells) -> Cells:
    """The smooth surface through the cells: products of polynomials, by least squares.

    Cells that stand out of it are put onto it and it is fitted anew, so that a spot does not
    bend it and seem to have others about itself.
    """
    import numpy as np

    down, across = (polynomials(size, _SHADING_ORDER) for size in cells.shape)

    def fitted(values: Cells) -> Cells:
        surface: Cells = down @ (down.T @ values @ across) @ across.T
        return surface

    surface = fitted(cells)
    for _ in range(_FITS):
        off = np.abs(cells - surface)
        surface = fitted(np.where(off > _STANDS_OUT * np.median(off), surface, cells))
    return surface


def _smooth(cells: Cells) -> Cells:
    """Each cell with its neighbours, by the weights 1, 2, 1 in either direction."""
    import numpy as np

    padded = np.pad(cells, 1, "edge")
    down = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    both: Cells = (down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]) / 16
    return both


def _around(cells: Cells) -> Cells:
    """The median of the cells on a ring about each one, mirrored at the border."""
    import numpy as np

    padded = np.pad(cells, _RING_CELLS, "symmetric")
    rows, columns = cells.shape
    ring = []
    for angle in np.arange(_RING_POINTS) * 2 * np.pi / _RING_POINTS:
        y = _RING_CELLS + round(_RING_CELLS * float(np.sin(angle)))
        x = _RING_CELLS + round(_RING_CELLS * float(np.cos(angle)))
        ring.append(padded[y : y + rows, x : x + columns])
    median: Cells = np.median(ring, axis=0)
    return median


def _together(marked: NDArray[bool_]) -> list[list[tuple[int, int]]]:
    """Marked cells by the patch of touching cells that they belong to."""
    import numpy as np

    left = {(int(row), int(column)) for row, column in np.argwhere(marked)}
    patches = []
    while left:
        patch = [left.pop()]
        for row, column in patch:
            near = {(row + dy, column + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            patch.extend(near)
        patches.append(patch)
    return patches


def _spot(patch: list[tuple[int, int]], differs: Cells) -> Blemish:
    """The middle is weighted by how much each cell differs."""
    rows, columns = differs.shape
    weights = [abs(float(differs[cell])) for cell in patch]
    whole = sum(weights)
    return Blemish(
        x=(sum(w * x for w, (_, x) in zip(weights, patch, strict=True)) / whole + 0.5) / columns,
        y=(sum(w * y for w, (y, _) in zip(weights, patch, strict=True)) / whole + 0.5) / rows,
        area_percent=100 * len(patch) / differs.size,
        contrast_percent=max((float(differs[cell]) for cell in patch), key=abs),
    )
