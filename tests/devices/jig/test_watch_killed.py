"""A station that is killed, or stopped, beats no more: the jig drops power by itself."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from harness.sim.jig import JigBehaviour
from harness.sim.jig.watchdog import WAIT_S
from tests.devices.jig.conftest import BuildWired
from tests.engine.rig import until


@pytest.mark.parametrize(("how", "after_s"), [(signal.SIGKILL, 1.3 * WAIT_S), (signal.SIGSTOP, 0)])
def test_a_station_that_beats_no_more_leaves_no_power_on(
    wired: BuildWired, how: signal.Signals, after_s: float
) -> None:
    bench = wired("core-framed")
    assert isinstance(bench.sim, JigBehaviour)
    command = [sys.executable, "-m", "tests.devices.jig.station_that_dies", bench.pty.path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as station:
        try:
            assert station.stdout
            assert station.stdout.readline() == "on\n"
            time.sleep(after_s)  # it is fed meanwhile
            assert not bench.sim.safe
            station.send_signal(how)
            until(lambda: bench.sim.safe)
            assert bench.sim.watchdog.tripped
        finally:
            station.kill()
