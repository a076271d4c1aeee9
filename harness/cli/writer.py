"""Writes to a stream and holds up nobody: a thread of its own does it."""

from __future__ import annotations

import os
import queue
import select
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE_S = 2.0
"""How long a reader may take no byte once nothing more comes [s]."""
_PIECE_B = 4096


class Writer(Generic[T]):
    """Writes things to the descriptor `out`, in the order of `put`, of which `most` may wait.

    A thing becomes bytes when its turn comes: `bytes_of` is called in the writer's thread. One
    that cannot become any is left out; a descriptor that fails takes nothing any more. One that
    does not block (O_NONBLOCK) is waited for until it has room.
    """

    def __init__(
        self, out: int, bytes_of: Callable[[T], bytes], most: int, patience_s: float = PATIENCE_S
    ) -> None:
        self._out, self._bytes_of = out, bytes_of
        self._most, self._patience_s = most, patience_s
        self._waiting: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._asked = self._left_out = self._written = self._sent_b = 0
        self._broken = False
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._write, name=f"writer-{out}", daemon=True)
        self._thread.start()

    @property
    def asked(self) -> int:
        """How many things were put."""
        return self._asked

    @property
    def lost(self) -> int:
        """How many things have not been written whole by now."""
        return self._asked - self._written

    @property
    def failed(self) -> str:
        """What kept the last thing that failed from being written, or ''."""
        error = self._failure
        return f"{type(error).__name__}: {error}" if error else ""

    @property
    def why(self) -> str:
        """Why things are lost, once it is closed."""
        unread = self._left_out > 0 or self._thread.is_alive()
        return "; ".join([self.failed] * bool(self.failed) + ["nobody read them in time"] * unread)

    def put(self, thing: T) -> bool:
        """Have it written; returns at once. False when so many wait that it was left out."""
        self._asked += 1
        if self._waiting.qsize() >= self._most:
            self._left_out += 1
            return False
        self._waiting.put(thing)
        return True

    def close(self, *last: T) -> None:
        """Let what waits be written, and something last, as long as somebody reads."""
        for thing in last:
            self._asked += 1
            self._waiting.put(thing)
        self._waiting.put(None)
        before = -1
        while self._thread.is_alive() and before != self._sent_b:
            before = self._sent_b
            self._thread.join(self._patience_s)

    def _write(self) -> None:
        while (thing := self._waiting.get()) is not None:
            if self._broken:
                continue
            try:
                whole = self._bytes_of(thing)
            except Exception as error:  # noqa: BLE001 whatever it was, it costs this one alone
                self._failure = error
                continue
            try:
                self._send(whole)
                self._written += 1
            except OSError as error:
                self._failure, self._broken = error, True

    def _send(self, whole: bytes) -> None:
        """Write it past Python's own buffer: its lock would hold up who leaves the process."""
        room = select.poll()
        room.register(self._out, select.POLLOUT)
        while whole:
            try:
                sent = os.write(self._out, whole[:_PIECE_B])
            except BlockingIOError:
                room.poll()
                continue
            self._sent_b += sent
            whole = whole[sent:]
