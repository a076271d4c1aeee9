"""Problems as they are found while a tree is read."""

from __future__ import annotations

from collections.abc import Iterable

from harness.files.nodes import Node, Scalar
from harness.files.problems import Place, Problem, Severity


class Problems:
    """The problems of one file: at most one error for each scalar, the first that was found.

    A value of the wrong shape mostly has the wrong meaning too; one mistake is told once.
    """

    def __init__(self, file: str, found: Iterable[Problem] = ()) -> None:
        self.file = file
        self._found = list(found)
        self._told = {Place(problem.line, problem.column) for problem in self._found}

    def error(self, node: Node, message: str, suggestion: str = "") -> None:
        if isinstance(node, Scalar):
            if node.place in self._told:
                return
            self._told.add(node.place)
        self._found.append(Problem(self.file, *node.place, message, suggestion))

    def warning(self, node: Node, message: str) -> None:
        self._found.append(Problem(self.file, *node.place, message, severity=Severity.WARNING))

    def add(self, problems: Iterable[Problem]) -> None:
        """Take those of a file that this one names."""
        self._found.extend(problems)

    def sorted(self) -> list[Problem]:
        """All of them, in the order of their places."""
        return sorted(self._found)
