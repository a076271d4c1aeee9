"""Files to and from the handset by the sync protocol, version 1 (adb, SYNC.TXT)."""

from __future__ import annotations

import stat
import struct
import time
from contextlib import suppress

from harness.clock import Lease
from harness.devices.adb.connection import Connection, Ended, Garbled, Refused, decode
from harness.devices.adb.finding import Finder
from harness.devices.adb.service import Call
from harness.devices.adb.watch import Link

_SERVICE = "sync:"
_HEADER = struct.Struct("<4sI")
_LONGEST_DATA = 64 * 1024
_LONGEST_REASON = 64 * 1024
_MODE = stat.S_IFREG | 0o644


def pull(finder: Finder, link: Link, path: str, lease: Lease) -> bytes:
    """The whole content of a file.

    Raises: as Call.opened; ADB-REFUSED with the handset's reason. A file without its end is
    never a result: it is ADB-LOST.
    """
    content = bytearray()

    def partial() -> dict[str, object]:
        return {"path": path, "bytes": len(content)}

    with Call(finder, link, _SERVICE, lease, partial).opened() as opened:
        opened.send(_packet(b"RECV", path.encode()))
        while chunk := _next_data(opened):
            content += chunk
    return bytes(content)


def push(finder: Finder, link: Link, content: bytes, path: str, lease: Lease) -> None:
    """Write a file, readable by all; returns once the handset says that it has it.

    Raises: as Call.opened; ADB-REFUSED with the handset's reason.
    """

    def partial() -> dict[str, object]:
        return {"path": path, "bytes": len(content)}

    with Call(finder, link, _SERVICE, lease, partial).opened() as opened:
        with suppress(Ended):  # a handset that refuses may close first: its reason is still there
            _send_file(opened, content, path)
        kind, size = _header(opened)
        if kind == b"FAIL":
            raise Refused(_reason(opened, size))
        if kind != b"OKAY":
            raise Garbled(f"{kind!r} after a file was sent")


def _send_file(link: Connection, content: bytes, path: str) -> None:
    link.send(_packet(b"SEND", f"{path},{_MODE}".encode()))
    for start in range(0, len(content), _LONGEST_DATA):
        link.send(_packet(b"DATA", content[start : start + _LONGEST_DATA]))
    link.send(_HEADER.pack(b"DONE", int(time.time())))


def _next_data(link: Connection) -> bytes:
    """The next piece of a file; empty at its end."""
    while True:
        kind, size = _header(link)
        if kind == b"FAIL":
            raise Refused(_reason(link, size))
        if kind == b"DONE":
            return b""
        if kind != b"DATA" or size > _LONGEST_DATA:
            raise Garbled(f"{kind!r} of {size} bytes in a file")
        if size:
            return link.exact(size)


def _reason(link: Connection, size: int) -> str:
    if size > _LONGEST_REASON:
        raise Garbled(f"a reason of {size} bytes")
    return decode(link.exact(size))


def _header(link: Connection) -> tuple[bytes, int]:
    kind, size = _HEADER.unpack(link.exact(_HEADER.size))
    return kind, size


def _packet(kind: bytes, payload: bytes) -> bytes:
    return _HEADER.pack(kind, len(payload)) + payload
