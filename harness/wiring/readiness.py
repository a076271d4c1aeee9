"""Which jigs of a station are open to production, and the plans by which that is judged."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from harness.clock import SystemClock
from harness.station.readiness.jig_plans import JigPlans
from harness.station.readiness.readiness import JigReadiness
from harness.steps import catalogue
from harness.wiring.layout import Layout, config_of


@cache
def jig_plans() -> JigPlans:
    """The plans of jigs and golden units: the same for what is run and for what is judged.

    Raises: PlanError(STEPS-BROKEN).
    """
    return JigPlans(catalogue())


def jig_readiness(store: Path, layout: Layout) -> JigReadiness:
    """What says of a jig whether it is open; nothing is read before it is asked."""
    return JigReadiness(store, config_of(layout), jig_plans(), SystemClock())
