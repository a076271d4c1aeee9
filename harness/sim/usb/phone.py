"""What a simulated handset shows on the bus in each of its modes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from harness.model.usb import UsbMode
from harness.sim.profiles import PROFILES, Profile
from harness.sim.unit import SimUnit
from harness.sim.usb.device import FULL, Answer, SimUsbDevice

_ADB, _FASTBOOT, _MTP = (0xFF, 0x42, 0x01), (0xFF, 0x42, 0x03), (0x06, 0x01, 0x01)
_SERIAL_PORT = ((0x02, 0x02, 0x01), (0x0A, 0x00, 0x00))
_VENDOR = ((0xFF, 0xFF, 0xFF),)
_ANDROID_IDS = {0x22D9: 0x2769, 0x04E8: 0x6860, 0x2717: 0xFF48, 0x18D1: 0x4EE7}
_MTP_IDS = {0x22D9: 0x2764, 0x04E8: 0x685C, 0x2717: 0xFF40, 0x18D1: 0x4EE1}
_FASTBOOT_IDS = (0x18D1, 0xD00D)
_LONGEST = 60


def phone(unit: SimUnit, mode: UsbMode) -> SimUsbDevice:
    """The device that a handset is in a mode.

    Defects: `usb.full_speed` comes up at 12 Mbit/s; `usb.edl` stands in emergency download
    whatever it is told.
    """
    if "usb.edl" in unit.defects:
        mode = UsbMode.EDL
    device = _in_mode(unit, PROFILES[unit.profile], mode)
    return replace(device, speed=FULL) if "usb.full_speed" in unit.defects else device


def bootloader(unit: SimUnit, asked: bytes) -> Iterator[Answer]:
    """What the bootloader of a handset answers to a fastboot command (AOSP, fastboot README)."""
    variables = _variables(unit, PROFILES[unit.profile])
    name = asked.decode("ascii", "replace").removeprefix("getvar:")
    if not asked.startswith(b"getvar:"):
        yield b"FAILunknown command"
    elif name == "all":
        for key, value in variables.items():
            yield f"INFO{key}:{value}"[:_LONGEST].encode()
        yield b"OKAY"
    else:
        yield f"OKAY{variables[name]}".encode() if name in variables else b"FAILno such variable"


def _in_mode(unit: SimUnit, profile: Profile, mode: UsbMode) -> SimUsbDevice:
    vendor_id = profile.usb_vendor_id
    android = partial(
        SimUsbDevice, serial=unit.serial, manufacturer=profile.maker, product=profile.model
    )
    match mode:
        case UsbMode.ADB:
            return android(vendor_id, _ANDROID_IDS[vendor_id], (_MTP, _ADB))
        case UsbMode.MTP:
            return android(vendor_id, _MTP_IDS[vendor_id], (_MTP,))
        case UsbMode.FASTBOOT:
            return SimUsbDevice(
                *_FASTBOOT_IDS,
                (_FASTBOOT,),
                serial=unit.serial,
                manufacturer=profile.maker,
                product="Android",
                answer=lambda asked: bootloader(unit, asked),
            )
        case UsbMode.PRELOADER:
            return SimUsbDevice(
                *(0x0E8D, 0x2000), _SERIAL_PORT, manufacturer="MediaTek", product="MT65xx Preloader"
            )
        case UsbMode.BROM:
            return SimUsbDevice(0x0E8D, 0x0003, _SERIAL_PORT)
        case UsbMode.EDL:
            return SimUsbDevice(
                *(0x05C6, 0x9008),
                _VENDOR,
                manufacturer="Qualcomm CDMA Technologies MSM",
                product="QUSB_BULK_CID:0411_SN:7B0F31F2",
            )
        case UsbMode.OTHER:
            return android(vendor_id, 0x0001, _VENDOR)


def _variables(unit: SimUnit, profile: Profile) -> dict[str, str]:
    return {
        "product": profile.device,
        "serialno": unit.serial,
        "variant": unit.sku,
        "unlocked": "no",
        "secure": "yes",
        "current-slot": "a",
        "version-bootloader": f"{profile.board}-1.0",
        "version-baseband": f"{profile.board}-2.0",
        "battery-voltage": str(round(unit.cell_v * 1000)),
        "battery-soc-ok": "yes" if unit.charge_percent > 15 else "no",
    }
