"""The areas of the operator's screen: tiles, and what stands above, below and over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.app import App, ComposeResult

from harness.ui.board.board import Board
from harness.ui.board.palette import Paint, Palette
from harness.ui.board.tile import Face, Tile
from harness.ui.board.words import Words
from harness.ui.operator.attention import Attention
from harness.ui.operator.bottom import banner_lines, footer_lines, keys_lines
from harness.ui.operator.lines import Line
from harness.ui.operator.painted import Painted
from harness.ui.operator.room import panel
from harness.ui.operator.signing import KeyScreen
from harness.ui.operator.tiles import Tiles

_BELOW = 3
"""Lines of the footer and the keys."""


@dataclass(frozen=True, slots=True)
class Areas:
    """Draws them; by `now_s` it knows the time [s]."""

    board: Board
    words: Words
    palette: Palette
    attention: Attention
    now_s: Callable[[], float]

    def compose(self) -> ComposeResult:
        """All of them, with nothing in them yet."""
        yield Painted(self.palette[Face.STOP], "banner")
        yield Tiles(self.words, self.palette)
        yield Painted(self.palette[Face.STOP], "panel")
        yield Painted(self.palette[Face.EMPTY], "footer")
        yield Painted(self.palette[Face.EMPTY], "keys")

    async def draw(self, app: App[str], tiles: Sequence[Tile]) -> None:
        """Show these tiles, and what else there is now; under another screen that one alone."""
        over = app.screen if isinstance(app.screen, KeyScreen) else None
        now_s = self.now_s()
        prompts = self.board.prompts(now_s)
        shown = self.attention.notice(self.board, prompts, now_s, over=over is not None)
        width, height = app.size
        footer = self.board.footer()
        banner = banner_lines(footer, self.words, width - 2, height)
        most = height - len(banner) - _BELOW
        lines, has_room = panel(shown, len(tiles), (width, most), height // 3, self.words)
        if not has_room:
            self.attention.hide()
        plain = self.palette[Face.EMPTY]
        self._area(app, "banner", banner, self.palette[Face.WAIT])
        self._area(app, "panel", lines, self.palette[shown.face] if shown else plain)
        self._area(app, "footer", footer_lines(footer, self.words, width - 2), plain)
        self._area(app, "keys", keys_lines(self.words, width - 2), plain)
        if over:
            over.tell(shown, "\n".join(line.text for line in banner))
            over.show()
            return
        if has_room and (waits := self.attention.unpainted):
            app.call_after_refresh(lambda: self.attention.painted(waits, self.now_s()))
        await app.screen_stack[0].query_one(Tiles).show(tiles)  # last: all may end meanwhile

    def _area(self, app: App[str], name: str, lines: Sequence[Line], paint: Paint) -> None:
        area = app.screen_stack[0].query_one(f"#{name}", Painted)
        if area.size.height != len(lines):
            area.styles.height = len(lines)
        area.paint(lines, paint)
