from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.usb.modes import ADB, FASTBOOT, ROMS, VENDOR_MTP, Triple, mode_of
from harness.model.usb import UsbMode
from harness.sim.profiles import PROFILES

MTP: Triple = (6, 1, 1)
ACM: tuple[Triple, ...] = ((2, 2, 1), (10, 0, 0))
STORAGE: Triple = (8, 6, 0x50)
RULES = Path(__file__).parents[3] / "fixtures" / "udev" / "51-harness.rules"


@pytest.mark.parametrize(
    ("ids", "interfaces", "mode"),
    [
        ("22d9:2769", (ADB,), UsbMode.ADB),
        ("04e8:6860", (MTP, *ACM, ADB), UsbMode.ADB),
        ("05c6:9025", ((255, 255, 48), ADB, (255, 255, 255)), UsbMode.ADB),
        ("0e8d:2001", (STORAGE, ADB), UsbMode.ADB),
        ("18d1:d00d", (FASTBOOT,), UsbMode.FASTBOOT),
        ("0e8d:2000", ACM, UsbMode.PRELOADER),
        ("0e8d:2001", ACM, UsbMode.PRELOADER),
        ("0e8d:20ff", ACM, UsbMode.PRELOADER),
        ("0e8d:6000", ACM, UsbMode.PRELOADER),
        ("22d9:0006", ACM, UsbMode.PRELOADER),
        ("0e8d:0003", ACM, UsbMode.BROM),
        ("0e8d:0003", (*ACM, STORAGE), UsbMode.OTHER),
        ("0e8d:0003", ACM + ACM, UsbMode.OTHER),
        ("0e8d:0003", (STORAGE,), UsbMode.OTHER),
        ("05c6:9008", ((255, 255, 255),), UsbMode.EDL),
        ("05c6:900e", ((255, 255, 255),), UsbMode.EDL),
        ("05c6:9025", ((255, 255, 255),), UsbMode.EDL),
        ("05c6:9025", ((255, 255, 48), (255, 255, 255)), UsbMode.OTHER),
        ("18d1:4ee1", (MTP,), UsbMode.MTP),
        ("2717:ff40", (MTP, STORAGE), UsbMode.MTP),
        ("0403:6001", ((255, 255, 255),), UsbMode.OTHER),
        ("1d6b:0002", ((9, 0, 0),), UsbMode.OTHER),
        ("05c6:9008", (), UsbMode.EDL),
    ],
)
def test_modes(ids: str, interfaces: tuple[Triple, ...], mode: UsbMode) -> None:
    vendor_id, product_id = (int(part, 16) for part in ids.split(":"))
    assert mode_of(vendor_id, product_id, interfaces) is mode


def test_a_vendors_own_interface_is_mtp_only_by_its_name() -> None:
    interfaces = (STORAGE, VENDOR_MTP)
    assert mode_of(0x18D1, 1, interfaces, {1: "MTP"}) is UsbMode.MTP
    assert mode_of(0x18D1, 1, interfaces, {0: "MTP"}) is UsbMode.OTHER
    assert mode_of(0x18D1, 1, interfaces, {1: "RNDIS"}) is UsbMode.OTHER
    assert mode_of(0x18D1, 1, interfaces) is UsbMode.OTHER


_BYTE = st.integers(0, 255)
_ID = st.integers(0, 0xFFFF)


@given(_ID, _ID, st.lists(st.tuples(_BYTE, _BYTE, _BYTE)), st.permutations([ADB, MTP]))
def test_adb_wins_wherever_it_stands(
    vendor_id: int, product_id: int, others: list[Triple], pair: list[Triple]
) -> None:
    assert mode_of(vendor_id, product_id, [*others, *pair]) is UsbMode.ADB


def test_the_udev_rules_open_every_vendor_that_is_known_here() -> None:
    ruled = set(re.findall(r'ATTR\{idVendor\}=="([0-9a-f]{4})"', RULES.read_text()))
    known = {vendor for vendor, _ in ROMS} | {each.usb_vendor_id for each in PROFILES.values()}
    assert {f"{vendor:04x}" for vendor in known} <= ruled


def test_the_udev_rules_open_hubs_so_that_ports_can_be_switched() -> None:
    assert 'ATTR{bDeviceClass}=="09"' in RULES.read_text()
