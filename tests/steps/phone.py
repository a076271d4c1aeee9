"""Runs steps of the catalogue by the real engine on a simulated handset behind the real adb."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from harness.devices.adb import AdbHandset, AdbServer
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.engine.log import RunLog
from harness.model.fault import Fault
from harness.model.judgement import Limit
from harness.model.limits import Range, RecordOnly
from harness.model.mask import Mask
from harness.model.plan import Argument, PlannedStep
from harness.model.ports import Handset, Journal
from harness.model.record import Record
from harness.model.units import Quantity
from harness.sim.handset import HandsetBehaviour, SimHandsets
from harness.sim.unit import SimUnit
from harness.steps import catalogue
from tests.engine.rig import MemoryJournal, Rig, planned

SPECS = catalogue()


def step(use: str, step_id: str = "", *, timeout_s: float = 40, **given: Any) -> PlannedStep:
    """A planned step; a limit in `given` is that of a measurement, the rest are arguments."""
    spec = SPECS[use]
    limits: dict[str, Limit] = dict.fromkeys(spec.measures, RecordOnly())
    limits |= {name: value for name, value in given.items() if isinstance(value, Range | Mask)}
    arguments: dict[str, Argument] = {
        name: value if isinstance(value, str) else Quantity.of(str(value), "s")
        for name, value in given.items()
        if not isinstance(value, Range | Mask)
    }
    for param in spec.params.values():
        if not param.required and param.name not in arguments and param.default is not None:
            arguments[param.name] = Quantity.of(str(param.default), "s")
    plain = planned(spec, step_id or use.replace(".", "_"), timeout_s=timeout_s)
    return replace(plain, arguments=arguments, limits=limits)


@dataclass
class Phone:
    """A handset in its slot."""

    server: AdbServer
    handsets: SimHandsets
    unit: SimUnit
    journal: Journal = field(default_factory=MemoryJournal)

    def __post_init__(self) -> None:
        self.address = self.handsets.add(self.unit)

    @property
    def behaviour(self) -> HandsetBehaviour:
        return self.handsets.behaviour(self.address)

    @property
    def files(self) -> dict[str, bytes]:
        return self.behaviour.files

    def run(self, *steps: PlannedStep) -> Record:
        rig = Rig([(SPECS[each.use], each) for each in steps])
        bench = Bench({Handset: AdbHandset(self.server, self.address)})
        log = RunLog(rig.job.started.run, self.journal, rig.job.clock, ())
        return execute(replace(rig.job, bench=bench), log)


def measured(record: Record) -> dict[str, Any]:
    return {made.name: made.value for step in record.steps for made in step.measurements}


def fault(record: Record) -> Fault:
    assert record.fault, record.outcome
    return record.fault
