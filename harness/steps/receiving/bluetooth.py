"""Switches Bluetooth off and on, and tells what its manager then says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from harness.devices.android import bluetooth as manager
from harness.devices.android.bluetooth import Bluetooth, read_address, read_bluetooth
from harness.devices.android.settings import get, read_setting
from harness.errors import DutFault, PlanError
from harness.model.ports import Handset, Stopwatch, Wait
from harness.model.reading import Reading
from harness.steps.asking.answers import ask_together, known, printed
from harness.steps.asking.switch import Switch

_OFF, _ON = "svc bluetooth disable", "svc bluetooth enable"


@dataclass(frozen=True, slots=True)
class Said:
    """What the manager of Bluetooth says, and the address by it and by the setting."""

    bluetooth: Reading[Bluetooth]
    address: Reading[str]

    @property
    def enabled(self) -> Reading[bool]:
        """Whether Bluetooth is on."""
        return self.bluetooth.enabled if isinstance(self.bluetooth, Bluetooth) else self.bluetooth


def restart(
    handset: Handset, within_s: float, wait: Wait, stopwatch: Stopwatch
) -> tuple[Bluetooth, Reading[str]]:
    """Bluetooth and its address, once it has gone off and come on again, each in `within_s` [s].

    One that was on since the boot says so although its chip has died since.

    Raises: DutFault(BLUETOOTH-NOT-ON); PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
    """
    switch = Switch(handset, partial(_ask, handset), within_s, wait, stopwatch)
    before = switch.after(_OFF, lambda said: said.enabled is False)
    if known("whether Bluetooth is on", before.enabled):
        words = f"Bluetooth is still on {within_s:g} s after {_OFF!r}"
        raise PlanError("HANDSET-REFUSED", words, evidence={"said": repr(before.bluetooth)})
    now = switch.after(_ON, lambda said: said.enabled is True)
    if not known("whether Bluetooth is on", now.enabled) or not isinstance(
        now.bluetooth, Bluetooth
    ):
        words = f"Bluetooth is not on {within_s:g} s after it was switched on"
        raise DutFault("BLUETOOTH-NOT-ON", words, evidence={"said": repr(now.bluetooth)})
    return now.bluetooth, now.address


def _ask(handset: Handset) -> Said:
    dump, kept = map(printed, ask_together(handset, manager.COMMAND, get(manager.SETTING)))
    if not isinstance(dump, str):
        return Said(dump, dump)
    setting = read_setting(kept) if isinstance(kept, str) else kept
    return Said(read_bluetooth(dump), read_address(dump, setting))
