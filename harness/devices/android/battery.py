"""What `dumpsys battery` says.

Format: BatteryService.dumpInternal of AOSP. One section under its title, keys indented by two
spaces; makers add sections before it (OPPO) and logs after it (Samsung), with the same words.
Codes: android.os.BatteryManager.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.devices.android.fields import Fields, cut_off, gather, integer, scaled, text
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys battery"
_TITLE = "Current Battery Service state:"
_STOPPED = "(UPDATES STOPPED"
_FIELD = re.compile(r"  (?P<key>[^\s:][^:]*):(?P<value>.*)")
_STATUS = {2: "charging", 3: "discharging", 4: "not charging", 5: "full"}
_HEALTH = {
    2: "good",
    3: "overheat",
    4: "dead",
    5: "over voltage",
    6: "unspecified failure",
    7: "cold",
}
_CODE_UNKNOWN = 1


@dataclass(frozen=True, slots=True)
class Battery:
    """The battery as the handset's own gauge sees it."""

    level_percent: Reading[float]
    voltage_v: Reading[float]
    temperature_c: Reading[float]
    status: Reading[str]
    health: Reading[str]
    present: Reading[bool]
    technology: Reading[str]


def read_battery(output: str) -> Battery:
    """The battery of an answer to `dumpsys battery`.

    Values that were set by hand (`dumpsys battery set`) are Unreadable: they are no measurement.
    """
    found = _section(output)
    if isinstance(found, Unreadable):
        return Battery(found, found, found, found, found, found, found)
    return Battery(
        level_percent=_level(found),
        voltage_v=_voltage(found),
        temperature_c=scaled(integer(found, "temperature", -400, 1250), 10),
        status=_code(found, "status", _STATUS),
        health=_code(found, "health", _HEALTH),
        present=_flag(found, "present"),
        technology=text(found, "technology"),
    )


def _section(output: str) -> Fields | Unreadable:
    if cut := cut_off(output):
        return cut
    lines = output.replace("\r\n", "\n").split("\n")
    titles = [at for at, line in enumerate(lines) if line == _TITLE]
    if len(titles) != 1:
        return Unreadable(f"{len(titles)} lines {_TITLE!r}, expected one", output)
    pairs = []
    for line in lines[titles[0] + 1 :]:
        if line.strip().startswith(_STOPPED):
            return Unreadable("the values were set by hand: dumpsys battery reset", line)
        match = _FIELD.fullmatch(line)
        if not match:
            break
        pairs.append((match["key"].rstrip(), match["value"].strip()))
    return gather(pairs)


def _level(fields: Fields) -> Reading[float]:
    scale = integer(fields, "scale", 1, 10_000)
    if not isinstance(scale, int):
        return scale
    level = integer(fields, "level", 0, scale)
    return 100 * level / scale if isinstance(level, int) else level


def _voltage(fields: Fields) -> Reading[float]:
    """AOSP prints mV, some makers uV; packs of one or two cells tell them apart."""
    value = integer(fields, "voltage", 1_000, 20_000_000)
    if not isinstance(value, int):
        return value
    if value <= 20_000:
        return value / 1_000
    if value >= 1_000_000:
        return value / 1_000_000
    return Unreadable("voltage makes sense neither in mV nor in uV", str(value))


def _code(fields: Fields, key: str, names: dict[int, str]) -> Reading[str]:
    code = integer(fields, key, 0, 1_000)
    if not isinstance(code, int):
        return code
    if code == _CODE_UNKNOWN:
        return Unknown(f"{key}: {code}")
    return names.get(code, Unreadable(f"{key} has no meaning", str(code)))


def _flag(fields: Fields, key: str) -> Reading[bool]:
    value = text(fields, key)
    if not isinstance(value, str):
        return value
    if value not in ("true", "false"):
        return Unreadable(f"{key} is neither true nor false", value)
    return value == "true"
