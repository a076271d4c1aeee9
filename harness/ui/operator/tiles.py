"""A slot on the screen: its verdict in block glyphs, what to do next, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest
from math import ceil

from rich.cells import cell_len
from textual import events
from textual.containers import Grid

from harness.model.screen import ENGLISH
from harness.ui.board import glyphs
from harness.ui.board.action import CODES
from harness.ui.board.palette import Palette, hollow
from harness.ui.board.tile import Face, Tile
from harness.ui.board.words import Said, Words, happened
from harness.ui.operator.lines import (
    Line,
    Look,
    apart,
    bar,
    beside,
    clock,
    columns,
    cut,
    middled,
    spread,
    wrapped,
)
from harness.ui.operator.painted import Painted

_HIGH = 9
"""From so many lines on slot and unit are written in block characters."""
_HIGHER = 12
"""From so many lines on the bin is, too."""
_AIR = 7
"""From so many lines on one is left free above the face."""
_VERDICTS = frozenset({Face.PASS, Face.FAIL, Face.STOP})
"""Their faces are as large as there is room for."""
_BLOCK = 3
"""Lines of the smallest block characters."""

Block = tuple[Line, ...]

glyph = lru_cache(maxsize=1024)(glyphs.glyph)
digits = lru_cache(maxsize=4096)(glyphs.digits)


def drawn(tile: Tile, words: Words, width: int, height: int) -> tuple[Line, ...]:
    """A tile in so many columns and lines.

    What matters most is never left out for the rest: the slot, the face, the bin or the time left,
    that a verdict does not count, what to do (its begin at least), the code, what it means, the
    face in the language of the screen.
    """
    if height < 2:
        return _one_line(tile, words, width)
    if height < _BLOCK:
        return _two_lines(tile, words, width)
    head = _head(tile, width, height)
    if tile.bin and height - len(head) == _BLOCK:
        return (*head, *_beside_sign(tile, words, width))
    left = height - len(head) - (height >= _AIR)
    face = glyph(tile.face, width, min(_BLOCK, max(1, left - _must(tile))))
    left -= len(face)
    kept: list[Block] = []
    for ways in _below(tile, words, width, height):
        if block := next((way for way in ways if way and len(way) <= left), ()):
            kept.append(block)
            left -= len(block)
    named = _named(tile, words, width) if left else ()
    most = height if tile.face in _VERDICTS else max(_BLOCK, height // 4)
    face = glyph(tile.face, width, min(most, len(face) + left - len(named)))
    shown = tuple(Line(line, Look.STRONG) for line in (*middled(face, width), *named))
    return (*head, *spread([shown, *kept], height - len(head)))


def _head(tile: Tile, width: int, height: int) -> Block:
    """The slot at the left, the unit at the right."""
    slot = str(tile.slot)
    if height < _HIGH:
        return (Line(apart(slot, tile.digits, width), Look.HEAD),)
    one = digits(slot, width // 3, _BLOCK)
    other = digits(tile.digits.upper(), width - width // 3 - 2, _BLOCK)
    return tuple(Line(line, Look.HEAD) for line in beside(one, other, width))


def _must(tile: Tile) -> int:
    """How many lines besides its face are as important."""
    return _weighs(tile) + _warns(tile)


def _weighs(tile: Tile) -> bool:
    """Whether there is a bin, or a time that is left."""
    return bool(tile.bin) or _timed(tile)


def _timed(tile: Tile) -> bool:
    return tile.left_s is not None or tile.share is not None


def _warns(tile: Tile) -> bool:
    """Whether its first note is as important as its face: a verdict that does not count."""
    return not _fills(tile) and bool(tile.notes)


def _fills(tile: Tile) -> bool:
    """Whether it is filled with its colour: every tile but a verdict that does not count."""
    return tile.counts or tile.face not in _VERDICTS


def _warning(tile: Tile, words: Words, width: int) -> str:
    """That a verdict does not count, and why; in a word where there is no room for more."""
    if not _warns(tile):
        return ""
    said = words.say(tile.notes[0])
    return said if cell_len(said) <= width else words.say(Said("note.void"))


def _warned(tile: Tile, words: Words, width: int, height: int) -> Block:
    """The same in lines: in two where nothing that is as important needs the second."""
    most = 2 if height >= _AIR and not _weighs(tile) else 1
    shown = wrapped(words.say(tile.notes[0]), width, most) if _warns(tile) else ()
    if shown and shown[-1].endswith("…"):
        shown = (_warning(tile, words, width),)
    return tuple(Line(line, Look.STRONG) for line in shown)


def _one_line(tile: Tile, words: Words, width: int) -> Block:
    """Slot, face and unit; or that its verdict does not count, in place of the word if need be."""
    (face,) = glyph(tile.face, width - len(f"{tile.slot} "), 1)
    both = f"{tile.slot} {face}"
    warning = _warning(tile, words, width - len(both) - 1)
    if warning and len(both) + 1 + cell_len(warning) > width:
        both, warning = f"{tile.slot} {glyphs.TEXT_SIGNS[tile.face]} {warning}", ""
    return (Line(apart(both, warning or tile.digits, width), Look.STRONG),)


def _two_lines(tile: Tile, words: Words, width: int) -> Block:
    """Slot and unit over the face, with the bin, or that its verdict does not count.

    Where that has no room beside the face, it stands in the place of the unit.
    """
    (face,) = glyph(tile.face, width, 1)
    room = width - len(face) - 1
    warning = _warning(tile, words, room)
    above, more = tile.digits, warning or tile.bin
    if cell_len(warning) > room:
        above = cut(warning, width - len(f"{tile.slot} "))
        more = tile.bin if cell_len(tile.bin) <= room else ""
    both = f"{face} {more}".rstrip()
    if cell_len(both) > width:
        both = cut(f"{glyphs.TEXT_SIGNS[tile.face]} {more}", width)
    shown = middled([both], width)
    return Line(apart(str(tile.slot), above, width), Look.HEAD), Line(shown[0], Look.STRONG)


def _beside_sign(tile: Tile, words: Words, width: int) -> Block:
    """The sign as large as a face would be, and beside it the face, the bin and the code.

    In place of the code stands that the verdict does not count.
    """
    warning = _warning(tile, words, len(tile.face))
    least = max(len(tile.face), cell_len(tile.bin), cell_len(warning))
    sign = glyphs.sign(tile.face, min(width // 2, width - 1 - least), _BLOCK)
    room = width - len(sign[0]) - 1
    code = tile.code if cell_len(tile.code) <= room else ""
    texts = (tile.face.value, _bin_named(tile, words, room), warning or code)
    rows = zip_longest(sign, texts, fillvalue=" " * len(sign[0]))
    return tuple(Line(f"{one} {cut(text, room)}", Look.STRONG) for one, text in rows)


def _named(tile: Tile, words: Words, width: int) -> tuple[str, ...]:
    """The word of the language for its face, which is drawn in English."""
    if words.language == ENGLISH:
        return ()
    return middled([cut(words.say(Said(f"face.{tile.face}")), width)], width)


def _below(tile: Tile, words: Words, width: int, height: int) -> Iterator[Iterable[Block]]:
    """What stands below the face, what matters more before the rest.

    Each in the ways that it can be said, the one that says most first.
    """
    yield (_warned(tile, words, width, height),)
    bin_ = _bin(tile, words, width, height)
    yield (bin_,)
    if _timed(tile) and not bin_:
        yield ((Line(_time(tile, words, width), Look.STRONG),),)
    mosts = (3,) if tile.face is Face.RUN else (3, 2, 1)  # in a run there is nothing to do
    yield (_lines(words, tile.action, width, most, Look.STRONG) for most in mosts)
    for note in tile.notes[_warns(tile) :]:
        if not tile.code or note.values.get("code") != tile.code:
            yield (_lines(words, note, width, 1),)
    if tile.code and not any(tile.code in line.text for line in bin_):
        yield (_texts(tile.code, width, 1, Look.STRONG),)
    yield _why(tile, words, width)
    yield (_texts(tile.step, width, 1),)


def _why(tile: Tile, words: Words, width: int) -> tuple[Block, ...]:
    """What its code means.

    A symptom, which alone has a bin, is told by the words of the plan; a code of ours in the
    language of the screen, and in the station's own words only below that.
    """
    own = _texts(tile.words, width, 2)
    if tile.bin or tile.code not in CODES:
        return (own,)
    meant = _lines(words, happened(tile.code), width, 2)
    return (*meant, *own), meant


def _bin(tile: Tile, words: Words, width: int, height: int) -> Block:
    """The bin as large as there is room for; in one line with the code."""
    if not tile.bin:
        return ()
    large = digits(f"BIN {tile.bin.upper()}", width, _BLOCK) if height >= _HIGHER else ()
    if len(large) > 1:
        return tuple(Line(line, Look.STRONG) for line in large)
    said = _bin_named(tile, words, width)
    both = f"{said}  {tile.code}".rstrip()
    return (Line(both if cell_len(both) <= width else cut(said, width), Look.STRONG),)


def _bin_named(tile: Tile, words: Words, width: int) -> str:
    """The bin with the word for it, where there is room for both."""
    said = words.say(Said("label.bin", {"bin": tile.bin}))
    return said if cell_len(said) <= width else tile.bin


def _time(tile: Tile, words: Words, width: int) -> str:
    """How long it will take still, with a bar where there is room."""
    if tile.left_s is None:
        return bar(tile.share or 0, width)
    time = clock(tile.left_s)
    if tile.share is not None and tile.left_s == 0:
        time = words.say(Said("label.late")) if width > 30 else f"+{time}"
    room = width - len(time) - 1
    drawn_bar = bar(tile.share, room) if tile.share is not None and room > 4 else ""
    return f"{time} {drawn_bar}".rstrip()


def _lines(words: Words, said: Said, width: int, most: int, look: Look = Look.PLAIN) -> Block:
    return _texts(words.say(said), width, most, look)


def _texts(text: str, width: int, most: int, look: Look = Look.PLAIN) -> Block:
    return tuple(Line(line, look) for line in wrapped(text, width, most))


class TileView(Painted):
    """The tile of one slot."""

    def __init__(self, slot: int, words: Words, palette: Palette) -> None:
        super().__init__(palette[Face.EMPTY], f"slot-{slot}")
        self.slot = slot
        self._words, self._palette = words, palette
        self._tile: Tile | None = None

    def show(self, tile: Tile) -> None:
        """Show this tile; a time is counted in whole seconds."""
        left_s = None if tile.left_s is None else float(ceil(tile.left_s))
        share = None if tile.share is None else round(tile.share, 2)
        tile = replace(tile, left_s=left_s, share=share)
        if tile != self._tile:
            self._tile = tile
            self._draw()

    def on_resize(self, _: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        width, height = self.room
        if self._tile and width > 1 and height > 0:
            lines = drawn(self._tile, self._words, width, height)
            paint = self._palette[self._tile.face]
            self.paint(lines, paint if _fills(self._tile) else hollow(paint))


class Tiles(Grid):
    """The tiles of all slots, as large as there is room for."""

    def __init__(self, words: Words, palette: Palette) -> None:
        super().__init__(id="tiles")
        self._words, self._palette = words, palette
        self._views: Mapping[int, TileView] = {}

    async def show(self, tiles: Sequence[Tile]) -> None:
        """Show these; there are others than before where another station answers."""
        if [tile.slot for tile in tiles] != list(self._views):
            await self.remove_children()
            made = (TileView(tile.slot, self._words, self._palette) for tile in tiles)
            self._views = {view.slot: view for view in made}
            await self.mount(*self._views.values())
            self._fit()
        for tile in tiles:
            self._views[tile.slot].show(tile)

    def on_resize(self, _: events.Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        width, height = self.size
        if self._views and width and height:
            across = columns(len(self._views), width, height)
            rows = -(-len(self._views) // across)
            self.styles.grid_size_columns = across
            self.styles.grid_rows = str(max(1, height // rows))
