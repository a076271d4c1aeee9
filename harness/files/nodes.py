"""A file as a tree of nodes that know their places."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.files.problems import Place
from harness.files.scalars import Value

_LONGEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Node(ABC):
    """A part of the file. What one kind of node lacks, it answers as empty."""

    place: Place

    @property
    def value(self) -> Value:
        """The value of a scalar, exact; None for what has none."""
        return None

    def get(self, _key: str) -> Node | None:
        """What stands under a key of a mapping."""
        return None

    def items(self) -> Iterable[tuple[Scalar, Node]]:
        """The keys and values of a mapping, as written."""
        return ()

    def __iter__(self) -> Iterator[Node]:
        """The elements of a list."""
        return iter(())

    @abstractmethod
    def plain(self) -> Any:
        """JSON values. Numbers without a fraction are int, as JSON Schema takes them."""

    @abstractmethod
    def describe(self) -> str:
        """What it is, in the words of a message."""


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    """One word or text, as written, and its value."""

    text: str
    quoted: bool = False
    content: Value = None

    @property
    def value(self) -> Value:
        return self.content

    def plain(self) -> str | bool | int | float | None:
        if not isinstance(self.content, Decimal):
            return self.content
        return int(self.content) if self.content == int(self.content) else float(self.content)

    def describe(self) -> str:
        if self.content is None:
            return "nothing"
        if not isinstance(self.content, str):
            return self.text
        cut = len(self.text) > _LONGEST_WORDS
        return repr(self.text[:_LONGEST_WORDS] + "..." if cut else self.text)


@dataclass(frozen=True, slots=True)
class MappingNode(Node):
    """Keys and values in their order."""

    entries: Mapping[str, tuple[Scalar, Node]] = field(default_factory=dict)

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def items(self) -> Iterable[tuple[Scalar, Node]]:
        return self.entries.values()

    def plain(self) -> dict[str, Any]:
        return {key: node.plain() for key, (_, node) in self.entries.items()}

    def describe(self) -> str:
        names = ", ".join(self.entries) or "no keys"
        return f"a mapping with {names}"[:_LONGEST_WORDS]


@dataclass(frozen=True, slots=True)
class SequenceNode(Node):
    """A list."""

    elements: tuple[Node, ...] = ()

    def __iter__(self) -> Iterator[Node]:
        return iter(self.elements)

    def plain(self) -> list[Any]:
        return [node.plain() for node in self.elements]

    def describe(self) -> str:
        return "a list" if self.elements else "an empty list"
