"""A simulated line: a jig on each slot that stays, and handsets that come and go."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from harness.sim.handset import SimHandsets
from harness.sim.jig import JigBehaviour
from harness.sim.pty import PtyJig
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit

INSTRUMENTS = frozenset({"callbox", "lightbox", "supply"})
"""What each slot has to itself. Nothing speaks to them: their part is to be there."""


@dataclass(slots=True)
class SimSlot:
    """A slot at its wires: where its jig is, who it is, and the handset that stands in it."""

    port: str
    jig_serial: str
    behaviour: JigBehaviour
    address: str | None = None


class SimLine:
    """The wires of a line of slots, numbered from 1; a context manager.

    What the meter reads of a unit depends on the scenario's seed and the unit, not on the slot
    or on what was measured before.
    """

    def __init__(self, scenario: Scenario, slots: int) -> None:
        self._scenario = scenario
        self._exit = ExitStack()
        self._handsets = SimHandsets(speed=scenario.speed)
        self._exit.callback(self._handsets.stop)
        self.slots = {number: self._slot(number) for number in range(1, slots + 1)}

    def insert(self, number: int, unit: SimUnit) -> str:
        """Take out what stands in a slot and put a unit in; the address of its handset."""
        slot = self.slots[number]
        if slot.address:
            self._handsets.unplug(slot.address)
        slot.behaviour.insert(unit, f"{self._scenario.seed} {unit.serial}")
        slot.address = self._handsets.add(unit)
        return slot.address

    def close(self) -> None:
        self._exit.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _slot(self, number: int) -> SimSlot:
        serial = f"SIMJIG{number:02}"
        behaviour = JigBehaviour(
            None,
            serial=serial,
            noise=self._scenario.jig_noise,
            defects=self._scenario.jig_defects,
        )
        wire = PtyJig(behaviour, speed=self._scenario.speed)
        self._exit.callback(wire.close)
        return SimSlot(wire.path, serial, behaviour)
