"""The watchdog of a jig: drops its power when the host falls silent."""

from __future__ import annotations

from collections.abc import Callable

WAIT_S = 3.0
"""How long it waits for a byte [s of real time]: three times the heartbeat of its jig file."""


class Watchdog:
    """Armed by the first beat; once it has tripped it says so until it is reset.

    What it guards against is a host that died, so its time is real time, whatever the simulator's.
    """

    def __init__(self, drop_power: Callable[[], None]) -> None:
        self.armed = False
        self.tripped = False
        self._drop_power = drop_power

    def beat(self) -> bool:
        """Arm it; whether it has tripped."""
        self.armed = not self.tripped
        return self.tripped

    def silence(self, silent_s: float) -> None:
        """Trip, when no byte has come for too long."""
        if self.armed and silent_s >= WAIT_S:
            self.trip()

    def trip(self) -> None:
        self.armed, self.tripped = False, True
        self._drop_power()

    def reset(self) -> None:
        """What a safe state does: it waits for the first beat again."""
        self.armed = self.tripped = False
