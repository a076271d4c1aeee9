"""A simulated instrument on a TCP port of this PC: `socket://127.0.0.1:PORT`."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

from harness.sim.pty import Behaviour

_CHUNK = 4096
_LONGEST_LINE = 4096


class TcpInstrument:
    """A behaviour that any number of connections talk to; each has a thread of its own.

    The behaviour's time is the monotonic clock. `hang_up` and `listen` are what a restart of the
    instrument looks like from outside.
    """

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._one_at_a_time = threading.Lock()
        self._lock = threading.Lock()
        self._gone = threading.Event()
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._address = self._listening.getsockname()
        self.url = f"socket://127.0.0.1:{self._address[1]}"
        self._acceptor = self._accepting()

    def hang_up(self) -> None:
        """Break all connections and refuse others; again does nothing."""
        self._gone.set()
        with suppress(OSError):  # it listens no more
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._acceptor.join()
        self._listening.close()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections.values():
            with suppress(OSError):  # its peer was first
                connection.shutdown(socket.SHUT_RDWR)
        for thread in connections:
            thread.join()

    def listen(self) -> None:
        """Take connections again, at the same port."""
        self._gone.clear()
        self._listening = socket.create_server(self._address)
        self._acceptor = self._accepting()

    def close(self) -> None:
        """End it; may be called twice."""
        self.hang_up()

    def _accepting(self) -> threading.Thread:
        thread = threading.Thread(target=self._accept, name=f"accepts {self.url}", daemon=True)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(
                target=self._serve, args=(connection,), name=f"serves {self.url}", daemon=True
            )
            with self._lock:
                self._connections[thread] = connection
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError):  # hung up, here or there
                line = b""
                while data := connection.recv(_CHUNK):
                    *lines, line = (line + data).split(b"\n")
                    line = line[:_LONGEST_LINE]
                    for each in lines:
                        self._answer(connection, each.decode("latin-1"))
        finally:
            with self._lock:
                del self._connections[threading.current_thread()]

    def _answer(self, connection: socket.socket, line: str) -> None:
        with self._one_at_a_time:
            replies = self._behaviour.answer(line, time.monotonic())
        for reply in replies:
            if reply.delay_s and self._gone.wait(reply.delay_s):
                return
            connection.sendall(reply.text.encode("latin-1") + b"\n")
