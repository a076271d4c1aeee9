"""Files under a folder by path and size, as toybox's `find` and `stat` list them.

The listing has no dates, owners or columns that a version could print in another way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.model.reading import Unreadable

Files = Mapping[str, int]
"""Sizes [bytes] by path."""

_ENTRY = re.compile(r"(?P<size>[0-9]{1,18}) (?P<path>/.+)")
_GONE = re.compile(r"(find|stat): .*: No such file or directory")
_PENDING = re.compile(r"\.pending-[0-9]+-(?P<name>.+)")
"""A file that its app has not finished (MediaStore's PREFIX_PENDING, Android 11 and later)."""


def command(root: str, folder: str) -> str:
    """Lists the files under `root`/`folder`; fails when `root` itself is not there (yet)."""
    return f"test -d {root}/. && find {root}/{folder} -type f -exec stat -c '%s %n' {{}} +"


def read_files(out: str, err: str, code: int) -> Files | Unreadable:
    """The files of a listing. A folder that is not there is empty; so is a file that just left."""
    complaints = [line for line in err.replace("\r\n", "\n").split("\n") if line]
    if (code and not complaints) or not all(_GONE.fullmatch(line) for line in complaints):
        return Unreadable(f"the listing ended with {code}", err or out)
    files = {}
    for line in out.replace("\r\n", "\n").removesuffix("\n").split("\n"):
        match = _ENTRY.fullmatch(line)
        if match:
            files[match["path"]] = int(match["size"])
        elif line or len(files) > 0:
            return Unreadable("a line is no size and path", line)
    return files


def new_files(before: Files, after: Files) -> Files:
    """Finished files that were not there before, not even under the name of an unfinished one."""
    known = set(before) | {_finished(path) for path in before}
    return {path: size for path, size in after.items() if path not in known and not _hidden(path)}


def _finished(path: str) -> str:
    folder, _, name = path.rpartition("/")
    match = _PENDING.fullmatch(name)
    return f"{folder}/{match['name']}" if match else path


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))
