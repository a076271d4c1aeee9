"""Simulated handsets in processes of their own, behind a real adb server."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from harness.clock import Cancel, Deadline, Lease
from harness.devices.adb import AdbHandset, AdbServer
from harness.devices.adb.handset import LeasedHandset
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit

_COMMAND = "getprop ro.serialno"
_LASTS_S = 600.0


@contextmanager
def handsets(server: AdbServer, processes: int, each: int = 1) -> Iterator[list[LeasedHandset]]:
    """So many handsets in each of so many processes; their serials begin with B."""
    with ExitStack() as stack:
        addresses = [
            address
            for process in range(processes)
            for address in stack.enter_context(simulated(process * each, each))
        ]
        lease = Lease(Deadline(_LASTS_S), Cancel())
        yield [AdbHandset(server, address).under(lease) for address in addresses]


def shell_ms(handset: LeasedHandset) -> float:
    """How long the smallest reading of a handset takes [ms]."""
    begun = time.perf_counter()
    result = handset.shell(_COMMAND)
    assert result.out.startswith("B"), result
    return (time.perf_counter() - begun) * 1000


def shells_at_once_ms(polled: Sequence[LeasedHandset], readings: int) -> list[float]:
    """How long each of so many readings took of each handset, each in a thread of its own [ms].

    A handset is asked again as soon as it has answered.
    """
    start = threading.Barrier(len(polled))

    def read(handset: LeasedHandset) -> list[float]:
        start.wait()
        return [shell_ms(handset) for _ in range(readings)]

    with ThreadPoolExecutor(len(polled)) as pool:
        return [sample for samples in pool.map(read, polled) for sample in samples]


@contextmanager
def simulated(first: int, number: int) -> Iterator[list[str]]:
    """The addresses of handsets in a process, which ends when its standard input does."""
    command = [sys.executable, "-m", __name__, str(first), str(number)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield [process.stdout.readline().strip() for _ in range(number)]


def _main(first: int, number: int) -> None:
    with SimHandsets() as simulated:
        for at in range(first, first + number):
            print(simulated.add(SimUnit(f"B{at:09}")), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
