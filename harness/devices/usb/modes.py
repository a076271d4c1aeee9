"""Which mode a handset is in, by what its USB descriptors say.

Sources: AOSP, adb.h (ADB_CLASS, ADB_SUBCLASS, ADB_PROTOCOL) and fastboot's README for the
interfaces; the ids of MediaTek's and Qualcomm's ROMs as their loaders' tools know them; USB still
image class 1.0, and AOSP's f_mtp.c and MtpDescriptors.cpp for MTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.model.usb import UsbMode

Triple = tuple[int, int, int]
"""Class, subclass and protocol of an interface."""

ADB: Triple = (0xFF, 0x42, 0x01)
FASTBOOT: Triple = (0xFF, 0x42, 0x03)
_STILL_IMAGE: Triple = (0x06, 0x01, 0x01)
VENDOR_MTP: Triple = (0xFF, 0xFF, 0x00)
"""MTP of old kernels, which only the name of the interface tells from a maker's own."""

_CDC_ACM = 0x02, 0x02
_CDC_DATA = 0x0A
_BROM = (0x0E8D, 0x0003)
_QUALCOMM_DIAGNOSIS = (0x05C6, 0x9025)

ROMS: Mapping[tuple[int, int], UsbMode] = {
    (0x0E8D, 0x2000): UsbMode.PRELOADER,
    (0x0E8D, 0x2001): UsbMode.PRELOADER,
    (0x0E8D, 0x20FF): UsbMode.PRELOADER,
    (0x0E8D, 0x6000): UsbMode.PRELOADER,
    (0x22D9, 0x0006): UsbMode.PRELOADER,  # OPPO's own id for MediaTek's
    _BROM: UsbMode.BROM,
    (0x05C6, 0x9008): UsbMode.EDL,
    (0x05C6, 0x900E): UsbMode.EDL,  # after a crash, with the memory to be fetched
    _QUALCOMM_DIAGNOSIS: UsbMode.EDL,
}
"""Vendor and product ids of what runs before Android does."""


def mode_of(
    vendor_id: int,
    product_id: int,
    interfaces: Sequence[Triple],
    names: Mapping[int, str] | None = None,
) -> UsbMode:
    """The mode by interfaces first, because one id serves several modes of Android; then by ids.

    `names` are the names of interfaces by their place: a vendor's own interface is MTP only when
    it is named so. Whether adb belongs to Android or to recovery is for adb's own state to say.
    """
    if ADB in interfaces:
        return UsbMode.ADB
    if FASTBOOT in interfaces:
        return UsbMode.FASTBOOT
    rom = ROMS.get((vendor_id, product_id))
    if rom and _looks_like_rom((vendor_id, product_id), interfaces):
        return rom
    if _STILL_IMAGE in interfaces or _is_named_mtp(interfaces, names or {}):
        return UsbMode.MTP
    return UsbMode.OTHER


def _looks_like_rom(ids: tuple[int, int], interfaces: Sequence[Triple]) -> bool:
    """Two ids are also those of running phones, which show more interfaces than a ROM does.

    MediaTek's boot ROM is one serial port (CDC ACM: control and data); feature phones of the
    same id add storage or further ports. Qualcomm's 9025 with several interfaces is Android with
    its diagnosis port.
    """
    if ids == _BROM:
        rest = [triple for triple in interfaces if triple[:2] != _CDC_ACM]
        return len(interfaces) <= 2 and all(triple[0] == _CDC_DATA for triple in rest)
    if ids == _QUALCOMM_DIAGNOSIS:
        return len(interfaces) <= 1
    return True


def _is_named_mtp(interfaces: Sequence[Triple], names: Mapping[int, str]) -> bool:
    return any(
        triple == VENDOR_MTP and names.get(place) == "MTP"
        for place, triple in enumerate(interfaces)
    )
