"""The pictures of the screen: `python -m tests.ui.operator.pictures` draws all of them anew.

As text in snapshots/, at three sizes in each palette, and as SVG for the docs.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from itertools import groupby
from pathlib import Path
from string import ascii_letters

from rich.color import Color
from rich.style import Style
from textual.events import Resize
from textual.strip import Strip

from harness.model.counting import Counting
from harness.model.station import ScanOrder
from harness.station.screens.bus import Bus
from harness.ui.board.palette import DEFAULT, PALETTES, Paint, Palette
from harness.ui.board.tile import Seen
from harness.ui.board.words import Words
from harness.ui.operator.tiles import TileView
from tests.station.runs import STATION
from tests.ui.operator.blocks import in_rectangles
from tests.ui.operator.line import AT
from tests.ui.operator.pilots import Flow, Rung, Shown, joined, plans
from tests.ui.operator.scenes import SCENES, Hand, Scene

DOCS = Path(__file__).parents[3] / "docs"
SNAPSHOTS = Path(__file__).with_name("snapshots")
DRAW = "run: python -m tests.ui.operator.pictures; then look at what has changed"
SIZES = ((80, 24), (120, 40), (200, 60))
IN_DOCS = frozenset({"sign-in", "scan", "pass", "fail", "refused", "stop", "engineering", "faces"})
DOCS_SIZE = (100, 30)

Look = tuple[str, ...]
"""How a cell is drawn, in each palette."""


@dataclass(frozen=True)
class Picture:
    """A screen at a size: its lines, and how each of its cells is drawn."""

    size: tuple[int, int]
    lines: Sequence[str]
    looks: Sequence[Sequence[Look]]


@dataclass(frozen=True)
class Pictures:
    """A scene at each size, and as SVG for the docs."""

    taken: Sequence[Picture]
    svg: str

    def text(self, name: str) -> str:
        """What a reviewer reads: the characters, then letters for their colours."""
        letters: dict[Look, str] = {}
        parts = [f"{name}: characters; letters for how many of a line's cells look how; colours"]
        for picture in self.taken:
            width, height = picture.size
            parts += ["", f"=== {width}x{height}", *picture.lines, f"--- {width}x{height}"]
            parts += _colours(picture.looks, letters)
        parts += ["", "=== ink on ground: " + ", ".join(PALETTES)]
        parts += [f"{letter}  {_legend(look)}" for look, letter in letters.items()]
        return "\n".join(parts) + "\n"


def _colours(looks: Sequence[Sequence[Look]], letters: dict[Look, str]) -> Iterator[str]:
    """The colours of each line, those of equal lines once."""

    def of_line(row: Sequence[Look]) -> str:
        runs = [(look, len(list(cells))) for look, cells in groupby(row)]
        named = ((letters.setdefault(look, ascii_letters[len(letters)]), n) for look, n in runs)
        return " ".join(f"{letter}{number}" for letter, number in named)

    first = 1
    for line, rows in groupby(map(of_line, looks)):
        last = first + len(list(rows)) - 1
        yield f"{f'{first}-{last}' if last > first else first}: {line}"
        first = last + 1


def _legend(look: Look) -> str:
    return look[0] if len(set(look)) == 1 else ", ".join(look)


def pictures(name: str) -> Pictures:
    """A scene at each size and in each palette."""
    scene, made = SCENES[name], list[Pictures]()
    palette, hand = dict(PALETTES[DEFAULT]), Hand()

    async def flow(station: Shown) -> None:
        await scene.flow(station, hand)
        taken = [await _taken(station, palette, size) for size in SIZES]
        svg = await _drawn(station, palette) if name in IN_DOCS else ""
        made.append(Pictures(taken, svg))

    _run(flow, scene, palette, hand)
    return made[0]


def _run(flow: Flow, scene: Scene, palette: Palette, hand: Hand) -> None:
    slots = range(1, scene.slots + 1)
    bus = Bus(STATION, slots, ScanOrder.SCAN_THEN_INSERT, Counting(AT), hand)
    app = partial(Rung, words=Words(scene.language), palette=palette, plans=plans, now_s=hand)
    with _in_utc():
        asyncio.run(joined(flow, bus, SIZES[0], app))


@contextmanager
def _in_utc() -> Iterator[None]:
    """Clocks on the wall show UTC."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        os.environ |= {"TZ": before} if before is not None else {}
        time.tzset()


async def _taken(station: Shown, palette: dict[Seen, Paint], size: tuple[int, int]) -> Picture:
    await station.pilot.resize_terminal(*size)
    await _still(station)
    drawn = []
    for name in PALETTES:
        await _paint(station, palette, name)
        drawn.append(await _still(station, 0))
    lines = ["".join(segment.text for segment in strip).rstrip() for strip in drawn[0]]
    cells = [[list(_cells(strip)) for strip in strips] for strips in drawn]
    looks = [list(zip(*rows, strict=True)) for rows in zip(*cells, strict=True)]
    return Picture(size, lines, looks)


async def _paint(station: Shown, palette: dict[Seen, Paint], name: str) -> None:
    palette |= PALETTES[name]
    station.app.refresh_css(animate=False)
    for view in station.app.screen_stack[0].query(TileView):
        view.on_resize(Resize(view.size, view.size))


async def _still(station: Shown, after_s: float | None = None) -> list[Strip]:
    """What is on the screen once nothing is drawn any more; None is: once nothing is done."""
    before: list[Strip] = []
    while before != (now := station.app.screen._compositor.render_strips()):
        before = now
        await station.app.tick()
        await station.pilot.pause(after_s)
    return now


async def _drawn(station: Shown, palette: dict[Seen, Paint]) -> str:
    await station.pilot.resize_terminal(*DOCS_SIZE)
    await _paint(station, palette, DEFAULT)
    await _still(station)
    return in_rectangles(station.app.export_screenshot(title="harness operator"))


def _cells(strip: Strip) -> Iterator[str]:
    for segment in strip:
        look = _look(segment.style or Style.null())
        yield from [look] * segment.cell_length


def _look(style: Style) -> str:
    ink, ground = (_hex(style.color), _hex(style.bgcolor))
    if style.reverse:
        ink, ground = ground, ink
    return f"{ink} on {ground}" + (" bold" if style.bold else "")


def _hex(colour: Color | None) -> str:
    return colour.get_truecolor().hex if colour else "none"


def said(picture: str) -> list[str]:
    """The texts of a picture, and what is drawn in it without a font."""
    return [
        unescape(text) for text in re.findall(r'(?<=>)[^<]+(?=</text>)|(?<= d=")[^"]+', picture)
    ]


def main() -> None:
    SNAPSHOTS.mkdir(exist_ok=True)
    for name in SCENES:
        made = pictures(name)
        (SNAPSHOTS / f"{name}.txt").write_text(made.text(name), encoding="utf-8")
        if made.svg:
            (DOCS / f"operator-{name}.svg").write_text(made.svg, encoding="utf-8")


if __name__ == "__main__":
    main()
