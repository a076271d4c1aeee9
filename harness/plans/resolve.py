"""From a plan's file to the plan that runs, or to all that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from harness.errors import PlanError
from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import Problem, errors
from harness.files.schema import read
from harness.model.label import Label
from harness.model.plan import LimitsRef, Phase, Plan, Product
from harness.model.step import Catalogue
from harness.plans.allot import Measuring, allot
from harness.plans.canonical import canonical, canonical_limits
from harness.plans.label import read_label
from harness.plans.limit_set import LimitSet, read_limit_set
from harness.plans.schema import PLAN_SCHEMA
from harness.plans.steps import read_spec, read_step
from harness.plans.values import expression, named_file, quoted, text, whole


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
    if (kind := _kind_of_part(root)) is not None:
        words = f"{kind}, no plan: it is checked with each plan that names it"
        return None, [Problem(str(path), *root.place, words)]
    found = Problems(str(path), shape)
    limit_set = read_limit_set(root.get("limits"), path, found)
    label_file, label, of_label = _label(root.get("label"), path, found)
    plan = _plan(root, catalogue, limit_set, found)
    problems = found.sorted() + (limit_set.found.sorted() if limit_set else []) + of_label
    if errors(problems):
        return None, problems
    assert plan is not None, "what cannot be read is an error"
    form = canonical(plan, catalogue)
    files = {"plan": path, "limits": limit_set and limit_set.file, "label": label_file}
    return replace(
        plan,
        canonical=form,
        limits=_limits_ref(limit_set, form) if limit_set else None,
        label=label,
        files={role: file for role, file in files.items() if file},
    ), problems


def _kind_of_part(root: Node) -> str | None:
    """What a file is that plans name, if it is one of those."""
    if root.get("plan") or root.get("steps"):
        return None
    if root.get("values"):
        return "a limit set"
    return "a label" if root.get("scan") else None


def _label(
    node: Node | None, plan_file: Path, found: Problems
) -> tuple[Path | None, Label | None, list[Problem]]:
    """The label file that a plan names, what it says, and the problems in it."""
    path = named_file(node, found, beside=plan_file) if node else None
    if path is None:
        return None, None, []
    label, of_label = read_label(path)
    return path, label, of_label.sorted()


def _limits_ref(limit_set: LimitSet, form: str) -> LimitsRef:
    name, revision = limit_set.id, limit_set.revision
    assert name is not None, "what cannot be read is an error"
    assert revision is not None, "what cannot be read is an error"
    content = canonical_limits(name, revision, limit_set.entries, form)
    return LimitsRef(name, revision, hashlib.sha256(content.encode()).hexdigest())


def _plan(
    root: Node, catalogue: Catalogue, limit_set: LimitSet | None, found: Problems
) -> Plan | None:
    nodes = list(_steps(root))
    _tell_twins([node for _, node in nodes], found)
    specs = [read_spec(node.get("use"), catalogue, found) for _, node in nodes]
    measuring = [Measuring(node, spec) for (_, node), spec in zip(nodes, specs, strict=True)]
    limits = allot(measuring, limit_set, found)
    steps = [
        read_step(node, phase, spec, its, found)
        for (phase, node), spec, its in zip(nodes, specs, limits, strict=True)
    ]
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
