"""Short forms for tests that use a handset."""

from __future__ import annotations

from typing import Any

from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.adb.handset import LeasedHandset
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from tests.engine.rig import until
from tests.short import lease


def unit(**defects: dict[str, Any]) -> SimUnit:
    """A unit with defects of adb, such as `hang={"on": "getprop"}`."""
    return SimUnit("A57A000001", defects={f"adb.{name}": more for name, more in defects.items()})


def unplugged(server: AdbServer, handsets: SimHandsets, address: str) -> None:
    """Pull a cable, and wait until the server has noticed it."""
    handsets.unplug(address)
    until(lambda: state_of(server, address) != "device")


def linked_again(server: AdbServer, address: str) -> None:
    """Wait until the server itself has linked an address again."""
    until(lambda: state_of(server, address) == "device")


def state_of(server: AdbServer, address: str) -> str | None:
    return {each.serial: each.state for each in server.devices(lease())}.get(address)


def handset(server: AdbServer, handsets: SimHandsets, **defects: dict[str, Any]) -> LeasedHandset:
    """A new simulated handset, under a lease of its own."""
    return AdbHandset(server, handsets.add(unit(**defects))).under(lease())
