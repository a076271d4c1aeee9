"""A real adb server for the folder, and simulated handsets on its wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness.devices.adb import AdbServer
from harness.sim.handset import SimHandsets
from harness.sim.line import SimLine
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from tests.steps.lte_slot import LteSlot, MakeLte, lte_slot
from tests.steps.slot import SERIAL, MakeSlot, Slot


@pytest.fixture(scope="session")
def server() -> Iterator[AdbServer]:
    with AdbServer() as server:
        yield server


@pytest.fixture
def handsets() -> Iterator[SimHandsets]:
    """Handsets whose dwell times are a tenth of real ones."""
    with SimHandsets(speed=10) as handsets:
        yield handsets


@pytest.fixture
def slot_with(server: AdbServer) -> Iterator[MakeSlot]:
    with ExitStack() as stack:

        def make(*defects: str, **more: Any) -> Slot:
            line = stack.enter_context(SimLine(Scenario(speed=10), 1))
            unit = SimUnit(SERIAL, defects={name: {} for name in defects}, **more)
            return Slot(line, server, unit)

        yield make


@pytest.fixture
def lte_with(server: AdbServer, handsets: SimHandsets, tmp_path: Path) -> Iterator[MakeLte]:
    with ExitStack() as stack:

        def make(defects: dict[str, dict[str, Any]] | None = None, **more: Any) -> LteSlot:
            unit = SimUnit("A57A000001", defects=defects or {}, **more)
            return stack.enter_context(lte_slot(server, handsets, unit, tmp_path))

        yield make
