"""A screen of a test: the other end of a station's socket."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, cast

import orjson

from harness.model.codec import decode
from harness.model.station import Message
from harness.station.screens.socket import reachable

PATIENCE_S = 30.0


class Screen:
    """Connects as soon as the socket is there; every read has a limit."""

    def __init__(self, folder: Path) -> None:
        self._rest = b""
        until = time.monotonic() + PATIENCE_S
        while True:
            self.link = socket.socket(socket.AF_UNIX)
            self.link.settimeout(PATIENCE_S)
            with suppress(FileNotFoundError, ConnectionRefusedError):
                held = os.open(folder, os.O_RDONLY)
                try:
                    self.link.connect(reachable(held))
                finally:
                    os.close(held)
                return
            self.link.close()
            assert time.monotonic() < until, f"no station at {folder}"
            time.sleep(0.02)

    def line(self) -> bytes:
        """The next line; empty at the end."""
        while b"\n" not in self._rest:
            chunk = self.link.recv(65536)
            if not chunk:
                return b""
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def message(self) -> Message:
        line = self.line()
        assert line, "the station hung up"
        message: Message = decode(cast("Any", Message), orjson.loads(line))
        return message

    def send(self, text: str | bytes) -> None:
        self.link.sendall((text.encode() if isinstance(text, str) else text) + b"\n")

    def close(self) -> None:
        self.link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
