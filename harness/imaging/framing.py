"""How the chart lies in a picture that does not frame it exactly.

Its dark squares are looked for about the places where they should be; a move and a turn are
fitted to their middles, and looked from again, closer.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.imaging.chart import EXACT, SQUARE_SIDE, Framing, Place, squares
from harness.imaging.grid import means
from harness.model.reading import Reading, Unreadable

if TYPE_CHECKING:
    from numpy import float64, floating
    from numpy.typing import NDArray

_CELLS_DOWN = 192
_WINDOWS = (0.16, 0.13, 0.13)
"""Half of the side of what is looked at about a square, over the height, look by look: from the
middle of a square it is 0.11 to its corners, and 0.16 to the nearest patch, which may be dark."""
_DARK = 0.55
"""Of the light of the field about a square; a square has a quarter of it."""
_AREA = (0.6, 1.4)
"""How much of a square's area must be dark to be one."""
_LEAST_SQUARES = 5
_MOST_OFF = 0.04
_MOST_TURNED_DEG = 4.0


def framing(light: NDArray[floating]) -> Reading[Framing]:
    """How the chart lies in a picture of linear light, up to 4 % of its height off and 4 degrees.

    Unreadable when fewer than five of the nine squares are found, or when they lie farther off.
    """
    height_px, width_px = light.shape
    if height_px < _CELLS_DOWN or width_px < height_px:
        return Unreadable(f"{width_px} x {height_px} px are too few, or upright, for the chart")
    cells = means(light, round(_CELLS_DOWN * width_px / height_px), _CELLS_DOWN)
    nominal = squares(cells.shape[1], cells.shape[0])
    found = EXACT
    for window in _WINDOWS:
        pairs = [
            (place, seen)
            for place in nominal.values()
            if (seen := _middle(cells, _seen(found, place, cells), window * _CELLS_DOWN))
        ]
        if len(pairs) < _LEAST_SQUARES:
            return Unreadable(f"{len(pairs)} of the chart's 9 squares are where they should be")
        found = _fit(pairs, cells)
    off = math.hypot(found.right_px, found.down_px) / _CELLS_DOWN
    if off > _MOST_OFF or abs(found.turned_deg) > _MOST_TURNED_DEG:
        return Unreadable(
            f"the chart is off by {off:.1%} of the height and {found.turned_deg:.1f} deg"
        )
    px = height_px / _CELLS_DOWN
    return Framing(found.right_px * px, found.down_px * px, found.turned_deg)


def _seen(found: Framing, place: Place, cells: NDArray[float64]) -> Place:
    return found.seen(place, cells.shape[1], cells.shape[0])


def _middle(cells: NDArray[float64], about: Place, half: float) -> Place | None:
    """The middle of the dark cells about a place, if they are as many as a square has."""
    import numpy as np

    x, y = about
    left, top = max(0, round(x - half)), max(0, round(y - half))
    window = cells[top : round(y + half), left : round(x + half)]
    if not window.size:
        return None
    rows, columns = np.nonzero(window < _DARK * np.percentile(window, 75))
    share = rows.size / (SQUARE_SIDE * _CELLS_DOWN) ** 2
    if not _AREA[0] <= share <= _AREA[1]:
        return None
    return left + float(columns.mean()) + 0.5, top + float(rows.mean()) + 0.5


def _fit(pairs: list[tuple[Place, Place]], cells: NDArray[float64]) -> Framing:
    """Move and turn, by least squares of where the squares are seen against where they should be.

    The turn of a rigid fit is that of the sum of products of the places about their means.
    """
    import numpy as np

    height, width = cells.shape
    about = complex(width / 2, height / 2)
    should, seen = (np.array([complex(*pair[n]) for pair in pairs]) - about for n in (0, 1))
    turn = np.angle(np.vdot(should - should.mean(), seen - seen.mean()))
    moved = seen.mean() - should.mean() * np.exp(1j * turn)
    return Framing(float(moved.real), float(moved.imag), -math.degrees(float(turn)))
