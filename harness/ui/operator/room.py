"""How much of a screen is left to notices, so that no tile moves when one comes or goes. Pure."""

from __future__ import annotations

from harness.ui.board.words import Words
from harness.ui.operator.lines import Line, Look, columns
from harness.ui.operator.notice import LARGE, SMALL, Notice, Panel, fitted

_SHARE = 4
"""One line of so many at most is left to notices."""
_HIGH = 4
"""A tile of so many lines has a head and a face in block characters."""
_WIDE = 24
"""In a tile of so many columns every face and most sentences have room."""


def panel(
    shown: Notice | None, number: int, size: tuple[int, int], most_cut: int, words: Words
) -> Panel:
    """The panel below so many tiles, where both have so many columns and lines together.

    A notice has the room that is kept. One that has no room in it takes some of the tiles': at
    most `most_cut` lines, but all of them where it must be whole.
    """
    width, most = size
    room = kept(number, width, most)
    if shown is None:
        return Panel((Line("", Look.HEAD),) * room, has_room=True)
    rooms = room, min(most_cut, most) if number else most - 1
    lines, has_room = fitted(shown, width - 2, rooms, most, words)
    return Panel((*lines, *[Line("")] * (room - len(lines))), has_room)


def kept(number: int, width: int, height: int) -> int:
    """How many of so many lines stay below so many tiles, whether there is a notice or none.

    0 where that is too large a share of them, or where the tiles would pay for it with their block
    characters, or become narrow.
    """
    if not number:
        return 0
    wide, high = _size(number, width, height)
    for room in (LARGE, SMALL):
        wide_then, high_then = _size(number, width, height - room)
        spares = high_then >= min(_HIGH, high) and wide_then >= min(_WIDE, 0.75 * wide)
        if spares and room <= height // _SHARE:
            return room
    return 0


def _size(number: int, width: int, height: int) -> tuple[int, int]:
    """How many columns and lines each of so many tiles has."""
    across = columns(number, width, height)
    return width // across, height // -(-number // across)
