"""What `dumpsys battery` says.

Format: BatteryService.dumpInternal of AOSP. One section under its title, keys indented by two
spaces (by one are remarks, such as on the voltage that was broadcast last); makers add sections
before it (OPPO) and logs after it (Samsung), with the same words.
Codes: android.os.BatteryManager, and BatteryChargingState, BatteryChargingPolicy,
BatteryCapacityLevel of the health HAL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.devices.android.fields import (
    Fields,
    flag,
    gather,
    measured,
    no_dump,
    scaled,
    whole_lines,
    without_pack,
    word,
)
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys battery"
_TITLE = re.compile(r"Current (?P<maker>[A-Za-z0-9]{1,20} ?)?Battery Service state:\s*")
_STOPPED = "(UPDATES STOPPED"
_FIELD = re.compile(r"  (?P<key>[^\s:][^:]*):(?P<value>.*)")
_ASOC = "mSavedBatteryAsoc"
_SAVED = re.compile(rf"  {_ASOC}: ?\[?(?P<value>[^\[\]\s]*)\]?")
"""Samsung's own estimate of what the pack still holds [%]; newer versions put it in brackets."""
_HIGHEST_MA, _HIGHEST_UA = 50_000, 50_000_000
STATUS = {2: "charging", 3: "discharging", 4: "not charging", 5: "full"}
HEALTH = {2: "good", 3: "overheat", 4: "dead", 5: "over voltage", 6: "failure", 7: "cold"}
"""Words for BatteryManager.BATTERY_STATUS_... and BATTERY_HEALTH_...; 1 is unknown."""
_OF_PACK = ("status", "health", "level", "voltage_mv", "temperature_c", "technology")
_NONE = frozenset({-1})
_NOTHING = frozenset({-1, 0})


@dataclass(frozen=True, slots=True)
class Battery:
    """The battery as the handset's own gauge sees it; codes as Android prints them.

    `charge_counter` [uAh]; `fast_charge` and those from `vendor_block` on are of single makers.
    The sign of `current_now_ma` and `battery_current_ma` is the driver's. Without a battery
    (`present` false) what is measured of it is unknown.
    """

    ac: Reading[bool]
    usb: Reading[bool]
    wireless: Reading[bool]
    dock: Reading[bool]
    max_current_ua: Reading[int]
    max_voltage_uv: Reading[int]
    charge_counter: Reading[int]
    status: Reading[int]
    health: Reading[int]
    present: Reading[bool]
    level: Reading[int]
    scale: Reading[int]
    voltage_mv: Reading[float]
    temperature_c: Reading[float]
    technology: Reading[str]
    charging_state: Reading[int]
    charging_policy: Reading[int]
    capacity_level: Reading[int]
    current_now_ma: Reading[int]
    fast_charge: Reading[bool]
    saved_asoc: Reading[int]
    vendor_block: Reading[str]
    charger_voltage_mv: Reading[int]
    battery_current_ma: Reading[int]
    fast_charger: Reading[bool]
    charger_technology: Reading[int]
    plug_type: Reading[int]

    @property
    def percent(self) -> Reading[float]:
        """The charge [%]: the level by its scale."""
        if not isinstance(self.scale, int):
            return self.scale
        return 100 * self.level / self.scale if isinstance(self.level, int) else self.level


def read_battery(output: str) -> Reading[Battery]:
    """The battery of an answer to `dumpsys battery`.

    Values that were set by hand (`dumpsys battery set`) are Unreadable: they are no measurement.
    """
    lines, cut = whole_lines(output)
    sections = list(_sections(lines, cut))
    own = [fields for maker, fields in sections if not maker]
    makers = [(maker, fields) for maker, fields in sections if maker]
    if len(own) != 1 or len(makers) > 1:
        why = f"{len(own)} sections of Android's battery service and {len(makers)} of a maker's"
        return no_dump(f"{why}, expected one and at most one", output)
    maker, extra = makers[0] if makers else ("", {})
    if any(line.strip().startswith(_STOPPED) for line in lines) or (
        extra.get("UpdatesStopped") == "true"
    ):
        return Unreadable("the values were set by hand: dumpsys battery reset", output)
    backup = gather((_ASOC, match["value"]) for line in lines if (match := _SAVED.fullmatch(line)))
    found = _battery(own[0], backup, maker or Unknown("no section of a maker"), extra)
    return without_pack(found, _OF_PACK) if found.present is False else found


