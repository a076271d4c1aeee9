"""How long a shell reading of a handset takes: real adb server, handsets in other processes."""

from __future__ import annotations

from collections.abc import Iterator

from harness.devices.adb import AdbServer
from tests.bench.figure import Figure, percentile
from tests.bench.handsets import handsets, shell_ms, shells_at_once_ms

HANDSETS, READINGS, ALONE = 16, 40, 300


def figures() -> Iterator[Figure]:
    with AdbServer() as server, handsets(server, HANDSETS) as polled:
        for handset in polled:
            shell_ms(handset)
        alone = [shell_ms(polled[0]) for _ in range(ALONE)]
        together = shells_at_once_ms(polled, READINGS)
    yield Figure("shell_p50", percentile(alone, 50), "ms", 6.0, len(alone))
    yield Figure("shell_p99_16_handsets", percentile(together, 99), "ms", 100.0, len(together))
