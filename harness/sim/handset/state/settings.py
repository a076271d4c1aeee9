"""The settings of a simulated handset: `settings get` and `settings put` (SettingsService)."""

from __future__ import annotations

from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.handset.state.radios import Radios

_NAMESPACES = ("global", "secure", "system")


class Settings:
    """Values by namespace and name; the switches of the radios are read from the radios."""

    def __init__(self, radios: Radios) -> None:
        self.values: dict[tuple[str, str], str] = {
            ("global", "stay_on_while_plugged_in"): "0",
            ("global", "device_provisioned"): "1",
            ("secure", "user_setup_complete"): "1",
            ("secure", "location_mode"): "3",
            ("system", "screen_brightness"): "102",
        }
        self._radios = radios

    def get(self, namespace: str, name: str) -> str:
        """The value, `null` for one that was never set."""
        switches = {
            "airplane_mode_on": self._radios.airplane,
            "wifi_on": self._radios.wifi,
            "mobile_data": self._radios.data,
            "bluetooth_on": self._radios.bluetooth,
        }
        if namespace == "global" and name in switches:
            return str(int(switches[name]))
        return self.values.get((namespace, name), "null")


def programs(settings: Settings) -> Programs:
    """The commands that read and change settings."""

    def get(words: list[str], _now_s: float) -> Answer:
        match words:
            case [namespace, name] if namespace in _NAMESPACES:
                return text(settings.get(namespace, name) + "\n")
            case _:
                return failure("Bad arguments", 255)

    def put(words: list[str], _now_s: float) -> Answer:
        match words:
            case [namespace, name, value] if namespace in _NAMESPACES:
                settings.values[namespace, name] = value
                return Answer()
            case _:
                return failure("Bad arguments", 255)

    def delete(words: list[str], _now_s: float) -> Answer:
        match words:
            case [namespace, name] if namespace in _NAMESPACES:
                gone = settings.values.pop((namespace, name), None)
                return text(f"Deleted {int(gone is not None)} rows\n")
            case _:
                return failure("Bad arguments", 255)

    return {"settings get": get, "settings put": put, "settings delete": delete}
