"""The state of one simulated unit, shared by what stands at its wires.

The jig sets what it does to the unit; the handset shows it. Pure state: no clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.sim.cell import SimCell

Defects = Mapping[str, Mapping[str, Any]]
"""Planted defects by name, such as `battery.weak_charge`, each with its settings."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a test of a unit must find; `code` is that of the fault that decides."""

    outcome: Outcome = Outcome.PASS
    code: str = ""
    concluded: frozenset[str] | None = None
    """All that must be found, where the table of defects says so."""


@dataclass(slots=True)
class SimUnit:
    """A handset as the factory built it, and what the jig does to it now."""

    serial: str
    imei: tuple[str, ...] = ("860123450000012", "860123450000020")
    sku: str = "A57-PK"
    android: int = 13
    profile: str = "oppo-mtk"
    defects: Defects = field(default_factory=dict)
    expect: Verdict | None = Verdict()
    """None where nobody has said it: what is planted in it leaves it open."""
    level_percent: int = 62
    temperature_c: float = 27.5
    cell_v: float = 3.914
    vbus_v: float = 0.0
    seed: int = 0
    build: str = "user"
    """The kind of its build: `user`, as users get it, or `userdebug`, whose adbd can be root."""
    bootloader_locked: bool = True
    health_pct: float = 98.0
    """What its battery holds of what it was designed to hold."""
    cycle_count: int = 1
    load_a: float = 0.112
    """What it takes from its battery while no charger is there."""
    sim_slot: int = 0
    """Where the test SIM is, counted from 0; the other slot is empty."""
    wifi_network: str = ""
    """The SSID of the network that it has been told to join; none when empty."""
    storage_gb: int = 128
    ram_gb: int = 8
    """Sizes as on the box: storage in 10^9 bytes, RAM in 2^30."""
    bluetooth_crashes: int = 0
    gnss_cn0_dbhz: float | None = 38.4
    """Mean C/N0 of its best four satellites; None when it received none."""
    cell: SimCell = field(default_factory=SimCell)
    """The cell that its modem hears; by itself that of the line's network."""
    path_loss_db: float = 42.0
    """What is lost on the way from the call box to its antenna."""
    sees: str = "flat"
    """What stands before its cameras: `flat`, an even grey field, or `chart`."""
    light_pct: float = 100.0
    """How brightly that is lit [% of full light]; 0 is dark."""
    met: set[str] = field(default_factory=set)
    """Of the planted defects that strike at commands, those that have struck."""

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
    def written_imei(self) -> tuple[str, ...]:
        """The IMEIs in its memory: its own, unless they were written wrongly or not at all."""
        first, *others = self.imei
        if "imei.not_written" in self.defects:
            return ()
        if "imei.bad_check_digit" in self.defects:
            return (f"{first[:-1]}{(int(first[-1]) + 1) % 10}", *others)
        return (first, first) if "imei.duplicate" in self.defects else self.imei

    @property
    def battery_c(self) -> float:
        """How hot its battery is [degC]; a hot one 52."""
        hot = self.defects.get("battery.hot")
        return self.temperature_c if hot is None else float(hot.get("battery_c", 52.0))

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

    @property
    def battery_current_a(self) -> float:
        """What flows into its battery [A]; out of it when negative."""
        return self.charge_current_a if self.charging else -self.load_a
