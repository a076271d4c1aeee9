"""In which slots something went wrong, the newest known. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from harness.ui.board.tile import Face, Tile

_BAD = frozenset({Face.FAIL, Face.STOP})


class Trouble:
    """The slots whose tiles say FAIL or STOP, in the order in which they came to say it."""

    def __init__(self) -> None:
        self._slots: list[int] = []

    def hear(self, tiles: Iterable[Tile]) -> None:
        """Take the tiles as they are now."""
        bad = [tile.slot for tile in tiles if tile.face in _BAD]
        stays = [slot for slot in self._slots if slot in bad]
        self._slots = stays + [slot for slot in bad if slot not in stays]

    @property
    def newest(self) -> int | None:
        """The slot that came last; None where there is none."""
        return self._slots[-1] if self._slots else None
