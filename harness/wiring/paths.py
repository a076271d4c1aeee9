"""Whether the paths of a slot are known, before anything of the station is opened."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.plan import Plan
from harness.model.step import Catalogue
from harness.sim.scenario import Scenario
from harness.station.paths import UnknownPath, unknown_paths
from harness.wiring.layout import Layout
from harness.wiring.real import today


def paths_unknown_in(
    layout: Layout, slot: int, plan: Plan, catalogue: Catalogue, only: Sequence[str] = ()
) -> list[UnknownPath]:
    """The steps that will run on a slot and whose path has no loss today; none simulated."""
    if isinstance(layout, Scenario):
        return []
    (config,) = (each for each in layout.slots if each.number == slot)
    return list(unknown_paths(plan, catalogue, layout, config, today(), only))


def require_paths(
    layout: Layout, slot: int, plan: Plan, catalogue: Catalogue, only: Sequence[str] = ()
) -> None:
    """Raises: StationFault(PATH-LOSS-ABSENT, PATH-LOSS-STALE) of the first such step."""
    for _, fault in paths_unknown_in(layout, slot, plan, catalogue, only):
        raise fault
