"""What the panel is, and what Android is told it is: `wm size; wm density`.

Format: WindowManagerShellCommand of AOSP, printInitialDisplaySize and printInitialDisplayDensity.
An override is printed only where it differs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.devices.android.fields import Fields, integer, keyed, no_dump, text, whole_lines
from harness.model.reading import Reading, Unreadable

COMMAND = "wm size; wm density"
_FIELD = re.compile(r"(?P<key>(?:Physical|Override) (?:size|density)):(?P<value>.*)")
_SIZE = re.compile(r"(?P<width>[0-9]{1,5})x(?P<height>[0-9]{1,5})")
_DENSITIES = (40, 2_000)


@dataclass(frozen=True, slots=True)
class WindowSize:
    """Width and height [px] and density [dpi]: of the panel, and as set by hand."""

    physical: Reading[tuple[int, int]]
    override: Reading[tuple[int, int]]
    density: Reading[int]
    density_override: Reading[int]


def read_window_size(output: str) -> Reading[WindowSize]:
    """The sizes of an answer to `wm size`, `wm density`, or both."""
    lines, _ = whole_lines(output)
    said = keyed(lines, _FIELD)
    if not said:
        return no_dump("no size and no density", output)
    return WindowSize(
        physical=_size(said, "Physical size"),
        override=_size(said, "Override size"),
        density=integer(said, "Physical density", *_DENSITIES),
        density_override=integer(said, "Override density", *_DENSITIES),
    )


def _size(fields: Fields, key: str) -> Reading[tuple[int, int]]:
    value = text(fields, key)
    if not isinstance(value, str):
        return value
    match = _SIZE.fullmatch(value)
    if not match or not int(match["width"]) or not int(match["height"]):
        return Unreadable(f"{key} is no width and height", value)
    return int(match["width"]), int(match["height"])
