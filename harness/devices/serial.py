"""Byte links over pyserial: ports, ptys, `socket://host:port` and `rfc2217://host:port`."""

from __future__ import annotations

import contextlib
import errno
import io
import select
from typing import Any

from harness.clock import POLL_S
from harness.errors import JigFault

_CHUNK = 4096
_WRITE_S = 0.5
"""A port that takes not one command line in this time is blocked by its peer [s]."""

_WHY_ABSENT = {
    errno.ENOENT: (
        "there is no such port",
        "Plug the jig in and switch it on; check the port in the station file.",
    ),
    errno.EACCES: (
        "this user may not open it",
        "Install the udev rules or add the user to the port's group (dialout), then log in again.",
    ),
    errno.EWOULDBLOCK: (
        "another program holds it",
        "Stop the other program (`fuser -v PORT` names it), then test again.",
    ),
}


class SerialLink:
    """A port opened for this process alone where the system can do that.

    Raises: JigFault(JIG-ABSENT) when it cannot be opened, with the reason and its own remedy.
    """

    def __init__(self, url: str, baud: int) -> None:
        import serial

        self.name = url
        try:
            self._port: Any = serial.serial_for_url(
                url, do_not_open=True, baudrate=baud, timeout=POLL_S
            )
            self._port.exclusive = True
            self._port.open()
        except (OSError, ValueError) as error:
            raise _absent(url, error) from error
        self._fd = self._descriptor()
        if self._fd is not None:
            self._port.timeout = 0  # else pyserial waits until the whole chunk is full
            self._port.write_timeout = _WRITE_S

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
            raise JigFault(
                "JIG-TIMEOUT",
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

    def _lost(self, error: OSError, **more: str) -> JigFault:
        return JigFault(
            "JIG-LOST",
            f"the port {self.name} went away: {error}",
            evidence={"port": self.name, "os_error": str(error), **more},
        )


def _shown(data: bytes) -> str:
    return data.decode("ascii", "backslashreplace").rstrip("\r\n")


def _absent(url: str, error: OSError | ValueError) -> JigFault:
    number = error.errno if isinstance(error, OSError) else None
    why, remedy = _WHY_ABSENT.get(number or 0, (str(error), None))
    return JigFault(
        "JIG-ABSENT",
        f"cannot open the port {url}: {why}",
        evidence={"port": url, "os_error": str(error)},
        remedy=remedy,
    )
