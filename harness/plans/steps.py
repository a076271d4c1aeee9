"""Reads one step of a plan against the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import nearest
from harness.model.limits import Limit
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, Phase, PlannedStep, Retry
from harness.model.step import Catalogue, StepSpec
from harness.model.units import UNITS
from harness.plans.arguments import read_arguments
from harness.plans.values import quantity, text, whole

_LONGEST_STEP_S = 86_400
_ON_FAIL = {choice.value: choice for choice in OnFail}
_OUTCOMES = {"error": Outcome.ERROR, "fail": Outcome.FAIL}


def read_step(
    node: Node,
    phase: Phase,
    spec: StepSpec | None,
    limits: Mapping[str, Limit],
    found: Problems,
) -> PlannedStep | None:
    """The step with everything that it implies; None when a part cannot be read."""
    identity, use = text(node.get("id")), text(node.get("use"))
    timeout_s = _timeout_s(node.get("timeout"), found)
    retry = _retry(node.get("retry"), found)
    on_fail = _ON_FAIL.get(text(node.get("on_fail")) or OnFail.STOP.value)
    if spec is None:
        return None
    arguments = read_arguments(node.get("with"), node, spec, found)
    complete = limits.keys() == spec.measures.keys() and arguments.keys() >= _required(spec)
    if identity is None or use is None or timeout_s is None or on_fail is None or not complete:
        return None
    return PlannedStep(identity, use, phase, timeout_s, arguments, limits, retry, on_fail)


def _required(spec: StepSpec) -> set[str]:
    return {name for name, param in spec.params.items() if param.required}


def read_spec(node: Node | None, catalogue: Catalogue, found: Problems) -> StepSpec | None:
    """The step of the catalogue that is named."""
    name = text(node)
    if node is None or name is None:
        return None
    if name not in catalogue:
        found.error(node, f"no step {node.describe()}", nearest(name, catalogue))
    return catalogue.get(name)


def _timeout_s(node: Node | None, found: Problems) -> Decimal | None:
    given = quantity(node, UNITS["s"], found) if node else None
    if node is None or given is None:
        return None
    if not 0 < given.amount <= _LONGEST_STEP_S:
        found.error(node, f"a timeout is more than 0 s and at most 24 h; found {node.describe()}")
        return None
    return given.amount


def _retry(node: Node | None, found: Problems) -> Retry:
    if node is None:
        return Retry()
    outcomes = set()
    for element in node.get("on") or ():
        outcome = _OUTCOMES.get(text(element) or "")
        if outcome is Outcome.FAIL:
            found.warning(element, "retrying a FAIL is testing until it passes")
        if outcome:
            outcomes.add(outcome)
    return Retry(whole(node.get("times")) or 0, frozenset(outcomes))
