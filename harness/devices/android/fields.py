"""Lines of keys and values, and numbers in them, shared by the readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harness.model.reading import Reading, Unknown, Unreadable

Fields = Mapping[str, Reading[str]]
"""The value of each key; Unreadable where a key stands twice with different values."""

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


def text(fields: Fields, key: str) -> Reading[str]:
    """The value of a key; unknown when it is left out or empty."""
    value = fields.get(key, Unknown(f"no {key}"))
    return Unknown(f"empty {key}") if value == "" else value


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


def scaled(value: Reading[int], divisor: int) -> Reading[float]:
    """A whole number in smaller units, as a number in larger ones."""
    return value / divisor if isinstance(value, int) else value
