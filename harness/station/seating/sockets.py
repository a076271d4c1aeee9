"""What stands in a slot's USB socket, in words; and what that says of a handset adb has not."""

from __future__ import annotations

import time
from collections.abc import Mapping

from harness.devices.usb.socket import UsbSocket
from harness.errors import HarnessError, LinkFault
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.usb import UsbDevice, UsbMode, UsbSpeed

_LOOKS, _LOOK_S = 4, 0.1
_FLASH = "if it comes up so again, flash it anew."
REMEDIES: Mapping[UsbMode, str] = {
    UsbMode.ADB: "Stop any other adb server of this PC; check the serial in the station file.",
    UsbMode.FASTBOOT: f"Hold its power key for 15 s, so that it restarts into Android; {_FLASH}",
    UsbMode.PRELOADER: f"Unplug it, hold its power key for 15 s, plug it in again; {_FLASH}",
    UsbMode.BROM: f"Let go of its keys, unplug it, restart it and plug it in; {_FLASH}",
    UsbMode.EDL: f"Unplug it, hold power and volume down for 15 s, plug it in; {_FLASH}",
    UsbMode.MTP: "Switch USB debugging on in its developer options, or flash the factory image.",
    UsbMode.OTHER: "Look at what is in the slot; check the socket in the station file.",
}
"""What brings a handset in this mode to adb."""


def explained(socket: UsbSocket, fault: LinkFault) -> LinkFault:
    """Why a handset is absent from adb, by what stands in its socket now.

    In a mode without adb it is LinkFault(USB-WRONG-MODE); else the absence stays what it is, with
    what USB shows as evidence.
    """
    device = _seen(socket)
    if isinstance(device, str):
        return fault.again(usb_port=socket.port, usb=device)
    evidence = {**fault.evidence, "usb_port": socket.port, "usb": described(device)}
    remedy = REMEDIES[device.mode]
    if device.mode is UsbMode.ADB:
        return LinkFault(fault.code, fault.message, evidence=evidence, remedy=remedy)
    message = f"in {socket.port} stands {described(device)}; expected {UsbMode.ADB.value}"
    evidence["adb"] = f"{fault.code}: {fault.message}"
    return LinkFault("USB-WRONG-MODE", message, evidence=evidence, remedy=remedy)


def _seen(socket: UsbSocket) -> UsbDevice | str:
    """What stands in the socket, or why nothing is seen there.

    Listed for this question alone: a listing that serves others may be from before this unit came.
    Looked at more than once: while other devices of the bus come and go, a listing may fail.
    """
    why = ""
    for look in range(_LOOKS):
        if look:
            time.sleep(_LOOK_S)
        socket.bus.forget()
        try:
            if device := socket.device():
                return device
            why = "nothing is plugged in"
        except HarnessError as error:
            why = f"{error.code}: {error.message}"
    return why


def described(device: UsbDevice) -> str:
    """One line for a person: mode, ids, speed, product, serial."""
    product, serial = (words(text) for text in (device.product, device.serial))
    return (
        f"{device.mode.value}, {ids(device)}, {speed_words(device.speed)}, "
        f"product {product}, serial {serial}"
    )


def ids(device: UsbDevice) -> str:
    """Vendor and product id, as `lsusb` writes them."""
    return f"{device.vendor_id:04x}:{device.product_id:04x}"


def speed_words(speed: Reading[UsbSpeed]) -> str:
    return f"{speed.value:g} Mbit/s" if isinstance(speed, UsbSpeed) else f"speed {words(speed)}"


def words(reading: Reading[str]) -> str:
    """A text as a person is told it."""
    if isinstance(reading, Unknown):
        return "unknown"
    return "unreadable" if isinstance(reading, Unreadable) else reading
