"""Block characters of an SVG as rectangles: fonts lack them, or leave gaps between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

WIDE, HIGH = 12.2, 24.4
"""A cell as Textual exports it [px]."""
_BASE = 18.5
"""From the top of a cell to the line that its text stands on [px]."""
_TEXT = re.compile(
    r'<text class="(?P<look>[^"]*)" x="(?P<x>[^"]*)" y="(?P<y>[^"]*)"[^>]*>(?P<text>[^<]*)</text>'
)
_QUARTERS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By which quarters are ink: upper left 1, upper right 2, lower left 4, lower right 8."""
_SHADE = "░"
_BLANK = "\N{NO-BREAK SPACE}"


def in_rectangles(svg: str) -> str:
    """The same picture, with what is drawn in block characters drawn without a font."""
    return _TEXT.sub(_drawn, svg)


def _drawn(found: re.Match[str]) -> str:
    text = unescape(found["text"])
    if not set(text) & {*_QUARTERS[1:], _SHADE}:
        return found[0]
    rest = "".join(_BLANK if char in _QUARTERS or char == _SHADE else char for char in text)
    left, top = float(found["x"]), float(found["y"]) - _BASE
    parts = [
        _path(found["look"], _ink(text, left, top)),
        _path(found["look"], _shades(text, left, top), 0.3),
    ]
    if rest.strip(_BLANK):
        whole = found[0].replace(found["text"], rest.replace(_BLANK, "&#160;"))
        parts.append(whole)
    return "".join(filter(None, parts))


def _ink(text: str, left: float, top: float) -> Iterator[str]:
    for at, char in enumerate(text):
        quarters = max(0, _QUARTERS.find(char))
        for number in range(4):
            if quarters >> number & 1:
                across, down = number % 2, number // 2
                yield _box(
                    left + (at + across / 2) * WIDE, top + down * HIGH / 2, WIDE / 2, HIGH / 2
                )


def _shades(text: str, left: float, top: float) -> Iterator[str]:
    for at, char in enumerate(text):
        if char == _SHADE:
            yield _box(left + at * WIDE, top, WIDE, HIGH)


def _box(x: float, y: float, wide: float, high: float) -> str:
    return f"M{x:.1f} {y:.2f}h{wide:.1f}v{high:.1f}h{-wide:.1f}z"


def _path(look: str, boxes: Iterator[str], opacity: float = 1.0) -> str:
    drawn = "".join(boxes)
    shade = f' fill-opacity="{opacity}"' if opacity < 1 else ""
    return (
        f'<path class="{look}"{shade} shape-rendering="crispEdges" d="{drawn}"/>' if drawn else ""
    )
