"""The pictures of a simulated camera: real JPEGs."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from harness.sim.camera import SimCamera
from harness.sim.handset.state.exif import TakenBy, exif
from harness.sim.handset.state.exposure import Exposure
from harness.sim.handset.state.scene import (
    FIELD,
    HEIGHT_PX,
    WIDTH_PX,
    linear,
    scene,
    shading,
)

if TYPE_CHECKING:
    from numpy import int16, uint8, uint16
    from numpy.random import Generator
    from numpy.typing import NDArray

    from harness.sim.handset.state.scene import Light

_QUALITY = 92
"""With it the blur of the chart's edges stays as it is within 1 %, and a file has 0.1 MB."""
_HALF_COLOUR = "4:2:0"
_WHITE = (1 << 14) - 1
"""Steps of linear light: one is at most a fifth of a code value."""
_PARTS = 32
"""Of a code value: noise is added to them before they are rounded."""
_APART_PX = 13
"""So far above one another the three colours take their noise from one drawing of it."""
_CELL_PX = 16


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
    codes = _codes(camera, sees, exposure.card, flaws, noise)
    _spoil(codes, camera.bad_pixels, flaws)
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
    camera: SimCamera, sees: str, card: float, flaws: Generator, noise: Generator
) -> NDArray[uint8]:
    """Red, green and blue of each pixel; `card` is how bright a grey card is, over code 118."""
    import numpy as np

    spot_at = (float(flaws.uniform(0.1, 0.9)), float(flaws.uniform(0.1, 0.9)))
    full = _WHITE * linear(FIELD) * camera.exposure * card
    light = shading(camera, spot_at) * np.float32(full)
    seen = scene(camera, sees)
    steps = _steps(light * seen.grey)
    noise_parts = _noise_parts((HEIGHT_PX + 2 * _APART_PX, WIDTH_PX), camera.noise, noise)
    codes = np.empty((*steps.shape, 3), np.uint8)
    for channel, gain in enumerate((camera.red_gain, 1.0, camera.blue_gain)):
        table = _parts_of_steps(gain)
        parts = table.take(steps)
        for patch, colour in seen.patches:
            at = (patch.rows, patch.columns)
            over_card = 1 + patch.share * np.float32(colour[channel] - 1)
            parts[at] = table.take(_steps(light[at] * over_card))
        parts += noise_parts[channel * _APART_PX :][:HEIGHT_PX]
        codes[:, :, channel] = parts.clip(0, 255 * _PARTS) // _PARTS
    return codes


def _noise_parts(shape: tuple[int, int], deviation: float, noise: Generator) -> NDArray[int16]:
    """Parts of a code to add to each pixel, with half a code for the rounding.

    The bits that are set in words of 32 are all but normally distributed, with a standard
    deviation of half the root of 32; to draw normal numbers takes four times as long.
    """
    import numpy as np

    bits = np.bitwise_count(noise.integers(0, 1 << 32, shape, np.uint32)).astype(np.float32)
    parts = (bits - 16) * np.float32(deviation * _PARTS / math.sqrt(8)) + np.float32(_PARTS / 2)
    whole: NDArray[int16] = np.floor(parts).astype(np.int16)
    return whole


def _steps(light: Light) -> NDArray[uint16]:
    import numpy as np

    return light.clip(0, _WHITE).astype(np.uint16)


@lru_cache(maxsize=16)
def _parts_of_steps(gain: float) -> NDArray[int16]:
    """The code value of each step of light under a gain (sRGB, IEC 61966-2-1:1999, clause 5.2)."""
    import numpy as np

    light = ((np.arange(_WHITE + 1) + 0.5) / _WHITE * gain).clip(0, 1)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    parts: NDArray[int16] = np.rint(255 * _PARTS * curve).astype(np.int16)
    return parts


def _spoil(codes: NDArray[uint8], count: int, flaws: Generator) -> None:
    """Make pixels white and black by turns, each in a cell of its own, off the cell's border."""
    import numpy as np

    rows, columns, _ = codes.shape
    across, down = columns // _CELL_PX, rows // _CELL_PX
    cells = flaws.choice(across * down, count, replace=False)
    within = flaws.integers(_CELL_PX // 4, 3 * _CELL_PX // 4, (2, count))
    at = (cells // across * _CELL_PX + within[0], cells % across * _CELL_PX + within[1])
    codes[at] = np.where(np.arange(count) % 2, 0, 255)[:, None]
