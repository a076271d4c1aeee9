"""A simulated slot with its USB socket, on which steps run by the real engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from harness.devices.adb import AdbHandset, AdbServer, Where
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.bench import Bench
from harness.engine.execute import execute
from harness.engine.job import Witness
from harness.engine.log import RunLog
from harness.model.events import Stamped, StepStarted
from harness.model.identity import Unit
from harness.model.plan import PlannedStep
from harness.model.ports import Handset, Usb
from harness.model.record import Record
from harness.model.usb import UsbMode
from harness.sim.line import SimLine
from harness.sim.unit import SimUnit
from harness.sim.usb import SimHub, phone
from harness.station.seating.sockets import explained
from tests.engine.rig import Rig
from tests.steps.phone import SPECS, step

SERIAL = "A57A000001"
SOCKET = "sim-usb/1-1"


@dataclass
class Slot:
    """A slot with one unit in it."""

    line: SimLine
    server: AdbServer
    unit: SimUnit
    socket: str = SOCKET

    def __post_init__(self) -> None:
        address = self.line.insert(1, self.unit)
        bus = UsbBus(self.line.bus, sysfs=self.line.bus.sysfs)
        socket = UsbSocket(bus, self.socket)
        handset = AdbHandset(self.server, address, Where(explain=partial(explained, socket)))
        self.bench = Bench({Handset: handset, Usb: socket})
        self.files: dict[str, bytes] = {}
        """What the last run has attached, by its SHA-256."""
        self._at_start: dict[str, Callable[[], object]] = {}
        self.witness: Witness = lambda *_: None

    def run(self, use: str, announced: str = SERIAL, **given: Any) -> Record:
        return self.run_all(step(use, timeout_s=40, **given), announced=announced)

    def run_all(self, *steps: PlannedStep, announced: str = SERIAL) -> Record:
        rig = Rig([(SPECS[each.use], each) for each in steps], unit=Unit(announced))
        self.files = rig.journal.files
        log = RunLog(rig.run, rig.journal, rig.job.clock, (self._listen,))
        return execute(replace(rig.job, bench=self.bench, witness=self.witness), log)

    def at_start_of(self, step_id: str, work: Callable[[], object]) -> None:
        """Have something happen when a step of the next run starts."""
        self._at_start[step_id] = work

    def _listen(self, stamped: Stamped) -> None:
        if isinstance(stamped.event, StepStarted):
            self._at_start.pop(stamped.event.step, lambda: None)()

    def show(self, serial: str = SERIAL, mode: UsbMode = UsbMode.ADB, **more: Any) -> None:
        """Have another face on USB, while adb stays."""
        face = phone(SimUnit(SERIAL, profile=self.unit.profile), mode)
        self.line.bus.plug(self.socket, replace(face, serial=serial, **more))

    @property
    def wiped(self) -> bool:
        """Whether the handset has left adb to wipe itself."""
        return self.line.slots[1].face is not UsbMode.ADB

    @property
    def hub(self) -> SimHub:
        return self.line.bus.hub(self.socket)


MakeSlot = Callable[..., Slot]
