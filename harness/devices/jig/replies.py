"""What a jig's own replies must look like. Every reader raises ValueError when one does not."""

from __future__ import annotations

from enum import StrEnum


class Position(StrEnum):
    """Of a fixture or an interlock; only a fixture moves."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    MOVING = "MOVING"


class Field(StrEnum):
    """What a light box has before the camera; MOVING while its carriage is on the way."""

    CHART = "CHAR"
    FLAT = "FLAT"
    MOVING = "MOV"


def read_position(text: str) -> Position:
    """OPEN, CLOSED or MOVING."""
    if text not in Position.__members__:
        raise ValueError("OPEN, CLOSED or MOVING")
    return Position(text)


def read_field(text: str) -> Field:
    """CHAR, FLAT or MOV."""
    try:
        return Field(text)
    except ValueError:
        raise ValueError("CHAR, FLAT or MOV") from None
