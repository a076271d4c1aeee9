"""What the kernel says of the battery: its `uevent`, or its other files as `grep` prints them.

Format: Documentation/ABI/testing/sysfs-class-power of Linux: uV, uA, uAh, tenths of degC. Drivers
keep to it for voltage and temperature; the sign, and with some the unit, of the current differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import (
    Fields,
    gather,
    measured,
    no_dump,
    scaled,
    whole_lines,
    without_pack,
    word,
)
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "cat /sys/class/power_supply/battery/uevent"
_PREFIX = "POWER_SUPPLY_"
_FILE = re.compile(r"\S*/(?P<supply>[^/\s:]+)/(?P<file>[a-z0-9_]+):(?P<value>.*)")
_BATTERY = "battery"
_BATTERIES = re.compile(r"bat(t(ery)?)?[0-9_-]*|.*[_-]batt?(ery)?|bms", re.IGNORECASE)
_MOST_UA = 50_000_000
SURELY_UA = 30_000
"""As mA this would be 30 A: what is more can only be uA."""
_OF_PACK = (
    *("status", "health", "technology", "capacity"),
    *("charging_current_ma", "voltage_mv", "temperature_c"),
)
_LEAST_UAH, _MOST_UAH = 100_000, 100_000_000
_HEALTH_PCT = (1.0, 150.0)
_ERRNOS = frozenset({-5, -6, -11, -16, -19, -22, -61, -71, -95, -110, -121, -524})
"""What drivers print when they could not read: EIO, ENXIO, EAGAIN, EBUSY, ENODEV, EINVAL,
ENODATA, EPROTO, EOPNOTSUPP, ETIMEDOUT, EREMOTEIO, ENOTSUPP (errno.h of Linux)."""


@dataclass(frozen=True, slots=True)
class PowerSupply:
    """The battery as its driver sees it.

    `current_now_raw` is as printed: uA by the ABI; sign and, on some kernels, unit go by model.
    `current_unit` is known only where the number leaves no doubt. `charging_current_ma` is the
    magnitude of the current while the driver says that it charges: what flows into the battery only
    if that is so. Without a battery (`present` false) what is measured of it is unknown.
    """

    status: Reading[str]
    health: Reading[str]
    present: Reading[bool]
    technology: Reading[str]
    capacity: Reading[int]
    current_now_raw: Reading[int]
    current_unit: Reading[str]
    charging_current_ma: Reading[float]
    voltage_mv: Reading[float]
    temperature_c: Reading[float]
    charge_counter_uah: Reading[int]
    charge_full_uah: Reading[int]
    charge_full_design_uah: Reading[int]
    cycle_count: Reading[int]
    health_pct: Reading[float]
    serial: Reading[str]


def read_uevent(output: str) -> Reading[PowerSupply]:
    """The battery of a `uevent` file, of several of them, or of `grep . .../battery/*`."""
    found = _battery(output)
    if isinstance(found, Unreadable):
        return found
    supply = _supply(found)
    return without_pack(supply, _OF_PACK) if supply.present is False else supply


def _supply(found: Fields) -> PowerSupply:
    status, current = word(found, "STATUS"), _number(found, "CURRENT_NOW", -_MOST_UA, _MOST_UA)
    unit = _unit(current)
    full, design = _charge(found, "CHARGE_FULL"), _charge(found, "CHARGE_FULL_DESIGN")
    return PowerSupply(
        status=status,
        health=word(found, "HEALTH"),
        present=_present(found),
        technology=word(found, "TECHNOLOGY"),
        capacity=_number(found, "CAPACITY", 0, 100),
        current_now_raw=current,
        current_unit=unit,
        charging_current_ma=_charging_ma(status, current, unit),
        voltage_mv=scaled(_number(found, "VOLTAGE_NOW", 1_000_000, 20_000_000), 1_000),
        temperature_c=scaled(_number(found, "TEMP", -400, 1250), 10),
        charge_counter_uah=_number(found, "CHARGE_COUNTER", -_MOST_UAH, _MOST_UAH),
        charge_full_uah=full,
        charge_full_design_uah=design,
        cycle_count=_number(found, "CYCLE_COUNT", 0, 100_000),
        health_pct=_health_pct(full, design),
        serial=word(found, "SERIAL_NUMBER"),
    )


Pairs = list[tuple[str, str]]


def _battery(output: str) -> Fields | Unreadable:
    """The fields of the one supply that is the battery."""
    lines, cut = whole_lines(output)
    supplies = _supplies(lines)
    if not supplies:
        return no_dump(f"no line starts with {_PREFIX}", output)
    batteries = [fields for pairs in supplies if _is_battery(fields := gather(pairs))]
    if len(batteries) > 1:
        batteries = [fields for fields in batteries if _named(fields, _BATTERY)]
    if len(batteries) != 1:
        return no_dump(f"{len(batteries)} batteries in {len(supplies)} supplies", output)
    if pair := _pair(cut):
        cut_key = Unreadable("the answer ends in the middle of a line", cut)
        return {**batteries[0], pair[1]: cut_key}
    return batteries[0]


def _supplies(lines: Sequence[str]) -> list[Pairs]:
    """The keys and values of each supply: by the folder of its files, or from its NAME on."""
    supplies: dict[str, Pairs] = {}
    current = ""
    for line in lines:
        pair = _pair(line)
        if not pair:
            continue
        folder, key, value = pair
        if not folder and key == "NAME":
            current = value
        named = [("NAME", folder)] if folder else []
        supplies.setdefault(folder or current, named).append((key, value))
    return list(supplies.values())


def _pair(line: str) -> tuple[str, str, str] | None:
    """Folder ("" for a line of `uevent`), key and value of a line; None for any other line."""
    folder = ""
    if file := _FILE.fullmatch(line):
        folder, line = file["supply"], f"{_PREFIX}{file['file'].upper()}={file['value']}"
        if file["file"] == "uevent":
            line = file["value"]
    key, equals, value = line.lstrip().partition("=")
    if not equals or not key.startswith(_PREFIX):  # new kernels put DEVTYPE= in front
        return None
    return folder, key.removeprefix(_PREFIX), value.strip()


def _is_battery(fields: Fields) -> bool:
    """By its type (new kernels tell it) or its name; a supply without either was asked for."""
    if fields.get("SCOPE") == "Device":
        return False  # of a pen, or of another peripheral
    name, kind = fields.get("NAME"), fields.get("TYPE")
    if kind is not None:
        return kind == "Battery"
    return name is None or (isinstance(name, str) and bool(_BATTERIES.fullmatch(name)))


def _named(fields: Fields, name: str) -> bool:
    return str(fields.get("NAME")).lower() == name


def _number(fields: Fields, key: str, low: int, high: int) -> Reading[int]:
    printed = fields.get(key)
    if isinstance(printed, str) and printed in map(str, _ERRNOS):
        return Unreadable(f"{key} is an error number of the driver", printed)
    return measured(fields, key, low, high)


def _present(fields: Fields) -> Reading[bool]:
    number = _number(fields, "PRESENT", 0, 1)
    return number == 1 if isinstance(number, int) else number


def _charge(fields: Fields, key: str) -> Reading[int]:
    return measured(fields, key, _LEAST_UAH, _MOST_UAH, unknown=frozenset({0, -1}))


def _unit(current: Reading[int]) -> Reading[str]:
    if not isinstance(current, int):
        return current
    if abs(current) < SURELY_UA:
        return Unknown(f"{current} may be uA or mA")
    return "uA"


def _charging_ma(status: Reading[str], current: Reading[int], unit: Reading[str]) -> Reading[float]:
    if not isinstance(status, str):
        return status
    if status != "Charging":
        return Unknown(f"status is {status}")
    if not isinstance(current, int) or not isinstance(unit, str):
        return current if not isinstance(current, int) else Unknown("no unit")
    return abs(current) / 1_000


def _health_pct(full: Reading[int], design: Reading[int]) -> Reading[float]:
    """What the battery holds of what it held when it was new [%]; unknown when that is absurd."""
    if not isinstance(full, int) or not isinstance(design, int):
        return full if not isinstance(full, int) else design
    low, high = _HEALTH_PCT
    share = 100 * full / design
    if not low <= share <= high:
        return Unknown(f"CHARGE_FULL {full} and its DESIGN {design} contradict one another")
    return round(share, 1)
