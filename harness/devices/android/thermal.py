"""How hot a handset is: `dumpsys thermalservice` (Android 10 on).

Format: ThermalManagerService.dump of AOSP, in it Temperature.toString of android.os.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.devices.android.fields import (
    Fields,
    flag,
    gather,
    integer,
    keyed,
    no_dump,
    text,
    whole_lines,
)
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys thermalservice"
_STATUS, _READY = "Thermal Status", "HAL Ready"
_CURRENT = "Current temperatures from HAL:"
_FIELD = re.compile(rf"(?P<key>{_STATUS}|{_READY}):(?P<value>.*)")
_TEMPERATURE = re.compile(
    r"\s{0,20}Temperature\{mValue=(?P<value>[^,\s]{1,40}), mType=(?P<type>-?[0-9]{1,10}), "
    r"mName=(?P<name>.{1,200}), mStatus=-?[0-9]{1,10}\}"
)
_FLOAT = re.compile(r"-?[0-9]{1,39}(?:\.[0-9]{1,20})?(?:E-?[0-9]{1,3})?")
THROTTLING = dict(
    enumerate(("none", "light", "moderate", "severe", "critical", "emergency", "shutdown"))
)
"""Words for PowerManager.THERMAL_STATUS_...."""
_NO_READING_C = -99.0
"""Makers print -99.9, -273.15 and the like, or exactly 0.0, where a sensor gives nothing."""
_LEAST_C, _MOST_C = -60.0, 200.0
_NAMED_BY_TYPE = "TYPE_"
_NO_TEMPERATURES = {"6": "BCL_VOLTAGE", "7": "BCL_CURRENT", "8": "BCL_PERCENTAGE"}
"""Types of Temperature that are none [mV, mA, %]; Samsung numbers its own types otherwise, but
then names them TYPE_..."""
_ANY_TYPE = "-1"
"""Temperature.TYPE_UNKNOWN: of any unit, such as a count of cycles, or a difference."""


@dataclass(frozen=True, slots=True)
class Thermal:
    """`status` is PowerManager.THERMAL_STATUS_..., `current` live temperatures [degC] by name."""

    status: Reading[int]
    hal_ready: Reading[bool]
    current: Reading[Mapping[str, Reading[float]]]


def read_thermal(output: str) -> Reading[Thermal]:
    """The temperatures of an answer to `dumpsys thermalservice`; not the cached ones."""
    lines, _ = whole_lines(output)
    said = keyed(lines, _FIELD)
    if not said:
        return no_dump(f"no {_STATUS!r} and no {_READY!r}", output)
    ready = flag(said, _READY)
    return Thermal(
        status=integer(said, _STATUS, 0, max(THROTTLING)),
        hal_ready=ready,
        current=_current(lines) if ready is not False else Unknown(f"{_READY}: false"),
    )


def _current(lines: Sequence[str]) -> Reading[Mapping[str, Reading[float]]]:
    """A row that cannot be read makes all Unreadable: it might have been the one asked for."""
    starts = [at for at, line in enumerate(lines) if line == _CURRENT]
    if not starts:
        return Unknown(f"no {_CURRENT!r}")
    if len(starts) > 1:
        return Unreadable(f"{len(starts)} lines {_CURRENT!r}, expected one")
    rows = []
    for line in lines[starts[0] + 1 :]:
        match = _TEMPERATURE.fullmatch(line)
        if match:
            rows.append(match)
        elif line.strip() and not line[0].isspace():
            return _by_name(rows)
        elif line.strip():
            return Unreadable("a row of the temperatures cannot be read", line)
    return Unreadable("the list of temperatures has no end", "\n".join(lines[-1:]))


def _by_name(rows: Sequence[re.Match[str]]) -> Mapping[str, Reading[float]]:
    printed = gather((row["name"], row["value"]) for row in rows)
    types = gather((row["name"], row["type"]) for row in rows)
    return {name: _celsius(printed, types, name) for name in printed}


def _celsius(printed: Fields, types: Fields, name: str) -> Reading[float]:
    value, kind = text(printed, name), text(types, name)
    if not isinstance(value, str):
        return value
    if not isinstance(kind, str):
        return kind
    if not name.startswith(_NAMED_BY_TYPE):
        if kind == _ANY_TYPE:
            return Unknown(f"{name}: {value}, of a type that may be no temperature")
        if kind in _NO_TEMPERATURES:
            return Unknown(f"{name}: {value}, no temperature but {_NO_TEMPERATURES[kind]}")
    if value == "NaN":
        return Unknown(f"{name}: {value}")
    if not _FLOAT.fullmatch(value):
        return Unreadable(f"{name} is no number", value)
    celsius = float(value)
    if not math.isfinite(celsius):
        return Unreadable(f"{name} is not finite", value)
    if celsius <= _NO_READING_C or celsius == 0:
        return Unknown(f"{name}: {value}")
    if not _LEAST_C <= celsius <= _MOST_C:
        return Unreadable(f"{name} is not within {_LEAST_C} to {_MOST_C} degC", value)
    return celsius
