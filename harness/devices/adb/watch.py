"""Which links to handsets broke, by what the adb server says of every change.

The server keeps the transport of an address when its link breaks and links it again by itself:
another handset may stand behind the same transport id, and only the tracking tells.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass

from harness.devices.adb.connection import decode
from harness.devices.adb.states import DeviceInfo, parse_devices

_SERVICE = b"host:track-devices-l"
_HEAD = 4
_CHUNK = 1 << 16
_GREETING_S = 5.0


@dataclass(frozen=True, slots=True)
class Link:
    """One unbroken link to a handset: its transport, and how often that broke before."""

    transport_id: int
    breaks: int


class Changes:
    """Lists of handsets in, each with its length in front (adb, transport.cpp); breaks out."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self.devices: list[DeviceInfo] | None = None
        """The latest list; None before the first."""
        self._ready: set[int] = set()
        self._breaks: dict[int, int] = {}

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises: ValueError when they are no lists of handsets.
        """
        self._rest += data
        while len(self._rest) >= _HEAD:
            end = _HEAD + int(self._rest[:_HEAD], 16)
            if len(self._rest) < end:
                return
            self.devices = parse_devices(decode(self._rest[_HEAD:end]))
            del self._rest[:end]
            ready = {each.transport_id for each in self.devices if each.state == "device"}
            self._take(ready)

    def breaks(self, transport_id: int) -> int:
        """How often this transport was ready and then was not."""
        return self._breaks.get(transport_id, 0)

    def _take(self, ready: set[int]) -> None:
        for lost in self._ready - ready:
            self._breaks[lost] = self.breaks(lost) + 1
        self._ready = ready


class Watch:
    """The tracking of one adb server; thread safe.

    It has no thread: the server writes a change before it answers what is asked after it, so
    whoever has just asked for the handsets finds the change waiting here.
    """

    def __init__(self, port: int) -> None:
        """Raises: OSError, ValueError when the server does not track."""
        self._lock = threading.Lock()
        self._changes = Changes()
        self._socket = socket.create_connection(("127.0.0.1", port), _GREETING_S)
        try:
            self._greet()
        except BaseException:
            self._socket.close()
            raise

    def link(self, transport_id: int) -> Link:
        """The link to this handset as it is now.

        Raises: OSError, ValueError when the server tells no more.
        """
        with self._lock:
            self._drain()
            return Link(transport_id, self._changes.breaks(transport_id))

    def listed(self) -> list[tuple[DeviceInfo, Link]] | None:
        """Every handset with its link, as the server told last; None before it told any.

        Raises: OSError, ValueError when the server tells no more.
        """
        with self._lock:
            self._drain()
            if self._changes.devices is None:
                return None
            return [
                (each, Link(each.transport_id, self._changes.breaks(each.transport_id)))
                for each in self._changes.devices
            ]

    def fileno(self) -> int:
        """What is readable once the server tells of a change."""
        return self._socket.fileno()

    def close(self) -> None:
        with self._lock:
            self._socket.close()

    def _greet(self) -> None:
        self._socket.sendall(b"%04x%b" % (len(_SERVICE), _SERVICE))
        if (said := self._socket.recv(_HEAD, socket.MSG_WAITALL)) != b"OKAY":
            raise ValueError(f"the adb server does not track handsets: {said!r}")
        self._socket.setblocking(False)

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while data := self._socket.recv(_CHUNK):
                self._changes.feed(data)
            raise ConnectionResetError("the adb server closed the tracking of handsets")
