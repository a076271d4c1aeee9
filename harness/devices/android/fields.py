"""Lines of keys and values, and numbers in them, shared by the readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from harness.model.reading import Reading, Unknown, Unreadable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")

Fields = Mapping[str, Reading[str]]
"""The value of each key; Unreadable where a key stands twice with different values."""

_EXTREMES = frozenset(str(n) for bits in (31, 63) for n in (2**bits - 1, -(2**bits)))
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_TIMED_OUT = re.compile(r"\r*\n\*\*\* SERVICE [^\n]{0,200}?DUMP TIMEOUT [^\n]{0,60}?EXPIRED \*\*\*")
"""What dumpsys prints behind what a service said in its 10 s (frameworks/native dumpsys.cpp): a
line end of its own, so that a number which was cut would look whole, then this. Newer versions
name the service and the time."""
_REFUSAL = re.compile(
    r"(?:cmd: )?Can't find service: .*|Permission Denial: .*|(?:adb|error): .*"
    r"|(?:[\w.$]{1,100}: ?)?(?:java\.lang\.)?Security ?[Ee]xception: .*"
    r"|[^\n]{1,200}: (?:inaccessible or )?not found"
    r"|[^\n]{1,200}: (?:Permission denied|No such file or directory)"
)
"""What stands in place of an answer: by servicemanager's clients, services, adb, and the shell."""
_LONGEST_REFUSAL = 500


def gather(pairs: Iterable[tuple[str, str]]) -> dict[str, Reading[str]]:
    """Fields of pairs; what is said twice must be said alike."""
    fields: dict[str, Reading[str]] = {}
    for key, value in pairs:
        known = fields.setdefault(key, value)
        if known != value:
            fields[key] = Unreadable(f"{key} stands twice", f"{known} / {value}")
    return fields


def cut_off(output: str) -> Unreadable | None:
    """Why an answer is not whole: one that ends within a line may end within a number."""
    if output and not output.endswith("\n"):
        return Unreadable("the answer ends in the middle of a line", output[-80:])
    return None


def whole_lines(output: str) -> tuple[list[str], str]:
    """The lines, and by itself what stands after the last line end: a line that may be cut.

    LF, CR LF and CR CR LF (adb before Android 7) end a line. What dumpsys could not finish in its
    time ends where the service had come to.
    """
    if timed_out := _TIMED_OUT.search(output):
        output = output[: timed_out.start()]
    *lines, last = (line.rstrip("\r") for line in output.split("\n"))
    return lines, last


def no_dump(why: str, output: str) -> Unreadable:
    """Why a text is no dump of its kind: what refused it in its first line, else `why`."""
    first = output.lstrip()[:_LONGEST_REFUSAL].partition("\n")[0].rstrip()
    return Unreadable(first if _REFUSAL.fullmatch(first) else why, output)


def keyed(lines: Iterable[str], form: re.Pattern[str]) -> dict[str, Reading[str]]:
    """Fields of the lines that are of the form, which names its groups `key` and `value`."""
    matches = (match for line in lines if (match := form.fullmatch(line)))
    return gather((match["key"].strip(), match["value"].strip()) for match in matches)


def text(fields: Fields, key: str) -> Reading[str]:
    """The value of a key; unknown when it is left out or empty."""
    value = fields.get(key, Unknown(f"no {key}"))
    return Unknown(f"empty {key}") if value == "" else value


def word(fields: Fields, key: str) -> Reading[str]:
    """As `text`; the word "Unknown" says that nobody knows."""
    value = text(fields, key)
    return Unknown(f"{key}: {value}") if value == "Unknown" else value


def flag(fields: Fields, key: str) -> Reading[bool]:
    """Whether the value of a key is `true`, and not `false`."""
    value = text(fields, key)
    if not isinstance(value, str):
        return value
    if value not in ("true", "false"):
        return Unreadable(f"{key} is neither true nor false", value)
    return value == "true"


def integer(fields: Fields, key: str, low: int, high: int) -> Reading[int]:
    """The whole number of a key, which makes sense from `low` to `high` only."""
    value = text(fields, key)
    if not isinstance(value, str):
        return value
    if not _INTEGER.fullmatch(value):
        return Unreadable(f"{key} is no whole number", value)
    number = int(value)
    if not low <= number <= high:
        return Unreadable(f"{key} is not within {low} to {high}", value)
    return number


def measured(
    fields: Fields, key: str, low: int, high: int, *, unknown: frozenset[int] = frozenset()
) -> Reading[int]:
    """As `integer`; the least and largest int and long, and `unknown`, say that nobody knows."""
    value = fields.get(key)
    if isinstance(value, str) and (value in _EXTREMES or value in map(str, unknown)):
        return Unknown(f"{key}: {value}")
    return integer(fields, key, low, high)


def without_pack(found: D, measured_of_it: Sequence[str]) -> D:
    """What stands in these fields of a battery that is not there is left over, or made up."""
    return replace(found, **dict.fromkeys(measured_of_it, Unknown("no battery")))


def scaled(value: Reading[int] | Reading[float], divisor: int) -> Reading[float]:
    """A number in smaller units, as a number in larger ones."""
    return value / divisor if isinstance(value, int | float) else value
