"""What USB itself tells of a device: who it says it is, how it is connected, what it is now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from harness.model.reading import Reading


class UsbMode(Enum):
    """What a handset is while it shows this face to the bus, in words for a person."""

    ADB = "Android with adb"
    FASTBOOT = "fastboot"
    PRELOADER = "MediaTek preloader"
    BROM = "MediaTek boot ROM"
    EDL = "Qualcomm emergency download (EDL)"
    MTP = "file transfer (MTP) without adb"
    OTHER = "a USB device that is no handset in a known mode"


class UsbSpeed(Enum):
    """What was negotiated, by its signalling rate [Mbit/s] (USB 3.2, table 3-1; USB 2.0, 4.2.1)."""

    LOW = 1.5
    FULL = 12.0
    HIGH = 480.0
    SUPER = 5000.0
    SUPER_PLUS = 10000.0
    SUPER_PLUS_X2 = 20000.0


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """A device on the bus.

    `port` is controller and hub port path (`pci-0000:00:14.0/1-4.2`), which a socket keeps
    through boots; `interfaces` are (class, subclass, protocol) of the first configuration.
    Strings that the device would not tell, for want of rights or of an answer, are Unreadable.
    """

    port: str
    vendor_id: int
    product_id: int
    mode: UsbMode
    speed: Reading[UsbSpeed]
    serial: Reading[str]
    manufacturer: Reading[str]
    product: Reading[str]
    usb_version: str
    max_power_ma: Reading[int]
    interfaces: tuple[tuple[int, int, int], ...]
