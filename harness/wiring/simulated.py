"""A simulated line: real drivers before simulators at the wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.clock import SystemClock
from harness.devices.adb.finding import Where
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.server import AdbServer
from harness.devices.agent import AgentOverAdb
from harness.devices.instrument.callbox import CallBoxDevice, SharedCallBox
from harness.devices.jig.dialect import Dialect
from harness.devices.jig.finding import JigFinder
from harness.devices.jig.jig import JigHealthOf, SerialJig
from harness.devices.link import ByteLink
from harness.devices.scpi.exchange import Expected
from harness.devices.serial import SerialLink
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.bench import Bench
from harness.model.backing import Device
from harness.model.cell import PathLoss
from harness.model.identity import Unit
from harness.model.jig_ports import Jig, JigHealth
from harness.model.ports import Agent, CallBox, Handset, Usb
from harness.records.recorder import Recorder
from harness.sim.line import INSTRUMENTS, PATH_LOSS_DB, SimLine, SimSlot
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from harness.station.jig_file import JigFile, load_jig_file
from harness.station.sockets import explained
from harness.station.station import Slot, Station
from harness.wiring.layout import config_of, require_real
from harness.wiring.opening import opened, reviving

JIG_FILES = Path(__file__).parents[2] / "fixtures" / "jigs"

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
        told = range(1, len(scenario.jigs) + 1)  # by their serials: those are found by them
        empty = {
            n: _empty_slot(n, slot, sockets[n], stack, by_serial=n in told)
            for n, slot in sim.slots.items()
        }
        config, revive = config_of(scenario), reviving(server)
        station = opened(
            config, empty.values(), recorder, lambda *_: require_real(scenario), revive
        )

        def insert(unit: SimUnit, number: int) -> Slot:
            where = Where(explain=partial(explained, sockets[number]))
            handset = AdbHandset(server, sim.insert(number, unit), where)
            agent = AgentOverAdb(handset)
            devices = {**empty[number].bench.devices, Handset: handset, Agent: agent}
            return replace(empty[number], bench=Bench(devices), unit=unit.label)

        yield OpenLine(station, tuple(partial(insert, unit) for unit in scenario.units))


def _empty_slot(
    number: int, slot: SimSlot, socket: UsbSocket, stack: ExitStack, *, by_serial: bool
) -> Slot:
    kind, serial = jig_kind(slot.jig.dialect), slot.jig.serial
    jig = SerialJig(
        serial if by_serial else slot.port,
        kind.dialect,
        expected=Expected(serial, kind.maker, kind.model),
        open_link=partial(_found if by_serial else _at_its_port, slot, kind.dialect),
    )
    stack.callback(jig.shut)
    expected = Expected(slot.box.serial)
    box = SharedCallBox(slot.box_url, expected=expected)
    stack.callback(box.shut)
    call_box = CallBoxDevice(box, _simulated_loss)
    devices: dict[type, Device] = {
        Jig: jig,
        JigHealth: JigHealthOf(jig),
        Usb: socket,
        CallBox: call_box,
    }
    return Slot(number, Bench(devices), Unit(), serial, INSTRUMENTS, kind)


def _found(slot: SimSlot, dialect: Dialect) -> ByteLink:
    return JigFinder(slot.ports).open(slot.jig.serial, dialect)


def _at_its_port(slot: SimSlot, dialect: Dialect) -> ByteLink:
    return SerialLink(slot.port, dialect.baud)


@cache
def jig_kind(dialect: str) -> JigFile:
    """The kind of jig that is simulated as this dialect: that of the shipped jig file.

    Raises: StationFault(STATION-FILE) when that is wrong.
    """
    return load_jig_file(JIG_FILES / f"{dialect}.yaml")


def _simulated_loss(band: int) -> PathLoss:
    day = SystemClock().utc().date()
    return PathLoss(PATH_LOSS_DB, "simulated", band, measured=day, until=day, by="simulator")
