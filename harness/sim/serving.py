"""The thread behind a simulated wire: what comes in to its conversations, replies back out."""

from __future__ import annotations

import heapq
import os
import selectors
import threading
import time
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from harness.sim.talk import Talk

_CHUNK = 512
"""Bytes of one write: a real UART gives its bytes in pieces too."""
_LOOK_S = 0.1
"""How often silence is told, while somebody watches for it [s]."""
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE

Wish = Callable[[], None]


class Channel(Protocol):
    """An open line; neither reading nor writing waits."""

    def fileno(self) -> int: ...

    def read(self) -> bytes:
        """What has come; b"" when nobody is there any more."""
        ...

    def write(self, data: bytes) -> int:
        """Send as much as it takes now; how much that was."""
        ...

    def close(self) -> None: ...


class Watch(Protocol):
    """What listens for silence, while it is armed."""

    armed: bool

    def silence(self, silent_s: float) -> None:
        """Hear how long no byte has come [s of real time]."""
        ...


class Serving:
    """Serves conversations, each over its channel, until it is ended.

    All that touches channels runs in its thread: others call through `do`.
    """

    def __init__(self, name: str, watch: Watch | None = None) -> None:
        self._watch = watch
        self._heard_s = time.monotonic()
        self._talks: dict[Channel, Talk] = {}
        self._wishes: SimpleQueue[tuple[Wish, threading.Event]] = SimpleQueue()
        self._later: list[tuple[float, int, Wish]] = []
        self._wake_r, self._wake_w = os.pipe()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake_r, _READ, self._grant)
        self._gate = threading.Lock()
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def do(self, wish: Wish) -> None:
        """Have something done in its thread and wait until it is; nothing after its end."""
        if threading.current_thread() is self._thread:
            wish()
            return
        done = threading.Event()
        with self._gate:
            if self._ended:
                return
            self._wishes.put((wish, done))
            os.write(self._wake_w, b"x")
        done.wait()

    def end(self) -> None:
        """Close every channel and end the thread; may be called twice, by another thread."""
        self.do(self._end)
        self._thread.join()

    # What follows runs in its thread.

    def take(self, channel: Channel, talk: Talk) -> None:
        """Serve a conversation."""
        self._talks[channel] = talk
        self._selector.register(channel, _READ, partial(self._hear, channel))

    def drop(self, channel: Channel) -> None:
        """Hang up, if that was not done."""
        if self._talks.pop(channel, None):
            self._selector.unregister(channel)
            channel.close()

    def listen(self, listening: Any, accept: Wish) -> None:
        """Call `accept` whenever somebody connects to a listening socket."""
        self._selector.register(listening, _READ, accept)

    def ignore(self, listening: Any) -> None:
        """Listen no more."""
        self._selector.unregister(listening)

    def later(self, delay_s: float, wish: Wish) -> None:
        """Do something when a time has passed [s of real time]."""
        heapq.heappush(self._later, (time.monotonic() + delay_s, len(self._later), wish))

    def _end(self) -> None:
        with self._gate:
            self._ended = True

    def _serve(self) -> None:
        while not self._ended:
            for key, events in self._selector.select(self._wait_s()):
                if events & _READ and self._serves(key):
                    key.data()
            for channel in list(self._talks):
                self._speak(channel)
            self._look()
        self._grant()  # of those that came before the end
        for channel in list(self._talks):
            self.drop(channel)
        self._selector.close()
        os.close(self._wake_r)
        os.close(self._wake_w)

    def _grant(self) -> None:
        if not self._ended:
            os.read(self._wake_r, _CHUNK)
        while True:
            try:
                wish, done = self._wishes.get_nowait()
            except Empty:
                return
            try:
                wish()
            finally:
                done.set()

    def _serves(self, key: selectors.SelectorKey) -> bool:
        """Whether it does still: a wish that came first may have closed it."""
        current = self._selector.get_map().get(key.fd)
        return current is not None and current.data is key.data

    def _hear(self, channel: Channel) -> None:
        try:
            data = channel.read()
        except OSError:  # its peer has reset the connection
            data = b""
        if not data:
            self.drop(channel)
            return
        self._heard_s = time.monotonic()
        self._talks[channel].hear(data, self._heard_s)

    def _speak(self, channel: Channel) -> None:
        """Send what is due, as far as the channel takes it."""
        talk = self._talks[channel]
        data = talk.due(time.monotonic())
        try:
            sent = channel.write(data[:_CHUNK]) if data else 0
        except BlockingIOError:
            sent = 0
        except OSError:  # its peer has hung up
            self.drop(channel)
            return
        talk.sent(sent)
        events = _READ | _WRITE if data and not sent else _READ
        key = self._selector.get_key(channel)
        if key.events != events:
            self._selector.modify(channel, events, key.data)

    def _wait_s(self) -> float | None:
        """How long nothing is to be done unless somebody speaks."""
        now = time.monotonic()
        due_s = [at - now for at, *_ in self._later[:1]]
        for channel, talk in self._talks.items():
            blocked = self._selector.get_key(channel).events & _WRITE
            wait_s = None if blocked else talk.wait_s(now)
            due_s += [] if wait_s is None else [wait_s]
        if self._watch and self._watch.armed:
            due_s.append(_LOOK_S)
        return max(0.0, min(due_s)) if due_s else None

    def _look(self) -> None:
        """Do what time alone brings."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()
        if self._watch and self._watch.armed:
            self._watch.silence(now - self._heard_s)
