"""Wi-Fi of one handset: how it stands, and switching it on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.devices.android.wifi import WifiStatus, read_status, status_command
from harness.errors import DutFault
from harness.model.ports import Handset, Stopwatch, Wait
from harness.model.reading import Reading
from harness.steps.asking.answers import ask, known, sdk_of, understood
from harness.steps.asking.switch import Switch
from harness.steps.asking.turns import turns

_ON = "svc wifi enable"


@dataclass(frozen=True, slots=True)
class Wifi:
    """Wi-Fi of a handset, asked in the words of its version of Android (`sdk`)."""

    handset: Handset
    sdk: int
    wait: Wait
    stopwatch: Stopwatch

    def status(self) -> Reading[WifiStatus]:
        """As it stands now."""
        return understood(read_status, ask(self.handset, status_command(self.sdk)))

    def switch_on(self, within_s: float) -> bool:
        """Switch it on and wait until it says that it is.

        Raises: DutFault(WIFI-NOT-ON); PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
        """
        switch = Switch(self.handset, self._enabled, within_s, self.wait, self.stopwatch)
        enabled = switch.after(_ON, lambda seen: seen is True)
        if not known("whether Wi-Fi is on", enabled):
            message = f"Wi-Fi is not on {within_s:g} s after it was switched on"
            raise DutFault("WIFI-NOT-ON", message, evidence={"sent": _ON})
        return True

    def turns(self, within_s: float) -> Iterator[None]:
        """Turns to look, for `within_s` [s] at the most."""
        return turns(within_s, self.wait, self.stopwatch)

    def _enabled(self) -> Reading[bool]:
        status = self.status()
        return status.enabled if isinstance(status, WifiStatus) else status


def wifi_of(handset: Handset, wait: Wait, stopwatch: Stopwatch) -> Wifi:
    """Wi-Fi of a handset, whose version is asked.

    Raises: PlanError(HANDSET-UNREADABLE) when it does not tell it.
    """
    sdk = known("the version of Android", sdk_of(handset))
    return Wifi(handset, sdk, wait, stopwatch)
