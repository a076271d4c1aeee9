"""A saved session with a modem, as commands and their answers.

Format: ITU-T V.250 (echo, information text, final result code), 3GPP TS 27.007 clause 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_ENDS = re.compile(r"[\r\n]")
_ECHO = re.compile(r"AT(?:[+&^$#*%\\].*|[A-Z][0-9]{0,3}(?:=[0-9]{1,9}|\?)?)?", re.IGNORECASE)
_FINALS = frozenset({"OK", "ERROR"})
_ERRORS = ("+CME ERROR:", "+CMS ERROR:")
_OF_CALLS = frozenset({"NO CARRIER", "NO DIALTONE", "NO ANSWER", "BUSY"})
_CALLS = re.compile(r"AT[ADO]|.*\+CGDATA")
_LONGEST = 1_000


class Exchange(NamedTuple):
    """A command as echoed, in capitals without spaces, or nothing; its answer; how it ended."""

    command: str
    lines: tuple[str, ...]
    result: str

    def asks(self, what: str) -> bool:
        """Whether the answer may be about `what`: without an echo, nobody knows."""
        return not self.command or what in self.command

    def answers(self, name: str) -> list[tuple[str, ...]]:
        """The arguments of each line `+NAME: ...`; those longer than any answer are left out."""
        prefix = f"+{name}:"
        return [
            arguments(line.removeprefix(prefix))
            for line in self.lines
            if line.startswith(prefix) and len(line) <= _LONGEST
        ]


def exchanges(session: str) -> Iterator[Exchange]:
    """What was asked and answered to its end; a line that has no end is left out."""
    command, lines = "", list[str]()
    for piece in _ENDS.split(session)[:-1]:
        line = piece.strip()
        if not line:
            continue
        if ends(line, command):
            yield Exchange(command, tuple(lines), line)
            command, lines = "", []
        elif is_echo(line):
            command, lines = line.replace(" ", "").upper(), []  # unsolicited is what came before
        elif not is_of_call(line):
            lines.append(line)


def ends(line: str, command: str) -> bool:
    """Whether a line is a final result code of a command (V.250 clause 5.7.1, TS 27.007, 9.2).

    NO CARRIER and its kin end nothing but a command that calls (V.250 clauses 6.3.1 to 6.3.7):
    after any other, they tell of a call that happened to end.
    """
    if line in _FINALS or line.startswith(_ERRORS):
        return True
    return is_of_call(line) and bool(_CALLS.match(command))


def is_of_call(line: str) -> bool:
    """Whether a line tells how a call ended."""
    return line in _OF_CALLS


def is_echo(line: str) -> bool:
    """Whether a line is a command, as it is echoed."""
    return line[:1] in "Aa" and bool(_ECHO.fullmatch(line))  # most lines are none


def arguments(printed: str) -> tuple[str, ...]:
    """What stands between commas; those within quotes are text, and the quotes stay."""
    parts, quoted = [""], False
    for sign in printed:
        quoted ^= sign == '"'
        if sign == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return tuple(part.strip() for part in parts)
