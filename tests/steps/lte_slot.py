"""A handset in a slot with a call box: real adb server, real TCP port."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path

from harness.devices.adb import AdbServer
from harness.devices.instrument.callbox import CallBoxDevice, CallBoxPort, SharedCallBox
from harness.model.cell import PathLoss
from harness.model.ports import CallBox
from harness.model.record import Record
from harness.sim.callbox import CallBoxBehaviour
from harness.sim.handset import SimHandsets
from harness.sim.handset.state.answer import Answer, text
from harness.sim.tcp import TcpInstrument
from harness.sim.unit import SimUnit
from tests.short import lease
from tests.steps.phone import Phone
from tests.steps.plans import steps_of

REGISTRY = "dumpsys telephony.registry"
SPEED = 10


@dataclass
class LteSlot:
    """A slot whose path to the call box loses `loss_db` [dB], by its table."""

    phone: Phone
    folder: Path
    box: CallBoxBehaviour
    line: SharedCallBox
    loss_db: float = 42.0
    words: dict[str, str] = field(default_factory=lambda: {"apart": "20 ms", "during": "1 s"})

    def attach(self, **words: str) -> Record:
        return self._run("attach", words)

    def traffic(self, **words: str) -> Record:
        return self._run("traffic", words)

    def _run(self, step_id: str, words: dict[str, str]) -> Record:
        steps = steps_of("lte-attach.yaml", self.folder, **{**self.words, **words})
        return self.phone.run(*(step for step in steps if step.id == step_id))

    def other(self) -> CallBoxPort:
        """The box as another slot has it that shares it."""
        return CallBoxDevice(self.line, self.path_loss).under(lease())

    def path_loss(self, band: int) -> PathLoss:
        day = date(2026, 11, 2)
        return PathLoss(self.loss_db, "C-0012", band, day, day, by="test")

    def printing(self, old: str, new: str, *, at: Collection[int] = ()) -> None:
        """Let the phone say `new` where it said `old` of its network; of the answers that have
        `old` in them only at those that are numbered in `at`, from 0, if any are.
        """
        programs = self.phone.behaviour.programs
        real, had = programs[REGISTRY], count()

        def said(words: list[str], now_s: float) -> Answer:
            answer = real(words, now_s).out.decode()
            strikes = old in answer and (next(had) in at or not at)
            return text(answer.replace(old, new) if strikes else answer)

        programs[REGISTRY] = said


MakeLte = Callable[..., LteSlot]
"""Makes a slot, of the defects of its handset and what else SimUnit has."""


def neighbour(slot: LteSlot, unit: SimUnit) -> LteSlot:
    """Another slot, whose unit hears the same box by a coupler."""
    own, unit.cell = slot.phone, slot.phone.unit.cell
    phone = Phone(own.server, own.handsets, unit)
    on_cell = (own.behaviour.registered_on_cell, phone.behaviour.registered_on_cell)
    slot.box.insert(own.unit, lambda now_s: any(each(now_s) for each in on_cell))
    phone.devices = {CallBox: CallBoxDevice(slot.line, slot.path_loss)}
    return LteSlot(phone, slot.folder, slot.box, slot.line)


@contextmanager
def lte_slot(
    server: AdbServer, handsets: SimHandsets, unit: SimUnit, folder: Path
) -> Iterator[LteSlot]:
    phone = Phone(server, handsets, unit)
    behaviour = CallBoxBehaviour(unit.cell, speed=SPEED)
    behaviour.insert(unit, phone.behaviour.registered_on_cell)
    wire = TcpInstrument(behaviour)
    shared = SharedCallBox(wire.url)
    slot = LteSlot(phone, folder, behaviour, shared)
    phone.devices = {CallBox: CallBoxDevice(shared, slot.path_loss)}
    try:
        yield slot
    finally:
        shared.shut()
        wire.close()
