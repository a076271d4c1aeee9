"""The workload of the figures: units of N steps that only measure, on the real engine and store."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.clock import SystemClock
from harness.engine.bench import Bench
from harness.model.identity import Unit
from harness.model.judgement import Limit
from harness.model.limits import Range
from harness.model.outcome import Outcome
from harness.model.plan import Phase, Plan, PlannedStep, Product
from harness.model.ports import Measure
from harness.model.step import Catalogue
from harness.plans.canonical import canonical
from harness.records.recorder import Recorder
from harness.station.slot import SlotRun
from harness.station.station import Order, Slot, Station
from harness.steps import steps_of
from harness.steps.api import Numeric, step

NAMES = ("m0", "m1", "m2", "m3")
_LIMITS: Mapping[str, Limit] = dict.fromkeys(NAMES, Range(Decimal("0.5"), Decimal("9.5")))


@step(measures=[Numeric(name, "V") for name in NAMES])
def noop(measure: Measure) -> None:
    """Four voltages [V] that cost nothing to make."""
    for name in NAMES:
        measure(name, 3.825)


class Line:
    """A station whose slots have no devices; every unit is a new one."""

    def __init__(self, recorder: Recorder) -> None:
        self._catalogue = Catalogue(steps_of(sys.modules[__name__]))
        self._units = 0
        self._plans: dict[int, Plan] = {}
        self._station = Station(
            ref=recorder.station,
            slots={},
            catalogue=self._catalogue,
            journal=recorder,
            attempts=recorder.attempts,
            clock=SystemClock(),
        )

    def test(self, steps: int, *, slots: int = 1) -> None:
        """Test a unit on each of so many slots at once; returns when every record is on disk."""
        runs = [self._run(self._plan(steps), slot) for slot in range(1, slots + 1)]
        for run in runs:
            run.start()
        for run in runs:
            result = run.supervise()
            assert result.outcome is Outcome.PASS, result
            run.join(5.0)

    def _run(self, plan: Plan, slot: int) -> SlotRun:
        self._units += 1
        unit = Unit(f"B{self._units:09}")
        return self._station.run(Order(plan), Slot(slot, Bench({}), unit))

    def _plan(self, steps: int) -> Plan:
        """The plan, made once: a line resolves its plan once a shift."""
        if steps not in self._plans:
            planned = tuple(
                PlannedStep(f"s{n}", "workload.noop", Phase.STEPS, Decimal(5), limits=_LIMITS)
                for n in range(steps)
            )
            plan = Plan("bench", 1, "Bench", "bench", Product("B", "B"), planned, canonical="")
            self._plans[steps] = replace(plan, canonical=canonical(plan, self._catalogue))
        return self._plans[steps]


@contextmanager
def open_line() -> Iterator[Line]:
    """A line with a new store."""
    with (
        TemporaryDirectory(prefix="harness-bench-") as folder,
        Recorder(Path(folder, "records.db"), name="bench") as recorder,
    ):
        yield Line(recorder)
