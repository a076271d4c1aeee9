"""Groups of steps: which start together, which is next, and what may not stand side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, groupby

from harness.model.events import StepSkipped
from harness.model.plan import Group, GroupKind, Plan, PlannedStep
from harness.model.refs import PlanRef
from harness.model.step import Catalogue

Batch = tuple[PlannedStep, ...]
"""Steps that start at the same time."""


def batches(
    steps: Iterable[PlannedStep], choose: Callable[[Sequence[PlannedStep]], int]
) -> Iterator[Batch]:
    """The steps in the order of their start: those of a parallel group together, others alone.

    `choose` says which of the steps that are left of an any_order group is next.
    """
    for group, members in groupby(steps, key=lambda step: step.group):
        if is_parallel(group):
            yield tuple(members)
        elif group:
            left = list(members)
            while left:
                yield (left.pop(choose(left)),)
        else:
            yield from ((step,) for step in members)


def left_out(step: PlannedStep, plan: PlanRef) -> str:
    """Why a step is not run when somebody chose to run others, or ''."""
    if not plan.leaves_out(step.id, step.phase):
        return ""
    return f"left out: only {', '.join(plan.only)} was chosen"


def skipped(step: PlannedStep, reason: str) -> StepSkipped:
    """A step is not run."""
    return StepSkipped(step.id, step.use, step.phase, reason, parent_of(step))


def parent_of(step: PlannedStep) -> str | None:
    """The group that a step stands in."""
    return step.group.id if step.group else None


def clash(plan: Plan, catalogue: Catalogue) -> str:
    """Which steps of a parallel group would use the same thing at the same time, or ''."""
    for group, members in groupby(plan.steps, key=lambda step: step.group):
        if not is_parallel(group):
            continue
        for one, other in combinations(members, 2):
            if both := _used(one, catalogue) & _used(other, catalogue):
                words = ", ".join(sorted(both))
                return f"{one.id} and {other.id} run at the same time and both use {words}"
    return ""


def _used(step: PlannedStep, catalogue: Catalogue) -> frozenset[str]:
    return catalogue[step.use].claims.union(step.needs)


def is_parallel(group: Group | None) -> bool:
    """Whether the steps of a group run at the same time."""
    return group is not None and group.kind is GroupKind.PARALLEL
