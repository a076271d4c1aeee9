"""The battery of a simulated handset as its driver tells it: the files of its power supply.

Keys after sysfs-class-power of Linux, and those that drivers of each chip add.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit

FOLDER = "/sys/class/power_supply/battery"
_CHARGING, _DISCHARGING, _FULL = 2, 3, 5
_STATUS = {_CHARGING: "Charging", _DISCHARGING: "Discharging", _FULL: "Full"}
_HEALTH = {
    "good": "Good",
    "overheat": "Overheat",
    "dead": "Dead",
    "over voltage": "Over voltage",
    "failure": "Unspecified failure",
    "cold": "Cold",
}
"""The kernel's word for each of Android's."""


class BatteryGauge:
    """What its battery is and does, as numbers with the sign and the unit of its chip."""

    def __init__(self, unit: SimUnit) -> None:
        self._unit = unit
        self._profile = PROFILES[unit.profile]

    @property
    def status(self) -> int:
        """A BATTERY_STATUS_... of Android's BatteryManager."""
        if not self._unit.charging:
            return _DISCHARGING
        return _FULL if self._unit.charge_percent == 100 else _CHARGING

    @property
    def full_uah(self) -> int:
        """What it holds when it is full [uAh]."""
        return round(self._profile.pack_mah * 10 * self._unit.health_pct)

    @property
    def counter_uah(self) -> int:
        """What it holds now [uAh]."""
        return self.full_uah * self._unit.charge_percent // 100

    def current(self, per_a: int) -> int:
        """The current, in units of which `per_a` make an ampere, with the driver's sign."""
        return round(self._unit.gauge_current_a * per_a) * self._profile.gauge.sign

    def files(self) -> Mapping[str, Callable[[], str]]:
        """What each file of the driver's folder holds when it is read."""

        def content(key: str) -> Callable[[], str]:
            return lambda: f"{self._values()[key]}\n"

        files = {f"{FOLDER}/{key.lower()}": content(key) for key in self._values()}
        return {**files, f"{FOLDER}/uevent": self._uevent}

    def _values(self) -> dict[str, str]:
        unit, gauge = self._unit, self._profile.gauge
        values = {
            "STATUS": _STATUS[self.status],
            "HEALTH": _HEALTH[unit.battery_health],
            "PRESENT": "1",
            "TECHNOLOGY": unit.battery_technology,
            "CYCLE_COUNT": str(unit.cycle_count),
            "CAPACITY": str(unit.charge_percent),
            "CURRENT_NOW": str(self.current(gauge.per_a)),
            "VOLTAGE_NOW": str(round(unit.cell_v * 1e6)),
            "TEMP": str(round(unit.battery_c * 10)),
            "CHARGE_COUNTER": str(self.counter_uah),
            "CHARGE_FULL": str(self.full_uah),
            "CHARGE_FULL_DESIGN": str(self._profile.pack_mah * 1_000),
        }
        kind = {"TYPE": "Battery"} if unit.android >= 15 else {}
        return kind | values | dict(gauge.own)

    def _uevent(self) -> str:
        """The kernels of Android 15 say what kind of supply it is."""
        first = "DEVTYPE=power_supply\n" if self._unit.android >= 15 else ""
        values = {"NAME": "battery", **self._values()}
        return first + "".join(f"POWER_SUPPLY_{key}={value}\n" for key, value in values.items())
