"""How long everything takes that `harness handset` reads: who it is, and how it is."""

from __future__ import annotations

import time
from collections.abc import Iterator

from harness.devices.adb import AdbServer
from harness.devices.adb.handset import LeasedHandset
from harness.model.reading import Unknown, Unreadable
from harness.steps.asking.overview import read
from tests.bench.figure import Figure, percentile
from tests.bench.handsets import handsets

READINGS, WARM_UP = 60, 5
KINDS = (
    *("getprop", "iphonesubinfo_0", "iphonesubinfo_1"),
    *("battery", "uevent", "telephony", "wifi_status", "bluetooth", "camera", "storage"),
)
"""Identity and health; the page has more."""


def figures() -> Iterator[Figure]:
    with AdbServer() as server, handsets(server, 1) as (handset,):
        begun = time.process_time()
        took = [_reading_ms(handset) for _ in range(WARM_UP + READINGS)][WARM_UP:]
        cpu_ms = (time.process_time() - begun) * 1000 / (WARM_UP + READINGS)
    yield Figure("handset_reading_p50", percentile(took, 50), "ms", 100.0, READINGS)
    yield Figure("handset_reading_cpu", cpu_ms, "ms", None, READINGS)


def _reading_ms(handset: LeasedHandset) -> float:
    begun = time.perf_counter()
    seen = read(handset)
    took_ms = (time.perf_counter() - begun) * 1000
    for kind in KINDS:
        assert not isinstance(seen.readings[kind], Unknown | Unreadable), kind
    return took_ms
