"""Setting aside what is in DCIM, and bringing it back: the commands, and what is seen. Pure.

The things in DCIM go one by one into `FILLING`, which is then renamed `SHELF`: that is one move,
so that whoever is killed meanwhile leaves one of two states behind, and each says how it goes on.

    FILLING   each thing is either here or in DCIM, as it was: bring back what is here
    SHELF     all is here; what is in DCIM was made since: remove it, rename SHELF to FILLING

Only things in DCIM are moved: DCIM itself belongs to Android (MediaProvider).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from harness.model.reading import Unreadable

DCIM = "/sdcard/DCIM"
SHELF = "/sdcard/.harness-aside"
FILLING = "/sdcard/.harness-aside.filling"
LIST = f"test -d /sdcard/. && find {DCIM} {SHELF} {FILLING} -maxdepth 1 -print0"
"""Names the folders that are there, and what is in them; fails without storage."""

_GONE = re.compile(r"find: .*: No such file or directory")


@dataclass(frozen=True, slots=True)
class Seen:
    """Names in each of the folders; None for one that is not there."""

    dcim: tuple[str, ...]
    shelf: tuple[str, ...] | None
    filling: tuple[str, ...] | None


def read_seen(out: str, err: str) -> Seen | Unreadable:
    """What LIST printed."""
    complaints = [line for line in err.replace("\r\n", "\n").split("\n") if line]
    if not (out or complaints) or not all(_GONE.fullmatch(line) for line in complaints):
        return Unreadable("the folders of pictures cannot be listed", err or out)
    if out and not out.endswith("\0"):
        return Unreadable("a listing that is cut", out)
    paths = out.split("\0")[:-1]
    inside: dict[str, list[str]] = {path: [] for path in paths if path in (DCIM, SHELF, FILLING)}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if path not in inside:
            if folder not in inside or not name:
                return Unreadable("a path of no folder that was listed", path)
            inside[folder].append(name)
    shelf, filling = (tuple(inside[at]) if at in inside else None for at in (SHELF, FILLING))
    if shelf is not None and filling is not None:
        return Unreadable(f"{SHELF} and {FILLING} are both there: the harness makes one", out)
    return Seen(tuple(inside.get(DCIM, ())), shelf, filling)


def setting_aside(seen: Seen) -> Iterator[str]:
    """The commands that empty DCIM; nothing may be set aside yet."""
    yield f"mkdir {FILLING}"
    if seen.dcim:
        yield f"mv {_paths(DCIM, seen.dcim)} {FILLING}/"
    yield f"mv {FILLING} {SHELF}"


def bringing_back(seen: Seen) -> Iterator[str]:
    """The commands that make DCIM what it was; none when nothing is set aside."""
    kept, dcim = seen.filling, seen.dcim
    if seen.shelf is not None:
        if dcim:
            yield f"rm -rf {_paths(DCIM, dcim)}"
        yield f"mv {SHELF} {FILLING}"
        kept, dcim = seen.shelf, ()
    if kept is None:
        return
    if late := [name for name in dcim if name in kept]:  # made after the one that is kept
        yield f"rm -rf {_paths(DCIM, late)}"
    if kept:
        yield f"mkdir -p {DCIM} && mv {_paths(FILLING, kept)} {DCIM}/"
    yield f"rmdir {FILLING}"


def _paths(folder: str, names: tuple[str, ...] | list[str]) -> str:
    return " ".join(shlex.quote(f"{folder}/{name}") for name in sorted(names))
