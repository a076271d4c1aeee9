"""Supply, relays and meters of a simulated jig."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.sim.answering import Planted
from harness.sim.jig.built import JigBuild
from harness.sim.jig.interlock import Interlock
from harness.sim.scpi import Conflict, one_of

CHANNELS = range(1, 5)
"""Its relays."""
VBUS, DCP = 1, 2
"""The relay that carries VBUS, and the one that shorts the handset's data lines and takes them
away from the PC."""

_OVERRANGE = "9.9E37"
"""What SCPI has for infinity (SCPI-99 volume 1, 7.2.1.4)."""
_CHANNEL = re.compile(r"\(@([0-9]{1,3})\)")


class Power:
    """What can put voltage on a contact. The supply senses there: no relay takes any of it.

    `metered` writes a value as a meter reads it.
    """

    def __init__(
        self,
        build: JigBuild,
        planted: Planted,
        interlock: Interlock,
        metered: Callable[[float], str],
    ) -> None:
        self.output = False
        self.set_v = 0.0
        self.relays: set[int] = set()
        """Those that it was told to close; one that is welded is closed besides."""
        self._build = build
        self._planted = planted
        self._interlock = interlock
        self._metered = metered

    def drop(self) -> None:
        """Switch the supply off and let every relay go."""
        self.output = False
        self.relays.clear()

    @property
    def closed(self) -> set[int]:
        """The relays whose contacts are closed."""
        if not self._planted.has("relay_welded"):
            return self.relays
        return self.relays | {int(self._planted.setting("relay_welded", "channel", VBUS))}

    def volts(self, channel: int) -> float:
        """What stands on a contact."""
        if channel not in self.closed:
            return self._build.leak_v
        if channel != VBUS or not self.output:
            return 0.0
        low_pct = self._planted.value(0, "rail_low", "low_pct", 3)
        return self.set_v * (1 + (self._build.supply_error_pct - low_pct) / 100)

    def _ohm(self, channel: int) -> float:
        good = self._build.channel_ohm[channel - 1]
        if channel != self._planted.value(0, "relay_worn", "channel", VBUS):
            return good
        return self._planted.value(good, "relay_worn", "ohm", 0.4)

    # Commands.

    def connect(self, argument: str, _now_s: float) -> None:
        self.relays.add(_channel(argument))

    def disconnect(self, argument: str, _now_s: float) -> None:
        self.relays.discard(_channel(argument))

    def relay(self, argument: str, _now_s: float) -> str:
        return str(int(_channel(argument) in self.closed))

    def set_voltage(self, argument: str, _now_s: float) -> None:
        voltage_v = float(argument)
        if not 0 <= voltage_v <= 20:
            raise ValueError("0 to 20 V")
        self.set_v = voltage_v

    def voltage_set(self, _argument: str, _now_s: float) -> str:
        return f"{self.set_v:.4f}"

    def switch(self, argument: str, _now_s: float) -> None:
        on = one_of(argument, "ON", "OFF") == "ON"
        if on and not self._planted.has("interlock_dead"):
            self._interlock.require_closed()
        self.output = on

    def state(self, _argument: str, _now_s: float) -> str:
        return str(int(self.output))

    def voltage(self, argument: str, _now_s: float) -> str:
        return self._metered(self.volts(_channel(argument)))

    def current(self, argument: str, _now_s: float) -> str:
        channel, unit = _channel(argument), self._planted.unit
        return self._metered(unit.charge_current_a if unit and channel == VBUS else 0.0)

    def resistance(self, argument: str, *, pressed: bool) -> str:
        """Through a relay that is closed, and a contact that the fixture has `pressed` on."""
        channel = _channel(argument)
        if self.output:
            raise Conflict("the supply is on")
        through = pressed and channel in self.closed
        return self._metered(self._ohm(channel)) if through else _OVERRANGE


def _channel(argument: str) -> int:
    match = _CHANNEL.fullmatch(argument)
    if not match or int(match[1]) not in CHANNELS:
        raise ValueError("(@1) to (@4)")
    return int(match[1])
