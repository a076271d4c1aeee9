"""The state of one simulated unit, shared by what stands at its wires.

The jig sets what it does to the unit; the handset shows it. Pure state: no clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.model.identity import Unit
from harness.model.outcome import Outcome

Defects = Mapping[str, Mapping[str, Any]]
"""Planted defects by name, such as `battery.weak_charge`, each with its settings."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a test of a unit must find; `code` is that of the fault that decides."""

    outcome: Outcome = Outcome.PASS
    code: str = ""


@dataclass(slots=True)
class SimUnit:
    """A handset as the factory built it, and what the jig does to it now."""

    serial: str
    imei: tuple[str, ...] = ("860123450000012", "860123450000020")
    sku: str = "A57-PK"
    android: int = 13
    profile: str = "oppo-mtk"
    defects: Defects = field(default_factory=dict)
    expect: Verdict = Verdict()
    level_percent: int = 62
    temperature_c: float = 27.5
    cell_v: float = 3.914
    vbus_v: float = 0.0
    seed: int = 0

    @property
    def label(self) -> Unit:
        """What its label says: of serial and IMEIs its own, unless a mismatch is planted."""
        wrong = self.defects.get("identity.label_mismatch")
        if wrong is None:
            return Unit(self.serial, self.imei, sku=self.sku)
        first = (str(wrong["imei"]),) if "imei" in wrong else self.imei[:1]
        other = self.serial if "imei" in wrong else "A57Z999999"
        return Unit(str(wrong.get("label", other)), first + self.imei[1:], sku=self.sku)

    @property
    def charging(self) -> bool:
        """Whether a charger of at least 4.4 V is on its VBUS contact."""
        return self.vbus_v >= 4.4

    @property
    def charge_current_a(self) -> float:
        """What it draws from VBUS [A]: a good one 0.9 A, one with a weak charger 0.21 A."""
        if not self.charging:
            return 0.0
        weak = self.defects.get("battery.weak_charge")
        return 0.9 if weak is None else float(weak.get("current_a", 0.21))
