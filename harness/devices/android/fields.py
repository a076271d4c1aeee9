"""Lines of keys and values, and numbers in them, shared by the readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harness.model.reading import Reading, Unknown, Unreadable

Fields = Mapping[str, Reading[str]]
"""The value of each key; Unreadable where a key stands twice with different values."""

_EXTREMES = frozenset(str(n) for bits in (31, 63) for n in (2**bits - 1, -(2**bits)))
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


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

    LF, CR LF and CR CR LF (adb before Android 7) end a line.
    """
    *lines, last = (line.rstrip("\r") for line in output.split("\n"))
    return lines, last


def text(fields: Fields, key: str) -> Reading[str]:
    """The value of a key; unknown when it is left out or empty."""
    value = fields.get(key, Unknown(f"no {key}"))
    return Unknown(f"empty {key}") if value == "" else value


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


def scaled(value: Reading[int] | Reading[float], divisor: int) -> Reading[float]:
    """A number in smaller units, as a number in larger ones."""
    return value / divisor if isinstance(value, int | float) else value
