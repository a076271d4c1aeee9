"""What is wrong with a file, where, and the nearest right word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

_NEAR = 0.6
_LONGEST_WORD = 64


class Severity(StrEnum):
    """An error keeps the file from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Place(NamedTuple):
    """Line and column of the first character, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake of a file, ordered by its place; `suggestion` is the nearest right word."""

    file: str
    line: int
    column: int
    message: str
    suggestion: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        kind = "warning: " if self.severity is Severity.WARNING else ""
        hint = f" (did you mean {self.suggestion!r}?)" if self.suggestion else ""
        return f"{self.file}:{self.line}:{self.column}: {kind}{self.message}{hint}"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that keep the file from being used."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def nearest(word: str, words: Iterable[str]) -> str:
    """The word that was most likely meant, whatever its case; empty when none is near."""
    if len(word) > _LONGEST_WORD:
        return ""
    by_folded: dict[str, str] = {}
    for candidate in words:
        by_folded.setdefault(candidate.casefold(), candidate)
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=_NEAR)
    return by_folded[near[0]] if near else ""
