"""A simulated line: real drivers before simulators at the wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.clock import SystemClock
from harness.devices.adb.finding import Where
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.server import AdbServer
from harness.devices.agent import AgentOverAdb
from harness.devices.instrument.callbox import CallBoxDevice, SharedCallBox
from harness.devices.jig.jig import SerialJig
from harness.devices.scpi.exchange import Expected
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.bench import Bench
from harness.model.backing import Device
from harness.model.cell import PathLoss
from harness.model.identity import Unit
from harness.model.ports import Agent, CallBox, Handset, Jig, Usb
from harness.records.recorder import Recorder
from harness.sim.line import INSTRUMENTS, PATH_LOSS_DB, SimLine, SimSlot
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from harness.station.sockets import explained
from harness.station.station import Slot, Station
from harness.wiring.opening import opened, reviving

if TYPE_CHECKING:
    from harness.station.line import Insert


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A station whose slots hold jigs alone, and the units that are put into them."""

    station: Station
    units: tuple[Insert, ...]


@contextmanager
def open_line(records: Path, scenario: Scenario, slots: int) -> Iterator[OpenLine]:
    """A simulated station with so many slots, for the units of a scenario.

    Raises: StationFault(STORE-...).
    """
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(records))
        server = AdbServer()
        stack.callback(server.stop)
        sim = stack.enter_context(SimLine(scenario, slots))
        bus = UsbBus(sim.bus, sysfs=sim.bus.sysfs)
        sockets = {n: UsbSocket(bus, slot.socket) for n, slot in sim.slots.items()}
        empty = {n: _empty_slot(n, slot, sockets[n], stack) for n, slot in sim.slots.items()}
        station = opened("simulated", "", empty.values(), recorder, reviving(server))

        def insert(unit: SimUnit, number: int) -> Slot:
            where = Where(explain=partial(explained, sockets[number]))
            handset = AdbHandset(server, sim.insert(number, unit), where)
            agent = AgentOverAdb(handset)
            devices = {**empty[number].bench.devices, Handset: handset, Agent: agent}
            return replace(empty[number], bench=Bench(devices), unit=unit.label)

        yield OpenLine(station, tuple(partial(insert, unit) for unit in scenario.units))


def _empty_slot(number: int, slot: SimSlot, socket: UsbSocket, stack: ExitStack) -> Slot:
    jig = SerialJig(slot.port, expected=Expected(slot.jig_serial))
    stack.callback(jig.shut)
    expected = Expected(slot.box.serial)
    box = SharedCallBox(slot.box_url, expected=expected)
    stack.callback(box.shut)
    call_box = CallBoxDevice(box, _simulated_loss)
    devices: dict[type, Device] = {Jig: jig, Usb: socket, CallBox: call_box}
    return Slot(number, Bench(devices), Unit(), slot.jig_serial, INSTRUMENTS)


def _simulated_loss(band: int) -> PathLoss:
    day = SystemClock().utc().date()
    return PathLoss(PATH_LOSS_DB, "simulated", band, measured=day, until=day, by="simulator")
