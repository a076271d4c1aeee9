"""A screen's link to its station: a thread that joins its socket, and again when it has gone."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, cast

import orjson

from harness.errors import StationFault
from harness.model.codec import decode, encode_tagged
from harness.model.sentence import Says, Sentence
from harness.model.station import Command, Message, Obeyed, Refused
from harness.station.screens.asking import connected
from harness.ui.told import Gone, Joined, Reply, Told, Unasked

MOST_WAITING = 5_000
"""More messages than this are not read ahead: the station then sends a Snapshot in their place."""
_AGAIN_S = 0.1
"""How long until it is tried again to join a station that has gone [s]."""
_TURNED_AWAY_S = 1.0
"""How long, where one is there that does not serve this screen [s]."""
STRANGE_S, _LONGEST_S = 5.0, 60.0
"""How long, where what it says is not understood [s]: each time twice as long, up to the longest.

What a station says first costs it time.
"""
_CHUNK = 1 << 18


class StationLink:
    """The link to the station whose socket is in a folder; a context manager.

    Each command is answered once, in the order in which they were asked: also by an Unasked where
    the station has gone, which may have carried it out.
    """

    def __init__(
        self, folder: Path, most_waiting: int = MOST_WAITING, strange_s: float = STRANGE_S
    ) -> None:
        """`strange_s` is how long what is not understood is not asked for again at first [s]."""
        self._folder, self._most = folder, most_waiting
        self._strange_s = self._patience_s = strange_s
        self._lock = threading.Lock()
        self._heard: deque[Told] = deque()
        self._asked: deque[Command] = deque()
        """Those that the station has not answered."""
        self._unsent = b""
        self._joined = self._closed = False
        self._gone: Gone | None = None
        self._wakes, self._wake = socket.socketpair()
        for end in (self._wakes, self._wake):
            end.setblocking(False)
        self._thread = threading.Thread(target=self._work, name="station-link", daemon=True)
        self._thread.start()

    def take(self) -> list[Told]:
        """All that has come in since the last time, in order; never waits."""
        with self._lock:
            heard = list(self._heard)
            self._heard.clear()
        if len(heard) >= self._most:
            self._rouse()  # it reads no further before there is room
        return heard

    def ask(self, command: Command) -> None:
        """Ask for something; what comes of it is among what `take` gives. Never waits."""
        with self._lock:
            if not self._joined:
                self._heard.append(Reply(command, Unasked("unasked.gone")))
                return
            self._asked.append(command)
            self._unsent += _line(command)
        self._rouse()

    def close(self) -> None:
        """Leave the station; nothing is heard any more."""
        self._closed = True
        self._rouse()
        self._thread.join()
        self._wakes.close()
        self._wake.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rouse(self) -> None:
        with suppress(OSError):  # it is awake already
            self._wake.send(b".")

    def _work(self) -> None:
        while not self._closed:
            again_s = _AGAIN_S
            try:
                with connected(self._folder) as link:
                    link.setblocking(False)
                    self._follow(link)
                why = "the station hung up"
            except OSError as error:
                why = error.strerror or str(error)
            except StationFault as fault:
                why, again_s = fault.message, _TURNED_AWAY_S
            except ValueError as error:
                why = f"it speaks another language than this screen: {error}"
                again_s = self._patience_s
                self._patience_s = min(2 * again_s, _LONGEST_S)
            self._leave(f"{self._folder}: {why}")
            self._pause(again_s)

    def _follow(self, link: socket.socket) -> None:
        """Hear what the station says, and tell it what is asked, until it hangs up.

        Raises: OSError; ValueError for what is no message; StationFault(STATION-SOCKET) when it
        does not serve this screen, and says why.
        """
        rest = b""
        while not self._closed:
            full = len(self._heard) >= self._most
            reading = [self._wakes] if full else [self._wakes, link]
            ready, writable, _ = select.select(reading, [link] if self._unsent else [], [])
            if self._wakes in ready:
                self._pause(0)
            if writable:
                self._send(link)
            if link in ready:
                chunk = link.recv(_CHUNK)
                if not chunk:
                    return
                *lines, rest = (rest + chunk).split(b"\n")
                self._hear(map(_message, lines))

    def _send(self, link: socket.socket) -> None:
        with self._lock:
            sent = link.send(self._unsent)
            self._unsent = self._unsent[sent:]

    def _hear(self, messages: Iterable[Message]) -> None:
        for message in messages:
            with self._lock:
                self._heard.extend(self._told(message))

    def _told(self, message: Message) -> Iterator[Told]:
        """What to make of a message; the caller holds the lock."""
        if not self._joined:
            if isinstance(message, Refused):
                raise StationFault("STATION-SOCKET", message.why)
            self._joined, self._gone, self._patience_s = True, None, self._strange_s
            yield Joined()
        if isinstance(message, Obeyed | Refused) and self._asked:
            yield Reply(self._asked.popleft(), message)
        else:
            yield message

    def _leave(self, why: str) -> None:
        """Say once that the station has gone, and of each command that it was not answered."""
        with self._lock:
            unanswered = list(self._asked)
            self._asked.clear()
            self._unsent, self._joined = b"", False
            lost = Unasked("unasked.lost")
            self._heard.extend(Reply(command, lost) for command in unanswered)
            if self._gone != Gone(why):
                self._gone = Gone(why)
                self._heard.append(self._gone)

    def _pause(self, seconds: float) -> None:
        """Wait, awake to whoever rouses it."""
        if select.select([self._wakes], [], [], seconds)[0]:
            self._wakes.recv(_CHUNK)


def _message(line: bytes) -> Message:
    """A message; a command was obeyed also where a station of another version says more of it.

    Raises: ValueError.
    """
    plain = orjson.loads(line)
    try:
        message: Message = decode(cast("Any", Message), plain)
    except ValueError:
        if not isinstance(plain, dict) or plain.get("is") != Obeyed.__name__:
            raise
        return Obeyed(str(plain.get("command", "")), (Sentence(Says.UNREAD),))
    return message


def _line(command: Command) -> bytes:
    plain = encode_tagged(command)
    try:
        return orjson.dumps(plain) + b"\n"
    except orjson.JSONEncodeError:  # half a surrogate pair from a keyboard
        return json.dumps(plain).encode() + b"\n"
