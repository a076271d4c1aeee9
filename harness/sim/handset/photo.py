"""The pictures of a simulated camera: real JPEGs of a grey card."""

from __future__ import annotations

import io
import random

WIDTH_PX, HEIGHT_PX = 1280, 960
GREY_CARD = 118
"""Luma of a card of 18 % reflectance in sRGB (IEC 61966-2-1)."""
_NOISE = 4


def grey_card(luma: int, seed: str) -> bytes:
    """A JPEG of a card of this luma, with noise of `_NOISE` code values at the most.

    The same seed gives the same picture.
    """
    from PIL import Image

    levels = bytes(luma - _NOISE + value % (2 * _NOISE + 1) for value in range(256))
    noise = random.Random(seed).randbytes(WIDTH_PX * HEIGHT_PX)  # noqa: S311 (repeatable)
    card = Image.frombytes("L", (WIDTH_PX, HEIGHT_PX), noise.translate(levels))
    file = io.BytesIO()
    card.convert("RGB").save(file, "JPEG", quality=85)
    return file.getvalue()
