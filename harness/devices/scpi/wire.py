"""The line of a device: opened when needed, dropped when lost, used by one thread at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from harness.clock import POLL_S, Deadline, Lease
from harness.devices.link import ByteLink
from harness.devices.scpi.codec import Codec, Line, LineCodec
from harness.devices.scpi.framing import FramedCodec
from harness.errors.base import LineFault
from harness.model.ports import JigIdentity

_SHUT_S = 1.0
"""How long another thread may finish its exchange before the port is left to it [s]."""


class Wire:
    """The link, its codec, and what is known of the device's place in the conversation.

    Whoever holds `lock` may use the rest. `fault` is how the device's faults are called.
    """

    def __init__(
        self,
        name: str,
        open_link: Callable[[], ByteLink],
        terminator: str,
        fault: type[LineFault],
    ) -> None:
        self.name = name
        self.fault = fault
        self.called = f"the {fault.device} on {name}"
        self.lock = threading.RLock()
        self.in_step = False
        """Every command sent has had its reply, and the device is who it was."""
        self.identity: JigIdentity | None = None
        self.identities_owed = 0
        """Identities that were asked for and have not come: one may still come late."""
        self._open_link = open_link
        self._link: ByteLink | None = None
        self._terminator = terminator.encode()
        self._codec: Codec = LineCodec(self._terminator)
        self.strays = 0
        """Lines that answered nothing that was asked, since the port was opened."""
        self._lines: deque[Line] = deque()

    @property
    def framed(self) -> bool:
        """Whether every line has a frame, so that no changed byte goes unseen."""
        return isinstance(self._codec, FramedCodec)

    @property
    def seq(self) -> int | None:
        """The number of the last command, where lines have frames."""
        return self._codec.seq if isinstance(self._codec, FramedCodec) else None

    def frame(self) -> None:
        """Have every line in a frame, from now until the port is closed."""
        self._codec = FramedCodec(self._terminator)

    def open(self) -> ByteLink:
        """Open the port unless it is open.

        Raises: LineFault(ABSENT).
        """
        if self._link is None:
            self._link = self._open_link()
        return self._link

    def close(self) -> None:
        """Drop the port and all that was on its way."""
        link, self._link = self._link, None
        self.in_step, self.identity, self.identities_owed = False, None, 0
        self._codec = LineCodec(self._terminator)
        self._lines.clear()
        self.strays = 0
        if link:
            link.close()

    def shut(self) -> None:
        """Close the port for good. Only its owner calls this, when no run is on.

        A thread that was left behind in an exchange keeps it until the process ends.
        """
        if self.lock.acquire(timeout=_SHUT_S):
            try:
                self.close()
            finally:
                self.lock.release()

    def write(self, text: str) -> None:
        """Send one line.

        Raises: LineFault(LOST | TIMEOUT); the port is then closed.
        """
        try:
            self.open().write(self._codec.encode(text))
        except LineFault:
            self.close()
            raise

    def read_line(self, lease: Lease) -> Line | None:
        """The next line, or None when the lease's deadline passes first.

        Raises: LineFault(LOST), and whatever the lease was ended or cancelled with.
        """
        while not self._lines:
            lease.check()
            left_s = lease.deadline.left_s()
            self._receive(left_s)  # once more when it has passed: the PC may have been busy
            if left_s <= 0:
                break
        return self._lines.popleft() if self._lines else None

    def drain(self, quiet_s: float, lease: Lease) -> list[Line]:
        """Take off what has come unasked, until nothing comes for `quiet_s`."""
        self._receive(0.0)
        silent = Deadline(quiet_s)
        while not silent.expired() and not lease.deadline.expired():
            lease.check()
            if self._receive(silent.left_s()):
                silent = Deadline(quiet_s)
        stray = [*self._lines]
        self._lines.clear()
        if unfinished := self._codec.flush():
            stray.append(unfinished)
        return stray

    def _receive(self, timeout_s: float) -> bool:
        """Read once [s], POLL_S at the most; whether anything came."""
        try:
            data = self.open().read(min(timeout_s, POLL_S))
        except LineFault:
            self.close()
            raise
        self._lines.extend(self._codec.feed(data))
        return bool(data)
