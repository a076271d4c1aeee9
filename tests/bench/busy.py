"""A station of busy slots, a process of its own: the real engine, store, bus and socket.

The bodies of its steps only wait, so that each slot says RATE_HZ events a second. It ends when it
is killed. On stdout it says what it has measured, a line of JSON for each line on stdin.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from harness.clock import SystemClock
from harness.engine.bench import Bench
from harness.model.events import Stamped, StepEnded
from harness.model.identity import Unit
from harness.model.judgement import Limit
from harness.model.limits import Range
from harness.model.plan import Phase, Plan, PlannedStep, Product
from harness.model.ports import Measure
from harness.model.step import Catalogue
from harness.plans.canonical import canonical
from harness.records.recorder import Recorder
from harness.station.floor import Floor
from harness.station.line import Row
from harness.station.screens.bus import Bus
from harness.station.screens.socket import StationSocket, folder_of
from harness.station.station import Order, Slot, Station
from harness.steps import steps_of
from harness.steps.api import Numeric, step

SLOTS, RATE_HZ, STEPS = 64, 20, 30
NAMES = ("m0", "m1", "m2", "m3")
EVENTS = len(NAMES) + 2
"""Those of a step: its start, its measurements, its end."""


@step(measures=[Numeric(name, "V") for name in NAMES])
def paced(measure: Measure) -> None:
    """Four voltages [V], one after another, as slowly as RATE_HZ says."""
    for name in NAMES:
        time.sleep(EVENTS / RATE_HZ / len(NAMES))
        measure(name, 3.825)


class _Times(Bus):
    """A bus that takes the time from the end of a step to the end of the next."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._ended: dict[str, float] = {}
        self.taken: list[float] = []
        self.events = 0

    def publish(self, stamped: Stamped) -> None:
        super().publish(stamped)
        self.events += 1
        if isinstance(stamped.event, StepEnded):
            now_s, run = time.perf_counter(), stamped.run
            if run in self._ended:
                self.taken.append(now_s - self._ended[run])
            self._ended[run] = now_s


def _serve(store: Path) -> None:
    """Test units on all slots until killed; say on stdout what was measured when asked on stdin."""
    catalogue = Catalogue(steps_of(sys.modules[__name__]))
    with Recorder(store, name="bench") as recorder:
        slots = {n: Slot(n, Bench({}), Unit(f"A{n:09}")) for n in range(1, SLOTS + 1)}
        station = Station(
            ref=recorder.station,
            slots=slots,
            catalogue=catalogue,
            journal=recorder,
            attempts=recorder.attempts,
            clock=SystemClock(),
        )
        bus = _Times(station.ref, slots)
        numbers, row = count(1), Row(stays_open=True)

        def insert(number: int) -> Slot:
            row.add(insert)
            return replace(slots[number], unit=Unit(f"A57A{next(numbers):06}"))

        for _ in slots:
            row.add(insert)
        order = Order(_plan(catalogue))
        with StationSocket(folder_of(store), bus, lambda _: ()):
            threading.Thread(target=_answer, args=(bus,), daemon=True).start()
            Floor(station, lambda _: order, bus, row).run()


def _answer(bus: _Times) -> None:
    print("up", flush=True)
    cpu_s = time.process_time()
    for _ in sys.stdin:
        taken, bus.taken = bus.taken, []
        events, bus.events = bus.events, 0
        now_s = time.process_time()
        told = {"steps_s": taken, "events": events, "cpu_s": now_s - cpu_s}
        cpu_s = now_s
        print(json.dumps(told), flush=True)


def _plan(catalogue: Catalogue) -> Plan:
    use = f"{paced.__module__.rpartition('.')[2]}.{paced.__name__}"
    limits: Mapping[str, Limit] = dict.fromkeys(NAMES, Range(Decimal(3), Decimal(4)))
    steps = tuple(
        PlannedStep(f"s{n}", use, Phase.STEPS, Decimal(5), limits=limits) for n in range(STEPS)
    )
    plan = Plan("bench", 1, "Bench", "bench", Product("B", "B"), steps, canonical="")
    return replace(plan, canonical=canonical(plan, catalogue))


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
