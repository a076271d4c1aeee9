"""A virtual USB bus at the wire: what a backend of pyusb would see, and sysfs beside it."""

from harness.sim.usb.bus import VirtualBus
from harness.sim.usb.device import SimUsbDevice, Strings
from harness.sim.usb.hub import SimHub, Switching
from harness.sim.usb.phone import bootloader, phone

__all__ = [
    "SimHub",
    "SimUsbDevice",
    "Strings",
    "Switching",
    "VirtualBus",
    "bootloader",
    "phone",
]
