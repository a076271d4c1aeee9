"""An adb server at the wire that has handsets on USB, which the real one has not on this PC.

It lists what it is given, in the form of the real server, answers each shell command with the
transport on which it came, and each `host:connect` as it is told.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from harness.devices.adb import AdbServer
from harness.devices.adb.watch import Watch

BOOT = "5fa005cc-e71e-4b78-9119-228f598b{:04x}"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    listing = ""
    connecting: Iterator[tuple[str, str]]


class _Requests(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        transport = 0
        while request := self._request():
            self.request.sendall(b"OKAY")
            if request.startswith("host:transport-id:"):
                transport = int(request.rpartition(":")[2])
            elif request.startswith("shell"):
                out = BOOT.format(transport) if "boot_id" in request else str(transport)
                self.request.sendall(_packet(1, out.encode()) + _packet(3, b"\0"))
                return
            elif request.startswith("host:connect:"):
                answer, self.server.listing = next(self.server.connecting)
                self._say(answer)
            else:
                self._say(self.server.listing)

    def _say(self, text: str) -> None:
        self.request.sendall(b"%04x%b" % (len(text.encode()), text.encode()))

    def _request(self) -> str:
        size = self.request.recv(4)
        return self.request.recv(int(size, 16)).decode() if size else ""


def _packet(kind: int, payload: bytes) -> bytes:
    return struct.pack("<BI", kind, len(payload)) + payload


@contextmanager
def listing(rows: str, connecting: Iterable[tuple[str, str]] = ()) -> Iterator[AdbServer]:
    """A server that lists these handsets; `connecting`: its answers, and what it lists then."""
    with _Server(("127.0.0.1", 0), _Requests) as wire:
        wire.listing, wire.connecting = rows, iter(connecting)
        thread = threading.Thread(target=wire.serve_forever, args=(0.01,))
        thread.start()
        server = AdbServer()
        server._port = wire.server_address[1]
        server._watch = Watch(server.port)
        try:
            yield server
        finally:
            server.stop()
            wire.shutdown()
            thread.join()
