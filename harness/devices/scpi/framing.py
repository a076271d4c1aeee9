"""Framed lines `#<seq> <payload>*<CRC-16>`: no changed byte goes unseen, no reply to another."""

from __future__ import annotations

import re
from binascii import crc_hqx
from dataclasses import replace

from harness.devices.scpi.codec import Line, LineCodec

LAST_SEQ = 9999
"""The highest number of a frame; 1 follows. 0 is of a line that nobody asked for."""

_FRAME = re.compile(rb"#([0-9]{1,4}) (.*)\*([0-9A-F]{4})", re.DOTALL)


class FramedCodec:
    """Puts a frame around commands, and takes it off lines; the lines themselves are LineCodec's.

    A line without a frame, or with one that does not hold, is damaged. The checksum is CRC-16 with
    polynomial 0x1021 from 0xFFFF (CRC-16/IBM-3740) over all that stands before its `*`: it sees
    every error burst of up to 16 bits, so every changed byte.
    """

    def __init__(self, terminator: bytes, seq: int = 0) -> None:
        self._lines = LineCodec(terminator)
        self.seq = seq
        """Of the last command."""

    def feed(self, data: bytes) -> list[Line]:
        """The lines that `data` completes, with the number of the command that each answers."""
        return [_unframed(line) for line in self._lines.feed(data)]

    def flush(self) -> Line | None:
        """What waits for its terminator, as a damaged line; the codec is empty afterwards."""
        return self._lines.flush()

    def encode(self, text: str) -> bytes:
        """A command in the frame that follows the last."""
        self.seq = self.seq % LAST_SEQ + 1
        return self._lines.encode(framed(self.seq, text))


def framed(seq: int, text: str) -> str:
    """A text in its frame."""
    body = f"#{seq} {text}"
    return f"{body}*{crc(body.encode('ascii')):04X}"


def crc(body: bytes) -> int:
    """CRC-16/IBM-3740, which others call CCITT-FALSE."""
    return crc_hqx(body, 0xFFFF)


def _unframed(line: Line) -> Line:
    if line.damage:
        return line
    match = _FRAME.fullmatch(line.raw)
    if not match:
        return replace(line, damage="no frame")
    if crc(line.raw[:-5]) != int(match[3], 16):
        return replace(line, damage="a checksum that does not hold")
    return Line(match[2], seq=int(match[1]))
