"""How the run of a golden or known-bad unit is ordered: by its plan, whole, for that purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from harness.clock import Clock
from harness.errors import HarnessError
from harness.model.events import Purpose
from harness.model.plan import Plan
from harness.station.files.golden_units import GoldenUnit, GoldenUnits, verdict_of
from harness.station.readiness.golden_runs import PlanOf
from harness.station.slot import RunResult
from harness.station.station import Order, Slot

InputsOf = Callable[[Plan], Mapping[str, str]]
"""The SHA-256 of the files that a plan is run by, by role."""


def golden_order(
    entry: GoldenUnit, slot: Slot, plan_of: PlanOf, inputs: InputsOf, operator: str
) -> tuple[Order, Slot]:
    """What is run on a registered unit, and its slot with what is known best of its label.

    Raises: PlanError(PLAN-INVALID | PLAN-ANONYMOUS).
    """
    plan = plan_of(entry)
    unit = slot.unit if slot.unit.imei else entry.unit
    return Order(plan, Purpose.GOLDEN, operator, inputs(plan)), replace(slot, unit=unit)


def problem_of(entry: GoldenUnit, result: RunResult) -> HarnessError | None:
    """Why what came of a registered unit does not speak for the jig; None when it does."""
    return verdict_of(entry, result.record) if result.record else result.failure


@dataclass(frozen=True, slots=True)
class GoldenOrders:
    """What is run on the registered units that come into the slots of a station; `operator` now."""

    units: GoldenUnits
    plan_of: PlanOf
    inputs: InputsOf
    operator: Callable[[], str]
    clock: Clock

    def of(self, slot: Slot) -> Callable[[], tuple[Order, Slot]] | None:
        """What makes the `golden_order` of the unit that is announced for a slot.

        None of one that is not registered by the serial on its label, or no longer counts: that is
        decided here, once, whatever day it is when its run ends.
        """
        entry = self.units.counting(slot.unit, self.clock.utc().date())
        if entry is None:
            return None

        def ordered() -> tuple[Order, Slot]:
            return golden_order(entry, slot, self.plan_of, self.inputs, self.operator())

        return ordered
