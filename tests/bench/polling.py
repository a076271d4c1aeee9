"""How long a shell takes while 64 handsets are polled at once, and what that costs this PC."""

from __future__ import annotations

import time
from collections.abc import Iterator

from harness.devices.adb import AdbServer
from tests.bench.figure import Figure, percentile
from tests.bench.handsets import handsets, shell_ms, shells_at_once_ms

PROCESSES, EACH, READINGS = 4, 16, 20


def figures() -> Iterator[Figure]:
    with AdbServer() as server, handsets(server, PROCESSES, EACH) as polled:
        for handset in polled:
            shell_ms(handset)
        begun = time.process_time()
        took = shells_at_once_ms(polled, READINGS)
        cpu_ms = (time.process_time() - begun) * 1000 / len(took)
    yield Figure("shell_p99_64_handsets", percentile(took, 99), "ms", 250.0, len(took))
    yield Figure("shell_cpu_64_handsets", cpu_ms, "ms", None, len(took))
