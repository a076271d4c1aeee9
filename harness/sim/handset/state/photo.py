"""The pictures of a simulated camera: real JPEGs."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from harness.sim.camera import SimCamera
from harness.sim.handset.state.exif import TakenBy, exif
from harness.sim.handset.state.exposure import Exposure
from harness.sim.handset.state.grain import Grain
from harness.sim.handset.state.scene import FIELD, HEIGHT_PX, TONE, WIDTH_PX, linear, scene
from harness.sim.handset.state.shading import Places, places, shading, tints

if TYPE_CHECKING:
    from numpy import float32, uint8
    from numpy.random import Generator
    from numpy.typing import NDArray

_QUALITY = 92
"""With it the blur of the chart's edges stays as it is within 1 %, and a file has 0.1 MB."""
_HALF_COLOUR = "4:2:0"
_WHITE = (1 << 14) - 1
"""Steps of linear light: one is at most a fifth of a code value."""
_BELOW = 0.055 * 255
"""From this code value below 0 on, codes go with a power of the light."""
_ROWS = 64
_APART_PX = 13
"""So far above one another the three colours take their noise from one drawing of it."""


class Seeds(NamedTuple):
    """What is drawn by them: where the camera's own flaws are, and this picture's noise."""

    camera: str
    picture: str


def photo(
    camera: SimCamera, sees: str, exposure: Exposure, seeds: Seeds, taken_by: TakenBy
) -> bytes:
    """A JPEG of what the camera sees: `flat`, an even grey card, or `chart`.

    The same arguments give the same picture.
    """
    from PIL import Image

    flaws, noise = (_drawing(seed) for seed in seeds)
    codes = _codes(camera, sees, exposure.card, places(camera, flaws), noise)
    file = io.BytesIO()
    about = exif(exposure, taken_by, (WIDTH_PX, HEIGHT_PX))
    Image.fromarray(codes).save(
        file, "JPEG", quality=_QUALITY, subsampling=_HALF_COLOUR, exif=about
    )
    return file.getvalue()


def _drawing(seed: str) -> Generator:
    import numpy as np

    return np.random.default_rng(list(seed.encode()))


def _codes(
    camera: SimCamera, sees: str, card: float, at: Places, noise: Generator
) -> NDArray[uint8]:
    """Red, green and blue of each pixel; `card` is how bright a grey card is, over code 118.

    A few rows at a time, which a processor's cache holds. A colour's gain is a factor of what the
    tone curve makes of green: of a code over _BELOW, and as good as right below code 10, where the
    curve is straight.
    """
    import numpy as np

    seen, colours, curve = scene(camera, sees), tints(camera), _curve()
    light = shading(camera, at, float(noise.uniform()))
    light *= np.float32(_WHITE * linear(FIELD) * camera.exposure * card)
    grain = Grain.drawn((HEIGHT_PX + 2 * _APART_PX, WIDTH_PX), camera.noise, noise)
    codes = np.empty((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    for top in range(0, HEIGHT_PX, _ROWS):
        rows = slice(top, top + _ROWS)
        steps = (light[rows] * seen.grey_of(rows)).clip(0, _WHITE).astype(np.uint16)
        green = curve.take(steps)
        to_round = grain.of(slice(top, rows.stop + 2 * _APART_PX)) + np.float32(0.5 - _BELOW)
        for channel, tint in enumerate(colours):
            parts = green * tint.across
            parts *= tint.down[rows]
            for patch in seen.patches_of(rows):
                parts[patch.rows, patch.columns] *= patch.factors[channel]
            parts += to_round[channel * _APART_PX :][: len(parts)]
            codes[rows, :, channel] = parts.clip(0, 255.5)
    rows_of_bad, columns_of_bad = at.bad
    codes[rows_of_bad, columns_of_bad] = np.where(np.arange(len(rows_of_bad)) % 2, 0, 255)[:, None]
    return codes


@lru_cache(maxsize=1)
def _curve() -> NDArray[float32]:
    """The code value over _BELOW of each step of light (sRGB, IEC 61966-2-1:1999, clause 5.2)."""
    import numpy as np

    light = (np.arange(_WHITE + 1) + 0.5) / (_WHITE + 1)
    share = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light**TONE - 0.055)
    return (255 * share + _BELOW).astype(np.float32)
