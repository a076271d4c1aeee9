"""The segments of a JPEG file ahead of the picture itself (ITU-T T.81, B.1.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

START_OF_SCAN, _END = 0xDA, 0xD9


class Segment(NamedTuple):
    """Its marker's second byte, where it starts and ends in the file, and what it holds."""

    marker: int
    start: int
    end: int
    body: bytes


def segments(content: bytes) -> Iterator[Segment]:
    """Those up to the first scan, from any bytes; none where no marker is."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        if marker in (START_OF_SCAN, _END):
            return
        end = at + 2 + max(int.from_bytes(content[at + 2 : at + 4], "big"), 2)
        yield Segment(marker, at, end, content[at + 4 : end])
        at = end
