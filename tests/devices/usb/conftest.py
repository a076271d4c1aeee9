from __future__ import annotations

from pathlib import Path

import pytest

from harness.clock import Cancel, Deadline, Lease
from harness.devices.usb.bus import UsbBus
from harness.sim.unit import SimUnit
from harness.sim.usb import VirtualBus

UNIT = SimUnit("A57A000001")


@pytest.fixture
def virtual(tmp_path: Path) -> VirtualBus:
    return VirtualBus(tmp_path, ports=8)


@pytest.fixture
def bus(virtual: VirtualBus) -> UsbBus:
    return UsbBus(virtual, sysfs=virtual.sysfs)


def lease(limit_s: float = 20.0, cancel: Cancel | None = None) -> Lease:
    return Lease(Deadline(limit_s), cancel or Cancel())
