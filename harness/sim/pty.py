"""A simulated jig on a pty: the real pyserial opens `path` and talks to a behaviour."""

from __future__ import annotations

import os
import selectors
import threading
import time
import tty
from collections import deque
from typing import Protocol

from harness.sim.jig import Reply

_LONGEST_LINE = 4096
_CHUNK = 512
"""Bytes of one write: a real UART gives its bytes in pieces too."""


class Behaviour(Protocol):
    """What stands behind the wire."""

    def answer(self, line: str, now_s: float) -> list[Reply]:
        """Replies to a line, at a time of the simulator."""
        ...


class PtyJig:
    """A behaviour at the far end of a pty, served by one thread.

    `speed` makes the behaviour's time run faster, not the delays of its replies. Replies leave
    in the order of their commands, as from a jig that does one thing after another. What ends a
    command is `end`; a reply is sent with `reply_end` behind it. The behaviour's time is 0 at
    `epoch_s` of the monotonic clock, or now.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        *,
        speed: float = 1.0,
        end: bytes = b"\n",
        reply_end: bytes = b"\n",
        epoch_s: float | None = None,
    ) -> None:
        self._behaviour = behaviour
        self._speed = speed
        self._end, self._reply_end = end, reply_end
        self._started = time.monotonic() if epoch_s is None else epoch_s
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)  # else the pty echoes and maps line ends
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._wake_r, self._wake_w = os.pipe()
        self._closed = False
        self._line = bytearray()
        self._due: deque[tuple[float, bytes]] = deque()
        self._thread = threading.Thread(target=self._serve, name=f"jig {self.path}", daemon=True)
        self._thread.start()

    @property
    def plugged(self) -> bool:
        """Whether it is there. Its path says nothing: the kernel gives it to the next pty."""
        return not self._closed

    def say(self, text: str) -> None:
        """Send something unasked, at once."""
        os.write(self._master, text.encode("latin-1"))

    def unplug(self) -> None:
        """Pull the cable: the port goes away under whoever has it open."""
        if self._closed:
            return
        self._closed = True
        os.write(self._wake_w, b"x")
        self._thread.join()
        for descriptor in (self._master, self._slave, self._wake_r, self._wake_w):
            os.close(descriptor)

    def close(self) -> None:
        """End it; may be called twice."""
        self.unplug()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_r, selectors.EVENT_READ)
            selector.register(self._master, selectors.EVENT_READ)
            while True:
                wait_s, events = self._next()
                selector.modify(self._master, events)
                ready = {key.fd: mask for key, mask in selector.select(wait_s)}
                if self._wake_r in ready:
                    return
                if ready.get(self._master, 0) & selectors.EVENT_READ:
                    self._hear(os.read(self._master, 65536))
                self._speak()

    def _next(self) -> tuple[float | None, int]:
        """How long to wait for the next reply, and for what."""
        if not self._due:
            return None, selectors.EVENT_READ
        wait_s = self._due[0][0] - time.monotonic()
        if wait_s > 0:
            return wait_s, selectors.EVENT_READ
        return None, selectors.EVENT_READ | selectors.EVENT_WRITE

    def _hear(self, data: bytes) -> None:
        *lines, rest = data.split(self._end)
        for line in lines:
            self._keep(line)
            self._answer(self._line.decode("latin-1"))
            self._line.clear()
        self._keep(rest)

    def _keep(self, data: bytes) -> None:
        """Of a line that is longer than any command only the start is kept."""
        self._line += data[: max(0, _LONGEST_LINE - len(self._line))]

    def _answer(self, line: str) -> None:
        now = time.monotonic()
        for reply in self._behaviour.answer(line, (now - self._started) * self._speed):
            before = self._due[-1][0] if self._due else now
            due = max(before, now + reply.delay_s)
            self._due.append((due, reply.text.encode("latin-1") + self._reply_end))

    def _speak(self) -> None:
        """Write what is due, as far as the pty takes it."""
        while self._due and self._due[0][0] <= time.monotonic():
            due, data = self._due.popleft()
            try:
                sent = os.write(self._master, data[:_CHUNK])
            except BlockingIOError:
                sent = 0
            if sent < len(data):
                self._due.appendleft((due, data[sent:]))
            if not sent:
                return
