"""The light box of a simulated jig: what stands before the camera, and how it is lit."""

from __future__ import annotations

from collections.abc import Callable

from harness.sim.answering import Planted
from harness.sim.jig.built import JigBuild
from harness.sim.jig.motion import Motion
from harness.sim.scpi import one_of
from harness.sim.unit import SimUnit

_SEEN = {"FLAT": "flat", "CHAR": "chart"}


class LightBox:
    """A carriage with two fields, and a lamp with its sensor."""

    def __init__(
        self,
        build: JigBuild,
        planted: Planted,
        metered: Callable[[float], str],
    ) -> None:
        self.carriage = Motion("FLAT", build.carriage_s)
        self._carried = self._seen = "FLAT"
        self._level_pct = 100.0
        self._build = build
        self._planted = planted
        self._metered = metered

    def mend(self) -> None:
        """Put a carriage that was stuck, or that has slipped, right again."""
        self.carriage.free()
        self.carriage.at = self._carried

    def light(self, unit: SimUnit, now_s: float) -> None:
        """Show a unit what stands before it, as it is lit."""
        if not self.carriage.moving(now_s):
            self._seen = self._carried
        unit.sees = _SEEN[self._seen]
        unit.light_pct = self._level_pct * self._lamp

    @property
    def _lamp(self) -> float:
        return self._planted.value(1, "light_weak", "light_share", 0.6)

    # Commands.

    def show(self, argument: str, now_s: float) -> None:
        field, command = one_of(argument, "CHAR", "FLAT"), f"LIGH:FIEL {argument}"
        if self._planted.struck("stuck_carriage", command):
            self.carriage.stick()
        elif self.carriage.at != field:
            self.carriage.start(field, now_s)
            if not self._planted.struck("wrong_field", command):
                self._carried = field

    def shown(self, _argument: str, now_s: float) -> str:
        return "MOV" if self.carriage.moving(now_s) else self.carriage.at

    def set_level(self, argument: str, _now_s: float) -> None:
        level_pct = float(argument)
        if not 0 <= level_pct <= 100:
            raise ValueError("0 to 100 %")
        self._level_pct = level_pct

    def level(self, _argument: str, _now_s: float) -> str:
        return f"{self._level_pct:.1f}"

    def measured(self, _argument: str, _now_s: float) -> str:
        full_lx = self._build.full_light_lx * self._lamp
        return self._metered(self._build.stray_lx + full_lx * self._level_pct / 100)
