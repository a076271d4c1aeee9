"""Which jigs of a station are open to production, by the records of a store."""

from __future__ import annotations

from pathlib import Path

from harness.clock import SystemClock
from harness.station.jig_plans import JigPlans
from harness.station.readiness import JigReadiness
from harness.steps import catalogue
from harness.wiring.layout import Layout, config_of


def jig_readiness(store: Path, layout: Layout, plans: JigPlans | None = None) -> JigReadiness:
    """What says of a jig whether it is open; nothing is read before it is asked.

    `plans` may hand on those that were read already.
    """
    return JigReadiness(store, config_of(layout), plans or JigPlans(catalogue()), SystemClock())
