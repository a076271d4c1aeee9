"""What lens and sensor of a simulated camera make of even light, before noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from harness.sim.camera import SimCamera
from harness.sim.handset.state.scene import HEIGHT_PX, TONE, WIDTH_PX

if TYPE_CHECKING:
    from numpy import bool_, intp
    from numpy.random import Generator
    from numpy.typing import NDArray

    from harness.sim.handset.state.scene import Light

    Pixels = tuple[NDArray[intp], NDArray[intp]]
    """Rows and columns."""

_BAND_PX = 40
"""From one light band to the next: what flicker of 100 Hz leaves of rows read at 4 kHz."""
_CELL_PX = 16
_CORNER = 8
"""A corner is so small a part of width and height."""
_SPOT_SIGMAS = 5


class Places(NamedTuple):
    """Where a camera has its flaws, and the gains of its columns over their deviation."""

    spot: tuple[float, float]
    """Share of width and height."""
    columns: Light
    column: int
    bad: Pixels
    grey: Pixels


class Tint(NamedTuple):
    """The gain of a colour's tone: a factor of each column, times one of each row."""

    across: Light
    down: Light


def places(camera: SimCamera, draw: Generator) -> Places:
    """The same for the same drawing; no two pixels are near each other."""
    import numpy as np

    spot_at = (float(draw.uniform(0.1, 0.9)), float(draw.uniform(0.1, 0.9)))
    columns = draw.standard_normal(WIDTH_PX, np.float32)
    column = int(draw.integers(_CELL_PX, WIDTH_PX - _CELL_PX))
    pixels = _pixels(camera.bad_pixels, camera.grey_pixels, draw)
    return Places(spot_at, columns, column, *pixels)


def shading(camera: SimCamera, at: Places, band_phase: float = 0.0) -> Light:
    """The light that each pixel tells, over its mean before something took the right half's.

    `band_phase` is where the bands begin [turns].
    """
    import numpy as np

    across, down = (
        0.5 - camera.falloff / 2 * np.linspace(-1, 1, size) ** 2 for size in (WIDTH_PX, HEIGHT_PX)
    )
    mean = across.mean() + down.mean()
    light: Light = np.add.outer(
        (down / mean).astype(np.float32), (across / mean).astype(np.float32)
    )
    if camera.spot_percent:
        _darken_spot(light, camera, at.spot)
    light *= _of_columns(camera, at)
    turns = np.arange(HEIGHT_PX, dtype=np.float32)[:, None] / _BAND_PX + band_phase
    light *= 1 + np.float32(camera.banding) * np.sin(2 * np.pi * turns, dtype=np.float32)
    light[at.grey] *= camera.grey_light
    return light


def tints(camera: SimCamera) -> tuple[Tint, Tint, Tint]:
    """Of red, green and blue: its corners are redder than its middle, and less blue."""
    gains = (camera.red_gain, 1.0, camera.blue_gain)
    ways = (camera.colour_shading, 0.0, -camera.colour_shading)
    red, green, blue = (
        Tint(gain**TONE * _to_the_edges(WIDTH_PX, more), _to_the_edges(HEIGHT_PX, more)[:, None])
        for gain, more in zip(gains, ways, strict=True)
    )
    return red, green, blue


def _to_the_edges(size: int, more: float) -> Light:
    """The tone over that of the middle: in a corner, at two edges, light is all but 1 + `more`."""
    import numpy as np

    factors: Light = (1 + more * np.linspace(-1, 1, size, dtype=np.float32) ** 2) ** (TONE / 2)
    return factors


def _of_columns(camera: SimCamera, at: Places) -> Light:
    gains: Light = 1 + camera.column_spread * at.columns
    gains[WIDTH_PX // 2 :] *= camera.right_half
    gains[at.column] *= camera.column_light
    return gains


def _darken_spot(light: Light, camera: SimCamera, at: tuple[float, float]) -> None:
    """By a Gaussian, whose full width at half of its height is the spot's."""
    import numpy as np

    sigma_px = camera.spot_width_percent / 100 * WIDTH_PX / (2 * math.sqrt(2 * math.log(2)))
    ways, spans = [], []
    for size, place in zip((HEIGHT_PX, WIDTH_PX), reversed(at), strict=True):
        reach = _SPOT_SIGMAS * sigma_px
        span = slice(max(0, int(place * size - reach)), min(size, int(place * size + reach)))
        way = (np.arange(span.start, span.stop) + 0.5 - place * size) / sigma_px
        ways.append(np.exp(-(way**2) / 2).astype(np.float32))
        spans.append(span)
    light[tuple(spans)] *= 1 - np.float32(camera.spot_percent / 100) * np.outer(*ways)


def _pixels(bad: int, grey: int, draw: Generator) -> tuple[Pixels, Pixels]:
    """Each in a cell of its own, off the cell's border."""
    import numpy as np

    across, down = WIDTH_PX // _CELL_PX, HEIGHT_PX // _CELL_PX
    corner = np.logical_and.outer(_at_ends(down), _at_ends(across)).ravel()
    cells = draw.permutation(across * down)
    cells_of_corners, others = cells[corner[cells]], cells[~corner[cells]]
    in_corners = (grey + 1) // 2
    chosen = np.concatenate((others[: bad + grey - in_corners], cells_of_corners[:in_corners]))
    within = draw.integers(_CELL_PX // 4, 3 * _CELL_PX // 4, (2, bad + grey))
    rows = chosen // across * _CELL_PX + within[0]
    columns = chosen % across * _CELL_PX + within[1]
    return (rows[:bad], columns[:bad]), (rows[bad:], columns[bad:])


def _at_ends(count: int) -> NDArray[bool_]:
    import numpy as np

    place = np.arange(count)
    ends: NDArray[bool_] = np.minimum(place, count - 1 - place) < count // _CORNER
    return ends
