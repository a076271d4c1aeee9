"""What a test in plain pytest has of a slot."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import cast

from harness.clock import Lease
from harness.errors import PlanError
from harness.model.identity import Unit
from harness.model.jig_ports import Jig, JigHealth
from harness.model.ports import Agent, CallBox, Handset, Usb
from harness.station.station import Slot


@dataclass(frozen=True, slots=True)
class BenchSlot:
    """A slot, for as long as its test runs and its time limit allows.

    A device that it has not is PlanError(PLAN-DEVICE).
    """

    slot: Slot
    lease: Lease
    watching: ExitStack
    """Closed when the test has ended: its jig is looked after until then."""

    @property
    def number(self) -> int:
        return self.slot.number

    @property
    def unit(self) -> Unit:
        """The unit that is announced for it."""
        return self.slot.unit

    @property
    def handset(self) -> Handset:
        return cast("Handset", self._port(Handset))

    @property
    def agent(self) -> Agent:
        """The test app on the handset."""
        return cast("Agent", self._port(Agent))

    @property
    def jig(self) -> Jig:
        return cast("Jig", self._port(Jig))

    @property
    def jig_health(self) -> JigHealth:
        """The jig as its self-test sees it."""
        return cast("JigHealth", self._port(JigHealth))

    @property
    def usb(self) -> Usb:
        """Its USB socket."""
        return cast("Usb", self._port(Usb))

    @property
    def call_box(self) -> CallBox:
        return cast("CallBox", self._port(CallBox))

    def wait(self, seconds: float) -> None:
        """Sleep [s].

        Raises: StepBug(STEP-TIMEOUT) when the time of the test is over first.
        """
        self.lease.sleep(seconds)

    def _port(self, kind: type) -> object:
        if kind not in self.slot.bench.devices:
            raise PlanError("PLAN-DEVICE", f"slot {self.number} has no {kind.__name__}")
        return self.slot.bench.port(kind, self.lease)
