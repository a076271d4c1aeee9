"""What the test app said: the output of `am instrument -w`.

Format: Instrument.java of AOSP's `am` (TextStatusReporter, not raw). A line for each value, named
INSTRUMENTATION_STATUS on the way and INSTRUMENTATION_RESULT at the end; a value may go on over
lines; last INSTRUMENTATION_CODE, which is -1 (Activity.RESULT_OK) when the test was done.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.devices.android.fields import gather, no_dump, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

DONE = -1
_LINE = re.compile(r"INSTRUMENTATION_(?P<kind>STATUS|RESULT): (?P<key>[^=\n]{1,80})=(?P<value>.*)")
_CODE = re.compile(r"INSTRUMENTATION_(?P<status>STATUS_)?CODE: (?P<code>-?[0-9]{1,9})")
_MARK = "INSTRUMENTATION_"
_FAILED = re.compile(r".{0,200}INSTRUMENTATION_FAILED: .*")
_ABSENT = ("Unable to find instrumentation info for: ", "Unable to find instrumentation target ")
_CRASH = ("shortMsg", "longMsg")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such app on the handset, or none that may test."""

    said: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The activity manager did not start the app."""

    said: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """The app died on the way."""

    said: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The app came to its end: its code and its values, as it spells them."""

    code: int
    values: Mapping[str, Reading[str]]


Told = Missing | Refused | Crashed | Ended


def read_instrumentation(out: str) -> Told | Unreadable:
    """How a run of the app ended. Without its last line it is Unreadable: it may have been cut."""
    lines, last = whole_lines(out)
    fields = _fields([*lines, last] if last else lines)
    error = fields["STATUS"].get("Error")
    if isinstance(error, str):
        return Missing(error) if error.startswith(_ABSENT) else Refused(error)
    values = fields["RESULT"]
    if crash := [str(values[key]) for key in _CRASH if key in values]:
        return Crashed(": ".join(crash))
    if failed := [line for line in lines if _FAILED.fullmatch(line)]:
        return Refused(failed[0].strip())
    codes = [m["code"] for line in lines if (m := _CODE.fullmatch(line)) and not m["status"]]
    if len(codes) != 1:
        return no_dump(f"{len(codes)} lines of INSTRUMENTATION_CODE, expected one", out)
    return Ended(int(codes[0]), values)


def number(values: Mapping[str, str], name: str) -> Reading[float]:
    """A finite number by its name; Unknown when it says `unknown`, else Unreadable."""
    said = values.get(name)
    if said is None:
        return Unreadable(f"no {name} in the answer", ", ".join(sorted(values)))
    if said == "unknown":
        return Unknown(f"{name}: unknown")
    if not _NUMBER.fullmatch(said) or not math.isfinite(found := float(said)):
        return Unreadable(f"{name} is no number", said)
    return found


def _fields(lines: list[str]) -> dict[str, dict[str, Reading[str]]]:
    """The values of both kinds; a line without a mark goes on the value before it."""
    found: list[tuple[str, str, list[str]]] = []
    goes_on = False
    for line in lines:
        if match := _LINE.fullmatch(line):
            found.append((match["kind"], match["key"], [match["value"]]))
            goes_on = True
        elif line.startswith(_MARK):
            goes_on = False
        elif goes_on:
            found[-1][2].append(line)
    return {
        wanted: gather((key, "\n".join(parts)) for kind, key, parts in found if kind == wanted)
        for wanted in ("STATUS", "RESULT")
    }
