"""What an AT port brings, sorted: bytes into lines, lines into the answer to a command. No I/O.

Rules: ITU-T V.250 clauses 5.2.1 (command lines), 5.2.4 (echo) and 5.7.1 (responses).
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from harness.devices.android.at_session import ends, is_echo, is_of_call

_NAMES = re.compile(r"(?:^AT|;)([+^$*%#&][A-Z0-9]{1,20})")
_NOTICE = re.compile(r"[+^$*%#&][A-Z0-9]{1,20}:|RING")
_ENDS = re.compile(rb"[\r\n]")
_LONGEST = 4_096


@dataclass(frozen=True, slots=True)
class Answer:
    """A command, its information text, and its final result code. What came unasked is apart.

    One that was not `echoed` is an answer to this command only where its lines say so by name.
    """

    command: str
    lines: tuple[str, ...]
    result: str
    unsolicited: tuple[str, ...]
    echoed: bool

    @property
    def text(self) -> str:
        """As the modem gave it, which `read_at` reads: the command only where it was echoed."""
        echo = (self.command,) if self.echoed else ()
        return "".join(f"{line}\n" for line in (*echo, *self.lines, self.result))


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
        elif ends(line, self._command):
            self.final = line
        elif not line or is_echo(line):
            self.spoilt = True  # a line that was dropped, or the echo of another command
        elif is_of_call(line) or self._is_of_other(line):
            self.unsolicited.append(line)
        else:
            self.lines.append(line)

    def _is_of_other(self, line: str) -> bool:
        """Whether a line names what this command has not asked for."""
        return bool(self._own and _NOTICE.match(line) and not line.startswith(self._own))
