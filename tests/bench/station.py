"""A station of 64 simulated slots: what a step costs beside its body, and the station's memory.

The simulators stand in processes of their own; the station process runs the real drivers, engine,
store and adb server. A step's overhead is the time from the end of the step before to its own end
less that of its body, as its threads saw it on the cores of this PC, which all share. The first
unit of each slot is not counted: all of them come at once then, and libraries are loaded.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from harness.model.events import Purpose, RunStarted, Stamped, StepEnded, StepStarted
from harness.model.outcome import Outcome
from harness.model.step import Catalogue, StepSpec
from harness.plans.resolve import load_plans
from harness.sim.drawn import Drawn
from harness.sim.scenario import Scenario
from harness.station.floor import Floor
from harness.station.line import Row
from harness.station.screens.bus import Bus
from harness.station.station import Order
from harness.steps import catalogue
from harness.wiring import open_floor
from tests.bench.figure import Figure, percentile

SLOTS, UNITS = 64, 192
PLAN = Path(__file__).parents[2] / "testplans" / "skeleton.yaml"


def figures() -> Iterator[Figure]:
    told = subprocess.run(
        [sys.executable, "-m", __name__], capture_output=True, text=True, timeout=600, check=True
    )
    found = json.loads(told.stdout)
    by_step: dict[str, list[float]] = {}
    for step, taken_ms in found["overheads_ms"]:
        by_step.setdefault(step, []).append(taken_ms)
    for step, taken in by_step.items():
        print(json.dumps({"step": step, "p99_ms": round(percentile(taken, 99), 1)}))
    steps = [taken_ms for taken in by_step.values() for taken_ms in taken]
    yield Figure("station_64_step_overhead_median", median(steps), "ms", None, len(steps))
    yield Figure("station_64_step_overhead_p99", percentile(steps, 99), "ms", 20.0, len(steps))
    yield Figure("station_64_peak_rss", found["peak_mb"], "MB", 150.0, 1)
    yield Figure("station_64_unit_cpu", found["cpu_s"] / UNITS, "s", None, UNITS)
    yield Figure("station_64_not_passed", UNITS - found["passed"], "1", 0, UNITS)


@dataclass
class Times:
    """The overhead of each step [ms], taken in the thread of its run."""

    overheads: list[tuple[str, float]] = field(default_factory=list)
    warm_up: int = SLOTS
    """How many runs are still not to be counted."""
    _counts: dict[int, bool] = field(default_factory=dict)
    _body_s: dict[int, float] = field(default_factory=dict)
    _since: dict[int, float] = field(default_factory=dict)

    def timed(self, spec: StepSpec) -> StepSpec:
        """The step, with a body that tells how long it took."""

        @wraps(spec.body)
        def body(**given: Any) -> None:
            begun = time.perf_counter()
            try:
                spec.body(**given)
            finally:
                self._body_s[threading.get_ident()] = time.perf_counter() - begun

        return replace(spec, body=body)

    def hear(self, event: object) -> None:
        now, thread = time.perf_counter(), threading.get_ident()
        match event:
            case RunStarted():
                self._since.pop(thread, None)
                self._counts[thread] = self.warm_up <= 0
                self.warm_up -= 1
            case StepStarted():
                self._since.setdefault(thread, now)
            case StepEnded(step=step):
                body_s = self._body_s.pop(thread)
                if self._counts[thread]:
                    self.overheads.append((step, (now - self._since[thread] - body_s) * 1000))
                self._since[thread] = now


class TimedBus(Bus):
    """A bus that takes the times of what it is told."""

    def __init__(self, times: Times, *given: Any) -> None:
        super().__init__(*given)
        self._times = times

    def publish(self, stamped: Stamped) -> None:
        self._times.hear(stamped.event)
        super().publish(stamped)


def _measured(store: Path) -> dict[str, Any]:
    scenario = Scenario((), drawn=Drawn("A57C100001"), wanted_slots=SLOTS)
    order = Order(load_plans(PLAN, catalogue()).named(""), Purpose.REHEARSAL, "bench")
    times, passed = Times(), list[bool]()
    with open_floor(store, scenario) as floor:
        station = replace(
            floor.station, catalogue=Catalogue(map(times.timed, catalogue().values()))
        )
        inserts: list[Callable[[int], Any]] = [
            partial(floor.insert, unit, unit.label) for unit in scenario.first_units(UNITS)
        ]
        row = Row(
            inserts,
            told=lambda _, result: passed.append(result.outcome is Outcome.PASS),
            take_out=floor.take_out,
        )
        bus = TimedBus(times, station.ref, station.slots)
        begun = time.process_time()
        Floor(station, lambda _: order, bus, row).run()
        cpu_s = time.process_time() - begun
    peak = re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    assert peak
    return {
        "overheads_ms": times.overheads,
        "peak_mb": int(peak[1]) * 1.024 / 1000,
        "cpu_s": cpu_s,
        "passed": sum(passed),
    }


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print(json.dumps(_measured(Path(folder) / "records.db")))
