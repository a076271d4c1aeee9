"""What a reader of somebody else's text returns: a value, unknown, or unreadable; never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, Union

T = TypeVar("T")

_LONGEST_RAW = 200


@dataclass(frozen=True, slots=True)
class Unknown:
    """The device says that it does not know (a sentinel, or a line that it leaves out)."""

    said: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The text is not what its format allows."""

    why: str
    raw: str = ""

    def __post_init__(self) -> None:
        if len(self.raw) > _LONGEST_RAW:
            object.__setattr__(self, "raw", self.raw[:_LONGEST_RAW] + " ...")


Reading = Union[T, Unknown, Unreadable]  # noqa: UP007 (mypy takes no `|` in a generic alias)
