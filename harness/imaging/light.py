"""Code values of a picture as linear light (sRGB, IEC 61966-2-1:1999)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float32, floating, uint8
    from numpy.typing import NDArray


_PARTS = 32
"""Of a code value; a code of 118 is so known to 0.03 % of its light."""


def linear(codes: NDArray[uint8]) -> NDArray[float32]:
    """The light, from 0 to 1, that 8-bit code values stand for (clause 5.2, with 255 as white)."""
    light: NDArray[float32] = _table(1)[codes]
    return light


def linear_of(codes: NDArray[floating]) -> NDArray[float32]:
    """The light of code values that are not whole, to 1/32; what is beyond 0 to 255 is clipped."""
    import numpy as np

    parts = np.rint(codes * np.float32(_PARTS)).clip(0, 255 * _PARTS)
    light: NDArray[float32] = _table(_PARTS)[parts.astype(np.intp)]
    return light


@lru_cache
def _table(parts: int) -> NDArray[float32]:
    """The light of each code value, and of so many parts between two of them."""
    import numpy as np

    value = np.arange(255 * parts + 1) / (255 * parts)
    table = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return table.astype(np.float32)
