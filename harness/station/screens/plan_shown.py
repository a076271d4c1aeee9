"""What screens are told of a plan before its run."""

from __future__ import annotations

from collections.abc import Container, Mapping

from harness.engine.group import parent_of
from harness.model.durations import Durations
from harness.model.plan import Plan
from harness.model.station import PlanShown, PlanStep
from harness.station.station import Order

Took = Mapping[str, Durations]
"""What the runs of each plan took by now, by its SHA-256."""


def shown_of(
    plan: Plan, took: Durations | None, release: str = "", *, of_units: bool = True
) -> PlanShown:
    """A plan with what it took by now, and the number of the release that it is run by, if any.

    `of_units` says whether units that ship are tested by it.
    """
    medians = took.steps if took else {}
    steps = (
        PlanStep(step.id, step.use, step.phase, parent_of(step), medians.get(step.id))
        for step in plan.steps
    )
    whole_s = took.whole_s if took else None
    return PlanShown(plan.sha256, plan.id, plan.revision, release, tuple(steps), whole_s, of_units)


def shown_by(took: Took, of_units: Container[str], order: Order) -> PlanShown:
    """The plan of an order; `of_units` are those by which units that ship are tested, by SHA-256.

    What an order is for does not tell: a golden unit may be tested by the plan of the others, and
    steps of its own plan may be run again for engineering.
    """
    release, sha256 = str(order.release.number) if order.release else "", order.plan.sha256
    return shown_of(order.plan, took.get(sha256), release, of_units=sha256 in of_units)
