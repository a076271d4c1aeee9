"""Whether a plan asks its units who they are, without which none of them can pass for real."""

from __future__ import annotations

from pathlib import Path

from harness.errors import PlanError
from harness.files.schema import read
from harness.model.events import JIG_PROCESS
from harness.model.plan import Phase, Plan
from harness.model.step import Catalogue
from harness.plans.schema import PLAN_SCHEMA


def asks(plan: Plan, catalogue: Catalogue) -> bool:
    """Whether a step, before the teardown, has the handset say who it is."""
    steps = (step for step in plan.steps if step.phase is not Phase.TEARDOWN)
    return any(catalogue[step.use].identifies for step in steps)


def require_asked(path: Path, plan: Plan, catalogue: Catalogue) -> None:
    """A unit of this plan can pass in a run that counts; one that never ships has no such run.

    `path` is the file that the plan was read from. The unit of a jig's plan is the jig.

    Raises: PlanError(PLAN-ANONYMOUS) with the place of the steps.
    """
    if not plan.ships or plan.process == JIG_PROCESS or asks(plan, catalogue):
        return
    root, *_ = read(path, PLAN_SCHEMA)
    assert root is not None, "a plan that was resolved can be read"
    line, column = (root.get("steps") or root).place
    variant = f" of variant {plan.variant}" if plan.variant else ""
    words = f"no step{variant} asks the handset who it is: its runs that count end in UNIT-UNKNOWN"
    raise PlanError("PLAN-ANONYMOUS", f"{path}:{line}:{column}: {words}")
