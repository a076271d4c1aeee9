"""A slot in memory: the engine, the plan, the steps and the drivers are the real ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from harness.devices.instrument.callbox import CallBoxDevice
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.model.backing import Device
from harness.model.cell import PathLoss
from harness.model.events import PlanRef, Purpose, RunStarted, StationRef
from harness.model.plan import Plan
from harness.model.ports import CallBox, Handset, Jig, Usb
from harness.model.record import Record
from harness.plans.resolve import load_plans
from harness.sim.callbox import CallBoxBehaviour
from harness.sim.cell import SimCell
from harness.sim.jig import JigBehaviour
from harness.sim.line import PATH_LOSS_DB
from harness.sim.unit import SimUnit
from harness.steps import catalogue
from tests.bench.population.clock import VirtualCancel, VirtualTime
from tests.bench.population.devices import (
    MemoryCallBox,
    MemoryHandset,
    MemoryJig,
    MemoryLink,
    MemorySocket,
)
from tests.engine.rig import MemoryJournal

PLAN = Path(__file__).parents[3] / "testplans" / "a57-final.yaml"
METER_NOISE = 0.002
"""Relative standard deviation of one reading of the jig's meter, as in fixtures/sim/line.yaml."""
_DAY = date(2026, 1, 1)


class MemorySlot:
    """A jig and a call box, into which one unit after another is put and tested."""

    def __init__(self) -> None:
        self._time = VirtualTime()
        self._jig = JigBehaviour(None, noise=METER_NOISE)
        self._box = CallBoxBehaviour(SimCell())
        self._catalogue = catalogue()
        self._plans = load_plans(PLAN, self._catalogue)
        self._jig_driver = MemoryJig(MemoryLink("jig", self._jig, self._time), "SIMJIG01")
        box = MemoryCallBox(MemoryLink("box", self._box, self._time), self._box.serial)
        self._box_driver = CallBoxDevice(box, _path_loss)

    def test(self, unit: SimUnit) -> Record:
        """The record of a unit, tested by the plan of its variant."""
        self._time.forget()
        handset = MemoryHandset(unit, self._time)
        self._jig.insert(unit, f"{unit.seed} {unit.serial}")
        self._jig.watch_data(handset.lead)
        unit.cell, unit.path_loss_db = self._box.cell, PATH_LOSS_DB
        self._box.insert(unit, handset.behaviour.registered_on_cell)
        devices: dict[type, Device] = {
            Handset: handset,
            Usb: MemorySocket(handset),
            Jig: self._jig_driver,
            CallBox: self._box_driver,
        }
        job = self._job(self._plans.of(unit.label), unit, Bench(devices))
        return execute(job, RunLog(job.started.run, MemoryJournal(), self._time))

    def _job(self, plan: Plan, unit: SimUnit, bench: Bench) -> Job:
        cancel = VirtualCancel(self._time)
        return Job(
            plan=plan,
            started=self._started(plan, unit),
            bench=bench,
            catalogue=self._catalogue,
            clock=self._time,
            halt=cancel,
            abort=cancel,
            documents={plan.sha256: plan.canonical.encode()},
        )

    def _started(self, plan: Plan, unit: SimUnit) -> RunStarted:
        return RunStarted(
            run=unit.serial,
            purpose=Purpose.ENGINEERING,
            process=plan.process,
            unit=unit.label,
            station=StationRef("population", "memory"),
            slot=1,
            operator="",
            attempt=1,
            plan=PlanRef.of(plan, self._catalogue),
            limits=plan.limits,
            jig=None,
            harness="",
        )


def _path_loss(band: int) -> PathLoss:
    return PathLoss(PATH_LOSS_DB, "memory", band, measured=_DAY, until=_DAY, by="population")
