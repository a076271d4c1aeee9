"""The page over HTTP: it is looked at, and takes no command."""

from __future__ import annotations

import io
import ipaddress
import re
import socket
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from harness.clock import Deadline
from harness.ui.board.palette import PALETTES
from harness.ui.board.words import LANGUAGES, Words
from harness.ui.page.document import RULES, SCRIPT, STYLE, document, palettes_style
from harness.ui.page.watch import Watch

MOST_VIEWERS = 256
"""So many connections at once; who comes then is turned away."""
BEAT_S = 2.0
"""A viewer hears at least this often [s]; the script waits four times as long for it."""
PATIENCE_S = 10.0
"""How long a viewer may leave unread what it is sent, or take for its whole request [s]."""
_BUFFER = 64 * 1024
"""What the kernel keeps for a viewer that does not read [bytes]."""
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::\d{0,5})?", re.ASCII)
"""By what name a page is asked for (RFC 9112, 3.2): a name or an address, and a port."""


class PageServer(ThreadingHTTPServer):
    """Serves the page at an address until it is shut down; a thread for each viewer.

    Raises: OSError when the address cannot be had.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        host: str,
        port: int,
        watch: Watch,
        language: str,
        palette: str,
        *,
        most_viewers: int = MOST_VIEWERS,
        patience_s: float = PATIENCE_S,
    ) -> None:
        address = ipaddress.ip_address(host)
        self.address_family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        self.local = _is_loopback(address)
        self.watch, self.language, self.palette = watch, language, palette
        self.patience_s = patience_s
        self._free = threading.BoundedSemaphore(most_viewers)
        super().__init__((host, port), _Viewer)

    @property
    def url(self) -> str:
        """Where the page is."""
        host, port = self.server_address[:2]
        told = host.decode() if isinstance(host, bytes | bytearray) else host
        return f"http://[{told}]:{port}/" if ":" in told else f"http://{told}:{port}/"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a viewer a thread, if there is one left."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a viewer until he has gone."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong, unless a viewer has only gone."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Asked(io.RawIOBase):
    """What a viewer sends: each request whole within a time [s], however its bytes drip."""

    def __init__(self, link: socket.socket, patience_s: float) -> None:
        self._link, self._patience_s = link, patience_s
        self.begin()

    def begin(self) -> None:
        """The next request is waited for from now on."""
        self._deadline = Deadline(self._patience_s)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises: TimeoutError once the time is over."""
        if not (left_s := self._deadline.left_s()) > 0:
            raise TimeoutError
        self._link.settimeout(left_s)
        try:
            return self._link.recv_into(buffer)
        finally:
            self._link.settimeout(self._patience_s)


class _Viewer(BaseHTTPRequestHandler):
    """One connection."""

    server: PageServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "harness", ""
    _KINDS: ClassVar[Mapping[str, str]] = {
        "/": "text/html",
        "/page.css": "text/css",
        "/palettes.css": "text/css",
        "/page.js": "text/javascript",
    }

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.patience_s)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self.rfile.close()
        self._asked = _Asked(self.connection, self.server.patience_s)
        self.rfile = io.BufferedReader(self._asked)

    def handle_one_request(self) -> None:
        """Answer a request, or hang up on who does not make one in time."""
        self._asked.begin()
        super().handle_one_request()

    def do_GET(self) -> None:
        try:
            asked, host = urlsplit(self.path), self._host()
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST, "no browser asks so; the page is at /")
            return
        words = parse_qs(asked.query)
        if self.server.local and not _is_of_this_pc(host):
            self._refuse(HTTPStatus.FORBIDDEN, "this page is served to this PC alone")
        elif asked.path == "/events":
            self._tell(_one_of(words, "language", LANGUAGES) or self.server.language)
        elif asked.path in self._KINDS:
            self._send(self._KINDS[asked.path], self._body(asked.path, words))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here; the page is at /")

    do_HEAD = do_GET  # noqa: N815 (the name that the library calls)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """What viewers ask for is not written down."""

    def send_error(self, code: int, *_: str | None) -> None:
        """What is no request of a viewer, such as a command: refused in plain words."""
        status = HTTPStatus(code)
        if status is HTTPStatus.NOT_IMPLEMENTED:
            status = HTTPStatus.METHOD_NOT_ALLOWED
        with suppress(OSError):
            self._refuse(status, "this page is to be looked at, and takes no commands")

    def _body(self, path: str, words: Mapping[str, list[str]]) -> bytes:
        if path == "/":
            language = _one_of(words, "language", LANGUAGES) or self.server.language
            palette = _one_of(words, "palette", PALETTES) or self.server.palette
            return document(Words(language), palette).encode()
        return {"/page.css": STYLE, "/page.js": SCRIPT}.get(path) or palettes_style().encode()

    def _host(self) -> str:
        """By what name or address it was asked for; '' when it does not say.

        Raises: ValueError when it says several, or what is none.
        """
        said = self.headers.get_all("Host", [])
        if not said:
            return ""
        (one,) = said
        if not (found := _HOST.fullmatch(one.strip())):
            raise ValueError(one)
        return str(found[1] or found[2])

    def _tell(self, language: str) -> None:
        """Say what changes, until somebody goes."""
        feed, version = self.server.watch.feeds[language], 0
        self.close_connection = True
        self._head(HTTPStatus.OK, "text/event-stream", {"Connection": "close"})
        if self.command == "HEAD":
            return
        with suppress(OSError):  # he has gone, or reads no more
            self.wfile.write(b"retry: 1000\n\n")
            while True:
                version, parts = feed.after(version, BEAT_S)
                if feed.ended:
                    return
                now_s = f"{self.server.watch.now_s():.3f}".encode()
                said = b",".join(parts)
                self.wfile.write(b'data: {"now_s":' + now_s + b',"parts":[' + said + b"]}\n\n")

    def _send(self, kind: str, body: bytes) -> None:
        self._head(HTTPStatus.OK, kind, {"Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        body = f"{why}\n".encode()
        self.close_connection = True
        more = {"Content-Length": str(len(body)), "Connection": "close", "Allow": "GET, HEAD"}
        self._head(status, "text/plain", more)
        if getattr(self, "command", None) != "HEAD":
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, kind: str, more: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", RULES)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()


def _is_of_this_pc(name: str) -> bool:
    """Whether that is a name of loopback: else another site's script may ask."""
    if name.lower() == "localhost":
        return True
    with suppress(ValueError):
        return _is_loopback(ipaddress.ip_address(name))
    return False


def _is_loopback(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Also of an IPv4 address that is written as one of IPv6."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _one_of(words: Mapping[str, list[str]], name: str, known: Iterable[str]) -> str:
    """The value of a query, if it is a known one."""
    value = words.get(name, [""])[-1]
    return value if value in known else ""
