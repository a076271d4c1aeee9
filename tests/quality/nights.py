"""Self-tests of one jig, a night each, from what they are said to have measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson

from harness.errors import HarnessError, JigFault
from harness.model import events as e
from harness.model.codec import encode
from harness.model.conclude import attempt_outcome
from harness.model.fault import Fault
from harness.model.fold import RecordBuilder
from harness.model.identity import Unit
from harness.model.judgement import Limit
from harness.model.limits import Range, RecordOnly
from harness.model.plan import LimitsRef, Phase
from harness.model.record import Record
from harness.model.refs import JigRef, PlannedRef, PlanRef, StationRef
from harness.model.selftest import SelfTestRow
from harness.model.value import Value
from harness.records.selftests import selftest_row

FIRST = datetime(2026, 10, 1, 1, 30, tzinfo=UTC)
JIG = "JIG-0007"
CENT = Range(Decimal(-1), Decimal(1))
"""A rail's error: within 1 %."""
UNITS = {"rail": "%", "contact": "Ohm", "cycles": "%", "calibration": "d", "light": "lx"}


@dataclass
class Night:
    """One self-test that measured `values`, by `step.name`, each judged by its limit."""

    number: int
    values: Mapping[str, Value]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    plan: str = "p" * 64
    inputs: Mapping[str, str] = field(default_factory=lambda: {"jig": "j" * 64})
    firmware: str | None = "1.4"
    units: Mapping[str, str] = field(default_factory=dict)
    fault: HarnessError | None = None
    serial: str = JIG
    purpose: e.Purpose = e.Purpose.SELFTEST
    events: list[e.Stamped] = field(default_factory=list)
    builder: RecordBuilder = field(default_factory=RecordBuilder)

    def record(self) -> Record:
        """The record; a `fault` is that of a step behind the others."""
        self._add(self._started())
        for step in self._steps():
            self._add(e.StepStarted(step, _used(step), Phase.STEPS, 1))
            for name, value in self.values.items():
                if name.startswith(f"{step}."):
                    self._measure(name, value)
            self._end(step)
        if self.fault:
            self._add(e.StepStarted("shield", "jig_health.shield", Phase.STEPS, 1))
            self._add(e.Faulted(Fault.of(self.fault), "shield", 1))
            self._end("shield")
        self._add(e.RunEnded(*self.builder.conclude()))
        return self.builder.build()

    def row(self) -> SelfTestRow:
        """As the store gives it."""
        return selftest_row(orjson.dumps(encode(self.record())))

    def _add(self, event: e.Event) -> None:
        count = len(self.events)
        utc = FIRST + timedelta(days=self.number, milliseconds=count)
        self.events.append(e.Stamped(self.run, count, utc, count, event))
        self.builder.apply(self.events[-1])

    def _measure(self, name: str, value: Value) -> None:
        limit = self.limits.get(name, RecordOnly())
        step, _, made = name.partition(".")
        unit = self.units.get(name, UNITS.get(step, "1"))
        self._add(e.Measured(step, 1, made, value, unit, *limit.judge(value), limit.describe()))

    def _end(self, step: str) -> None:
        made = self.builder.attempt(step, 1)
        self._add(e.StepEnded(step, 1, attempt_outcome(made.measurements, made.fault)))

    def _steps(self) -> list[str]:
        return [*dict.fromkeys(name.partition(".")[0] for name in self.values)]

    @property
    def run(self) -> str:
        return f"{self.serial}-{self.number:05}"

    def _started(self) -> e.RunStarted:
        planned = (PlannedRef(step, _used(step), Phase.STEPS, ()) for step in self._steps())
        return e.RunStarted(
            run=self.run,
            purpose=self.purpose,
            process="jig-selftest",
            unit=Unit(self.serial),
            station=StationRef("ft-03", "uuid", "hall-2"),
            slot=1,
            operator="cron",
            attempt=1,
            plan=PlanRef("selftest-core", 3, self.plan, tuple(planned)),
            limits=LimitsRef("selftest-core", 2, "l" * 64),
            jig=JigRef(self.serial, self.firmware),
            harness="0.1.0",
            inputs=self.inputs,
        )


def nights(
    values: Sequence[float], name: str = "rail.error", limit: Limit = CENT
) -> list[SelfTestRow]:
    """A self-test each night, with one value."""
    return [Night(n, {name: value}, {name: limit}).row() for n, value in enumerate(values)]


def silent() -> JigFault:
    return JigFault("JIG-TIMEOUT", "no answer to SHIE:STAT? after 500 ms")


def _used(step: str) -> str:
    return f"jig_health.{step}"
