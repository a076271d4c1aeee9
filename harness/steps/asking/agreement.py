"""Two sources of one value of the battery, Android and its driver: whether they agree."""

from __future__ import annotations

from harness.devices.android.battery import Battery
from harness.devices.android.power_supply import PowerSupply
from harness.model.reading import Reading, Unknown, Unreadable

_PERCENT, _CELSIUS, _MILLIVOLT = 3, 3.0, 300
"""How far two readings of one battery may be apart [points, K, mV]: they are not of one moment."""


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
