"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """WARN does not keep a station from testing now; FAIL does."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and what to do about it ('' when OK)."""

    name: str
    level: Level
    words: str
    remedy: str = ""

    @classmethod
    def ok(cls, name: str, words: str) -> Finding:
        return cls(name, Level.OK, words)

    @classmethod
    def missing(cls, name: str, words: str, remedy: str, *, needed: bool) -> Finding:
        """What a real station needs, and a simulated one can do without."""
        return cls(name, Level.FAIL if needed else Level.WARN, words, remedy)
