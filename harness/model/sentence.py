"""What a station tells of a command, for each screen to say in its own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Says(StrEnum):
    """What may be told, and what each names: the keys of the screens' catalogues behind `told.`."""

    names: frozenset[str]

    def __new__(cls, key: str, *names: str) -> Self:
        says = str.__new__(cls, key)
        says._value_ = key
        says.names = frozenset(names)
        return says

    PUT_IN = "put_in"
    PUT_INTO = "put_into", "slot"
    TAKE_OUT = "take_out", "unit", "slot"
    NOT_INTO = "not_into", "unit", "slot"
    TOO_SOON = "too_soon", "slot"
    SCAN_OVER = "scan_over", "unit"
    SCAN_OVER_FOR = "scan_over_for", "unit", "slot"
    IN_ROW = "in_row", "unit", "why"
    SLOT_UNLOCKED = "slot_unlocked", "slot"
    STATION_UNLOCKED = "station_unlocked"
    UNREAD = "unread"
    """Said by a screen in place of what it cannot read, of a station of another version."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is not said in any language yet, with what it names.

    Raises: ValueError when it names other things than its kind does.
    """

    says: Says
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.names.keys() != self.says.names:
            expected, found = (", ".join(sorted(each)) for each in (self.says.names, self.names))
            raise ValueError(f"{self.says} names {expected or 'nothing'}, not {found or 'nothing'}")

    @classmethod
    def of(cls, says: Says, **named: object) -> Self:
        """The sentence that names these."""
        return cls(says, {name: str(each) for name, each in named.items()})


Sentences = tuple[Sentence, ...]
"""All that is told of a command, what is to be done now first; () where it says that itself."""
