"""A simulated jig of the framed core: `#<seq> <payload>*<CRC-16>` both ways.

It keeps no mode: a command in a frame has its replies in frames of its number, a plain one plain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from harness.sim.answering import Reply
from harness.sim.jig.core import JigBehaviour

_FRAME = re.compile(r"(#([0-9]{1,4}) (.*))\*([0-9A-F]{4})", re.DOTALL)


class FramedJigBehaviour(JigBehaviour):
    """A core jig that takes frames, and drops one whose checksum does not hold."""

    model = "Core F"
    framing = "CRC16"

    def _hear(self, line: str, now_s: float) -> Sequence[Reply]:
        if not line.startswith("#"):
            return super()._hear(line, now_s)
        frame = _FRAME.fullmatch(line)
        if not frame or crc16(frame[1].encode("latin-1")) != int(frame[4], 16):
            self._error(-360, "Communication error")
            return []
        replies = super()._hear(frame[3].strip(), now_s)
        return [replace(reply, text=framed(int(frame[2]), reply.text)) for reply in replies]


def framed(seq: int, text: str) -> str:
    """A text in its frame."""
    body = f"#{seq} {text}"
    return f"{body}*{crc16(body.encode('latin-1')):04X}"


def crc16(body: bytes) -> int:
    """CRC-16/IBM-3740: polynomial 0x1021, from 0xFFFF, bits in the order of their weight."""
    rest = 0xFFFF
    for byte in body:
        rest ^= byte << 8
        for _ in range(8):
            rest = (rest << 1 ^ 0x1021 if rest & 0x8000 else rest << 1) & 0xFFFF
    return rest
