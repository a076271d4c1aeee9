"""The devices of one slot, by the port that steps ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.clock import Clock, Deadline, Lease
from harness.errors import HarnessError, JigFault
from harness.model.fault import Fault
from harness.model.plan import Plan
from harness.model.ports import Device, Measure, UnitRegistry, Wait
from harness.model.step import Catalogue

OF_THE_RUN: frozenset[type] = frozenset({Measure, UnitRegistry, Wait})
"""Ports that the engine itself provides."""

SAFE_LIMIT_S = 5.0
"""The whole time for bringing one device to its safe state [s]."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What stands on a slot."""

    devices: Mapping[type, Device]

    def port(self, kind: type, lease: Lease) -> object:
        """The port of the device of this kind, for as long as the lease holds."""
        return self.devices[kind].under(lease)

    def missing(self, plan: Plan, catalogue: Catalogue) -> list[str]:
        """What steps of the plan ask for and the slot has not, in words."""
        return [
            f"step {step.id} ({step.use}) needs a {kind.__name__.lower()}"
            for step in plan.steps
            for kind in catalogue[step.use].ports.values()
            if kind not in OF_THE_RUN and kind not in self.devices
        ]

    def make_safe(self, clock: Clock) -> list[Fault]:
        """Bring every device to its electrical safe state; what stood in the way of it."""
        return [fault for device in self.devices.values() for fault in _make_safe(device, clock)]


def _make_safe(device: Device, clock: Clock) -> Iterable[Fault]:
    try:
        device.make_safe(Deadline(SAFE_LIMIT_S, clock))
    except HarnessError as error:
        yield Fault.of(error)
    except Exception as error:  # noqa: BLE001 a driver's bug must not keep the others from safety
        words = f"{type(error).__name__}: {error}"
        yield Fault.of(JigFault("JIG-UNSAFE", "the driver failed", evidence={"error": words}))