def _battery(found: Fields, backup: Fields, maker: Reading[str], extra: Fields) -> Battery:
    scale = measured(found, "scale", 1, 10_000)
    return Battery(
        ac=flag(found, "AC powered"),
        usb=flag(found, "USB powered"),
        wireless=flag(found, "Wireless powered"),
        dock=flag(found, "Dock powered"),
        max_current_ua=measured(found, "Max charging current", 0, _HIGHEST_UA, unknown=_NONE),
        max_voltage_uv=measured(found, "Max charging voltage", 0, 100_000_000, unknown=_NONE),
        charge_counter=measured(
            found, "Charge counter", -100_000_000, 100_000_000, unknown=_NOTHING
        ),
        status=measured(found, "status", min(STATUS), max(STATUS), unknown=frozenset({1})),
        health=measured(found, "health", 2, 12, unknown=frozenset({1})),
        present=flag(found, "present"),
        level=measured(found, "level", 0, scale if isinstance(scale, int) else 100, unknown=_NONE),
        scale=scale,
        voltage_mv=_voltage(found),
        temperature_c=scaled(measured(found, "temperature", -400, 1250), 10),
        technology=word(found, "technology"),
        charging_state=measured(found, "Charging state", 1, 100, unknown=_NOTHING),
        charging_policy=measured(found, "Charging policy", 1, 100, unknown=_NOTHING),
        capacity_level=measured(found, "Capacity level", -1, 5, unknown=frozenset({0})),
        current_now_ma=measured(found, "current now", -_HIGHEST_MA, _HIGHEST_MA),
        fast_charge=flag(found, "fastChargeStatus"),
        saved_asoc=measured(backup, _ASOC, 1, 120, unknown=_NOTHING),
        vendor_block=maker,
        charger_voltage_mv=measured(extra, "Charger voltage", 0, 50_000, unknown=_NONE),
        battery_current_ma=measured(extra, "Battery current", -_HIGHEST_MA, _HIGHEST_MA),
        fast_charger=flag(extra, "ChargeFastCharger"),
        charger_technology=measured(extra, "ChargerTechnology", 0, 1_000, unknown=_NONE),
        plug_type=measured(extra, "PlugType", 0, 1_000, unknown=_NONE),
    )


def _sections(lines: Sequence[str], cut: str) -> Iterator[tuple[str, Fields]]:
    """The maker of each section, "" for Android's own, and its fields."""
    for at, line in enumerate(lines):
        if title := _TITLE.fullmatch(line):
            ends = (end for end in range(at + 1, len(lines)) if lines[end][:1] != " ")
            end = next(ends, len(lines))
            last = cut if end == len(lines) else ""
            yield (title["maker"] or "").strip(), _fields(lines[at + 1 : end], last)


def _fields(lines: Sequence[str], cut: str) -> Fields:
    """The fields of a section; that of a cut line has no value, for it may be cut too."""
    matches = [match for line in lines if (match := _FIELD.fullmatch(line))]
    fields = gather((match["key"].rstrip(), match["value"].strip()) for match in matches)
    if match := _FIELD.fullmatch(cut):
        fields[match["key"].rstrip()] = Unreadable("the answer ends in the middle of a line", cut)
    return fields


def _voltage(fields: Fields) -> Reading[float]:
    """[mV]. AOSP prints mV, some makers uV; packs of one or two cells tell them apart."""
    value = measured(fields, "voltage", 1_000, 20_000_000, unknown=_NOTHING)
    if not isinstance(value, int) or value <= 20_000:
        return value
    if value >= 1_000_000:
        return value / 1_000
    return Unreadable("voltage makes sense neither in mV nor in uV", str(value))
