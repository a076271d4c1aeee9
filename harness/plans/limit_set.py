"""Reads a limit set: limits in a file of their own, each under `step.measurement`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node, Scalar
from harness.files.schema import read
from harness.plans.schema import LIMIT_SET_SCHEMA
from harness.plans.values import named_file, text, whole


@dataclass(frozen=True, slots=True)
class LimitSet:
    """The nodes of a limit set, which are read with the measurements of the plan.

    `found` takes the problems that stand in this file. Without a root it could not be read.
    """

    file: Path
    root: Node | None
    found: Problems

    @property
    def id(self) -> str | None:
        return text(self.root.get("limits")) if self.root else None

    @property
    def revision(self) -> int | None:
        return whole(self.root.get("revision")) if self.root else None

    @property
    def values(self) -> MappingNode | None:
        """The limits; None when they cannot be read, so that none of them is missing."""
        values = self.root.get("values") if self.root else None
        return values if isinstance(values, MappingNode) else None

    @property
    def entries(self) -> Mapping[str, tuple[Scalar, Node]]:
        """The key and the limit of each `step.measurement`."""
        return self.values.entries if self.values else {}


def read_limit_set(node: Node | None, plan_file: Path, found: Problems) -> LimitSet | None:
    """The limit set that a plan names; one that is not there has no root and is told."""
    if node is None:
        return None
    path = named_file(node, found, beside=plan_file)
    if path is None:
        return LimitSet(Path(), None, Problems(""))
    root, problems = read(path, LIMIT_SET_SCHEMA)
    return LimitSet(path, root, Problems(str(path), problems))
