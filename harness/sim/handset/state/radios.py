"""The radio switches of a simulated handset, and since when they stand as they do."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.unit import SimUnit

_AIRPLANE_BY_SHELL = 30
SWITCH = {"enable": True, "disable": False}


@dataclass(slots=True)
class Radios:
    """Switches, and the times of their last change [s]."""

    airplane: bool = False
    wifi: bool = False
    data: bool = True
    bluetooth: bool = True
    modem_since_s: float = -math.inf
    wifi_since_s: float = -math.inf

    @property
    def wifi_runs(self) -> bool:
        """Whether Wi-Fi is on (airplane mode takes it away, and gives it back)."""
        return self.wifi and not self.airplane

    @property
    def bluetooth_runs(self) -> bool:
        """Whether Bluetooth is on: airplane mode takes it away, and gives it back."""
        return self.bluetooth and not self.airplane

    def set_airplane(self, on: bool, now_s: float) -> None:
        if on != self.airplane:
            self.airplane, self.modem_since_s, self.wifi_since_s = on, now_s, now_s

    def set_wifi(self, on: bool, now_s: float) -> None:
        if on != self.wifi:
            self.wifi, self.wifi_since_s = on, now_s


def programs(unit: SimUnit, radios: Radios, sdk: int) -> Programs:
    """The commands that switch radios: `cmd connectivity` (ConnectivityService), `svc`."""

    def connectivity(words: list[str], now_s: float) -> Answer:
        match words:
            case ["airplane-mode"]:
                return text("enabled\n" if radios.airplane else "disabled\n")
            case ["airplane-mode", action] if action in SWITCH:
                if sdk < _AIRPLANE_BY_SHELL:
                    return failure("Security exception: requires CONNECTIVITY_INTERNAL", 255)
                radios.set_airplane(SWITCH[action], now_s)
                return Answer()
            case _:
                return Answer(out=b"Connectivity service commands:\n", code=255)

    def wifi(words: list[str], now_s: float) -> Answer:
        if words == ["enable"] and "wifi.dead" in unit.defects:
            return Answer()
        if len(words) != 1 or words[0] not in SWITCH:
            return failure("Control the Wi-Fi manager", 1)
        radios.set_wifi(SWITCH[words[0]], now_s)
        return Answer()

    def data(words: list[str], _now_s: float) -> Answer:
        if len(words) != 1 or words[0] not in SWITCH:
            return failure("Control mobile data connectivity", 1)
        radios.data = SWITCH[words[0]]
        return Answer()

    return {"cmd connectivity": connectivity, "svc wifi": wifi, "svc data": data}
