"""The paths over which the steps of a plan will measure: whether their losses are known today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from harness.errors import StationFault
from harness.model.plan import Plan
from harness.model.refs import PlanRef
from harness.model.step import Catalogue
from harness.station.files.config import SlotConfig, StationConfig
from harness.station.files.path_loss import losses_of

UnknownPath = tuple[str, StationFault]
"""The id of a step, and why the loss of its path cannot be known."""


def unknown_paths(
    plan: Plan,
    catalogue: Catalogue,
    station: StationConfig,
    slot: SlotConfig,
    today: date,
    only: Sequence[str] = (),
) -> Iterator[UnknownPath]:
    """Of the steps that will run those whose path has no loss (PATH-LOSS-ABSENT, -STALE).

    A slot without a call box has no path: that it lacks the box is told elsewhere.
    """
    if not (slot.call_box or station.call_box):
        return
    chosen = PlanRef.of(plan, catalogue, tuple(only))
    loss_in = losses_of(station.path_loss, slot.number, slot.rf_cable, lambda: today)
    for step in plan.steps:
        name = catalogue[step.use].path_in
        if not name or chosen.leaves_out(step.id, step.phase):
            continue
        band = step.arguments[name]
        assert type(band) is int, "a step declares its band as a whole number"
        try:
            loss_in(band)
        except StationFault as fault:
            yield step.id, fault
