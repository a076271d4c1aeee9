"""Two sources of one value of the battery, Android and its driver: whether they agree."""

from __future__ import annotations

from collections.abc import Mapping

from harness.devices.android.battery import Battery
from harness.devices.android.fields import scaled
from harness.devices.android.power_supply import PowerSupply
from harness.model.reading import Reading, Unknown, Unreadable

_OF_BOTH = ("level", "voltage", "temperature")
"""What Android and the driver both tell."""
_PERCENT, _CELSIUS, _MILLIVOLT = 3, 3.0, 300
"""How far two readings of one battery may be apart [points, K, mV]: they are not of one moment."""


def agreed(gauge: Reading[Battery], driver: Reading[PowerSupply]) -> Mapping[str, Reading[float]]:
    """Level [%], voltage [V] and temperature [degC] by Android, as far as its driver agrees.

    A value that the driver contradicts is unreadable.
    """
    if not isinstance(gauge, Battery):
        return dict.fromkeys(_OF_BOTH, gauge)
    told = {
        "level": gauge.percent,
        "voltage": scaled(gauge.voltage_mv, 1_000),
        "temperature": gauge.temperature_c,
    }
    odd = differences(gauge, driver) if isinstance(driver, PowerSupply) else {}
    return told | {name: Unreadable("two sources differ", words) for name, words in odd.items()}


def differences(gauge: Battery, driver: PowerSupply) -> dict[str, str]:
    """In words, where the two differ by more than their ages explain: level, temperature, voltage.

    A value that one of them does not tell contradicts nothing.
    """
    heat = gauge.temperature_c, driver.temperature_c
    told = {
        "level": _differ("level", gauge.percent, driver.capacity, _PERCENT, "%"),
        "temperature": _differ("temperature", *heat, _CELSIUS, "degC"),
        "voltage": _differ("voltage", gauge.voltage_mv, driver.voltage_mv, _MILLIVOLT, "mV"),
    }
    return {name: words for name, words in told.items() if words}


def _differ(
    what: str, gauge: Reading[float], driver: Reading[float], most: float, unit: str
) -> str:
    if isinstance(gauge, Unknown | Unreadable) or isinstance(driver, Unknown | Unreadable):
        return ""
    if abs(gauge - driver) <= most:
        return ""
    return f"battery {what}: {gauge:g} {unit} by dumpsys, {driver:g} {unit} by its driver"
