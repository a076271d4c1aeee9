"""The page over real sockets: stations in memory behind theirs, viewers over HTTP."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from harness.model.sentence import Sentences
from harness.model.station import Command
from harness.station.screens.socket import StationSocket
from harness.ui.link import StationLink
from harness.ui.page.server import PageServer
from harness.ui.page.watch import Watch, Watched
from tests.ui.operator.line import Line

PATIENCE_S = 20.0


class Place:
    """A station's folder: its socket may be shut, and opened again."""

    def __init__(self, folder: Path, line: Line | None = None) -> None:
        self.folder = folder
        self.line = line or Line()
        self.asked: list[Command] = []
        self.open()

    def open(self) -> None:
        self.socket = StationSocket(self.folder, self.line.bus, self._obey)

    def close(self) -> None:
        self.socket.close()

    def _obey(self, command: Command) -> Sentences:
        self.asked.append(command)
        return ()


@contextmanager
def served(
    *places: Place, language: str = "en", host: str = "127.0.0.1", **limits: Any
) -> Iterator[PageServer]:
    """The page of these stations, in a thread."""
    with ExitStack() as stack:
        links = [stack.enter_context(StationLink(place.folder)) for place in places]
        names = [place.folder.name for place in places]
        watch = stack.enter_context(Watch(list(map(Watched, names, links)), time.monotonic))
        server = stack.enter_context(PageServer(host, 0, watch, language, "blue-orange", **limits))
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


class Viewer:
    """Reads the stream of a page."""

    def __init__(self, port: int, language: str = "en", host: str = "127.0.0.1") -> None:
        self.link = http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
        self.link.request("GET", f"/events?language={language}")
        self.answer = self.link.getresponse()
        self.parts: dict[str, dict[str, Any]] = {}

    def message(self) -> list[dict[str, Any]]:
        """The parts of the next message."""
        while not (line := self.answer.readline()).startswith(b"data: "):
            assert line, "the server hung up"
        parts: list[dict[str, Any]] = json.loads(line.removeprefix(b"data: "))["parts"]
        self.parts |= {part["key"]: part for part in parts}
        return parts

    def until(self, key: str, name: str, value: object) -> dict[str, Any]:
        """The part of this key, once it says so."""
        deadline = time.monotonic() + PATIENCE_S
        while self.parts.get(key, {}).get(name) != value:
            assert time.monotonic() < deadline, self.parts.get(key)
            self.message()
        return self.parts[key]

    def close(self) -> None:
        self.answer.close()
        self.link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def asked(server: PageServer, request: bytes) -> bytes:
    """All that is answered to what is sent."""
    with socket.create_connection(server.server_address[:2], PATIENCE_S) as link:  # type: ignore[arg-type]
        link.sendall(request)
        answer = b""
        while chunk := link.recv(65536):
            answer += chunk
    return answer
