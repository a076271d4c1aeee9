"""A simulated hub: the power of each port in its USB 2 and its USB 3 half, and over-current."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from harness.sim.usb.device import HIGH, SUPER, SimUsbDevice

USB_2, USB_3 = 1, 2
_POWER_BIT = {USB_2: 1 << 8, USB_3: 1 << 9}
_CONNECTED, _OVERCURRENT = 1, 1 << 3
_DESCRIPTOR = {USB_2: 0x29, USB_3: 0x2A}
_PORT_POWER = 8


class Switching(IntEnum):
    """What its ports' power is switched by (wHubCharacteristics, bits 1 and 0)."""

    GANGED = 0
    INDIVIDUAL = 1
    NONE = 2


@dataclass(slots=True)
class SimHub:
    """A hub with its own ways. `stuck` ports keep their power whatever they are told.

    `forbidden`: this PC's user may not open it. `deaf`: it answers no request.
    """

    ports: int = 4
    switching: Switching = Switching.INDIVIDUAL
    usb_3: bool = True
    stuck: bool = False
    forbidden: bool = False
    deaf: bool = False
    shorted: set[int] = field(default_factory=set)
    off: set[tuple[int, int]] = field(default_factory=set)
    """(half, port) that have no power."""

    @property
    def halves(self) -> tuple[int, ...]:
        return (USB_2, USB_3) if self.usb_3 else (USB_2,)

    def powers(self, half: int, port: int) -> bool:
        return (half, port) not in self.off and port not in self.shorted

    def vbus(self, port: int) -> bool:
        """Whether the socket has 5 V: one half is enough."""
        return any(self.powers(half, port) for half in self.halves)

    def descriptors(self, half: int) -> SimUsbDevice:
        """The device that the half is on the bus."""
        product = 0x0003 if half == USB_3 else 0x0002
        return SimUsbDevice(
            0x1D6B,
            product,
            ((9, 0, 0),),
            speed=SUPER if half == USB_3 else HIGH,
            usb_version=0x0300 if half == USB_3 else 0x0200,
            max_power_ma=0,
            device_class=9,
        )

    def hub_descriptor(self, half: int) -> bytes:
        """USB 2.0, table 11-13, and USB 3.2, table 10-3, as far as they are the same."""
        length = 12 if half == USB_3 else 9
        head = bytes((length, _DESCRIPTOR[half], self.ports, self.switching, 0, 50, 100))
        return head.ljust(length, b"\0")

    def port_status(self, half: int, port: int, *, connected: bool) -> bytes:
        """USB 2.0, table 11-21, and USB 3.2, table 10-13."""
        bits = _POWER_BIT[half] if self.powers(half, port) else 0
        bits |= _CONNECTED if connected else 0
        bits |= _OVERCURRENT if port in self.shorted else 0
        return bits.to_bytes(2, "little") + bytes(2)

    def short(self, port: int) -> bool:
        """Cut a port off for drawing too much."""
        self.shorted.add(port)
        return True

    def switch(self, half: int, feature: int, port: int, *, on: bool) -> bool:
        """Do what was asked; False for what no hub knows."""
        if feature != _PORT_POWER or not 1 <= port <= self.ports:
            return False
        if not self.stuck:
            (self.off.discard if on else self.off.add)((half, port))
        return True
