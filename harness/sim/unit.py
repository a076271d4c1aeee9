"""The state of one simulated unit, shared by what stands at its wires.

The jig sets what it does to the unit; the handset shows it. Pure state: no clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.sim.camera import GOLDEN_FRONT, GOLDEN_REAR, SimCamera
from harness.sim.cell import SimCell

ATTACH_S = 4.0
"""From the end of airplane mode to the registration of the golden unit [s]."""

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
class Senses:
    """What the test app would measure on it."""

    beacon_dbm: float = -58.0
    """The level of the line's Bluetooth beacon."""
    satellites: int = 11
    hot_fix_s: float = 1.4
    assisted_fix_s: float = 6.2
    """Time to a fix from a hot start, and from a cold one with aiding."""
    thd_pct: float = 0.8
    spl_db: float = 86.0
    """Distortion and level of its loudspeaker's tone at its microphone [%, dB(SPL)]."""
    vibration_g: float = 1.2
    """Acceleration that its motor makes [g rms]."""
    silent_sensors: tuple[str, ...] = ()
    """Sensors whose values never change."""
    touched_pct: float = 100.0
    """Share of the panel that feels a touch."""


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
    encrypted: bool = True
    """Whether its user data are encrypted."""
    accounts: tuple[str, ...] = ()
    """The types of the accounts that somebody has logged into on it."""
    health_pct: float = 98.0
    """What its battery holds of what it was designed to hold."""
    cycle_count: int = 1
    gauge_gain: float = 1.0
    """What its gauge says of a current, over the current."""
    load_a: float = 0.112
    """What it takes from its battery while no charger is there."""
    sdp_current_a: float = 0.9
    dcp_current_a: float = 1.8
    """What it draws from VBUS of a port with data, and of a charger without."""
    charger_efficiency: float = 0.9
    """What its charger makes of the power from VBUS."""
    dcp: bool = False
    """Whether its data lines are shorted, as those of a charger without data are."""
    sim_slot: int = 0
    """Where the test SIM is, counted from 0; the other slot is empty."""
    wifi_network: str = ""
    """The SSID of the network that it has been told to join; none when empty."""
    storage_gb: int = 128
    ram_gb: int = 8
    """Sizes as on the box: storage in 10^9 bytes, RAM in 2^30."""
    storage_used: float = 0.04
    """The share of its user storage that is taken already."""
    processor_above_c: float = 0.0
    """By how much its processor is warmer than the golden unit's [K]."""
    wifi_gain_db: float = 0.0
    """By how much its Wi-Fi reads what it hears higher than the golden unit's."""
    wifi_link_mbps: int = 866
    """The speed of a link to the line's reference network of 5 GHz [Mbit/s]."""
    bluetooth_crashes: int = 0
    gnss_cn0_dbhz: float | None = 38.4
    """Mean C/N0 of its best four satellites; None when it received none."""
    nfc: bool = True
    """Whether it has NFC; `nfc_on` is whether that is on."""
    nfc_on: bool = True
    agent: bool = False
    """Whether the test app is on it, which then feels `senses`."""
    senses: Senses = field(default_factory=Senses)
    cell: SimCell = field(default_factory=SimCell)
    """The cell that its modem hears; by itself that of the line's network."""
    path_loss_db: float = 42.0
    """What is lost on the way from the call box to its antenna."""
    rsrp_offset_db: float = 0.0
    """By how much its modem reads RSRP too high."""
    rsrp_noise_db: float = 1.0
    """By how much one report of RSRP is off at the most."""
    rsrq_db: float = -10.0
    snr_db: float = 15.0
    attach_s: float = ATTACH_S
    """From the end of airplane mode to its registration; as all dwell times, divided by `speed`."""
    ping_ms: float = 32.0
    """The round trip to a host of the call box's network."""
    ping_jitter_ms: float = 4.0
    """By how much one round trip is off at the most."""
    downlink_mbps: float = 60.0
    """What it receives from such a host [Mbit/s]."""
    rear: SimCamera = GOLDEN_REAR
    front: SimCamera = GOLDEN_FRONT
    flash_gain: float = 0.3
    """How its flash lights what its rear camera sees, over the light box at full light."""
    sees: str = "flat"
    """What stands before its cameras: `flat`, an even grey field, or `chart`."""
    light_pct: float = 100.0
    """How brightly that is lit [% of full light]; 0 is dark."""
    test_app: str = "com.example.linetest"
    """The package of the line's own app on it; empty once it was removed."""
    met: set[str] = field(default_factory=set)
    """Of the planted defects that strike at commands, those that have struck."""

    def __post_init__(self) -> None:
        if "handover.debug_build" in self.defects:
            self.build = "userdebug"
        if "identity.unlocked" in self.defects:
            self.bootloader_locked = False
        if "handover.unencrypted" in self.defects:
            self.encrypted = False
        if "handover.account" in self.defects:
            self.accounts = ("com.google",)

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
        if "imei.test_number" in self.defects:
            return ("004999010001013", *others)
        return (first, first) if "imei.duplicate" in self.defects else self.imei

    @property
    def battery_c(self) -> float:
        """How hot its battery is [degC]; a hot one 52."""
        hot = self.defects.get("battery.hot")
        return self.temperature_c if hot is None else float(hot.get("battery_c", 52.0))

    @property
    def charge_percent(self) -> int:
        """What its gauge tells of its charge [%]."""
        full = self.defects.get("handover.overcharged")
        return self.level_percent if full is None else int(full.get("level", 96))

    @property
    def charging(self) -> bool:
        """Whether a charger of at least 4.4 V is on its VBUS contact."""
        return self.vbus_v >= 4.4

    @property
    def charge_current_a(self) -> float:
        """What it draws from VBUS [A]; one with a weak charger 0.21 A, whatever is offered."""
        if not self.charging:
            return 0.0
        offered_a = self._dcp_current_a if self.dcp else self.sdp_current_a
        weak = self.defects.get("battery.weak_charge")
        return offered_a if weak is None else float(weak.get("current_a", 0.21))

    @property
    def _dcp_current_a(self) -> float:
        weak = self.defects.get("battery.weak_dcp")
        return self.dcp_current_a if weak is None else float(weak.get("dcp_a", 0.9))

    @property
    def battery_current_a(self) -> float:
        """What flows into its battery [A]; out of it when negative.

        A switching charger keeps power, not current; the system takes its share before the battery.
        """
        power_w = self.vbus_v * self.charge_current_a * self.charger_efficiency
        return power_w / self.cell_v - self.load_a

    @property
    def gauge_current_a(self) -> float:
        """What its gauge says flows into its battery [A]; one that is stuck says 0.9 A always."""
        if (stuck := self.defects.get("battery.gauge_stuck")) is not None:
            return float(stuck.get("gauge_a", 0.9))
        half = self.defects.get("battery.gauge_half")
        gain = self.gauge_gain if half is None else float(half.get("share", 0.5))
        return gain * self.battery_current_a

    @property
    def battery_health(self) -> str:
        """One of Android's words for the state of a battery."""
        bad = self.defects.get("battery.health_bad")
        return "good" if bad is None else str(bad.get("health", "dead"))

    @property
    def battery_technology(self) -> str:
        """What its battery is made of."""
        wrong = self.defects.get("battery.wrong_technology")
        return "Li-ion" if wrong is None else str(wrong.get("technology", "Li-poly"))
