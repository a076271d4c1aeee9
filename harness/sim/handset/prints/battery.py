"""The battery of a simulated handset as Android tells it: `dumpsys battery`.

Prints after BatteryService.dumpInternal of AOSP, the sections that OPPO puts before it and what
Samsung prints after it.
"""

from __future__ import annotations

from harness.sim.handset.state.answer import Answer, Programs, text
from harness.sim.handset.state.gauge import BatteryGauge
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit

_SETTABLE = {
    "ac": "AC powered",
    "usb": "USB powered",
    "wireless": "Wireless powered",
    "dock": "Dock powered",
    "status": "status",
    "level": "level",
    "temp": "temperature",
    "present": "present",
    "counter": "Charge counter",
}
"""What `dumpsys battery set` takes, and the key that shows it."""
_FLAGS = ("ac", "usb", "wireless", "dock", "present")
_PLUGS = ("ac", "usb", "wireless", "dock")
_PLUGGED_AC, _PLUGGED_USB = 1, 2
"""BATTERY_PLUGGED_... of Android's BatteryManager."""
_HEALTH = ("good", "overheat", "dead", "over voltage", "failure", "cold")
"""What BATTERY_HEALTH_... stand for, from 2 on."""
_BROADCAST = (
    " Time when the latest updated value of the voltage was sent via battery changed broadcast: "
    "86398\n"
    " The last voltage value sent via the battery changed broadcast: 3588\n"
)
_USAGE = "Battery service (battery) commands:\n"

Values = dict[str, str]


