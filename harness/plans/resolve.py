"""From a plan's file to the plan that runs, or to all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from harness.errors import PlanError
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Problem, errors
from harness.files.schema import read
from harness.model.plan import Phase, Plan, Product
from harness.model.step import Catalogue
from harness.plans.canonical import canonical
from harness.plans.schema import PLAN_SCHEMA
from harness.plans.steps import read_step
from harness.plans.values import expression, quoted, text, whole


def load_plan(path: Path, catalogue: Catalogue) -> Plan:
    """The resolved plan of a file; warnings do not matter here.

    Raises: PlanError(PLAN-INVALID) with every problem and its place as evidence.
    """
    plan, problems = resolve(path, catalogue)
    if plan is None:
        words = [str(problem) for problem in problems]
        more = f" (and {len(words) - 1} more)" if len(words) > 1 else ""
        raise PlanError("PLAN-INVALID", words[0] + more, evidence={"problems": words})
    return plan


def resolve(path: Path, catalogue: Catalogue) -> tuple[Plan | None, list[Problem]]:
    """The plan, unless there are errors, and all errors and warnings in order."""
    root, shape = read(path, PLAN_SCHEMA)
    if root is None:
        return None, shape
    found = Problems(str(path), shape)
    plan = _plan(root, catalogue, found)
    problems = found.sorted()
    if errors(problems):
        return None, problems
    assert plan is not None, "what cannot be read is an error"
    return replace(plan, canonical=canonical(plan, catalogue)), problems


def _plan(root: Node, catalogue: Catalogue, found: Problems) -> Plan | None:
    nodes = list(_steps(root))
    _tell_twins([node for _, node in nodes], found)
    steps = [read_step(node, phase, catalogue, found) for phase, node in nodes]
    product = _product(root.get("product"), found)
    name, title, process = (text(root.get(key)) for key in ("plan", "title", "process"))
    revision = whole(root.get("revision"))
    if name is None or title is None or process is None or revision is None or product is None:
        return None
    planned = tuple(step for step in steps if step)
    if len(planned) < len(steps):
        return None
    return Plan(name, revision, title, process, product, planned, canonical="")


def _steps(root: Node) -> Iterator[tuple[Phase, Node]]:
    for phase in Phase:
        for node in root.get(phase) or ():
            yield phase, node


def _tell_twins(steps: list[Node], found: Problems) -> None:
    """Trends hang on the ids of steps, so each stands once in the whole plan."""
    first: dict[str, Node] = {}
    for step in steps:
        node = step.get("id")
        name = text(node)
        if node is None or name is None:
            continue
        if name in first:
            line = first[name].place.line
            found.error(node, f"the id {node.describe()} is already in line {line}")
        first.setdefault(name, node)


def _product(node: Node | None, found: Problems) -> Product | None:
    if node is None:
        return None
    model, part = text(node.get("model")), text(node.get("part"))
    serial = node.get("serial")
    pattern = ""
    if serial:
        quoted(serial, found)
        pattern = expression(serial, found) or ""
    return None if model is None or part is None else Product(model, part, pattern)
