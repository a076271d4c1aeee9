"""What an AT port brings, sorted: bytes into lines, lines into the answer to a command. No I/O.

Rules: ITU-T V.250 clauses 5.2.1 (command lines), 5.2.4 (echo) and 5.7.1 (responses).
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from harness.devices.android.at_session import is_echo, is_final

_NAMES = re.compile(r"(?:^AT|;)([+^$*%#&][A-Z0-9]{1,20})")
_NOTICE = re.compile(r"[+^$*%#&][A-Z0-9]{1,20}:|RING")
_ENDS = re.compile(rb"[\r\n]")
_LONGEST = 4_096


@dataclass(frozen=True, slots=True)
class Answer:
    """A command, its information text, and its final result code. What came unasked is apart."""

    command: str
    lines: tuple[str, ...]
    result: str
    unsolicited: tuple[str, ...]

    @property
    def text(self) -> str:
        """As a session of an echoing modem, which `read_at` reads."""
        return "".join(f"{line}\n" for line in (self.command, *self.lines, self.result))


class LineBuffer:
    """Bytes in, whole lines out: text without its ends, or empty for a line that was dropped."""

    def __init__(self) -> None:
        self.whole: deque[str] = deque()
        self._rest = bytearray()
        self._too_long = False

    def feed(self, data: bytes) -> int:
        """Take bytes in; how many lines were dropped."""
        *ended, rest = _ENDS.split(data)
        dropped = sum(self._end(piece) for piece in ended)
        self._keep(rest)
        return dropped

    def _keep(self, piece: bytes) -> None:
        self._rest += piece[: _LONGEST + 1 - len(self._rest)]
        self._too_long = len(self._rest) > _LONGEST

    def _end(self, piece: bytes) -> bool:
        self._keep(piece)
        raw, self._rest = bytes(self._rest), bytearray()
        line = raw.decode("utf-8", "replace").strip()
        bad = self._too_long or not line.isprintable() or "\N{REPLACEMENT CHARACTER}" in line
        self._too_long = False
        if bad or line:
            self.whole.append("" if bad else line)
        return bad


class Heard:
    """The lines that come after a command, sorted as they come."""

    def __init__(self, command: str, *, waits_for_echo: bool) -> None:
        self.final = ""
        self.echoed = False
        self.spoilt = False
        self.lines: list[str] = []
        self.unsolicited: list[str] = []
        self._waits = waits_for_echo
        self._command = command.replace(" ", "").upper()
        self._own = tuple(f"{name}:" for name in _NAMES.findall(self._command))

    @property
    def said(self) -> str:
        return "\n".join((*self.unsolicited, *self.lines, self.final))

    def take(self, line: str) -> None:
        """Before the echo of its command nothing is an answer: it may be late, or unasked."""
        if not self.echoed and line.replace(" ", "").upper() == self._command:
            self.echoed, self._waits, self.spoilt = True, False, False
            self.unsolicited += self.lines
            self.lines.clear()
        elif self._waits:
            self.unsolicited += [line] if line else []
        elif is_final(line):
            self.final = line
        elif not line or is_echo(line):
            self.spoilt = True  # a line that was dropped, or the echo of another command
        elif self._own and _NOTICE.match(line) and not line.startswith(self._own):
            self.unsolicited.append(line)
        else:
            self.lines.append(line)
