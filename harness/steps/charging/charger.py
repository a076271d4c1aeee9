"""A charger on the jig's VBUS contact, and what the handset's driver says without it and on it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.devices.android import power_supply
from harness.model.jig_ports import Jig
from harness.model.ports import Handset, Stopwatch, Wait
from harness.steps.asking.answers import ask_together, understood
from harness.steps.asking.rejoin import wait_until_ready
from harness.steps.asking.turns import turns
from harness.steps.charging.gauge import raw_of
from harness.steps.charging.witness import Driver

BATTERY_LIMIT_S = 5
"""What one command on the battery may take [s]; without an answer it has no value."""


@dataclass(frozen=True, slots=True)
class Charger:
    """The jig's VBUS on a handset: as a port has it, or as a charger without data."""

    handset: Handset
    jig: Jig
    wait: Wait
    stopwatch: Stopwatch

    def drivers_without(self, settle_s: float, average_s: float) -> list[Driver]:
        """What the driver says, as `drivers`, once VBUS has been away for `settle_s` [s]."""
        self.jig.disconnect("vbus")
        self.wait(settle_s)
        return self.drivers(average_s)

    def drivers(self, average_s: float) -> list[Driver]:
        """What the driver says, again and again until the time is over or it tells no current."""
        told: list[Driver] = []
        for _ in turns(average_s, self.wait, self.stopwatch):
            told.append(self._driver())
            if not isinstance(raw_of(told[-1]), int):
                break
        return told

    def connect(self, vbus_v: float) -> None:
        """VBUS as a port has it."""
        self.jig.supply(vbus_v)
        self.jig.connect("vbus")

    def connect_dcp(self, vbus_v: float) -> float:
        """A handset looks what it is plugged into when VBUS comes; when that was [s]."""
        self.jig.supply(vbus_v)
        self.jig.connect("dcp")
        self.jig.connect("vbus")
        return self.stopwatch()

    def back_to_data(self, away_s: float, within_s: float) -> float:
        """VBUS goes, and comes again, for the handset to look anew; when it went [s].

        Raises: LinkFault when the handset does not answer within `within_s` [s] of that.
        """
        off_s = self.stopwatch()
        self.jig.disconnect("vbus")
        self.jig.disconnect("dcp")
        self.wait(away_s)
        self.jig.connect("vbus")
        wait_until_ready(self.handset, self.stopwatch() + within_s, self.wait, self.stopwatch)
        return off_s

    def disconnect(self) -> None:
        """No VBUS, and its supply off."""
        self.jig.disconnect("vbus")
        self.jig.supply_off()

    def _driver(self) -> Driver:
        (uevent,) = ask_together(self.handset, power_supply.COMMAND, limit_s=BATTERY_LIMIT_S)
        return understood(power_supply.read_uevent, uevent)
