"""A slot in memory: the engine, the plan, the steps and the drivers are the real ones."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from harness.devices.instrument.callbox import CallBoxDevice, SharedCallBox
from harness.devices.jig.jig import SerialJig
from harness.devices.scpi.exchange import Expected
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.model.backing import Device
from harness.model.cell import PathLoss
from harness.model.events import Purpose, RunStarted
from harness.model.jig_ports import Jig
from harness.model.plan import Plan, Variants
from harness.model.ports import CallBox, Handset, Usb
from harness.model.record import Record
from harness.model.refs import PlanRef, StationRef
from harness.plans.resolve import load_plans
from harness.sim.callbox import CallBoxBehaviour
from harness.sim.cell import SimCell
from harness.sim.jig import JigBehaviour
from harness.sim.line import PATH_LOSS_DB
from harness.sim.unit import SimUnit
from harness.steps import catalogue
from tests.bench.population.clock import VirtualCancel, VirtualTime
from tests.bench.population.devices import (
    MEMORY,
    MemoryHandset,
    MemoryLink,
    MemorySocket,
)
from tests.engine.rig import MemoryJournal

PLAN = Path(__file__).parents[3] / "testplans" / "a57-final.yaml"
METER_NOISE = 0.002
"""Relative standard deviation of one reading of the jig's meter, as in fixtures/sim/line.yaml."""
_DAY = date(2026, 1, 1)


@cache
def final_test() -> Variants:
    """The plans that are tested by, one a variant."""
    return load_plans(PLAN, catalogue())


class MemorySlot:
    """A jig and a call box, into which one unit after another is put and tested."""

    def __init__(self) -> None:
        self._time = VirtualTime()
        self._jig = JigBehaviour(None, noise=METER_NOISE)
        self._box = CallBoxBehaviour(SimCell())
        self._catalogue = catalogue()
        jig, box = (MemoryLink(each, self._time) for each in (self._jig, self._box))
        self._jig_driver = SerialJig(MEMORY, expected=Expected("SIMJIG01"), open_link=lambda: jig)
        expected = Expected(self._box.serial)
        shared = SharedCallBox(MEMORY, expected=expected, open_link=lambda: box)
        self._box_driver = CallBoxDevice(shared, _path_loss)

    def test(self, unit: SimUnit, only: tuple[str, ...] = ()) -> Record:
        """The record of a unit, tested by the plan of its variant; by chosen steps `only`."""
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
        job = self._job(final_test().of(unit.label), unit, Bench(devices), only)
        return execute(job, RunLog(job.started.run, MemoryJournal(), self._time))

    def _job(self, plan: Plan, unit: SimUnit, bench: Bench, only: tuple[str, ...]) -> Job:
        cancel = VirtualCancel(self._time)
        return Job(
            plan=plan,
            started=self._started(plan, unit, only),
            bench=bench,
            catalogue=self._catalogue,
            clock=self._time,
            halt=cancel,
            abort=cancel,
            documents={plan.sha256: plan.canonical.encode()},
        )

    def _started(self, plan: Plan, unit: SimUnit, only: tuple[str, ...]) -> RunStarted:
        return RunStarted(
            run=unit.serial,
            purpose=Purpose.ENGINEERING,
            process=plan.process,
            unit=unit.label,
            station=StationRef("population", "memory"),
            slot=1,
            operator="",
            attempt=1,
            plan=PlanRef.of(plan, self._catalogue, only),
            limits=plan.limits,
            jig=None,
            harness="",
        )


def _path_loss(band: int) -> PathLoss:
    return PathLoss(PATH_LOSS_DB, "memory", band, measured=_DAY, until=_DAY, by="population")
