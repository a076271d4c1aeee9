"""Bytes in, lines out; however the stream is cut, the same lines come out. No I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

LONGEST = 4096
"""Bytes of the longest line that is kept; no reply comes near it."""

_HEAD = 64
"""Bytes of a damaged line that are kept as evidence."""

_PRINTABLE = frozenset(range(0x20, 0x7F)) | {0x09}


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its terminator. `damage` says why it can be no reply, or is empty.

    `seq` is the number of the command that it answers, where its frame says that.
    """

    raw: bytes
    damage: str = ""
    seq: int | None = None

    @property
    def text(self) -> str:
        """The line in ASCII; bytes that are not stand as escapes."""
        return self.raw.decode("ascii", "backslashreplace")


class Codec(Protocol):
    """Between the bytes on a line and the lines of a conversation."""

    def feed(self, data: bytes) -> list[Line]: ...

    def flush(self) -> Line | None: ...

    def encode(self, text: str) -> bytes: ...


class LineCodec:
    """Cuts a stream at the terminator. Blank lines are no lines; CR before LF is no text."""

    def __init__(self, terminator: bytes) -> None:
        self._terminator = terminator
        self._buffer = b""
        self._head = b""  # of an over-long line whose rest is being thrown away

    def feed(self, data: bytes) -> list[Line]:
        """The lines that `data` completes."""
        *bodies, self._buffer = (self._buffer + data).split(self._terminator)
        lines = [line for body in bodies if (line := self._finish(body))]
        self._skip_overlong()
        return lines

    def flush(self) -> Line | None:
        """What waits for its terminator, as a damaged line; the codec is empty afterwards."""
        waiting = self._head or self._buffer
        self._head = self._buffer = b""
        return _damaged(waiting, "unfinished") if waiting.strip(b"\r\n") else None

    def encode(self, text: str) -> bytes:
        """A command with its terminator. Commands are ASCII."""
        return text.encode("ascii") + self._terminator

    def _skip_overlong(self) -> None:
        keep = len(self._terminator) - 1  # the start of a terminator may be at the end
        if self._head or len(self._buffer) - keep > LONGEST:
            self._head = self._head or self._buffer[:_HEAD]
            self._buffer = self._buffer[len(self._buffer) - keep :]

    def _finish(self, body: bytes) -> Line | None:
        head, self._head = self._head, b""
        if head or len(body) > LONGEST:
            return _damaged(head or body, f"longer than {LONGEST} bytes")
        body = body.strip(b"\r\n")
        if not body:
            return None
        if not _PRINTABLE.issuperset(body):
            return _damaged(body, "bytes that are not ASCII text")
        return Line(body)


def _damaged(body: bytes, damage: str) -> Line:
    return Line(body[:_HEAD], damage)
