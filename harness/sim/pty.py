"""A simulated device on a pty: the real pyserial opens `path` and talks to a behaviour."""

from __future__ import annotations

import os
import time
import tty
from functools import partial

from harness.sim.answering import Behaviour
from harness.sim.serving import Serving, Watch
from harness.sim.talk import Talk


class PtyJig:
    """A behaviour at the far end of a pty, served by one thread (see Talk, and Serving).

    The behaviour's time is 0 at `epoch_s` of the monotonic clock, or now. A pulled cable comes
    back under another `path`, as a USB converter does that is enumerated anew.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        *,
        speed: float = 1.0,
        end: bytes = b"\n",
        reply_end: bytes = b"\n",
        epoch_s: float | None = None,
        attentive: bool = True,
        watch: Watch | None = None,
    ) -> None:
        self._talk = partial(
            Talk,
            behaviour,
            speed=speed,
            end=end,
            reply_end=reply_end,
            epoch_s=time.monotonic() if epoch_s is None else epoch_s,
            attentive=attentive,
        )
        self._port = _Port()
        self.path = self._port.path
        self.plugged = False
        """Whether it is there. Its path says nothing: the kernel gives it to the next pty."""
        self._talking = self._talk()
        self._serving = Serving(f"jig {self.path}", watch)
        self._serving.do(partial(self._plug_in, self._port))

    def say(self, text: str) -> None:
        """Send something unasked, at once."""
        self._serving.do(lambda: self._talking.say(text.encode("latin-1")))

    def pull(self, back_s: float) -> None:
        """Pull the cable, and plug it in again after a time [s]."""
        self._serving.do(lambda: self._enumerate(back_s))

    def unplug(self) -> None:
        """Pull the cable for good: the port goes away under whoever has it open."""
        self.plugged = False
        self._serving.end()
        self._port.close()

    def close(self) -> None:
        """End it; may be called twice."""
        self.unplug()

    def _enumerate(self, back_s: float) -> None:
        old, new = self._port, _Port()  # while the old one is open: the kernel gives another name
        self._port = new
        if back_s:
            self.plugged = False
            self._serving.later(back_s, partial(self._plug_in, new))
        else:
            self._plug_in(new)  # first: who finds the old one gone finds this one
        self._serving.drop(old)

    def _plug_in(self, port: _Port) -> None:
        self._talking = self._talk()
        self._serving.take(port, self._talking)
        self.path, self.plugged = port.path, True


class _Port:
    """A pty; the slave stays open, so that one client after another may come."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)  # else the pty echoes and maps line ends
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self.open = True

    def fileno(self) -> int:
        return self._master

    def read(self) -> bytes:
        return os.read(self._master, 65536)

    def write(self, data: bytes) -> int:
        return os.write(self._master, data)

    def close(self) -> None:
        if self.open:
            self.open = False
            os.close(self._master)
            os.close(self._slave)
