"""The pictures of a simulated camera: real JPEGs of a grey card."""

from __future__ import annotations

import io

WIDTH_PX, HEIGHT_PX = 1280, 960
GREY_CARD = 118
"""Luma of a card of 18 % reflectance in sRGB (IEC 61966-2-1)."""
FALLOFF = 0.06
"""How much darker the corners are than the middle: every lens vignettes a little."""
_NOISE = 4


def grey_card(
    luma: float, seed: str, *, falloff: float = FALLOFF, right_half: float = 1.0
) -> bytes:
    """A JPEG of a card, with noise of `_NOISE` code values at the most.

    The luma falls with the square of the distance from the middle, by the share `falloff` down
    to the corners; its mean is `luma`, as the exposure of a camera has it. Then something takes
    the light of the right half, all but the share `right_half`. The same seed gives the same
    picture.
    """
    import numpy as np
    from PIL import Image

    across, down = (
        np.linspace(-1, 1, size, dtype=np.float32) ** 2 for size in (WIDTH_PX, HEIGHT_PX)
    )
    shape = 1 - falloff * (across[None, :] + down[:, None]) / 2
    card = luma * shape / shape.mean()
    card[:, WIDTH_PX // 2 :] *= right_half
    noise = np.random.default_rng(list(seed.encode())).uniform(-_NOISE, _NOISE, card.shape)
    levels = np.clip(np.rint(card + noise), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(levels).convert("RGB").save(file, "JPEG", quality=85)
    return file.getvalue()
