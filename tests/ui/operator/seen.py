"""What stands on an operator's screen of text: tiles, read back from how they are drawn.

Each PASS is held against what is on disk, and all tiles against what the station says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from harness.model.outcome import Outcome
from harness.model.slot_state import SlotState
from harness.model.station import SlotView
from harness.records.query import Reader
from harness.ui.board.glyphs import glyph
from harness.ui.board.tile import Face

_UNIT = r"(?: +([0-9]{6}))?"


@dataclass(frozen=True)
class Seen:
    """A tile as it stands on the screen."""

    face: Face
    digits: str


def tiles(lines: Sequence[str]) -> dict[int, Seen]:
    """The tiles on a screen by their slots; those alone of which the face can be told."""
    heads = {at: row for at, line in enumerate(lines) if (row := _row(line))}
    bounds = [*heads, len(lines)]
    found: dict[int, Seen] = {}
    for top, bottom in pairwise(bounds):
        row = heads[top]
        starts = [start for _, start, _ in row]
        apart = starts[1] - starts[0] if len(row) > 1 else len(lines[top])
        ends = [*starts[1:], starts[-1] + apart]
        for (slot, start, unit), end in zip(row, ends, strict=True):
            below = tuple(line[start:end].strip() for line in lines[top + 1 : bottom])
            if face := _face(below, end - start):
                found[slot] = Seen(face, unit)
    return found


def _row(line: str) -> list[tuple[int, int, str]]:
    """The slots of a line that is the head of a row of tiles: number, column, unit."""
    if not (first := re.match(r" ([1-9][0-9]?)(?= |$)", line)):
        return []
    slot, row, at = int(first[1]), list[tuple[int, int, str]](), 0
    while here := re.compile(rf" +{slot}(?= ){_UNIT}(?= )").match(line, at):
        row.append((slot, here.start() + len(here[0]) - len(here[0].lstrip()), here[1] or ""))
        slot, at = slot + 1, here.end()
    return row if not line[at:].strip() else []


def _face(below: tuple[str, ...], width: int) -> Face | None:
    for face in Face:
        for drawn in _drawn(face, width):
            if any(below[at : at + len(drawn)] == drawn for at in range(len(below))):
                return face
    return None


@lru_cache(maxsize=512)
def _drawn(face: Face, width: int) -> tuple[tuple[str, ...], ...]:
    """How a face may be drawn in a tile of about that width."""
    sizes = ((width - less, high) for less in (1, 2, 3) for high in (3, 2, 1))
    return tuple({tuple(line.strip() for line in glyph(face, *size)) for size in sizes})


@dataclass
class Held:
    """Holds each PASS that comes on the screen against what is on disk at that moment."""

    store: Path
    passes: int = 0
    waited: int = 0
    """Before so many of them the tile said that the unit's run is over, and not yet on disk."""
    without_record: list[str] = field(default_factory=list)
    _before: dict[int, Seen] = field(default_factory=dict)

    def frame(self, lines: Sequence[str]) -> None:
        shown = tiles(lines)
        for slot, tile in shown.items():
            before = self._before.get(slot)
            if tile.face is Face.PASS and tile != before:
                self.passes += 1
                self.waited += before == Seen(Face.WAIT, tile.digits)
                if not self._on_disk(slot, tile.digits):
                    self.without_record.append(f"slot {slot}: {tile.digits or 'nobody'}")
        self._before |= shown

    def _on_disk(self, slot: int, digits: str) -> bool:
        with Reader(self.store) as reader:
            runs = [run for run in reader.runs(limit=1000) if run.slot == slot]
        last = max(runs, key=lambda run: run.number or 0, default=None)  # an open one has no number
        return bool(
            digits and last and last.serial.endswith(digits) and last.outcome is Outcome.PASS
        )


def shows(tile: Seen | None, view: SlotView) -> bool:
    """Whether that is how a slot is to be shown."""
    run = view.run
    if tile is None:
        return False
    if view.state is SlotState.RUNNING:
        return tile.face in (Face.RUN, Face.WAIT) and tile.digits == view.serial[-6:]
    if view.state is SlotState.LOADED:
        return tile.face is Face.WAIT
    if run is None or run.outcome is None:
        return tile.face in (Face.EMPTY, Face.SHUT)
    faces = {Outcome.PASS: Face.PASS, Outcome.FAIL: Face.FAIL}
    serial = run.scanned.serial or run.unit.serial
    return tile == Seen(faces.get(run.outcome, Face.STOP), serial[-6:])
