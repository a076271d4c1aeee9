"""One jig's line: opened when needed, dropped when lost, used by one thread at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from harness.clock import POLL_S, Deadline, Lease
from harness.devices.jig.codec import Line, LineCodec
from harness.devices.link import ByteLink
from harness.errors import JigFault
from harness.model.ports import JigIdentity


class Wire:
    """The link, its codec, and what is known of the jig's place in the conversation.

    Whoever holds `lock` may use the rest.
    """

    def __init__(self, name: str, open_link: Callable[[], ByteLink], terminator: str) -> None:
        self.name = name
        self.lock = threading.RLock()
        self.in_step = False
        """Every command sent has had its reply, and the jig is who it was."""
        self.identity: JigIdentity | None = None
        self.identities_owed = 0
        """Identities that were asked for and have not come: one may still come late."""
        self._open_link = open_link
        self._link: ByteLink | None = None
        self._codec = LineCodec(terminator.encode())
        self._lines: deque[Line] = deque()

    def open(self) -> ByteLink:
        """Open the port unless it is open.

        Raises: JigFault(JIG-ABSENT).
        """
        if self._link is None:
            self._link = self._open_link()
        return self._link

    def close(self) -> None:
        """Drop the port and all that was on its way."""
        link, self._link = self._link, None
        self.in_step, self.identity, self.identities_owed = False, None, 0
        self._codec.flush()
        self._lines.clear()
        if link:
            link.close()

    def write(self, text: str) -> None:
        """Send one line.

        Raises: JigFault(JIG-LOST | JIG-TIMEOUT); the port is then closed.
        """
        try:
            self.open().write(self._codec.encode(text))
        except JigFault:
            self.close()
            raise

    def read_line(self, lease: Lease) -> Line | None:
        """The next line, or None when the lease's deadline passes first.

        Raises: JigFault(JIG-LOST), and whatever the lease was ended or cancelled with.
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
        except JigFault:
            self.close()
            raise
        self._lines.extend(self._codec.feed(data))
        return bool(data)
