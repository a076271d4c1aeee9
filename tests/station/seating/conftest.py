"""A real adb server, and simulated handsets for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.devices.adb import AdbServer
from harness.sim.handset import SimHandsets


@pytest.fixture(scope="module")
def server() -> Iterator[AdbServer]:
    with AdbServer() as server:
        yield server


@pytest.fixture(scope="module")
def handsets() -> Iterator[SimHandsets]:
    with SimHandsets() as handsets:
        yield handsets
