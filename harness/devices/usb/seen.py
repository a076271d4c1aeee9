"""What a listing sees of a device without asking it: the descriptors that the kernel keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.devices.usb.modes import Triple, mode_of
from harness.devices.usb.topology import Place
from harness.model.reading import Reading, Unknown, Unreadable
from harness.model.usb import UsbMode, UsbSpeed

HUB_CLASS = 0x09

_SPEEDS = {
    1: UsbSpeed.LOW,
    2: UsbSpeed.FULL,
    3: UsbSpeed.HIGH,
    4: UsbSpeed.SUPER,
    5: UsbSpeed.SUPER_PLUS,
    6: UsbSpeed.SUPER_PLUS_X2,
}
"""libusb.h, enum libusb_speed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A device of a listing. `handle` is what its backend knows it by; indexes are of strings."""

    place: Place
    port: str
    address: int
    handle: Any
    vendor_id: int
    product_id: int
    usb_version: str
    speed: Reading[UsbSpeed]
    max_power_ma: Reading[int]
    is_hub: bool
    interfaces: tuple[Triple, ...]
    interface_names: tuple[int, ...]
    serial: int
    manufacturer: int
    product: int

    @property
    def mode(self) -> UsbMode:
        """The mode, as far as it shows without the names of interfaces."""
        return mode_of(self.vendor_id, self.product_id, self.interfaces)


def see(device: Any, place: Place, port: str, handle: Any) -> Seen:
    """A pyusb device at its place."""
    speed = _SPEEDS.get(device.speed or 0, Unknown(f"libusb's speed is {device.speed}"))
    power, interfaces = _configuration(device, speed)
    return Seen(
        place=place,
        port=port,
        address=device.address,
        handle=handle,
        vendor_id=device.idVendor,
        product_id=device.idProduct,
        usb_version=f"{device.bcdUSB >> 8:x}.{device.bcdUSB & 0xFF:02x}",
        speed=speed,
        max_power_ma=power,
        is_hub=device.bDeviceClass == HUB_CLASS,
        interfaces=tuple(
            (each.bInterfaceClass, each.bInterfaceSubClass, each.bInterfaceProtocol)
            for each in interfaces
        ),
        interface_names=tuple(each.iInterface for each in interfaces),
        serial=device.iSerialNumber,
        manufacturer=device.iManufacturer,
        product=device.iProduct,
    )


def _configuration(device: Any, speed: Reading[UsbSpeed]) -> tuple[Reading[int], list[Any]]:
    """What its first configuration draws [mA], and its interfaces in their first setting."""
    try:
        first = device[0]
        interfaces = [each for each in first if each.bAlternateSetting == 0]
    except (OSError, IndexError) as error:
        return Unreadable("the device has no configuration to read", str(error)), []
    return first.bMaxPower * _unit_ma(speed, device.bcdUSB), interfaces


def _unit_ma(speed: Reading[UsbSpeed], usb_version: int) -> int:
    """2 mA up to USB 2, 8 mA at SuperSpeed (USB 3.2, table 9-24), whatever the device could be."""
    if isinstance(speed, UsbSpeed):
        return 8 if speed.value >= UsbSpeed.SUPER.value else 2
    return 8 if usb_version >= 0x0300 else 2
