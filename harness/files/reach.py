"""Files that whoever runs the harness could not have put in their place."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.files.opening import NotRegularError, opened
from harness.files.parse import LARGEST_FILE


class WithinReachError(ValueError):
    """A file that cannot be believed: the `reasons`, the first of which is told."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(reasons[0])
        self.reasons = list(reasons)


def out_of_reach(path: Path) -> bytes:
    """The content of a file that whoever runs this could not put in its place.

    Links are followed once, and the file that is looked at is the one that is read.

    Raises: WithinReachError.
    """
    real = Path(os.path.realpath(path))
    place = real
    try:
        with opened(real) as file:
            reasons = list(_reach(real, os.fstat(file.fileno())))
            for place in real.parents:
                reasons += _reach(place, place.lstat())
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise WithinReachError([f"{place} cannot be looked at: {error.strerror}"]) from None
    except NotRegularError as error:
        raise WithinReachError([f"{real} is {error}"]) from None
    if reasons:
        raise WithinReachError(reasons)
    return content


def _reach(place: Path, found: os.stat_result) -> Iterator[str]:
    if why := _writable(place, found):
        yield f"{place} {why}: the station could change whom it believes"


def _writable(place: Path, found: os.stat_result) -> str:
    """Why a file or folder is within reach; in a sticky folder only its owner can move others'."""
    sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    user = os.geteuid()
    if user != 0 and found.st_uid == user:
        return "belongs to the user who runs the harness"
    # in a user namespace the root of the machine has another number, and / belongs to him
    if user == 0 and found.st_uid not in (0, Path("/").stat().st_uid):
        return f"belongs to another user than root (uid {found.st_uid})"
    if sticky:
        return ""
    if user == 0:
        shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        return f"can be written by others ({stat.filemode(found.st_mode)})" if shared else ""
    within = os.access(place, os.W_OK, effective_ids=True)
    return "can be written by the user who runs the harness" if within else ""
