"""Polynomials over the places of a row, to take what changes smoothly out of a picture."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray


@lru_cache
def polynomials(size: int, order: int) -> NDArray[float64]:
    """Polynomials over so many places as columns, orthonormal there (Gram and Schmidt).

    To fit them is to multiply by them: a library's pseudo-inverse starts threads that spin. There
    is one for each power up to `order`, as far as there are places.
    """
    import numpy as np

    place = np.linspace(-1, 1, size)
    columns = [np.full(size, size**-0.5)]
    for _ in range(min(order, size - 1)):
        column = place * columns[-1]
        for earlier in (*columns, *columns):  # twice, for what rounding leaves
            column -= (column * earlier).sum() * earlier
        columns.append(column / np.sqrt((column**2).sum()))
    return np.stack(columns, axis=1)
