"""The noise of simulated pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float32, int16
    from numpy.random import Generator
    from numpy.typing import NDArray

_PLACES = 256
"""Each way, from where a window of a drawing may be taken."""
_STEPS = 256
"""Of one standard deviation, in a drawing."""
_SEED = 12233


@dataclass(frozen=True, slots=True)
class Grain:
    """Normally distributed numbers, each by itself: the sum of two windows, over `share`.

    Each window is of a drawing of its own, at a place that is drawn: there are 4e9 such sums, and
    to draw the numbers anew takes ten times as long.
    """

    one: NDArray[int16]
    other: NDArray[int16]
    share: float

    @classmethod
    def drawn(cls, shape: tuple[int, int], deviation: float, noise: Generator) -> Grain:
        """Of so many rows and columns, with this standard deviation."""
        rows, columns = shape
        one, other = (
            drawing[down : down + rows, right : right + columns]
            for drawing, (down, right) in zip(
                _drawings(shape), noise.integers(0, _PLACES, (2, 2)).tolist(), strict=True
            )
        )
        return cls(one, other, deviation / (_STEPS * 2**0.5))

    def of(self, rows: slice) -> NDArray[float32]:
        """Those of a few rows."""
        import numpy as np

        both = self.one[rows] + self.other[rows]
        numbers: NDArray[float32] = np.multiply(both, np.float32(self.share), dtype=np.float32)
        return numbers


@lru_cache(maxsize=1)
def _drawings(shape: tuple[int, int]) -> NDArray[int16]:
    """Two, the same in every process."""
    import numpy as np

    larger = (2, shape[0] + _PLACES, shape[1] + _PLACES)
    drawn = np.random.default_rng(_SEED).standard_normal(larger, np.float32)
    drawn *= _STEPS
    return np.rint(drawn, out=drawn).astype(np.int16)
