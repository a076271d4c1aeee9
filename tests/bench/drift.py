"""What telling the drift of ten jigs costs after 100 nights, and the page about it."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from harness.quality.drift import Drift, drifts
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.ui.report.selftest import selftest_page
from tests.bench.figure import Figure, percentile
from tests.quality.nights import Night
from tests.records.runs import DOCUMENTS, PLAN_SHA256
from tests.ui.report.jigs import LIMITS, UNITS, jig_of, lived, report, values

JIGS, NIGHTS, TIMES = 10, 100, 7
CHANNELS = ("", "_2", "_3")
SERIALS = [f"JIG-{number:04}" for number in range(JIGS)]


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.db"
        _live(path)
        took = [_told_ms(path) for _ in range(TIMES)]
    yield Figure("selftest_drift_10_jigs_p50", percentile(took, 50), "ms", 1000.0, TIMES)
    shown = [_shown_ms() for _ in range(TIMES)]
    yield Figure("selftest_page_10_jigs_p50", percentile(shown, 50), "ms", 500.0, TIMES)


def _live(path: Path) -> None:
    """Every jig is tested in every night: 1,000 self-tests of 27 values each."""
    with Recorder(path) as recorder:
        for serial in SERIALS:
            chance = random.Random(serial)
            for night in range(NIGHTS):
                made = {
                    name.replace(".", f"{channel}."): value
                    for channel in CHANNELS
                    for name, value in values(chance, night, serial).items()
                }
                one = Night(night, made, LIMITS, PLAN_SHA256, serial=serial, units=UNITS)
                record = one.record()
                recorder.begin(one.events[0], DOCUMENTS)
                for event in one.events[1:]:
                    recorder.write(event)
                recorder.seal(record)


def _told_ms(path: Path) -> float:
    begun = time.perf_counter()
    with Reader(path) as reader:
        told = [_drifts(reader, serial) for serial in SERIALS]
    took_ms = (time.perf_counter() - begun) * 1000
    assert {len(drift.series.numbers) for jig in told for drift in jig} == {NIGHTS}
    return took_ms


def _drifts(reader: Reader, serial: str) -> tuple[Drift, ...]:
    runs = reader.history(serial)
    return drifts(runs[-1].run, runs)


def _shown_ms() -> float:
    jigs = [jig_of(slot, lived(serial, {})) for slot, serial in enumerate(SERIALS, start=1)]
    found = report(*jigs)
    begun = time.perf_counter()
    selftest_page(found)
    return (time.perf_counter() - begun) * 1000
