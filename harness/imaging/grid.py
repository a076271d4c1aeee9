"""A picture as a coarse grid of means."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float64, floating
    from numpy.typing import NDArray


def means(light: NDArray[floating], across: int, down: int) -> NDArray[float64]:
    """The mean of each cell of a grid; sizes of cells that do not divide evenly differ by 1 px.

    The picture has at least a pixel a cell.
    """
    import numpy as np

    rows = np.arange(down) * light.shape[0] // down
    columns = np.arange(across) * light.shape[1] // across
    sums = np.add.reduceat(np.add.reduceat(light, columns, 1), rows, 0, np.float64)
    heights = np.diff(np.append(rows, light.shape[0]))
    widths = np.diff(np.append(columns, light.shape[1]))
    cells: NDArray[float64] = sums / np.outer(heights, widths)
    return cells
