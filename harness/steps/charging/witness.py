"""What a handset's own gauge says of a charge, held against what the jig has measured. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import scaled
from harness.devices.android.power_supply import PowerSupply
from harness.model.reading import Reading
from harness.steps.charging.gauge import Gauge, less, mean, raw_of

Driver = Reading[PowerSupply]


@dataclass(frozen=True, slots=True)
class AtJig:
    """What the jig has measured at its VBUS contact."""

    current_a: float
    voltage_v: float


@dataclass(frozen=True, slots=True)
class Witness:
    """The driver's readings before VBUS came, and while it charged."""

    gauge: Gauge
    before: Sequence[Driver]
    charging: Sequence[Driver]

    @property
    def current_a(self) -> Reading[float]:
        """The mean while it charged [A]."""
        return self.gauge.current_a([raw_of(driver) for driver in self.charging])

    @property
    def rise_a(self) -> Reading[float]:
        """By how much more flowed into the battery than before [A]."""
        return less(self._into_battery_a(self.charging), self._into_battery_a(self.before))

    def difference_a(self, jig: AtJig) -> Reading[float]:
        """The jig's current less that into the battery [A]."""
        return less(jig.current_a, self._into_battery_a(self.charging))

    def efficiency_pct(self, jig: AtJig) -> Reading[float]:
        """What of the power from VBUS has arrived behind the charger, by the gauge [%].

        The rise is what the charger gives, for the handset takes the same share before and after:
        rise x V_cell by V_vbus x I_vbus. It is 0 where the handset has taken nothing.
        """
        rise_a, cell_v = self.rise_a, mean([_voltage_v(driver) for driver in self.charging])
        if not isinstance(rise_a, int | float):
            return rise_a
        if not isinstance(cell_v, int | float):
            return cell_v
        taken_w = jig.current_a * jig.voltage_v
        return 100 * rise_a * cell_v / taken_w if taken_w > 0 else 0.0

    def _into_battery_a(self, drivers: Sequence[Driver]) -> Reading[float]:
        return self.gauge.into_battery_a([raw_of(driver) for driver in drivers])


def _voltage_v(driver: Driver) -> Reading[float]:
    return scaled(driver.voltage_mv, 1_000) if isinstance(driver, PowerSupply) else driver
