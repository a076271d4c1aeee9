"""The interlock of a simulated jig: the loop that must be closed for power and motion."""

from __future__ import annotations

from harness.sim.answering import Planted
from harness.sim.scpi import Conflict, one_of


class Interlock:
    """Covers and emergency stop in one loop, which a test relay can open too."""

    def __init__(self, planted: Planted) -> None:
        self._planted = planted
        self._cover_open = False
        self._test_open = False
        self._emergency = False

    def strike(self, line: str) -> bool:
        """Have planted defects open it at a command; whether one did."""
        cover = self._planted.struck("interlock_open", line)
        emergency = self._planted.struck("emergency_stop", line)
        self._cover_open |= cover
        self._emergency |= emergency
        return cover or emergency

    def mend(self) -> None:
        """Close the cover and release the stop."""
        self._cover_open = self._emergency = False

    def release(self) -> None:
        """Let the test relay go: the loop is as cover and stop have it."""
        self._test_open = False

    def require_closed(self) -> None:
        """Raises: Conflict with what opens it."""
        if self._emergency:
            raise Conflict("emergency stop")
        if self.open:
            raise Conflict("interlock open")

    @property
    def open(self) -> bool:
        return self._cover_open or self._test_open or self._emergency

    # Commands.

    def state(self, _argument: str, _now_s: float) -> str:
        if self._emergency:
            return "EMERGENCY"
        return "OPEN" if self.open else "CLOSED"

    def test(self, argument: str, _now_s: float) -> None:
        self._test_open = one_of(argument, "OPEN", "CLOS") == "OPEN"
