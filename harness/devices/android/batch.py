"""Several commands in one shell, each with a limit of its own: a hung one loses only itself.

The script is for a POSIX shell (mksh of Android) with toybox `timeout`, which Android has from
version 9 on. `timeout -s 9` ends with 137 when it has killed its command (toybox timeout.c).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.model.ports import ShellResult
from harness.model.reading import Unreadable

_KILLED = 128 + 9
_NOT_FOUND = 127
_NO_TIMEOUT = re.compile(r"(^|: )timeout: (inaccessible or )?not found\n")
_JOINING = re.compile(r"[;&|<>$`\n]")

Answer = ShellResult | Unreadable


@dataclass(frozen=True, slots=True)
class Batch:
    """Commands for one shell, each of one program, which has `limit_s` [s].

    `nonce` marks the ends of the answers: a word that no command can print, such as 16 random
    hexadecimal digits. It stands in the script as well, but never as in an answer's end, so that
    a command which lists the running ones prints no end.

    Raises: ValueError when a command is more than one program with its words.
    """

    commands: Sequence[str]
    limit_s: int
    nonce: str

    def __post_init__(self) -> None:
        if joined := next((each for each in self.commands if _JOINING.search(each)), None):
            raise ValueError(f"no single command: {joined!r:.200}")

    @property
    def script(self) -> str:
        """What the shell is to run. It ends with the first command that had to be killed.

        Such a command may have handed its streams to a service of Android, as `cmd` does, which
        would print into the answers that follow.
        """
        return "; ".join(self._asking(number) for number in range(len(self.commands)))

    def _asking(self, number: int) -> str:
        end = f"echo {self.nonce} {number}"
        return (
            f"timeout -s 9 {self.limit_s} {self.commands[number]}; r=$?; "
            f"{end} $r; {end} >&2; [ $r = {_KILLED} ] && exit"
        )

    def answers(self, out: str, err: str) -> list[Answer]:
        """What each command printed, as far as they were asked: at least the first.

        The last is Unreadable when it did not answer in its time, or when the shell ended before
        it did; the commands after it are to be asked again in another shell.
        """
        return list(self._split(out, err))

    def _split(self, out: str, err: str) -> Iterator[Answer]:
        out_at = err_at = 0
        for number, command in enumerate(self.commands):
            end = re.escape(f"{self.nonce} {number}")
            out_end = re.compile(f"{end} ([0-9]{{1,3}})\n").search(out, out_at)
            err_end = re.compile(f"{end}\n").search(err, err_at)
            if not out_end or not err_end:
                yield Unreadable(f"the shell ended before {command!r:.100} did", out[out_at:])
                return
            result = ShellResult(
                int(out_end[1]), out[out_at : out_end.start()], err[err_at : err_end.start()]
            )
            yield self._answer(result)
            if result.code == _KILLED:
                return
            out_at, err_at = out_end.end(), err_end.end()

    def _answer(self, result: ShellResult) -> Answer:
        """A command that was killed may have said half of a number."""
        if result.code == _KILLED:
            return Unreadable(f"no answer within {self.limit_s} s", result.out)
        if result.code == _NOT_FOUND and _NO_TIMEOUT.search(result.err):
            return Unreadable("this handset has no `timeout`: nothing was asked", result.err)
        return result
