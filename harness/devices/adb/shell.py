"""A command on the handset by the shell protocol, version 2 (adb, shell_protocol.h)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from harness.clock import Lease
from harness.devices.adb.connection import Garbled, decode
from harness.devices.adb.finding import Finder
from harness.devices.adb.service import Call
from harness.devices.adb.watch import Link
from harness.model.ports import ShellResult

_HEADER = struct.Struct("<BI")
_STDOUT, _STDERR, _EXIT = 1, 2, 3
_LONGEST_PACKET = 1 << 20  # MAX_PAYLOAD of adb
_EVIDENCE = 2000


class ShellDecoder:
    """Packets in, however they are cut; output and exit code out."""

    def __init__(self) -> None:
        self.out = bytearray()
        self.err = bytearray()
        self.code: int | None = None
        self._rest = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises: Garbled when they are not the protocol.
        """
        self._rest += data
        at = 0
        while len(self._rest) - at >= _HEADER.size:
            kind, size = _HEADER.unpack_from(self._rest, at)
            self._check(kind, size)
            end = at + _HEADER.size + size
            if len(self._rest) < end:
                break
            self._take(kind, self._rest[at + _HEADER.size : end])
            at = end
        del self._rest[:at]

    def partial(self) -> Mapping[str, Any]:
        """What has arrived so far, as evidence: the ends of the texts, and how long they are."""
        return {
            "out": decode(self.out[-_EVIDENCE:]),
            "out_bytes": len(self.out),
            "err": decode(self.err[-_EVIDENCE:]),
        }

    def _check(self, kind: int, size: int) -> None:
        if self.code is not None:
            raise Garbled("a packet after the exit code")
        if kind not in (_STDOUT, _STDERR, _EXIT) or size > _LONGEST_PACKET:
            raise Garbled(f"a shell packet of kind {kind} with {size} bytes")
        if kind == _EXIT and size != 1:
            raise Garbled(f"an exit code of {size} bytes")

    def _take(self, kind: int, payload: bytearray) -> None:
        if kind == _STDOUT:
            self.out += payload
        elif kind == _STDERR:
            self.err += payload
        else:
            self.code = payload[0]


def run(finder: Finder, link: Link, command: str, lease: Lease) -> ShellResult:
    """The output and exit code of a command that has ended.

    Raises: as Call.opened, with what had arrived as evidence. Output without an exit code is
    never a result: it is ADB-LOST.
    """
    decoder = ShellDecoder()
    service = f"shell,v2,raw:{command}"
    with Call(finder, link, service, lease, decoder.partial).opened() as opened:
        while decoder.code is None:
            decoder.feed(opened.receive())
    return ShellResult(decoder.code, decode(decoder.out), decode(decoder.err))
