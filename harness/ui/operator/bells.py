"""Patterns of the terminal's bell, told apart without looking. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.ui.board.tile import Face, Tile

REFUSED = (0.0, 0.12, 0.24, 0.36)
"""When the bell rings for a scan that is not used [s]: fast."""
PATTERNS: Mapping[Face, tuple[float, ...]] = {
    Face.PASS: (0.0,),
    Face.FAIL: (0.0, 0.3),
    Face.STOP: (0.0, 0.6, 1.2),
}
"""When it rings for a verdict [s]: once, twice, three times slowly."""
_WORST = (Face.STOP, Face.FAIL, Face.PASS)


class Bells:
    """What is to be rung for the tiles as they come."""

    def __init__(self) -> None:
        self._faces: Mapping[int, Face] = {}

    def hear(self, tiles: Iterable[Tile]) -> tuple[float, ...]:
        """The pattern for the worst new verdict; () for none, and for those that stood there."""
        faces = {tile.slot: tile.face for tile in tiles}
        new = {face for slot, face in faces.items() if self._faces.get(slot, face) is not face}
        self._faces = faces
        return next((PATTERNS[face] for face in _WORST if face in new), ())
