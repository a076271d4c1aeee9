"""How long a handset that comes back is waited for, beyond what it takes itself."""

from __future__ import annotations

from collections.abc import Iterator

from harness.clock import Cancel, Deadline, Lease
from harness.devices.adb import AdbHandset, AdbServer
from harness.sim.handset import SimHandsets
from harness.sim.handset.daemon.adbd import BOOT_S, OFF_S
from harness.sim.unit import SimUnit
from tests.bench.figure import Figure, percentile

SPEED, TIMES = 50, 20
OWN_S = (OFF_S + BOOT_S) / SPEED


def figures() -> Iterator[Figure]:
    with AdbServer() as server, SimHandsets(speed=SPEED) as handsets:
        handset = AdbHandset(server, handsets.add(SimUnit("A57A000001")))
        dut = handset.under(Lease(Deadline(600.0), Cancel()))
        beyond_s = [dut.reboot(within_s=60) - OWN_S for _ in range(TIMES)]
    yield Figure("replug_to_ready_beyond_boot", percentile(beyond_s, 99), "s", 2.0, TIMES)
