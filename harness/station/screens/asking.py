"""Asking a station that runs, over its socket: what a command line has to say to it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import orjson

from harness.errors import StationFault
from harness.model.codec import decode, encode_tagged
from harness.model.rules.ready import Doubt
from harness.model.station import Command, Obeyed, Refused
from harness.station.screens.socket import NAME, reachable

PATIENCE_S = 30.0
"""How long a station may take for its answer [s]."""


def ask(folder: Path, command: Command) -> None:
    """Have the station whose socket is in this folder carry out a command.

    Raises: what it refuses with; StationFault(STATION-SOCKET) when it does not answer, or does not
    take this for a command.
    """
    try:
        with closing(connected(folder)) as link:
            with suppress(BrokenPipeError):  # it says why it serves nobody more
                link.sendall(orjson.dumps(encode_tagged(command)) + b"\n")
            answer = next(_answers(link), None)
    except OSError as error:
        raise _silent(folder, str(error)) from error
    except ValueError as error:
        raise _silent(folder, f"it is of another version: {error}") from error
    match answer:
        case None:
            raise _silent(folder, "it hung up")
        case Refused(why=why, code=""):
            raise _silent(folder, f"it knows no such command: {why}")
        case Refused(why=why, code=code, remedy=remedy):
            raise Doubt(code, why.removeprefix(f"{code}: "), remedy).fault()


def connected(folder: Path) -> socket.socket:
    """A connection to the station whose socket is in this folder.

    Raises: StationFault(STATION-SOCKET) for a folder in which somebody else could listen; OSError
    when no station does.
    """
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.fstat(held)
        if found.st_mode & 0o077 or os.geteuid() not in (found.st_uid, 0):
            raise _silent(folder, "it is not its owner's alone, or you are another")
        link = socket.socket(socket.AF_UNIX)
        try:
            link.settimeout(PATIENCE_S)
            link.connect(reachable(held))
        except BaseException:
            link.close()
            raise
        return link
    finally:
        os.close(held)


def _answers(link: socket.socket) -> Iterator[Obeyed | Refused]:
    """What it answers, past what it tells every screen; of a command that it obeyed no more.

    Raises: ValueError for what is no answer.
    """
    with link.makefile("rb") as lines:
        for line in lines:
            plain = orjson.loads(line)
            match plain.pop("is"):
                case Obeyed.__name__:
                    yield Obeyed(decode(str, plain.get("command")))
                case Refused.__name__:
                    yield decode(Refused, plain)


def _silent(folder: Path, why: str) -> StationFault:
    return StationFault(
        "STATION-SOCKET",
        f"the station at {folder / NAME} gives no answer: {why}",
        remedy="See by `harness records list --entries` whether it was entered.",
    )
