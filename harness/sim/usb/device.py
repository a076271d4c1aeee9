"""A simulated USB device: its descriptors, its strings, and what it answers on its bulk pipes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace

FULL, HIGH, SUPER = 2, 3, 4
"""Speeds as libusb numbers them."""
ENGLISH = 0x0409
_IN = 0x80
_BULK = 2
_SMALLEST = 8
_PACKET = {FULL: 64, HIGH: 512, SUPER: 1024, SUPER + 1: 1024, SUPER + 2: 1024}

Answer = bytes | None
"""A packet, or None for a while of silence."""


class Strings(Enum):
    """How a device, or this PC, treats who asks for its strings."""

    TOLD = "told"
    STALLED = "stalled"
    SILENT = "silent"
    FORBIDDEN = "forbidden"
    GARBLED = "garbled"


def _mute(_: bytes) -> Iterator[Answer]:
    return iter(())


@dataclass(frozen=True, slots=True)
class SimUsbDevice:
    """What shows on the bus. Each interface has a bulk pipe in and one out.

    `answer` gives the packets that follow what was written. `busy` has another program hold it.
    One that is not `configured` has no configuration to read.
    """

    vendor_id: int
    product_id: int
    interfaces: tuple[tuple[int, int, int], ...]
    serial: str = ""
    manufacturer: str = ""
    product: str = ""
    speed: int = HIGH
    usb_version: int = 0x0200
    max_power_ma: int = 500
    device_class: int = 0
    interface_names: Mapping[int, str] = field(default_factory=dict)
    strings: Strings = Strings.TOLD
    busy: bool = False
    configured: bool = True
    answer: Callable[[bytes], Iterable[Answer]] = _mute

    def descriptor(self) -> dict[str, int]:
        """USB 2.0, table 9-8."""
        return {
            "bLength": 18,
            "bDescriptorType": 1,
            "bcdUSB": self.usb_version,
            "bDeviceClass": self.device_class,
            "bDeviceSubClass": 0,
            "bDeviceProtocol": 0,
            "bMaxPacketSize0": 64,
            "idVendor": self.vendor_id,
            "idProduct": self.product_id,
            "bcdDevice": 0x0419,
            "iManufacturer": 1 if self.manufacturer else 0,
            "iProduct": 2 if self.product else 0,
            "iSerialNumber": 3 if self.serial else 0,
            "bNumConfigurations": 1 if self.configured else 0,
        }

    def configuration(self, speed: int) -> SimpleNamespace:
        """USB 2.0, table 9-10, at the speed that was negotiated."""
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=9 + 23 * len(self.interfaces),
            bNumInterfaces=len(self.interfaces),
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0x80,
            bMaxPower=self.max_power_ma // (8 if speed >= SUPER else 2),
            extra_descriptors=[],
        )

    def interface(self, number: int) -> SimpleNamespace:
        """USB 2.0, table 9-12; each has the one setting."""
        kind, subclass, protocol = self.interfaces[number]
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=number,
            bAlternateSetting=0,
            bNumEndpoints=2,
            bInterfaceClass=kind,
            bInterfaceSubClass=subclass,
            bInterfaceProtocol=protocol,
            iInterface=4 + number if number in self.interface_names else 0,
            extra_descriptors=[],
        )

    def endpoint(self, interface: int, number: int, speed: int) -> SimpleNamespace:
        """USB 2.0, table 9-13: first the pipe in, then the one out."""
        direction = _IN if number == 0 else 0
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=direction | (1 + interface),
            bmAttributes=_BULK,
            wMaxPacketSize=self.packet_size(speed),
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=[],
        )

    def packet_size(self, speed: int) -> int:
        """The longest packet of its pipes [byte]."""
        return _PACKET.get(speed, _SMALLEST)

    def string(self, index: int) -> bytes | None:
        """USB 2.0, 9.6.7; None for one that it has not."""
        if index == 0:
            return bytes((4, 3)) + ENGLISH.to_bytes(2, "little")
        told = {1: self.manufacturer, 2: self.product, 3: self.serial}
        text = told.get(index) or self.interface_names.get(index - 4)
        if text is None:
            return None
        raw = text.encode("utf-16-le")
        return bytes((len(raw) + 2, 3)) + raw
