"""Whether a camera app started, and the newest picture in its folder: a saved still-capture flow.

Formats: ActivityManagerShellCommand.runStartActivity of AOSP (`am start -W`), and toybox's
`ls -lt`, which lists the newest file first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import Fields, gather, text, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

_KEYS = ("Status", "Activity")
_FAILED = re.compile(r"Error: .*|Error type [0-9]+")
_ACTIVITY = re.compile(r"[A-Za-z0-9_.]{1,255}/[A-Za-z0-9_.$]{1,255}")
_TOTAL = re.compile(r"total [0-9]+")
_NO_FOLDER = re.compile(r"ls: .*: No such file or directory")
_FILE = re.compile(
    r"-[-rwxsStT]{9}[+.]? +[0-9]+ +\S+ +\S+ +(?P<bytes>[0-9]{1,18}) "
    r"(?P<when>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}\S*(?: [+-][0-9]{4})?) (?P<name>.+)"
)
_OTHER = re.compile(r"[bcdlps][-rwxsStT]{9}.*")


@dataclass(frozen=True, slots=True)
class Still:
    """`activity` is what was started, as package/class; `newest` the name of the newest file."""

    started: Reading[bool]
    activity: Reading[str]
    newest: Reading[str]
    newest_bytes: Reading[int]


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    bytes: int
    when: str


def read_still(output: str) -> Reading[Still]:
    """What a flow of `am start -W` and `ls -lt` says, whichever of the two there is."""
    lines, _ = whole_lines(output)
    pairs = (line.strip().partition(": ") for line in lines)
    fields = gather((key, value) for key, _, value in pairs if key in _KEYS)
    failed = any(_FAILED.fullmatch(line.strip()) for line in lines)
    newest = _newest(lines)
    if not fields and not failed and newest is None:
        return Unreadable("neither an answer of am start -W nor of ls -lt", output)
    if newest is None:
        newest = Unknown("no answer of ls -lt")
    return Still(
        started=_started(fields, failed=failed),
        activity=_activity(text(fields, "Activity")),
        newest=newest.name if isinstance(newest, _File) else newest,
        newest_bytes=newest.bytes if isinstance(newest, _File) else newest,
    )


def _started(fields: Fields, *, failed: bool) -> Reading[bool]:
    status = text(fields, "Status")
    if isinstance(status, str):
        if failed:
            return Unreadable("the app started, and did not", status)
        known = {"ok": True, "timeout": False}
        return known.get(status, Unreadable("Status has no meaning", status))
    return False if failed and isinstance(status, Unknown) else status


def _activity(printed: Reading[str]) -> Reading[str]:
    if not isinstance(printed, str) or _ACTIVITY.fullmatch(printed):
        return printed
    return Unreadable("Activity is no package/class", printed)


def _newest(lines: Sequence[str]) -> Reading[_File] | None:
    """The first file of the listing; none where there is no listing."""
    starts = [at for at, line in enumerate(lines) if _TOTAL.fullmatch(line)]
    if not starts:
        none = any(_NO_FOLDER.fullmatch(line) for line in lines)
        return Unknown("no such folder") if none else None
    if len(starts) > 1:
        return Unreadable(f"{len(starts)} listings, expected one")
    files = []
    for line in lines[starts[0] + 1 :]:
        if match := _FILE.fullmatch(line):
            files.append(_File(match["name"], int(match["bytes"]), match["when"]))
        elif not _OTHER.fullmatch(line):
            break
    if not files:
        return Unknown("no file in the folder")
    if any(file.when > files[0].when for file in files):
        return Unreadable("the newest file is not the first: the listing is not by time")
    return files[0]
