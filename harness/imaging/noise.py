"""The noise of a flat field, from one picture.

As ISO 15739:2023 has it, noise is the standard deviation of linear light over its mean, with what
changes slowly over the picture taken out first (clauses 5.2.5 and 6.3.3: the total noise; to part
the fixed pattern from what changes with time takes several pictures, which a line has no time
for). What is taken out here is the mean of each row and each column of a small block, which is all
that shading, bands and lines leave there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import floating
    from numpy.typing import NDArray

BLOCK_PX = 32
_SHARE = 90.0
"""Percentage of the blocks that are no noisier: spots and bad pixels are in fewer of them, a noisy
part of the sensor in more."""


def noise_percent(light: NDArray[floating]) -> Reading[float]:
    """Standard deviation of the pixels over their mean [%], the most in nine tenths of what is lit.

    Unreadable for a picture without light, or smaller than 32 px.
    """
    import numpy as np

    if min(light.shape) < BLOCK_PX:
        return Unreadable(f"{light.shape[1]} x {light.shape[0]} px, needed are {BLOCK_PX} each way")
    across = light.shape[1] // BLOCK_PX
    shares = []
    for top in range(0, light.shape[0] - BLOCK_PX + 1, BLOCK_PX):
        strip = light[top : top + BLOCK_PX, : across * BLOCK_PX].astype(np.float32)
        shares.append(_of_blocks(strip.reshape(BLOCK_PX, across, BLOCK_PX)))
    found = np.concatenate(shares)
    lit = found[np.isfinite(found)]
    if not lit.size:
        return Unreadable("the picture has no light")
    return 100 * float(np.percentile(lit, _SHARE))


def _of_blocks(blocks: NDArray[floating]) -> NDArray[floating]:
    """Noise over the mean of each block, of axes row, block, column; no number without light.

    What the means of rows and columns take out of the noise as well is put back by its degrees of
    freedom.
    """
    import numpy as np

    rows = blocks.mean(axis=2, keepdims=True)
    columns = blocks.mean(axis=0, keepdims=True)
    whole = columns.mean(axis=2, keepdims=True)
    left = blocks - rows - columns + whole
    variance = np.square(left).sum(axis=(0, 2), dtype=np.float64) / (BLOCK_PX - 1) ** 2
    mean = whole[0, :, 0].astype(np.float64)
    share: NDArray[floating] = np.divide(
        np.sqrt(variance), mean, out=np.full_like(mean, np.nan), where=mean > 0
    )
    return share
