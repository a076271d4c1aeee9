"""The shell of a simulated handset: as much of a POSIX shell as what is sent to it needs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from functools import lru_cache

from harness.sim.handset.state.answer import Answer, Program, failure

_JOINTS = (";", "&&")
_TO_STDERR = [">&", "2"]
_TO_NOWHERE = [">", "/dev/null"]
_SET = re.compile(r"(?P<name>[a-z]+)=(?P<value>.*)")
_KILLED = 128 + 9


def run(command: str, execute: Program, now_s: float) -> Answer:
    """Run commands joined by `;` or `&&`, each by `execute`; words are quoted as by POSIX.

    Each begins at the time at which the one before it ends. Besides: `name=word`, `$name`, `$?`,
    `>&2` or `> /dev/null` at the end of a command, and `exit`.
    """
    try:
        parts = _parts(command)
    except ValueError as error:
        return failure(f"/system/bin/sh: syntax error: {error}", 1)
    out, err, code, takes_s = bytearray(), bytearray(), 0, 0.0
    variables: dict[str, str] = {}
    for joint, said in parts:
        if joint == "&&" and code != 0:
            continue
        words = [_expanded(word, variables, code) for word in said]
        if words == ["exit"]:
            break
        if len(words) == 1 and (given := _SET.fullmatch(words[0])):
            variables[given["name"]] = given["value"]
            continue
        to_stderr = words[-2:] == _TO_STDERR
        to_nowhere = words[-2:] == _TO_NOWHERE
        redirected = to_stderr or to_nowhere
        answer = execute(words[:-2] if redirected else words, now_s + takes_s)
        if not to_nowhere:
            (err if to_stderr else out).extend(answer.out)
        err += answer.err
        code, takes_s = answer.code, takes_s + answer.takes_s
    return Answer(bytes(out), bytes(err), code, takes_s)


def timeout(execute: Program) -> Program:
    """The program `timeout -s 9 SECONDS COMMAND` (toybox timeout.c)."""

    def program(words: list[str], now_s: float) -> Answer:
        match words:
            case ["-s", "9", limit, *command] if limit.isdecimal() and command:
                answer = execute(command, now_s)
                if answer.takes_s > int(limit):
                    return Answer(answer.out[: len(answer.out) // 2], b"", _KILLED, int(limit))
                return answer
            case _:
                return failure("timeout: Needs 2 arguments", 125)

    return program


def equals(words: list[str], _now_s: float) -> Answer:
    """The program `[`, as far as it compares two words."""
    match words:
        case [one, "=", other, "]"]:
            return Answer(code=int(one != other))
        case _:
            return failure("/system/bin/sh: [: unexpected operator", 2)


def _expanded(word: str, variables: dict[str, str], code: int) -> str:
    if word.endswith("$?"):
        return f"{word[:-2]}{code}"
    return variables.get(word[1:], word) if word.startswith("$") else word


@lru_cache(maxsize=1024)
def _parts(command: str) -> Sequence[tuple[str, Sequence[str]]]:
    """What _split gives; the same commands come again and again.

    Raises: ValueError as _split.
    """
    return tuple(_split(command))


def _split(command: str) -> Iterator[tuple[str, list[str]]]:
    """Each simple command with the joint in front of it.

    Raises: ValueError when a quote is open or a joint has nothing to join.
    """
    lexer = shlex.shlex(command, posix=True, punctuation_chars=";&>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    joint, words = ";", list[str]()
    for token in lexer:
        if token not in _JOINTS:
            words.append(token)
            continue
        if not words:
            raise ValueError(f"unexpected {token!r}")
        yield joint, words
        joint, words = token, []
    if words:
        yield joint, words
    elif joint == "&&":
        raise ValueError("unexpected end")
