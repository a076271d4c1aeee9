"""How long a shell reading of a handset takes: real adb server, handsets in other processes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from harness.clock import Cancel, Deadline, Lease
from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.adb.handset import LeasedHandset
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from tests.bench.figure import Figure, percentile

HANDSETS, READINGS, ALONE = 16, 40, 300
COMMAND = "getprop ro.serialno"


def figures() -> Iterator[Figure]:
    with ExitStack() as stack:
        server = stack.enter_context(AdbServer())
        handsets = [stack.enter_context(_handset(server, number)) for number in range(HANDSETS)]
        for handset in handsets:
            handset.shell(COMMAND)
        alone = [_reading_ms(handsets[0]) for _ in range(ALONE)]
        together = _at_once(handsets)
    yield Figure("shell_p50", percentile(alone, 50), "ms", 6.0, len(alone))
    yield Figure("shell_p99_16_handsets", percentile(together, 99), "ms", 100.0, len(together))


def _at_once(handsets: list[LeasedHandset]) -> list[float]:
    """The readings of all handsets, each handset in a thread of its own."""
    start = threading.Barrier(len(handsets))

    def read(handset: LeasedHandset) -> list[float]:
        start.wait()
        return [_reading_ms(handset) for _ in range(READINGS)]

    with ThreadPoolExecutor(len(handsets)) as pool:
        return [sample for samples in pool.map(read, handsets) for sample in samples]


def _reading_ms(handset: LeasedHandset) -> float:
    begun = time.perf_counter()
    result = handset.shell(COMMAND)
    assert result.out.startswith("B"), result
    return (time.perf_counter() - begun) * 1000


@contextmanager
def _handset(server: AdbServer, number: int) -> Iterator[LeasedHandset]:
    """A handset in a process of its own, which ends when its standard input does."""
    command = [sys.executable, "-m", __name__, f"B{number:09}"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        lease = Lease(Deadline(300.0), Cancel())
        yield AdbHandset(server, address).under(lease)


if __name__ == "__main__":
    with SimHandsets() as simulated:
        print(simulated.add(SimUnit(sys.argv[1])), flush=True)
        sys.stdin.read()
