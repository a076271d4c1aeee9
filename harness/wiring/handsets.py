"""Handsets to look at, without a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.keys import key_home
from harness.devices.adb.server import AdbServer
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.model.usb import UsbMode
from harness.sim.handset import SimHandsets
from harness.sim.scenario import Scenario
from harness.wiring.layout import Layout
from harness.wiring.real import handset_of, socket_of


@dataclass(frozen=True, slots=True)
class Handsets:
    """An adb server, and the handsets of a station or a scenario: by serial, address or socket."""

    server: AdbServer
    named: Mapping[str, AdbHandset]
    bus: UsbBus | None = None
    """Where those that are not on adb may stand; simulated ones stand nowhere."""
    ports: Mapping[str, str] = field(default_factory=dict)
    """The USB socket of each name that has one."""

    def in_fastboot(self, name: str | None) -> list[UsbSocket]:
        """The sockets in which one of this name (or its USB serial, or any) is in fastboot.

        Raises: StationFault(USB-...) as UsbBus.devices.
        """
        if self.bus is None:
            return []
        port = self.ports.get(name or "")
        found = [each for each in self.bus.devices() if each.mode is UsbMode.FASTBOOT]
        return [
            UsbSocket(self.bus, each.port)
            for each in found
            if name is None or each.port in (name, port) or (each.serial == name and not port)
        ]

    def of(self, name: str) -> AdbHandset:
        """The handset of a name, or else of a serial or an address."""
        return self.named.get(name) or AdbHandset(self.server, name)


@contextmanager
def open_handsets(layout: Layout | None) -> Iterator[Handsets]:
    """Handsets to look at, without a run: of a station, of a scenario, or all on this PC's USB.

    Raises: StationFault(ADB-SERVER, ADB-KEY).
    """
    if isinstance(layout, Scenario):
        with AdbServer() as server, SimHandsets(speed=layout.speed) as sim:
            units = layout.units
            named = {unit.serial: AdbHandset(server, sim.add(unit)) for unit in units}
            yield Handsets(server, named)
        return
    slots, bus = layout.slots if layout else (), UsbBus()
    with AdbServer(home=key_home(layout.adb_key if layout else None), usb=True) as server:
        named = {
            slot.handset or slot.usb or "": handset_of(slot, server, socket_of(slot, bus))
            for slot in slots
        }
        ports = {slot.handset or slot.usb: slot.usb for slot in slots if slot.usb}
        yield Handsets(server, named, bus, ports)
