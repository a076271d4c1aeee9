"""Which sensors a handset has: `dumpsys sensorservice`.

Formats of AOSP: SensorDevice::dump (the total of the HAL) and SensorList::dump (a row a sensor,
what it can do indented below), both printed by SensorService::dump.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.devices.android.fields import no_dump, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys sensorservice"
_TOTAL = re.compile(r"Total (?P<total>[0-9]{1,4}) h/w sensors, [0-9]{1,4} running.*")
_NO_HAL = "HAL not initialized"
_LIST = "Sensor List:"
_HANDLE = re.compile(r"(?:0x[0-9a-f]{8}|0{10})\) ")
# %#010x prints a zero without 0x; names, vendors and string types may be empty.
_ROW = re.compile(
    r"(?P<handle>0x[0-9a-f]{8}|0{10})\) (?P<named>.*?) \| ver: -?[0-9]{1,10} "
    r"\| type: {1,40}[^\s(]{0,200}\((?P<type>-?[0-9]{1,10})\)(?: \| .*)?"
)
_PLACEHOLDER = "NULL Sensor"  # some HALs list it in place of one that is not fitted
TYPES: Mapping[str, int] = {
    "accelerometer": 1,
    "magnetometer": 2,
    "gyroscope": 4,
    "light": 5,
    "pressure": 6,
    "proximity": 8,
    "humidity": 12,
    "step_counter": 19,
    "heart_rate": 21,
    "hinge_angle": 36,
}
"""Sensor.TYPE_... of what can be fitted, by its plain name."""
NAME = re.compile("|".join(TYPES))
"""One of these names."""
_BASIC = ("accelerometer", "gyroscope", "light", "proximity")
"""What every handset is built with; a magnetometer is left out of many."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor. `type` is a Sensor.TYPE_... of Android, or a number of the maker's own."""

    handle: str
    name: Reading[str]
    vendor: Reading[str]
    type: int


@dataclass(frozen=True, slots=True)
class Sensors:
    """What the sensor service says.

    `total` counts what the HAL offers, the list also what Android computes from it. `missing`
    names those of accelerometer, gyroscope, light and proximity that the list has not.
    """

    total: Reading[int]
    sensors: Reading[tuple[Sensor, ...]]
    missing: Reading[tuple[str, ...]]


def read_sensors(output: str) -> Reading[Sensors]:
    """The sensors of an answer to `dumpsys sensorservice`.

    A list without its end, or with a row that cannot be read, is Unreadable as a whole: what it
    lacks might be there.
    """
    lines, _ = whole_lines(output)
    total, sensors = _total(lines), _sensors(lines)
    if isinstance(total, Unknown) and isinstance(sensors, Unknown):
        return no_dump(f"no total of sensors and no {_LIST!r}", output)
    return Sensors(total, sensors, _missing(sensors))


def _total(lines: Sequence[str]) -> Reading[int]:
    found = {int(match["total"]) for line in lines if (match := _TOTAL.fullmatch(line))}
    if len(found) > 1:
        return Unreadable("several totals of sensors", str(sorted(found)))
    if not found:
        return Unknown(_NO_HAL if _NO_HAL in lines else "no total of sensors")
    return found.pop()


def _sensors(lines: Sequence[str]) -> Reading[tuple[Sensor, ...]]:
    starts = [at for at, line in enumerate(lines) if line == _LIST]
    if not starts:
        return Unknown(f"no {_LIST!r}")
    if len(starts) > 1:
        return Unreadable(f"{len(starts)} lines {_LIST!r}, expected one")
    sensors = []
    for line in lines[starts[0] + 1 :]:
        if _HANDLE.match(line):
            match = _ROW.fullmatch(line)
            if not match:
                return Unreadable("a row of the sensor list cannot be read", line)
            sensors.append(_sensor(match))
        elif line.strip() and not line[0].isspace():
            if not line.endswith(":"):  # as the title of the next section does
                return Unreadable("another line within the sensor list", line)
            return tuple(sensors)
    return Unreadable("the sensor list has no end", "\n".join(lines[-1:]))


def _sensor(row: re.Match[str]) -> Sensor:
    name, bar, vendor = row["named"].partition(" | ")
    if not bar or " | " in vendor:
        unclear = Unreadable("not one name and one vendor", row["named"])
        return Sensor(row["handle"], unclear, unclear, int(row["type"]))
    return Sensor(row["handle"], _word(name, "name"), _word(vendor, "vendor"), int(row["type"]))


def _word(printed: str, what: str) -> Reading[str]:
    return printed.strip() or Unknown(f"empty {what}")


def _missing(sensors: Reading[tuple[Sensor, ...]]) -> Reading[tuple[str, ...]]:
    return lacking(sensors, _BASIC) if isinstance(sensors, tuple) else sensors


def lacking(sensors: Iterable[Sensor], names: Iterable[str]) -> tuple[str, ...]:
    """Of these names of TYPES those that no sensor is of; a placeholder is none."""
    types = {sensor.type for sensor in sensors if sensor.name != _PLACEHOLDER}
    return tuple(name for name in names if TYPES[name] not in types)
