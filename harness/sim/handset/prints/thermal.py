"""What a simulated handset says of its temperatures: `dumpsys thermalservice` (Android 10 on).

Layouts: ThermalManagerService.dump of AOSP; sensors as each maker's thermal HAL names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from harness.sim.handset.state.answer import Answer, Programs, text
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit

FIRST_SDK, _THRESHOLDS, _AIDL = 29, 30, 34
NO_READING_C = -99.9
_BCL_VOLTAGE = 6


class Place(NamedTuple):
    """A place that is measured: its type by the HAL, and how much warmer it is than the pack."""

    name: str
    type: int
    above_c: float | None
    """None: the sensor gives no reading."""


_MEDIATEK = (
    Place("mtktscpu", 0, 7.5),
    Place("mtktsbattery", 2, 0.0),
    Place("mtktsAP", 3, 1.25),
    Place("mtktsbtsmdpa", 5, 2.5),
)
PLACES: Mapping[str, Sequence[Place]] = {
    "oppo-mtk": _MEDIATEK,
    "xiaomi": _MEDIATEK,
    "oppo-qcom": (
        Place("cpu-0-0-0", 0, 8.0),
        Place("gpuss-0", 1, 6.5),
        Place("battery", 2, 0.0),
        Place("xo-therm", 3, 1.5),
    ),
    "samsung": (  # its types are AOSP's and one
        Place("TYPE_CPU", 1, 6.0),
        Place("TYPE_BATTERY", 3, 0.0),
        Place("TYPE_SKIN", 4, 1.0),
        Place("TYPE_USB_PORT", 5, 0.5),
        Place("TYPE_POWER_AMPLIFIER", 6, None),
    ),
    "pixel": (
        Place("BIG", 0, 8.5),
        Place("battery", 2, 0.0),
        Place("VIRTUAL-SKIN", 3, 1.5),
        Place("usb_pwr_therm", 4, 0.75),
    ),
}
_WITH_BCL = "oppo-qcom"
"""Qualcomm's HAL lists the voltage of the battery [mV] among the temperatures."""


def programs(unit: SimUnit, sdk: int) -> Programs:
    """The command that tells of temperatures; Android 9 has no such service."""

    def dump(_words: list[str], _now_s: float) -> Answer:
        return text(_dump(unit, sdk))

    return {"dumpsys thermalservice": dump} if sdk >= FIRST_SDK else {}


def temperatures(unit: SimUnit) -> dict[str, float]:
    """What each place has [degC]; the first is the processor."""
    places = PLACES[unit.profile]
    found = {
        place.name: NO_READING_C if place.above_c is None else unit.battery_c + place.above_c
        for place in places
    }
    found[places[0].name] += unit.processor_above_c
    if (hot := unit.defects.get("thermal.hot")) is not None:
        found[places[0].name] = float(hot.get("processor_c", 85.0))
    return found


def _dump(unit: SimUnit, sdk: int) -> str:
    listeners = "\tcallbacks: 1\n\tkilled: false\n\tbroadcasts count: -1\n"
    known = temperatures(unit)
    live = "".join(_row(place, known[place.name]) for place in PLACES[unit.profile])
    cached = "".join(_row(place, known[place.name] - 2.0) for place in PLACES[unit.profile][-1:])
    connection = (
        "Sdhms connected: yes"
        if PROFILES[unit.profile].maker == "samsung"
        else f"ThermalHAL {'AIDL 1 ' if sdk >= _AIDL else '2.0'} connected: yes"
    )
    return (
        f"IsStatusOverride: false\nThermalEventListeners:\n{listeners}"
        f"ThermalStatusListeners:\n{listeners}Thermal Status: 0\n"
        f"Cached temperatures:\n{cached}HAL Ready: true\nHAL connection:\n\t{connection}\n"
        f"Current temperatures from HAL:\n{live}{_voltage(unit)}"
        "Current cooling devices from HAL:\n"
        "\tCoolingDevice{mValue=0, mType=2, mName=cpufreq-cpu0}\n"
        f"{_thresholds(unit) if sdk >= _THRESHOLDS else ''}"
        + ("Temperature headroom thresholds:\n[NaN, NaN, NaN, NaN, NaN, NaN, NaN]\n" * (sdk >= 35))
    )


def _row(place: Place, celsius: float) -> str:
    shown = round(celsius, 3)
    return f"\tTemperature{{mValue={shown}, mType={place.type}, mName={place.name}, mStatus=0}}\n"


def _voltage(unit: SimUnit) -> str:
    if unit.profile != _WITH_BCL:
        return ""
    return _row(Place("vbat", _BCL_VOLTAGE, None), unit.cell_v * 1e3)


def _thresholds(unit: SimUnit) -> str:
    skin = PLACES[unit.profile][2]
    return (
        "Temperature static thresholds from HAL:\n"
        f"\tTemperatureThreshold{{mType={skin.type}, mName={skin.name}, "
        "mHotThrottlingThresholds=[NaN, NaN, 47.0, NaN, NaN, NaN, 95.0], "
        "mColdThrottlingThresholds=[NaN, NaN, NaN, NaN, NaN, NaN, NaN]}\n"
    )
