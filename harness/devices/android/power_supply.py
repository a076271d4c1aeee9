"""What the kernel says of a power supply: `cat /sys/class/power_supply/battery/uevent`.

Format: Documentation/ABI/testing/sysfs-class-power of Linux: uV, uA, tenths of degC. Drivers
keep to it for voltage and temperature; the sign, and with some the unit, of the current differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.devices.android.fields import Fields, gather, integer, scaled, text
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "cat /sys/class/power_supply/battery/uevent"
_PREFIX = "POWER_SUPPLY_"
_MOST_CURRENT = 50_000_000
_ERRNOS = frozenset({-5, -6, -11, -16, -19, -22, -61, -71, -95, -110, -121, -524})
"""What drivers print when they could not read: EIO, ENXIO, EAGAIN, EBUSY, ENODEV, EINVAL,
ENODATA, EPROTO, EOPNOTSUPP, ETIMEDOUT, EREMOTEIO, ENOTSUPP (errno.h of Linux)."""


@dataclass(frozen=True, slots=True)
class PowerSupply:
    """The battery as its driver sees it.

    `current_raw` is as printed: uA by the ABI; sign and, on some kernels, unit go by model.
    """

    status: Reading[str]
    health: Reading[str]
    technology: Reading[str]
    capacity_percent: Reading[int]
    current_raw: Reading[int]
    voltage_v: Reading[float]
    temperature_c: Reading[float]


def read_uevent(output: str) -> PowerSupply:
    """The power supply of a `uevent` file."""
    found = _fields(output)
    if isinstance(found, Unreadable):
        return PowerSupply(found, found, found, found, found, found, found)
    return PowerSupply(
        status=_word(found, "STATUS"),
        health=_word(found, "HEALTH"),
        technology=_word(found, "TECHNOLOGY"),
        capacity_percent=integer(found, "CAPACITY", 0, 100),
        current_raw=_current(found),
        voltage_v=scaled(integer(found, "VOLTAGE_NOW", 1_000_000, 20_000_000), 1_000_000),
        temperature_c=scaled(integer(found, "TEMP", -400, 1250), 10),
    )


def _fields(output: str) -> Fields | Unreadable:
    pairs = []
    for line in output.replace("\r\n", "\n").split("\n"):
        key, equals, value = line.partition("=")
        if line and not equals:
            return Unreadable("a line is no KEY=VALUE", line)
        if key.startswith(_PREFIX):  # new kernels put DEVTYPE= in front
            pairs.append((key.removeprefix(_PREFIX), value.strip()))
    return gather(pairs) if pairs else Unreadable(f"no line starts with {_PREFIX}", output)


def _word(fields: Fields, key: str) -> Reading[str]:
    value = text(fields, key)
    return Unknown(f"{key}=Unknown") if value == "Unknown" else value


def _current(fields: Fields) -> Reading[int]:
    value = integer(fields, "CURRENT_NOW", -_MOST_CURRENT, _MOST_CURRENT)
    if isinstance(value, int) and value in _ERRNOS:
        return Unreadable("CURRENT_NOW is an error number of the driver", str(value))
    return value
