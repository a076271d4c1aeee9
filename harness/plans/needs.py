"""What steps need of a slot that not every slot has, and where a plan says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Place
from harness.files.schema import read
from harness.model.plan import Phase
from harness.model.step import StepSpec
from harness.plans.entries import step_nodes
from harness.plans.schema import PLAN_SCHEMA
from harness.plans.values import text

Places = Mapping[str, Mapping[str, Place]]
"""For each step by its id: where it names each thing that it needs, and its use under ""."""


def read_needs(node: Node, spec: StepSpec, found: Problems) -> tuple[str, ...]:
    """What a step of a plan says that it needs, in order; tells what it uses and does not say."""
    said = tuple(sorted(name for need in node.get("needs") or () if (name := text(need))))
    if unsaid := sorted(spec.needs.difference(said)):
        whole = ", ".join(sorted({*said, *unsaid}))
        found.error(
            node.get("use") or node,
            f"{spec.name} uses the slot's {' and '.join(unsaid)}: write 'needs: [{whole}]', so "
            "that stations are asked for it, and no other slot has it meanwhile",
        )
    return said


def places_of_needs(path: Path) -> Places:
    """Where a plan without errors says what its steps need."""
    root, *_ = read(path, PLAN_SCHEMA)
    assert root is not None, "a plan that cannot be read has errors"
    return {
        text(node.get("id")) or "": dict(_places(node))
        for phase in Phase
        for node in step_nodes(root.get(phase))
    }


def _places(node: Node) -> Iterator[tuple[str, Place]]:
    yield "", (node.get("use") or node).place
    for need in node.get("needs") or ():
        yield text(need) or "", need.place
