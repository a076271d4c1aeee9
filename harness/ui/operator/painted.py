"""An area of lines in two colours: all that the screen shows at a distance is drawn by it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from harness.ui.board.palette import Paint
from harness.ui.operator.lines import Line, Look


class Painted(Widget):
    """Draws lines as they are, each cut or filled to its width; what stays costs nothing."""

    def __init__(self, paint: Paint, name: str) -> None:
        super().__init__(id=name)
        self._paint = paint
        self._lines: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        """What is shown, line by line."""
        return "\n".join(line.text for line in self._lines)

    def paint(self, lines: Sequence[Line], paint: Paint) -> None:
        """Show these lines in these colours; what has not changed is not drawn again."""
        before, self._lines = self._lines, tuple(lines)
        if paint != self._paint or not before:
            self._paint = paint
            self.refresh()
            return
        width = self.size.width
        pairs = enumerate(zip_longest(before, self._lines, fillvalue=Line("")))
        if changed := [Region(0, y, width, 1) for y, (one, other) in pairs if one != other]:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else Line("")
        return _strip(line, self.size.width, self._paint)

    @property
    def room(self) -> tuple[int, int]:
        """Columns and lines that there are for text."""
        width, height = self.size
        return (width - 2 if width > _NARROW else width), height


_NARROW = 12
"""Up to so many columns there is no blank at the sides."""


@lru_cache(maxsize=2048)
def _strip(line: Line, width: int, paint: Paint) -> Strip:
    text = f" {line.text}" if width > _NARROW else line.text
    return Strip([Segment(set_cell_size(text, width), style_of(paint, line.look))], width)


@lru_cache(maxsize=256)
def style_of(paint: Paint, look: Look) -> Style:
    """The style of a line."""
    ink, ground = paint.ink, paint.ground
    if look is Look.HEAD:
        ink, ground = "#ffffff", "#000000"
    elif look is Look.KEY:
        ink, ground = ground, ink
    return Style(color=ink, bgcolor=ground, bold=look is not Look.PLAIN)
