"""Reads a limit set: limits in a file of their own, each under `step.measurement`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node, Scalar
from harness.files.problems import Problem, nearest
from harness.files.schema import read as read_file
from harness.model.judgement import Limit
from harness.model.plan import GoldenRef, InputFile
from harness.model.step import Measurement
from harness.plans.limits.golden import Golden, read_golden
from harness.plans.limits.hints import Hints
from harness.plans.limits.kinds import Origin, read_limit
from harness.plans.limits.mask import Masks
from harness.plans.limits.schema import LIMIT_SET_SCHEMA
from harness.plans.values import named_file, text, whole

Entries = Mapping[str, tuple[Scalar, Node]]
"""Keys and limits as they are written."""


@dataclass(frozen=True, slots=True)
class LimitSet:
    """The nodes of a limit set, which are read with the measurements of the plan.

    `found` takes the problems that stand in this file. Without a root it could not be read, or
    is not `named`: then it only keeps the masks that limits under the steps name. `sections`
    holds the limits of all variants under "", and those of each variant under its name. What was
    seen on the way: `strange` variants that the plan has not, `unclear` steps of which it is not
    known what they measure, and the missing limits that are `told`.
    """

    file: Path
    root: Node | None
    found: Problems
    input: InputFile | None = None
    named: bool = True
    sections: Mapping[str, Entries] = field(default_factory=dict)
    reference: Golden | None = None
    masks: Masks = field(default_factory=Masks)
    hints: Hints = field(default_factory=Hints)
    strange: set[str] = field(default_factory=set)
    unclear: set[str | None] = field(default_factory=set)
    told: set[tuple[str, str]] = field(default_factory=set)
    _read: dict[int, Limit | None] = field(default_factory=dict)

    @property
    def id(self) -> str | None:
        return text(self.root.get("limits")) if self.root else None

    @property
    def revision(self) -> int | None:
        return whole(self.root.get("revision")) if self.root else None

    @property
    def golden(self) -> GoldenRef | None:
        return self.reference.ref if self.reference else None

    @property
    def symptoms(self) -> Node | None:
        return self.root.get("symptoms") if self.root else None

    @property
    def files(self) -> dict[str, InputFile]:
        """The files that were read, by their roles: limits, golden, `mask:PATH`."""
        own = {"limits": self.input, "golden": self.reference and self.reference.input}
        return {role: file for role, file in own.items() if file} | self.masks.files

    def problems(self) -> list[Problem]:
        """Its own, those of its golden file and of all masks."""
        of_golden = self.reference.found.sorted() if self.reference else []
        return self.found.sorted() + of_golden + self.masks.problems()

    def entries(self, key: str) -> Iterator[tuple[str, Scalar, Node]]:
        """What is written for a `step.measurement`: the variant or "", the key, the limit."""
        for variant, entries in self.sections.items():
            if key in entries:
                yield variant, *entries[key]

    def is_whole(self, variant: str) -> bool:
        """Whether all limits of a variant could be read, so that one may be called missing."""
        if not self.named:
            return True
        given = self.root.get("variants") if self.root else None
        mine = given.get(variant) if given and variant else None
        readable = "" in self.sections and isinstance(given, MappingNode | None)
        return readable and (mine is None or variant in self.sections)

    def limit(
        self, node: Node, key: str, measurement: Measurement, found: Problems | None = None
    ) -> Limit | None:
        """The limit that stands at a node of this set, or of the plan whose problems are `found`.

        It is read once, so that its problems are told once.
        """
        if id(node) not in self._read:
            file = Path(found.file) if found else self.file
            origin = Origin(file, found or self.found, self.reference, self.masks, self.hints)
            self._read[id(node)] = read_limit(node, key, measurement, origin)
        return self._read[id(node)]

    def limits(self, key: str, measurement: Measurement) -> dict[str, Limit]:
        """Its limits of a `step.measurement` by variant, those of all variants under ""."""
        read = {
            variant: self.limit(node, key, measurement) for variant, _, node in self.entries(key)
        }
        return {variant: limit for variant, limit in read.items() if limit}

    def read(self, key: str) -> list[Limit]:
        """Its limits of a `step.measurement` in any variant, as far as they have been read."""
        read = (self._read.get(id(node)) for _, _, node in self.entries(key))
        return [limit for limit in read if limit]


def read_limit_set(node: Node | None, plan_file: Path, found: Problems) -> LimitSet:
    """The limit set that a plan names; one that is not there has no root and is told."""
    path = named_file(node, found, beside=plan_file) if node else None
    if path is None:
        return LimitSet(Path(), None, Problems(""), named=node is not None)
    return read_limit_set_at(path)


def read_limit_set_at(path: Path) -> LimitSet:
    root, problems, file = read_file(path, LIMIT_SET_SCHEMA)
    found = Problems(str(path), problems)
    named = root.get("golden") if root else None
    reference = read_golden(named, path, found) if named else None
    sections = dict(_sections(root)) if root else {}
    return LimitSet(path, root, found, file, sections=sections, reference=reference)


def _sections(root: Node) -> Iterator[tuple[str, Entries]]:
    """The limits by variant, as far as they can be read."""
    given = root.get("variants")
    owners = {"": root, **{key.text: its for key, its in (given.items() if given else ())}}
    for variant, owner in owners.items():
        values = owner.get("values")
        if isinstance(values, MappingNode):
            yield variant, values.entries


def tell_variants(limit_set: LimitSet, names: Collection[str] | None) -> None:
    """Tell the variants that the plan has not; before `allot`, so that it knows of them.

    Without names, those of the plan could not be read: then any may be right.
    """
    given = limit_set.root.get("variants") if limit_set.root else None
    known = [name for name in names or () if name]
    for key, _ in given.items() if given else ():
        if key.text in known:
            continue
        limit_set.strange.add(key.text)
        if names is not None:
            words = f"the plan has no variant {key.describe()}"
            limit_set.found.error(key, words, nearest(key.text, known))
