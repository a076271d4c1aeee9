"""One connection to the adb server: a total deadline, awake to cancelling, closed by its owner."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress
from typing import Self

from harness.clock import POLL_S, Lease

_HOST = "127.0.0.1"
_CHUNK = 1 << 18
_STATUS = 4  # bytes of OKAY and FAIL
_MOST_BYTES = 1 << 28
"""What one call may receive [B]; an endless answer must not take the memory of all slots."""


def decode(text: bytes | bytearray) -> str:
    """UTF-8; a byte that is none becomes visible as its hexadecimal escape."""
    return text.decode("utf-8", "backslashreplace")


class Ended(Exception):
    """The other end closed the connection, or could not be reached."""


class TimedOut(Exception):
    """The deadline of the lease passed."""


class Refused(Exception):
    """FAIL, with the reason as its text."""


class Garbled(Exception):
    """The bytes are not the protocol."""


class Connection:
    """A connection to the adb server on this PC; a context manager.

    It speaks by adbutils over a socket of ours: adbutils' own starts another server when this
    one does not answer, and bounds each read instead of all.

    Every method raises the reason of a lease that was cancelled or ended, and Ended, TimedOut.
    """

    def __init__(self, port: int, lease: Lease) -> None:
        self._port = port
        self._lease = lease
        self._exit = ExitStack()
        self._budget_s = lease.deadline.left_s()
        self._last_left_s = self._budget_s
        self.received = 0
        """Bytes of the answer of the service that was opened last."""

    def __enter__(self) -> Self:
        """Raises: StepBug(STEP-TIMEOUT) when no time is left to begin."""
        from adbutils import AdbConnection  # type: ignore[import-untyped]

        self._lease.check()
        self._lease.check_time()
        self._adb = AdbConnection.__new__(AdbConnection)  # its __init__ opens the socket
        self._adb.read = self.exact
        with ExitStack() as undo:
            try:
                address = (_HOST, self._port)
                self._socket = socket.create_connection(address, self._patience_s())
            except OSError as error:
                raise Ended(str(error)) from error
            undo.callback(self._socket.close)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            undo.enter_context(self._lease.cancel.waking(self._wake))
            self._exit = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
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

        Raises: Refused with the reason; Garbled.
        """
        from adbutils import AdbError

        before = self.received
        try:
            self._adb.check_okay()
        except AdbError as error:
            refused = self.received - before > _STATUS  # a reason came behind the FAIL
            raise (Refused if refused else Garbled)(str(error)) from None
        except ValueError as error:  # the length of the reason is no number
            raise Garbled(str(error)) from None

    def block(self) -> str:
        """An answer with its length in front.

        Raises: Garbled.
        """
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
            self._last_left_s = self._lease.deadline.left_s()
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
        silent_s = self._last_left_s - self._lease.deadline.left_s()
        return self.received > 0 and silent_s <= min(1.0, self._budget_s / 3)

    def _patience_s(self) -> float:
        self._lease.check()
        left_s = self._lease.deadline.left_s()
        if left_s <= 0:
            raise TimedOut(f"no answer in {self._budget_s:.3g} s")
        return min(left_s, POLL_S)

    def _ended(self, why: str) -> Ended:
        self._lease.check()  # cancelling shuts the socket down: then its reason is the reason
        return Ended(why)

    def _wake(self) -> None:
        with suppress(OSError):  # it had ended already
            self._socket.shutdown(socket.SHUT_RDWR)