class Battery:
    """What the gauge says; or, once one value is set by hand, what stood then, until `reset`."""

    def __init__(self, unit: SimUnit, gauge: BatteryGauge) -> None:
        self._unit = unit
        self._gauge = gauge
        self._profile = PROFILES[unit.profile]
        self._frozen: Values | None = None

    def programs(self) -> Programs:
        return {"dumpsys battery": self._dumpsys}

    def _dumpsys(self, words: list[str], _now_s: float) -> Answer:
        match [word for word in words if word != "-f"]:
            case []:
                return text(self._dump())
            case ["reset"]:
                self._frozen = None
                return Answer()
            case ["unplug"]:
                self._freeze({_SETTABLE[plug]: "false" for plug in _PLUGS})
                return Answer()
            case ["set", key, value]:
                return self._set(key, value)
            case _:
                return text(_USAGE)

    def _set(self, key: str, value: str) -> Answer:
        if key not in _SETTABLE:
            return text(f"Unknown set option: {key}\n")
        try:
            number = int(value)
        except ValueError:
            return text(f"Bad value: {value}\n")
        self._freeze({_SETTABLE[key]: _flag(number != 0) if key in _FLAGS else str(number)})
        return Answer()

    def _freeze(self, changed: Values) -> None:
        now = self._values() if self._frozen is None else self._frozen
        self._frozen = now | {key: value for key, value in changed.items() if key in now}

    def _dump(self) -> str:
        values = self._values() if self._frozen is None else self._frozen
        stopped = "" if self._frozen is None else "  (UPDATES STOPPED -- use 'reset' to restart)\n"
        maker = self._profile.maker
        before = self._oppo() if maker == "OPPO" else ""
        after = self._samsung() if maker == "samsung" else ""
        return f"{before}Current Battery Service state:\n{stopped}{self._lines(values)}{after}"

    def _lines(self, values: Values) -> str:
        """Samsung's Android 15 says behind the voltage, less indented, which one it told last."""
        lines = [f"  {key}: {value}\n" for key, value in values.items()]
        if self._profile.maker == "samsung" and self._unit.android >= 15:
            lines.insert(list(values).index("voltage") + 1, _BROADCAST)
        return "".join(lines)

    def _values(self) -> Values:
        unit, charging = self._unit, self._unit.charging
        most_ua = "1500000" if unit.dcp else "900000"
        values = {
            "AC powered": _flag(self._plug == _PLUGGED_AC),
            "USB powered": _flag(self._plug == _PLUGGED_USB),
            "Wireless powered": "false",
            **({"Dock powered": "false"} if unit.android >= 13 else {}),
            "Max charging current": most_ua if charging else "0",
            "Max charging voltage": "5000000" if charging else "0",
            "Charge counter": str(self._gauge.counter_uah),
            "status": str(self._gauge.status),
            "health": str(2 + _HEALTH.index(unit.battery_health)),
            "present": "true",
            "level": str(unit.charge_percent),
            "scale": "100",
            "voltage": str(round(unit.cell_v * 1e3)),
            "temperature": str(round(unit.battery_c * 10)),
            "technology": unit.battery_technology,
        }
        return values | self._newer()

    @property
    def _plug(self) -> int:
        """What it takes its power from; 0 when from nothing."""
        if not self._unit.charging:
            return 0
        return _PLUGGED_AC if self._unit.dcp else _PLUGGED_USB

    def _newer(self) -> Values:
        """What Android 14 and 15 added: makers are slow to print it, or print no meaning."""
        android, maker = self._unit.android, self._profile.maker
        if android < 14 or (maker == "samsung" and android < 15):
            return {}
        meant = "0" if maker == "OPPO" else "1"
        capacity = {"samsung": "-1"}.get(maker, "3")
        state = {"Charging state": meant, "Charging policy": meant}
        return state if maker == "OPPO" else state | {"Capacity level": capacity}

    def _oppo(self) -> str:
        """OPPO's own section: named OPLUS from Android 12 on, with more after a blank line."""
        android = self._unit.android
        name = "OPPO" if android < 12 else "OPLUS"
        accessories = (
            "  Accessory present:false\n  Accessory status: 0\n  Chargetimeout: false\n"
            if android == 9
            else ""
        )
        hardware = (
            "  UsbHwStatus: 0\n  BatteryHwStatus: -2147483648\n  HwStatusIsSet: 1\n"
            if android >= 10
            else ""
        )
        more = "  mUsbStatus: 0\n  PhoneTemp: -10\n  ThermalFeatureOn: true\n"
        return (
            f"Current {name} Battery Service state:\n"
            f"  Charger voltage : {round(self._unit.vbus_v * 1e3)}\n"
            f"  Battery current : {self._gauge.current(1_000)}\n"
            f"{accessories}"
            "  ChargerTechnology: 0\n"
            "  ChargeFastCharger: false\n"
            f"  PlugType: {self._plug}\n"
            f"  UpdatesStopped: {_flag(self._frozen is not None)}\n"
            f"{hardware}\n"
            f"{more if android >= 12 else ''}"
        )

    def _samsung(self) -> str:
        """Samsung's events and settings, its backup, and logs with the same words in them."""
        android = self._unit.android
        capacity = "  Capacity level: -1\n" if android == 14 else ""
        asoc = round(self._unit.health_pct)
        return (
            "  batteryMiscEvent: 65536\n"
            "  batteryCurrentEvent: 0\n"
            f"  mSecPlugTypeSummary: {self._plug}\n"
            "  LED Charging: true\n"
            "  LED Low Battery: true\n"
            f"  current now: {self._gauge.current(1_000)}\n"
            f"  charge counter: {self._gauge.counter_uah}\n"
            f"  Adaptive Fast Charging Settings: true\n{capacity}"
            "FEATURE_WIRELESS_FAST_CHARGER_CONTROL: true\n"
            "  mWasUsedWirelessFastChargerPreviously: false\n"
            "LLB CAL: 20240212\n"
            "LLB MAN: \n"
            "BatteryInfoBackUp\n"
            f"  mSavedBatteryAsoc: {f'[{asoc}]' if android >= 15 else asoc}\n"
            "  mSavedBatteryMaxTemp: 448\n"
            "  FEATURE_SAVE_BATTERY_CYCLE: true\n"
            "[EventLogBuffer]\n"
            "08-11 07:02:13.004  android.intent.action.ACTION_POWER_CONNECTED\n"
            "[BattActionChangedLogBuffer]\n"
            "08-11 18:40:03.308  Sending ACTION_BATTERY_CHANGED: level:12, status:3, health:2, "
            "remain:0, ac:false, usb:false, wireless:false, pogo:false, misc:0x10000, "
            "voltage:3588, temperature:489, current_avg:-450\n"
        )


def _flag(on: bool) -> str:
    return str(on).lower()
