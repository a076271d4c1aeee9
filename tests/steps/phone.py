"""Runs steps of the catalogue by the real engine on a simulated handset behind the real adb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.devices.adb import AdbHandset, AdbServer
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.engine.log import RunLog
from harness.model.backing import Device, Journal
from harness.model.fault import Fault
from harness.model.judgement import Limit
from harness.model.limits import Range, RecordOnly
from harness.model.mask import Mask
from harness.model.outcome import Outcome
from harness.model.plan import Argument, PlannedStep
from harness.model.ports import Handset
from harness.model.record import Record
from harness.model.step import Param
from harness.model.units import Quantity, Unit
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
    defaults = {
        param.name: param.default
        for param in spec.params.values()
        if not param.required and param.default is not None
    }
    arguments = {
        name: _argument(spec.params[name], value)
        for name, value in {**defaults, **given}.items()
        if name in spec.params
    }
    plain = planned(spec, step_id or use.replace(".", "_"), timeout_s=timeout_s)
    return replace(plain, arguments=arguments, limits=limits)


def _argument(param: Param, value: Any) -> Argument:
    """A parameter as a plan gives it: a quantity in the unit of the step, or a plain value."""
    if not isinstance(param.kind, Unit) or isinstance(value, Quantity):
        assert isinstance(value, Quantity | str | bool | int)
        return value
    return Quantity.of(str(value), param.kind.symbol)


@dataclass
class Phone:
    """A handset in its slot."""

    server: AdbServer
    handsets: SimHandsets
    unit: SimUnit
    journal: Journal = field(default_factory=MemoryJournal)
    devices: Mapping[type, Device] = field(default_factory=dict)
    """What else its slot has."""

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
        bench = Bench({**self.devices, Handset: AdbHandset(self.server, self.address)})
        log = RunLog(rig.job.started.run, self.journal, rig.job.clock, ())
        return execute(replace(rig.job, bench=bench), log)


def measured(record: Record) -> dict[str, Any]:
    return {made.name: made.value for step in record.steps for made in step.measurements}


def fault(record: Record) -> Fault:
    assert record.fault, record.outcome
    return record.fault


def outcome(record: Record) -> tuple[Outcome | None, str]:
    """How a run ended that did not pass, and the code of its fault."""
    return record.outcome, fault(record).code
