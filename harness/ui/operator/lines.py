"""Lines of text and block glyphs as they are drawn in an area, cut to its cells. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from rich.cells import cell_len, chop_cells, set_cell_size


class Look(Enum):
    """How a line is drawn."""

    PLAIN = auto()
    STRONG = auto()
    HEAD = auto()
    """White on black: it parts what stands above from what stands below."""
    KEY = auto()
    """Ink and ground changed about: what may be pressed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an area; of what is too wide the end is left out."""

    text: str
    look: Look = Look.PLAIN


_PAUSES = " .:;,。：；，、"  # noqa: RUF001 (Chinese ones)
"""What is left out before a `…`."""


def wrapped(text: str, width: int, most: int) -> tuple[str, ...]:
    """A text in at most so many lines of so many cells (2 or more); one that is cut ends in `…`."""
    width = max(2, width)
    lines: list[str] = []
    for word in text.split():
        room = width - cell_len(lines[-1]) - 1 if lines else 0
        if lines and cell_len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines += chop_cells(word, width)
    if len(lines) > most:
        last = set_cell_size(lines[most - 1], min(width - 1, cell_len(lines[most - 1])))
        lines = [*lines[: most - 1], last.rstrip(_PAUSES) + "…"]
    return tuple(lines)


def cut(text: str, width: int) -> str:
    """A text of at most so many cells, with `…` where its end is left out."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def apart(left: str, right: str, width: int) -> str:
    """Two texts at the two ends of a line; where there is no room for both, the right one's end."""
    left = cut(left, width)
    while right and cell_len(left) + 1 + cell_len(right) > width:
        right = right[1:]
    return left + " " * (width - cell_len(left) - cell_len(right)) + right


def listed(texts: Iterable[str], width: int) -> str:
    """Texts two blanks apart: as many, whole, as there is room for, the first first."""
    shown = ""
    for text in texts:
        longer = f"{shown}  {text}" if shown else text
        if cell_len(longer) > width:
            break
        shown = longer
    return shown


def beside(left: Sequence[str], right: Sequence[str], width: int) -> tuple[str, ...]:
    """Two blocks of lines at the two ends of so many cells."""
    high = max(len(left), len(right))
    pairs = zip(_high(left, high), _high(right, high), strict=True)
    return tuple(apart(one, other, width) for one, other in pairs)


def middled(lines: Sequence[str], width: int) -> tuple[str, ...]:
    """A block of lines of one length, in the middle of so many cells."""
    widest = max(map(cell_len, lines), default=0)
    before = " " * max(0, (width - widest) // 2)
    return tuple(before + line for line in lines)


def bar(share: float, width: int) -> str:
    """How much is over, as a bar."""
    full = min(width, max(0, round(share * width)))
    return "█" * full + "░" * (width - full)


def clock(seconds: float) -> str:
    """A time that is left: whole seconds, rounded up, such as `1:05`."""
    whole = int(-(-seconds // 1))
    return f"{whole // 60}:{whole % 60:02}"


def columns(number: int, width: int, height: int) -> int:
    """In how many columns so many tiles are the largest, three times as wide as they are high."""

    def size(count: int) -> tuple[float, int]:
        rows = -(-number // count)
        return min(width // count / 3, height // rows), -count

    return max(range(1, max(1, number) + 1), key=size)


def spread(blocks: Sequence[Sequence[Line]], height: int) -> tuple[Line, ...]:
    """Blocks one below another in so many lines, with what is left above each of them."""
    left = height - sum(map(len, blocks))
    gaps = [-(-left * at // len(blocks)) for at in range(len(blocks) + 1)]
    lines: list[Line] = []
    for block, (one, other) in zip(blocks, pairwise(gaps), strict=True):
        lines += [*[Line("")] * (other - one), *block]
    return tuple(lines[:height])


def _high(lines: Sequence[str], high: int) -> list[str]:
    return [*lines, *[""] * (high - len(lines))]
