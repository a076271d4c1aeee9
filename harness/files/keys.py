"""Keys that are written and not known, or needed and not written: one mistake is told once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import nearest


@dataclass(frozen=True, slots=True)
class KeyMistakes:
    """Unknown keys with the known one that each was meant for, or "", and what else is missing."""

    unknown: Mapping[str, str]
    missing: tuple[str, ...]

    @classmethod
    def of(
        cls, unknown: Iterable[str], missing: Iterable[str], free: Collection[str]
    ) -> KeyMistakes:
        """`free` are the known keys that are not written yet."""
        meant = {key: nearest(key, free) for key in unknown}
        return cls(meant, tuple(key for key in missing if key not in meant.values()))

    def tell(
        self,
        found: Problems,
        mapping: Node | None,
        owner: Node,
        *,
        unknown: str = "unknown key",
        missing: str = "missing key",
    ) -> None:
        """Add the unknown ones at their keys in the mapping, and the missing ones at the owner."""
        for key, _ in mapping.items() if mapping else ():
            if key.text in self.unknown:
                found.error(key, f"{unknown} {key.describe()}", self.unknown[key.text])
        for name in self.missing:
            found.error(owner, f"{missing} {name!r}")
