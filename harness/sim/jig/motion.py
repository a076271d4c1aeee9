"""What moves in a simulated jig, and the cable that may be pulled while it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from harness.sim.answering import Planted
from harness.sim.jig.built import JigBuild


@dataclass(slots=True)
class Motion:
    """Where something is or is going to be (`at`), and when it arrives [s of the simulator]."""

    at: str
    dwell_s: float
    arrives_s: float = 0.0

    def start(self, to: str, now_s: float) -> None:
        self.at, self.arrives_s = to, now_s + self.dwell_s

    def stick(self) -> None:
        """Set out and never arrive."""
        self.arrives_s = inf

    def free(self) -> None:
        """Have it arrive after all, if it was stuck."""
        if self.arrives_s == inf:
            self.arrives_s = 0.0

    def moving(self, now_s: float) -> bool:
        return now_s < self.arrives_s


class Cable:
    """The cable of a jig. `jig.unplug` pulls it in the middle of a motion, once for each unit."""

    def __init__(self, planted: Planted) -> None:
        self._planted = planted
        self._pull: Callable[[float], None] = lambda _: None
        self._due = True
        self._struck = False

    def watch(self, pull: Callable[[float], None]) -> None:
        """Have it pulled by `pull`, which is told after how long it is plugged in again [s]."""
        self._pull = pull

    def mend(self) -> None:
        """Let it be pulled once more."""
        self._due = True

    def strike(self, command: str) -> None:
        """Tell it what begins to move."""
        if self._due and self._planted.struck("unplug", command):
            self._due, self._struck = False, True

    def pulled(self) -> bool:
        """Pull it, if that is due; whether it was."""
        struck, self._struck = self._struck, False
        if struck:
            self._pull(float(self._planted.setting("unplug", "back_s", 0.0)))
        return struck


class Fixture:
    """What closes over a unit: a fixture, or the lid of a shield box."""

    def __init__(self, build: JigBuild, planted: Planted, cable: Cable) -> None:
        self._motion = Motion("OPEN", build.dwell_s)
        self._had = build.cycles
        self._closings = 0
        self._planted = planted
        self._cable = cable

    def mend(self) -> None:
        """Free it, if it is stuck."""
        self._motion.free()

    def move(self, to: str, command: str, now_s: float) -> float:
        """Set out for OPEN or CLOSED; how long that takes [s of the simulator]."""
        self._cable.strike(command)
        if self._planted.struck("stuck_fixture", command):
            self._motion.stick()
        elif self._motion.at != to:
            self._motion.start(to, now_s)
            self._closings += to == "CLOSED"
        return max(0.0, self._motion.arrives_s - now_s)

    def state(self, now_s: float) -> str:
        """OPEN, CLOSED, or MOVING until it has arrived."""
        return "MOVING" if self._motion.moving(now_s) else self._motion.at

    def shield(self, now_s: float) -> str:
        """The state of what keeps radio waves out: one that leaks is open always."""
        return "OPEN" if self._planted.has("shield_leaks") else self.state(now_s)

    @property
    def cycles(self) -> int:
        """How often it has closed, by its own counter."""
        had = self._planted.value(self._had, "cycles_worn", "cycles", 600_000)
        return int(had) + self._closings
