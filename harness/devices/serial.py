"""Byte links over pyserial: ports, ptys, `socket://host:port` and `rfc2217://host:port`."""

from __future__ import annotations

import contextlib
import errno
import io
import select
import socket
from typing import Any

from harness.clock import POLL_S
from harness.errors import JigFault
from harness.errors.base import LineFault

_CHUNK = 4096
_WRITE_S = 0.5
"""A port that takes not one command line in this time is blocked by its peer [s]."""
_CONNECT_S = 2.0
"""A network address that does not answer in this time is absent [s]; no cancel wakes that wait."""

_PROBE_S = 2
"""How long a network line is silent before its peer is asked whether it is there [s]."""
_GONE_S = 10
"""A network peer that acknowledges nothing for this time is gone [s]."""

_HELD = (
    "another program holds it",
    "Stop the other program, such as a running station (`fuser -v PORT` names it), test again.",
)
_WHY_ABSENT = {
    errno.ENOENT: (
        "there is no such port",
        "Plug the {device} in and switch it on; check the port in the station file.",
    ),
    errno.EACCES: (
        "this user may not open it",
        "Install the udev rules or add the user to the port's group (dialout), then log in again.",
    ),
    errno.EWOULDBLOCK: _HELD,  # by a lock, as this harness holds it
    errno.EBUSY: _HELD,  # exclusively (TIOCEXCL), as terminal programs do
}


class SerialLink:
    """A port opened for this process alone where the system can do that.

    Its faults are those of the device that it leads to.

    Raises: LineFault(ABSENT) when it cannot be opened, with the reason and its own remedy.
    """

    def __init__(self, url: str, baud: int, fault: type[LineFault] = JigFault) -> None:
        import serial
        from serial.urlhandler import protocol_socket

        protocol_socket.POLL_TIMEOUT = _CONNECT_S  # else 5 s, which outlast an abort's grace
        self.name = url
        self._fault = fault
        try:
            self._port: Any = serial.serial_for_url(
                url, do_not_open=True, baudrate=baud, timeout=POLL_S
            )
            self._port.exclusive = True
            self._port.open()
        except (OSError, ValueError) as error:
            raise _absent(url, error, fault) from error
        self._fd = self._descriptor()
        if self._fd is not None:
            self._port.timeout = 0  # else pyserial waits until the whole chunk is full
            self._port.write_timeout = _WRITE_S
        self._socket: socket.socket | None = getattr(self._port, "_socket", None)
        if self._socket:
            _tune(self._socket)

    def _descriptor(self) -> int | None:
        """What select can wait on; None for RFC 2217, which pyserial reads in a thread."""
        try:
            descriptor: int = self._port.fileno()
        except io.UnsupportedOperation:
            return None
        return descriptor

    def write(self, data: bytes) -> None:
        from serial import SerialTimeoutException

        try:
            self._port.write(data)
        except SerialTimeoutException as error:
            raise self._fault.of(
                "TIMEOUT",
                f"the port {self.name} took no bytes for {_WRITE_S:g} s",
                evidence={"port": self.name, "sent": _shown(data)},
            ) from error
        except OSError as error:
            raise self._lost(error, sent=_shown(data)) from error

    def read(self, timeout_s: float) -> bytes:
        wait_s = min(max(timeout_s, 0.0), POLL_S)
        try:
            if self._fd is None:
                return self._read_threaded(wait_s)
            ready, _, _ = select.select([self._fd], [], [], wait_s)
            return bytes(self._port.read(_CHUNK)) if ready else b""
        except OSError as error:  # SerialException is one; an unplugged port gives a bare EIO
            raise self._lost(error) from error

    def _read_threaded(self, wait_s: float) -> bytes:
        if wait_s <= 0 and not self._port.in_waiting:
            return b""
        first = self._port.read(1)  # waits for POLL_S: to set another time would renegotiate
        return bytes(first + self._port.read(self._port.in_waiting)) if first else b""

    def close(self) -> None:
        with contextlib.suppress(OSError):  # unplugged: there is nothing left to give back
            self._port.close()
        if self._socket:
            self._socket.close()  # pyserial leaves it open when its peer was the first

    def _lost(self, error: OSError, **more: str) -> LineFault:
        return self._fault.of(
            "LOST",
            f"the port {self.name} went away: {error}",
            evidence={"port": self.name, "os_error": str(error), **more},
        )


def _tune(line: socket.socket) -> None:
    """Have a socket send at once, and know of a peer that is gone without a word.

    Nagle's delay (RFC 896, RFC 1122 clause 4.2.3.4) would hold each second short command back
    until the peer acknowledges the first: 40 ms. A terminal server that lost its power says no
    goodbye: without probes (RFC 9293 clause 3.8.4) its old connection would stay for hours, and
    nobody would make another.
    """
    tcp = socket.IPPROTO_TCP
    line.setsockopt(tcp, socket.TCP_NODELAY, 1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    line.setsockopt(tcp, socket.TCP_KEEPIDLE, _PROBE_S)
    line.setsockopt(tcp, socket.TCP_KEEPINTVL, _PROBE_S)
    line.setsockopt(tcp, socket.TCP_USER_TIMEOUT, _GONE_S * 1000)


def _shown(data: bytes) -> str:
    return data.decode("ascii", "backslashreplace").rstrip("\r\n")


def _absent(url: str, error: OSError | ValueError, fault: type[LineFault]) -> LineFault:
    number = error.errno if isinstance(error, OSError) else None
    why, remedy = _WHY_ABSENT.get(number or 0, (str(error), None))
    return fault.of(
        "ABSENT",
        f"cannot open the port {url}: {why}",
        evidence={"port": url, "os_error": str(error)},
        remedy=remedy and remedy.format(device=fault.device),
    )
