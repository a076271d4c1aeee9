"""What simulated jigs and instruments share that speak IEEE 488.2 and SCPI-99 in ASCII lines.

Read from their command tables, and not from the driver's.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from harness.sim.answering import Answering, Planted, Reply

Commands = Mapping[str, Callable[[Any, str, float], str | None]]
"""What a device obeys, by the header of the command: itself, an argument and a time in."""

_QUEUE = 16


class Conflict(Exception):
    """What a command asks for does not go together with the state that the device is in."""


class ScpiBehaviour(Answering):
    """A device with a table of commands and an error queue.

    A defect `refuses` without `on` spares the common and SYST commands.
    """

    commands: ClassVar[Commands]

    def __init__(self, planted: Planted, *, serial: str, seed: int | str = 0) -> None:
        super().__init__(planted, serial=serial, seed=seed)
        self._errors: deque[str] = deque(maxlen=_QUEUE)

    def _hear(self, line: str, now_s: float) -> Sequence[Reply]:
        text = self._obey(line, now_s)
        return [] if text is None else [Reply(text)]

    def _obey(self, line: str, now_s: float) -> str | None:
        header, _, argument = line.partition(" ")
        command = self.commands.get(header.upper())
        if command is None:
            self._error(-113, "Undefined header")
            return None
        self.heard.append(line)
        if self._refuses(line):
            self._error(-221, "Settings conflict")
            return None
        try:
            return command(self, argument.strip(), now_s)
        except ValueError as error:
            self._error(-222, f"Data out of range;{error}")
        except Conflict as conflict:
            self._error(-221, f"Settings conflict;{conflict}")
        return None

    def _refuses(self, line: str) -> bool:
        common = line.startswith("*") or line.upper().startswith("SYST")
        named = self.planted.setting("refuses", "on", None) is not None
        return (named or not common) and self.planted.struck("refuses", line)

    def _error(self, code: int, words: str) -> None:
        """Put an error into the queue (SCPI-99 volume 2, 21.8)."""
        self._errors.append(f'{code},"{words}"')

    # Commands.

    @abstractmethod
    def _identity(self, _argument: str, _now_s: float) -> str: ...

    def _clear(self, _argument: str, _now_s: float) -> None:
        self._errors.clear()

    def _complete(self, _argument: str, _now_s: float) -> str:
        return "1"

    def _next_error(self, _argument: str, _now_s: float) -> str:
        return self._errors.popleft() if self._errors else '0,"No error"'


COMMON: Commands = {
    "*IDN?": lambda device, argument, now_s: device._identity(argument, now_s),
    "*CLS": ScpiBehaviour._clear,
    "*OPC?": ScpiBehaviour._complete,
    "SYST:ERR?": ScpiBehaviour._next_error,
}
"""What all of them obey."""


def one_of(argument: str, *words: str) -> str:
    """The argument, when it is one of these words.

    Raises: ValueError with the words.
    """
    if argument not in words:
        raise ValueError(" or ".join(words))
    return argument
