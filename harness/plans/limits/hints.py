"""Suggestions for a file with some mistakes; one with very many is another file altogether."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.files.problems import nearest

_MOST = 20


@dataclass(frozen=True, slots=True)
class Hints:
    """Looks for the nearest words of the first strange words only, as that takes its time."""

    _found: dict[str, str] = field(default_factory=dict)

    def nearest(self, word: str, words: Iterable[str]) -> str:
        """The word that was most likely meant; empty when none is near, or after many mistakes."""
        if word not in self._found:
            self._found[word] = nearest(word, words) if len(self._found) < _MOST else ""
        return self._found[word]
