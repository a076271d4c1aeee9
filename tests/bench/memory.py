"""Peak resident memory of a station with one slot, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.workload import open_line

UNITS, STEPS = 40, 50


def figures() -> Iterator[Figure]:
    told = subprocess.run(
        [sys.executable, "-m", __name__], capture_output=True, text=True, timeout=120, check=True
    )
    yield Figure("peak_rss_one_slot", float(told.stdout), "MB", 45.0, 1)


def _peak_mb() -> float:
    """After as many units as a slot tests in an hour or two [MB of 10^6 B].

    By proc(5): what getrusage(2) says of a child begins with what its parent had.
    """
    with open_line() as line:
        for _ in range(UNITS):
            line.test(STEPS)
    peak = re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    assert peak
    return int(peak[1]) * 1.024 / 1000


if __name__ == "__main__":
    print(_peak_mb())
