"""The station's socket for screens: lines of JSON, a Snapshot, then what happens; commands back.

    > {"is":"Snapshot","station":{...},"slots":[...],"lost":0}
    > {"is":"Stamped","run":"01K...","seq":7,...,"event":{"is":"StepEnded",...}}
    < {"is":"Abort","slot":2,"by":"Mei","why":"wrong cable"}
    > {"is":"Obeyed","command":"Abort","told":[]}

A client has two threads of its own here; neither is ever a slot's.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import stat
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Self, get_args

import orjson

from harness.clock import POLL_S
from harness.errors import HarnessError, StationFault
from harness.model.codec import decode, encode, encode_tagged
from harness.model.sentence import Sentences
from harness.model.station import Command, Message, Obeyed, Refused, Snapshot
from harness.station.bug import fault_of
from harness.station.screens.breath import Breath
from harness.station.screens.bus import Bus

NAME = "socket"
PATIENCE_S = 5.0
"""How long a client may leave its messages unread once its buffer is full [s]."""
_LONGEST_COMMAND = 64 * 1024
MOST_CLIENTS = 32
"""So many screens at once, and commands of the command line; who comes then is told so."""
_FULL = Refused(
    f"{MOST_CLIENTS} screens and programs are joined to it, and no more are served",
    "STATION-SOCKET",
    "End a screen that nobody looks at, or another program that is joined to the station.",
)
_REST = 4
"""So many times as long as it took to make what one screen is told first, the next one waits."""
_COMMANDS: Mapping[str, type[Command]] = {kind.__name__: kind for kind in get_args(Command)}

Obey = Callable[[Command], Sentences]
"""Carries a command out; what is to be told of it. Raises HarnessError when it is not carried out.
"""


class StationSocket:
    """Serves the bus at `folder/socket` until it is closed; a context manager.

    The folder belongs to its owner alone. Who holds its lock serves it, so the socket of a
    station that was killed is replaced and that of a living one is not.

    Raises: StationFault(STATION-SOCKET).
    """

    def __init__(
        self, folder: Path, bus: Bus, obey: Obey, *, patience_s: float = PATIENCE_S
    ) -> None:
        self.path = folder / NAME
        self._bus = bus
        self._obey = obey
        self._patience_s = patience_s
        self._clients: set[_Client] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        with ExitStack() as undo:
            try:
                self._folder = _hold(folder)
                undo.callback(os.close, self._folder)
                self._listener = socket.socket(socket.AF_UNIX)
                undo.callback(self._listener.close)
                self._bind()
            except OSError as error:
                raise _fault(self.path, str(error)) from error
            undo.pop_all()
        self._thread = threading.Thread(target=self._accept, name="station-socket", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Cut every client off; the socket is gone when it returns."""
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        with self._lock:
            clients = list(self._clients)
        for client in clients:
            client.end()
        with suppress(FileNotFoundError):
            os.unlink(NAME, dir_fd=self._folder)
        self._listener.close()
        os.close(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _bind(self) -> None:
        with suppress(FileNotFoundError):
            if not stat.S_ISSOCK(os.stat(NAME, dir_fd=self._folder, follow_symlinks=False).st_mode):
                raise _fault(self.path, "something else than a socket is there")
            os.unlink(NAME, dir_fd=self._folder)  # its station is gone: we hold the lock
        self._listener.bind(reachable(self._folder))
        self._listener.listen()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                link, _ = self._listener.accept()
            except OSError:  # closing, or no descriptor is left for now
                self._closed.wait(POLL_S)
                continue
            began_s = time.monotonic()
            try:
                client = self._welcome(link)
            except (OSError, RuntimeError):  # it has gone already, or no thread can be had
                link.close()
                continue
            if client:
                client.begun.wait(self._patience_s)
                self._closed.wait(_REST * (time.monotonic() - began_s))

    def _welcome(self, link: socket.socket) -> _Client | None:
        """The one that is served now; None when no more are, and it was told so.

        Raises: OSError; RuntimeError when no thread can be had.
        """
        with self._lock:
            if len(self._clients) >= MOST_CLIENTS:
                with link:
                    link.sendall(_line(_FULL))
                return None
            _limit_sending(link, self._patience_s)
            client = _Client(link, self._bus, self._obey, self._clients.discard)
            self._clients.add(client)
            try:
                client.start()
            except RuntimeError:
                self._clients.discard(client)
                raise
            return client


def reachable(folder: int) -> str:
    """The path of the socket in an open folder; a socket's own path holds 107 bytes only."""
    return f"/proc/self/fd/{folder}/{NAME}"


def folder_of(store: Path) -> Path:
    """Where the socket of the station stands that writes this store."""
    return store.with_name(f"{store.name}.station")


def is_served(folder: Path) -> bool:
    """Whether a living station serves the socket in this folder.

    Raises: StationFault(STATION-SOCKET) when nobody can tell.
    """
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _fault(folder, str(error)) from error
    try:
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(held)
    return False


class _Client:
    """One screen: a thread that hears it (and owns its socket), and one that tells it."""

    def __init__(
        self, link: socket.socket, bus: Bus, obey: Obey, gone: Callable[[_Client], None]
    ) -> None:
        self._link = link
        self._obey = obey
        self._gone = gone
        self._told = bus.subscribe()
        self.begun = threading.Event()
        """What it is told first was made, or never will be."""
        self._sending = threading.Lock()
        self._hearer = threading.Thread(target=self._serve, name="screen", daemon=True)
        self._teller = threading.Thread(target=self._tell, name="screen-tell", daemon=True)

    def start(self) -> None:
        self._hearer.start()

    def end(self) -> None:
        self._wake()
        self._hearer.join()

    def _wake(self) -> None:
        with suppress(OSError):  # it has gone by itself
            self._link.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        self._teller.start()
        try:
            for line in self._lines():
                self._send(_line(self._answer(line)))
        except OSError:
            pass  # it has gone, or reads no more
        finally:
            self._told.end()
            self._wake()
            self._teller.join()
            self._link.close()
            self._gone(self)

    def _tell(self) -> None:
        try:
            while not self._told.ended:
                for message in self._told.take():
                    line = _line(message)
                    self.begun.set()
                    self._send(line)
        except OSError:
            pass  # it has gone, or reads no more
        finally:
            self.begun.set()
            self._wake()

    def _send(self, line: bytes) -> None:
        with self._sending:
            self._link.sendall(line)

    def _lines(self) -> Iterator[bytes]:
        waiting = b""
        while chunk := self._link.recv(4096):
            *lines, waiting = (waiting + chunk).split(b"\n")
            yield from (line for line in lines if line.strip())
            if len(waiting) > _LONGEST_COMMAND:
                words = f"a command is at most {_LONGEST_COMMAND} bytes long"
                self._send(_line(Refused(words)))
                return

    def _answer(self, line: bytes) -> Message:
        try:
            return self._carried_out(line)
        except HarnessError as error:
            return Refused(str(error), error.code, error.remedy)
        except Exception as error:  # noqa: BLE001 a bug of ours cuts nobody off without an answer
            _trace(error)
            bug = fault_of(error)
            return Refused(str(bug), bug.code, bug.remedy)

    def _carried_out(self, line: bytes) -> Obeyed | Refused:
        """Raises: whatever the command is refused with."""
        try:
            command = read_command(line)
        except ValueError as error:
            return Refused(str(error))
        return Obeyed(type(command).__name__, self._obey(command))


def _trace(error: Exception) -> None:
    """Say on stderr, where there is one, where it came from."""
    if sys.stderr:
        with suppress(OSError):
            traceback.print_exception(error)


def _line(message: Message) -> bytes:
    """A message as a line; that of a whole station slot by slot, because it is long."""
    if not isinstance(message, Snapshot):
        return _dumped(encode_tagged(message)) + b"\n"
    slots, breath = [], Breath()
    for view in message.slots:
        slots.append(_dumped(encode(view)))
        breath.take()
    rest = encode_tagged(replace(message, slots=()))
    del rest["slots"]
    return _dumped(rest)[:-1] + b',"slots":[' + b",".join(slots) + b"]}\n"


def _dumped(plain: object) -> bytes:
    try:
        return orjson.dumps(plain)
    except orjson.JSONEncodeError:  # half a surrogate pair, or more than 64 bits
        return json.dumps(plain).encode()


def _limit_sending(link: socket.socket, limit_s: float) -> None:
    """Let a send fail that waits for so long; `settimeout` would bind the reading thread too."""
    seconds, rest = divmod(limit_s, 1)
    limit = struct.pack("ll", int(seconds), int(rest * 1e6))
    link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def read_command(line: bytes) -> Command:
    """A command of a screen.

    Raises: ValueError saying what is wrong with it.
    """
    try:
        plain = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    name = plain.pop("is", None) if isinstance(plain, dict) else None
    if not isinstance(name, str) or name not in _COMMANDS:
        raise ValueError(f"expected a command ({', '.join(_COMMANDS)}), found {line!r:.80}")
    return decode(_COMMANDS[name], plain)


def _hold(folder: Path) -> int:
    """The folder, opened and locked: nobody else serves it.

    Raises: StationFault(STATION-SOCKET); OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as undo:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        undo.callback(os.close, held)
        found = os.fstat(held)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise _fault(
                folder, f"others than its owner may enter ({stat.filemode(found.st_mode)})"
            )
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _fault(folder, "another station serves it") from None
        undo.pop_all()
    return held


def _fault(path: Path, why: str) -> StationFault:
    return StationFault("STATION-SOCKET", f"{path}: {why}", evidence={"path": str(path)})
