"""A simulated device on a TCP port of this PC: `socket://127.0.0.1:PORT`."""

from __future__ import annotations

import socket
from functools import partial

from harness.sim.answering import Behaviour
from harness.sim.serving import Serving, Watch
from harness.sim.talk import Talk

_CHUNK = 4096


class TcpInstrument:
    """A behaviour that any number of connections talk to, each in a conversation of its own.

    The behaviour's time is the monotonic clock, times `speed`. `hang_up` and `listen` are what a
    restart of the device looks like from outside.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        *,
        speed: float = 1.0,
        end: bytes = b"\n",
        reply_end: bytes = b"\n",
        attentive: bool = True,
        watch: Watch | None = None,
    ) -> None:
        self._talk = partial(
            Talk, behaviour, speed=speed, end=end, reply_end=reply_end, attentive=attentive
        )
        self._listening: socket.socket | None = _listening(("127.0.0.1", 0))
        self._address = self._listening.getsockname()
        self.url = f"socket://127.0.0.1:{self._address[1]}"
        self._connections: list[_Connection] = []
        self._serving = Serving(f"serves {self.url}", watch)
        self._serving.do(self._accept_on)

    def hang_up(self) -> None:
        """Break all connections and refuse others; again does nothing."""
        self._serving.do(self._hang_up)

    def listen(self) -> None:
        """Take connections again, at the same port."""
        self._serving.do(self._listen)

    def pull(self, back_s: float) -> None:
        """Pull the cable, and plug it in again after a time [s]: under the same address."""

        def pulled() -> None:
            self._hang_up()
            self._serving.later(back_s, self._listen)

        self._serving.do(pulled)

    def close(self) -> None:
        """End it; may be called twice."""
        self.hang_up()
        self._serving.end()

    def _listen(self) -> None:
        self._listening = _listening(self._address)
        self._accept_on()

    def _accept_on(self) -> None:
        assert self._listening
        self._serving.listen(self._listening, self._accept)

    def _accept(self) -> None:
        assert self._listening
        connection = _Connection(self._listening.accept()[0])
        self._connections.append(connection)
        self._serving.take(connection, self._talk())

    def _hang_up(self) -> None:
        if self._listening:
            self._serving.ignore(self._listening)
            self._listening.close()
            self._listening = None
        for connection in self._connections:
            self._serving.drop(connection)
        self._connections.clear()


class _Connection:
    """A connection that never waits."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setblocking(False)
        self._socket = connected

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> bytes:
        return self._socket.recv(_CHUNK)

    def write(self, data: bytes) -> int:
        return self._socket.send(data)

    def close(self) -> None:
        self._socket.close()


def _listening(address: tuple[str, int]) -> socket.socket:
    listening = socket.create_server(address)
    listening.setblocking(False)
    return listening
