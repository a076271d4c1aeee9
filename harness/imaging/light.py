"""Code values of a picture as linear light (sRGB, IEC 61966-2-1:1999)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float32, uint8
    from numpy.typing import NDArray


def linear(codes: NDArray[uint8]) -> NDArray[float32]:
    """The light, from 0 to 1, that 8-bit code values stand for (clause 5.2, with 255 as white)."""
    import numpy as np

    value = np.arange(256) / 255
    table = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return table.astype(np.float32)[codes]
