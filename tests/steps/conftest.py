"""A real adb server for the folder, and simulated handsets on its wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.devices.adb import AdbServer
from harness.sim.handset import SimHandsets


@pytest.fixture(scope="session")
def server() -> Iterator[AdbServer]:
    with AdbServer() as server:
        yield server


@pytest.fixture
def handsets() -> Iterator[SimHandsets]:
    """Handsets whose dwell times are a tenth of real ones."""
    with SimHandsets(speed=10) as handsets:
        yield handsets
