"""The line of a device: opened when needed, dropped when lost, used by one thread at a time."""

from __future__ import annotations

import re
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from harness.clock import POLL_S, Deadline, Lease
from harness.devices.link import ByteLink
from harness.devices.scpi.codec import Codec, Line, LineCodec
from harness.devices.scpi.framing import LAST_SEQ, FramedCodec
from harness.devices.scpi.turns import FairLock
from harness.errors.base import LineFault
from harness.model.jig_ports import JigIdentity

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
        """Where the device is, or was last."""
        self.fault = fault
        self.lock = FairLock()
        self.in_step = False
        """Every command sent has had its reply, and the device is who it was."""
        self.identity: JigIdentity | None = None
        self.identities_owed = 0
        """Identities that were asked for and have not come: one may still come late."""
        self.answers_owed: tuple[re.Pattern[str], ...] = ()
        """How the answer may read that a command has not had: it, too, may still come late."""
        self.lost: LineFault | None = None
        """How the port was lost, when it was since somebody last forgave that."""
        self.strays = 0
        """Lines that answered nothing that was asked, since the port was opened."""
        self._open_link = open_link
        self._link: ByteLink | None = None
        self._terminator = terminator.encode()
        self._plain = LineCodec(self._terminator)
        self._codec: Codec = self._plain
        self._seq = secrets.randbelow(LAST_SEQ)  # a reply to the last process is none to this one
        self._lines: deque[Line] = deque()

    @property
    def called(self) -> str:
        """What messages call the device."""
        return f"the {self.fault.device} on {self.name}"

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
        self._codec = FramedCodec(self._terminator, self._seq)

    def open(self) -> ByteLink:
        """Open the port unless it is open.

        Raises: LineFault(ABSENT).
        """
        if self._link is None:
            self._link = self._open_link()
            self.name = self._link.name  # one that is looked for may come back on another port
        return self._link

    def close(self) -> None:
        """Drop the port and all that was on its way."""
        link, self._link = self._link, None
        self.in_step, self.identity, self.identities_owed = False, None, 0
        self.answers_owed = ()
        self._seq = self.seq or self._seq  # the next numbers are others: a reply may still come
        self._codec = self._plain = LineCodec(self._terminator)
        self._lines.clear()
        self.strays = 0
        if link:
            link.close()

    def forgive(self) -> None:
        """Begin anew with a port that went away while no run was on, or before.

        Only its owner calls this, when no run is on.
        """
        with self._held() as held:
            if held and self._link:
                with suppress(LineFault):  # it is closed then; whoever needs it opens it
                    self._receive(0.0)
            self.lost = None

    def shut(self) -> None:
        """Close the port for good. Only its owner calls this, when no run is on.

        A thread that was left behind in an exchange keeps it until the process ends.
        """
        with self._held() as held:
            if held:
                self.close()

    @contextmanager
    def _held(self) -> Iterator[bool]:
        """Hold the line, unless another thread does not let it go."""
        held = self.lock.acquire(timeout=_SHUT_S)
        try:
            yield held
        finally:
            if held:
                self.lock.release()

    def write(self, text: str, *, plain: bool = False) -> None:
        """Send one line; a plain one is understood in whatever way the device now talks.

        Raises: LineFault(LOST | TIMEOUT); the port is then closed.
        """
        link = self.open()
        try:
            link.write((self._plain if plain else self._codec).encode(text))
        except LineFault as fault:
            self._drop(fault)
            raise

    def lines(self, lease: Lease) -> Iterator[Line]:
        """The lines as they come, until the lease's deadline passes.

        Raises: LineFault(LOST), and whatever the lease was ended or cancelled with.
        """
        over = False
        while True:
            while self._lines:
                yield self._lines.popleft()
            if over:
                return
            lease.check()
            left_s = lease.deadline.left_s()
            over = left_s <= 0  # looked once more when it has passed: the PC may have been busy
            self._receive(left_s)

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
        self.strays += len(stray)
        return stray

    def _receive(self, timeout_s: float) -> bool:
        """Read once [s], POLL_S at the most; whether anything came."""
        link = self.open()
        try:
            data = link.read(min(timeout_s, POLL_S))
        except LineFault as fault:
            self._drop(fault)
            raise
        self._lines.extend(self._codec.feed(data))
        return bool(data)

    def _drop(self, fault: LineFault) -> None:
        self.close()
        if fault.kind == "LOST":
            self.lost = fault
