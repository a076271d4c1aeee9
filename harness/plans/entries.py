"""The steps of a plan in their order, each with its phase, group and variants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node, SequenceNode
from harness.files.problems import nearest
from harness.model.plan import Group, GroupKind, Phase
from harness.model.step import Catalogue, StepSpec
from harness.plans.schema import STEP_KEYS
from harness.plans.values import text
from harness.plans.variants import VariantNames, variants_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A step where it stands: what it may be known to be before it is read.

    `variants` is None where it cannot be said in which of them it is.
    """

    node: Node
    phase: Phase
    group: Group | None
    spec: StepSpec | None
    variants: frozenset[str] | None

    def is_in(self, variant: str) -> bool:
        return self.variants is not None and variant in self.variants


def read_entries(
    root: Node, catalogue: Catalogue, variants: VariantNames, found: Problems
) -> list[Entry]:
    """Every step; their ids and those of groups, and the steps that they use, are checked."""
    _tell_twins([node for phase in Phase for node in _with_ids(root.get(phase))], found)
    return [
        Entry(
            node,
            phase,
            group,
            _spec(node.get("use"), catalogue, found),
            variants_of(node, variants, found),
        )
        for phase in Phase
        for node, group in _steps(root.get(phase), None, found)
    ]


def _steps(
    nodes: Node | None, outer: Group | None, found: Problems
) -> Iterator[tuple[Node, Group | None]]:
    """The steps of a list and of its groups; those of a group in a wrong place are read too."""
    for node in nodes or ():
        groups = [(kind, node.get(kind)) for kind in GroupKind if node.get(kind)]
        for kind, children in groups:
            if isinstance(children, SequenceNode) and len(children.elements) == 1:
                found.warning(node, "a group of one step, which may as well stand alone")
            group = outer or Group(text(node.get("id")) or "", kind)
            yield from _steps(children, group, found)
        if not groups:
            is_step = any(node.get(key) for key in STEP_KEYS)
            yield (node if is_step else MappingNode(node.place)), outer


def step_nodes(nodes: Node | None) -> Iterator[Node]:
    """Every step of a list and of its groups that says what it uses."""
    return (node for node in _with_ids(nodes) if node.get("use"))


def _with_ids(nodes: Node | None) -> Iterator[Node]:
    for node in nodes or ():
        yield node
        for kind in GroupKind:
            yield from _with_ids(node.get(kind))


def _tell_twins(nodes: Sequence[Node], found: Problems) -> None:
    """Trends hang on the ids of steps, so each stands once in the whole plan."""
    first: dict[str, int] = {}
    for owner in nodes:
        node = owner.get("id")
        name = text(node)
        if node is None or name is None:
            continue
        if name in first:
            found.error(node, f"the id {node.describe()} is already in line {first[name]}")
        first.setdefault(name, node.place.line)


def _spec(node: Node | None, catalogue: Catalogue, found: Problems) -> StepSpec | None:
    """The step of the catalogue that is named."""
    name = text(node)
    if node is None or name is None:
        return None
    if name not in catalogue:
        found.error(node, f"no step {node.describe()}", nearest(name, catalogue))
    return catalogue.get(name)
