"""Binder replies as `service call` prints them.

Layout: Parcel::print and printHexData of Android's libbinder (Debug.cpp): words of four bytes,
little endian, 16 bytes a line; up to 16 bytes stand on the line of the opening bracket.
"""

from __future__ import annotations

import struct

_LINE = 16
_EX_SECURITY = -1


def string_reply(text: str | None) -> str:
    """The reply of a method that returns a string, which may be null."""
    return _printed(struct.pack("<i", 0) + _string16(text))


def security_reply(message: str) -> str:
    """The reply of a method that throws a SecurityException; no stack trace follows."""
    return _printed(struct.pack("<i", _EX_SECURITY) + _string16(message) + bytes(4))


def error_reply(status: int, meaning: str) -> str:
    """The reply to a transaction that failed, such as an unknown code."""
    return f'Result: Parcel(Error: {status & 0xFFFFFFFFFFFFFFFF:#x} "{meaning}")\n'


def _string16(text: str | None) -> bytes:
    """Length in UTF-16 units, the units, a terminator, padded to four bytes; null is -1."""
    if text is None:
        return struct.pack("<i", -1)
    units = text.encode("utf-16-le")
    body = struct.pack("<i", len(units) // 2) + units + bytes(2)
    return body + bytes(-len(body) % 4)


def _printed(data: bytes) -> str:
    if len(data) <= _LINE:
        return f"Result: Parcel({_line(data, pad=False)})\n"
    lines = [
        f"\n  0x{at:08x}: {_line(data[at : at + _LINE], pad=True)}"
        for at in range(0, len(data), _LINE)
    ]
    return f"Result: Parcel({''.join(lines)})\n"


def _line(data: bytes, *, pad: bool) -> str:
    words = [f"{word:08x}" for (word,) in struct.iter_unpack("<I", data)]
    words += [" " * 8 if pad else ""] * (_LINE // 4 - len(words))
    shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
    return f"{' '.join(words)} '{shown.ljust(_LINE) if pad else shown}'"
