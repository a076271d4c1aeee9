"""A simulated line: jig and USB socket of each slot stay, and handsets come and go."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from harness.model.usb import UsbMode
from harness.sim.callbox import CallBoxBehaviour
from harness.sim.cell import SimCell
from harness.sim.handset import PRELOADER, WIPED, SimHandsets
from harness.sim.jig import Jig, JigBehaviour, SimJig, behaviour_of, on_pty
from harness.sim.pty import PtyJig
from harness.sim.scenario import Scenario
from harness.sim.tcp import TcpInstrument
from harness.sim.unit import SimUnit
from harness.sim.usb import VirtualBus, phone

INSTRUMENTS = frozenset({"agent", "callbox", "dcp", "lightbox", "supply", "usb"})
"""What plans may need, which each slot has to itself."""
PATH_LOSS_DB = 42.0
"""What is lost between the call box of a slot and the antenna of its unit, in every band."""
_WITHOUT_ADB = frozenset({"adb.absent", "usb.edl"})
_FACES = {"bootloader": UsbMode.FASTBOOT, WIPED: UsbMode.MTP, PRELOADER: UsbMode.PRELOADER}
"""What a handset is on USB in modes in which it has no adb."""


@dataclass(frozen=True, slots=True)
class SlotWires:
    """Where what stands on a simulated slot is found; the port of its jig may change."""

    dialect: str
    jig_serial: str
    socket: str
    box_url: str
    box_serial: str


@dataclass(slots=True)
class SimSlot:
    """A slot at its wires: its jig, its USB socket, and the handset that stands in it."""

    jig: SimJig
    behaviour: Jig
    wires: tuple[PtyJig, ...]
    """Where its jig answers, and a twin of it, where that is planted."""
    socket: str
    box_url: str
    box: CallBoxBehaviour
    unit: SimUnit | None = None
    address: str | None = None
    has_adb: bool = False
    """Whether the handset is one for adb when its socket has power."""
    has_data: bool = True
    """Whether the jig leads the handset's data lines to the socket."""
    face: UsbMode | None = None
    """What the handset is on USB when its socket has power; None while it is away."""

    @property
    def port(self) -> str:
        """The port of its jig; after its cable was pulled it is another."""
        return self.wires[0].path

    def ports(self) -> list[str]:
        """The ports that are there now on which its jig, or its twin, may answer."""
        return [wire.path for wire in self.wires if wire.plugged]


class SimLine:
    """The wires of a line of slots, numbered from `first` on; a context manager.

    What the meter reads of a unit depends on the scenario's seed and the unit, not on the slot
    or on what was measured before.
    """

    def __init__(self, scenario: Scenario, slots: int, *, first: int = 1) -> None:
        self._scenario = scenario
        self._exit = ExitStack()
        self._showing = threading.Lock()
        self._handsets = SimHandsets(speed=scenario.speed)
        self._exit.callback(self._handsets.stop)
        folder = self._exit.enter_context(TemporaryDirectory(prefix="harness-usb-"))
        end = first + slots
        self.bus = VirtualBus(Path(folder), ports=end - 1)
        self.bus.watch_power(self._powered)
        self.slots = {number: self._slot(number) for number in range(first, end)}

    def wires(self) -> dict[int, SlotWires]:
        """Where the devices of each slot are found."""
        return {
            number: SlotWires(
                slot.jig.dialect, slot.jig.serial, slot.socket, slot.box_url, slot.box.serial
            )
            for number, slot in self.slots.items()
        }

    def port(self, number: int) -> str:
        """The port of the jig of a slot; after its cable was pulled it is another."""
        return self.slots[number].port

    def ports_of(self, number: int) -> list[str]:
        """The ports that are there now on which the jig of a slot, or its twin, may answer."""
        return self.slots[number].ports()

    def ports(self) -> list[str]:
        """The serial ports that are there now, as a PC lists its own."""
        return sorted(port for slot in self.slots.values() for port in slot.ports())

    def insert(self, number: int, unit: SimUnit) -> str:
        """Take out what stands in a slot and put a unit in; the address of its handset."""
        self.take_out(number)
        slot = self.slots[number]
        slot.behaviour.insert(unit, f"{self._scenario.seed} {unit.serial}")
        shows = partial(self._show, slot, unit)
        unit.cell, unit.path_loss_db = slot.box.cell, PATH_LOSS_DB
        slot.address = self._handsets.add(unit, plugged=False, shows=shows)
        slot.box.insert(unit, self._handsets.behaviour(slot.address).registered_on_cell)
        slot.unit = unit
        slot.has_adb = unit.defects.keys().isdisjoint(_WITHOUT_ADB)
        if "usb.edl" in unit.defects:
            self.bus.plug(slot.socket, phone(unit, UsbMode.EDL))
        self._powered(slot.socket, self._has_power(slot.socket))
        return slot.address

    def take_out(self, number: int) -> set[str]:
        """Take out what stands in a slot: which of its planted defects struck at commands.

        The jig and the call box do not notice.
        """
        slot = self.slots[number]
        with self._showing:
            unit, slot.unit = slot.unit, None
            self.bus.unplug(slot.socket)
            slot.face = None
        if slot.address:
            self._handsets.remove(slot.address)
            slot.address = None
        return unit.met if unit else set()

    def _show(self, slot: SimSlot, unit: SimUnit, mode: str | None) -> None:
        """Have a handset leave USB and come back to it, with adb, while it stands in its slot.

        One that leaves because its socket has no power is the bus's own to bring back.
        """
        face = None if mode is None else _FACES.get(mode, UsbMode.ADB)
        with self._showing:
            if slot.unit is not unit or slot.face is face:
                return
            if face:
                self.bus.plug(slot.socket, phone(unit, face))
            elif self._has_power(slot.socket):
                self.bus.unplug(slot.socket)
            else:
                return
            slot.face = face

    def _has_power(self, socket: str) -> bool:
        return self.bus.hub(socket).vbus(int(socket.rpartition("-")[2]))

    def _powered(self, socket: str, on: bool) -> None:
        """Take the handset of a socket away from adb with its power, and bring it back."""
        slot = next(slot for slot in self.slots.values() if slot.socket == socket)
        self._link(slot, on=on and slot.has_data)

    def _lead(self, slot: SimSlot, data: bool) -> None:
        """Have the jig take the data lines away from a socket, and lead them there again."""
        slot.has_data = data
        self._link(slot, on=data and self._has_power(slot.socket))

    def _link(self, slot: SimSlot, *, on: bool) -> None:
        if slot.address and slot.has_adb:
            (self._handsets.replug if on else self._handsets.unplug)(slot.address)

    def close(self) -> None:
        self._exit.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _slot(self, number: int) -> SimSlot:
        jig, seed, met = self._scenario.jig_of(number), self._scenario.seed, self._scenario.jig_met
        twins = 1 + ("jig.twin_serial" in jig.defects)
        behaviour, *others = (behaviour_of(jig, seed, met) for _ in range(twins))
        wires = tuple(on_pty(each, speed=self._scenario.speed) for each in (behaviour, *others))
        for wire in wires:
            self._exit.callback(wire.close)
        box = CallBoxBehaviour(SimCell(), serial=f"SIMBOX{number:02}", speed=self._scenario.speed)
        box_wire = TcpInstrument(box)
        self._exit.callback(box_wire.close)
        slot = SimSlot(jig, behaviour, wires, self.bus.socket(number), box_wire.url, box)
        if isinstance(behaviour, JigBehaviour):
            behaviour.watch_data(partial(self._lead, slot))
        return slot
