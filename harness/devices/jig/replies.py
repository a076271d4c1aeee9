"""What a jig's own replies must look like. Every reader raises ValueError when one does not."""

from __future__ import annotations

import re
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

_Word = TypeVar("_Word", bound=StrEnum)
_THREE = re.compile(r"([0-9]{1,4}),([0-9]{1,2}),([0-9]{1,2})")


class Position(StrEnum):
    """Of a fixture, or of the lid of a shield box."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    MOVING = "MOVING"


class Interlock(StrEnum):
    """The loop that must be closed for power and motion; EMERGENCY while a stop is pressed."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    EMERGENCY = "EMERGENCY"


class Field(StrEnum):
    """What a light box has before the camera; MOVING while its carriage is on the way."""

    CHART = "CHAR"
    FLAT = "FLAT"
    MOVING = "MOV"


def read_position(text: str) -> Position:
    """OPEN, CLOSED or MOVING."""
    return _read(Position, text)


def read_interlock(text: str) -> Interlock:
    """OPEN, CLOSED or EMERGENCY."""
    return _read(Interlock, text)


def read_field(text: str) -> Field:
    """CHAR, FLAT or MOV."""
    return _read(Field, text)


def read_date(text: str) -> date:
    """Year, month and day as three numbers (SYSTem:DATE?, SCPI-99 volume 2, 21.7)."""
    try:
        return date(*_three(text))
    except ValueError:
        raise ValueError("year,month,day") from None


def read_time(text: str) -> time:
    """Hour, minute and second as three numbers (SYSTem:TIME?, SCPI-99 volume 2, 21.21)."""
    try:
        return time(*_three(text))
    except ValueError:
        raise ValueError("hour,minute,second") from None


def _read(kind: type[_Word], text: str) -> _Word:
    """The word of this kind that stands there; the ValueError names all of them."""
    try:
        return kind(text)
    except ValueError:
        *most, last = kind
        raise ValueError(f"{', '.join(most)} or {last}") from None


def _three(text: str) -> tuple[int, int, int]:
    match = _THREE.fullmatch(text)
    if not match:
        raise ValueError
    first, second, third = map(int, match.groups())
    return first, second, third
