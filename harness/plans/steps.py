"""Reads one step of a plan against the catalogue."""

from __future__ import annotations

from decimal import Decimal

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, PlannedStep, Retry
from harness.model.step import StepSpec
from harness.model.units import UNITS
from harness.plans.arguments import read_arguments
from harness.plans.entries import Entry
from harness.plans.needs import read_needs
from harness.plans.values import quantity, text, whole

_LONGEST_STEP_S = 86_400
_ON_FAIL = {choice.value: choice for choice in OnFail}
_OUTCOMES = {"error": Outcome.ERROR, "fail": Outcome.FAIL}


def read_step(entry: Entry, found: Problems) -> PlannedStep | None:
    """The step with everything that it implies but its limits; None when it cannot be read."""
    node, spec = entry.node, entry.spec
    identity, use = text(node.get("id")), text(node.get("use"))
    timeout_s = _timeout_s(node.get("timeout"), found)
    expect_s = _expect_s(node.get("expect"), timeout_s, found)
    retry = _retry(node.get("retry"), found)
    on_fail = _ON_FAIL.get(text(node.get("on_fail")) or OnFail.STOP.value)
    if spec is None:
        return None
    arguments = read_arguments(node.get("with"), node, spec, found)
    complete = arguments.keys() >= _required(spec)
    if identity is None or use is None or timeout_s is None or on_fail is None or not complete:
        return None
    needs = read_needs(node, spec, found)
    return PlannedStep(
        identity,
        use,
        entry.phase,
        timeout_s,
        arguments,
        retry=retry,
        on_fail=on_fail,
        group=entry.group,
        needs=needs,
        expect_s=expect_s,
    )


def _required(spec: StepSpec) -> set[str]:
    return {name for name, param in spec.params.items() if param.required}


def _timeout_s(node: Node | None, found: Problems) -> Decimal | None:
    given = quantity(node, UNITS["s"], found) if node else None
    if node is None or given is None:
        return None
    if not 0 < given.amount <= _LONGEST_STEP_S:
        found.error(node, f"a timeout is more than 0 s and at most 24 h; found {node.describe()}")
        return None
    return given.amount


def _expect_s(node: Node | None, timeout_s: Decimal | None, found: Problems) -> Decimal | None:
    given = quantity(node, UNITS["s"], found) if node else None
    if node is None or given is None:
        return None
    if not 0 < given.amount <= (timeout_s or _LONGEST_STEP_S):
        words = "a step is expected to take more than 0 s and at most its timeout"
        found.error(node, f"{words}; found {node.describe()}")
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
