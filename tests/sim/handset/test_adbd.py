from __future__ import annotations

import gc
import socket

import pytest

from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit

TIMES = 20


def test_a_stop_leaves_nothing_under_way_even_as_somebody_connects(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is left says so once it is collected: tasks that never end, calls of a closed loop."""
    for _ in range(TIMES):
        with SimHandsets() as handsets:
            host, port = handsets.add(SimUnit("A57A000001")).split(":")
            callers = [socket.create_connection((host, int(port))) for _ in range(3)]
        for caller in callers:
            caller.close()
    gc.collect()
    assert [record.getMessage() for record in caplog.records] == []
