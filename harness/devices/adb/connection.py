"""One connection to the adb server: a total deadline, awake to cancelling, closed by its owner."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import cache
from types import TracebackType
from typing import Any, Self

from harness.clock import POLL_S, Deadline, Lease

_HOST = "127.0.0.1"
_CHUNK = 1 << 18
_MOST_BYTES = 1 << 28
"""What one call may receive [B]; an endless answer must not take the memory of all slots."""


class Ended(Exception):
    """The other end closed the connection, or could not be reached."""


class TimedOut(Exception):
    """The deadline passed."""


class Refused(Exception):
    """FAIL, with the reason as its text."""


class Garbled(Exception):
    """The bytes are not the protocol."""


class Connection:
    """A connection to the adb server on this PC; a context manager.

    Every method raises the reason of a lease that was cancelled or ended, and Ended, TimedOut.
    """

    def __init__(self, port: int, lease: Lease, deadline: Deadline) -> None:
        self._port = port
        self._lease = lease
        self._deadline = deadline
        self._exit = ExitStack()
        self._budget_s = deadline.left_s()
        self._last_left_s = self._budget_s
        self.received = 0
        """Bytes of the answer of the service that was opened last."""

    def __enter__(self) -> Self:
        self._lease.check()
        with ExitStack() as undo:
            try:
                address = (_HOST, self._port)
                self._socket = socket.create_connection(address, self._patience_s())
            except OSError as error:
                raise Ended(str(error)) from error
            undo.callback(self._socket.close)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._adb = adb_connection()(self._socket, self.exact)
            undo.enter_context(self._lease.cancel.waking(self._wake))
            self._exit = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()

    def request(self, service: str) -> None:
        """Ask for a host service, or open one of the handset.

        Raises: Refused with the reason.
        """
        text = service.encode()
        self.send(b"%04x%b" % (len(text), text))
        self.okay()
        self.received = 0

    def okay(self) -> None:
        """Wait for OKAY.

        Raises: Refused with the reason.
        """
        from adbutils import AdbError  # type: ignore[import-untyped]

        try:
            self._adb.check_okay()
        except AdbError as error:
            raise Refused(str(error)) from None

    def block(self) -> str:
        """An answer with its length in front."""
        try:
            return str(self._adb.read_string_block())
        except ValueError as error:  # the length is no number
            raise Garbled(str(error)) from None

    def receive(self, most: int = _CHUNK) -> bytes:
        """The next bytes, at least one."""
        while True:
            self._socket.settimeout(self._patience_s())
            try:
                chunk = self._socket.recv(most)
            except TimeoutError:
                continue
            except OSError as error:
                raise self._ended(str(error)) from error
            if not chunk:
                raise self._ended("closed by the other end")
            self._last_left_s = self._deadline.left_s()
            self.received += len(chunk)
            if self.received > _MOST_BYTES:
                raise Garbled(f"the answer is longer than {_MOST_BYTES} bytes")
            return chunk

    def exact(self, size: int) -> bytes:
        """Exactly `size` bytes."""
        content = bytearray()
        while len(content) < size:
            content += self.receive(min(_CHUNK, size - len(content)))
        return bytes(content)

    def send(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._socket.settimeout(self._patience_s())
            try:
                rest = rest[self._socket.send(rest) :]
            except TimeoutError:
                continue
            except OSError as error:
                raise self._ended(str(error)) from error

    @property
    def dripping(self) -> bool:
        """Whether bytes still came in the last second, or the last third of a short limit."""
        silent_s = self._last_left_s - self._deadline.left_s()
        return self.received > 0 and silent_s <= min(1.0, self._budget_s / 3)

    def _patience_s(self) -> float:
        self._lease.check()
        left_s = self._deadline.left_s()
        if left_s <= 0:
            raise TimedOut
        return min(left_s, POLL_S)

    def _ended(self, why: str) -> Ended:
        self._lease.check()  # cancelling shuts the socket down: then its reason is the reason
        return Ended(why)

    def _wake(self) -> None:
        with suppress(OSError):  # it had ended already
            self._socket.shutdown(socket.SHUT_RDWR)


@cache
def adb_connection() -> Callable[[socket.socket, Callable[[int], bytes]], Any]:
    """The connection of adbutils over a socket and bounded reads of ours.

    As it comes it starts a server of its own on port 5037 when ours does not answer, leaks the
    socket that failed, and bounds each read instead of all. Importing it costs 0.25 s.
    """
    from adbutils import AdbConnection

    class Bounded(AdbConnection):  # type: ignore[misc]
        def __init__(self, link: socket.socket, read: Callable[[int], bytes]) -> None:
            self._link = link
            self._read = read
            super().__init__(_HOST, 0)

        def _safe_connect(self) -> socket.socket:
            return self._link

        def _read_fully(self, n: int) -> bytes:
            return self._read(n)

    return Bounded
