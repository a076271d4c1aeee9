"""A simulated line: real drivers before simulators at the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.clock import Cancel, Deadline, Lease, SystemClock
from harness.devices.adb.finding import Where
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.server import AdbServer
from harness.devices.agent import AgentOverAdb
from harness.devices.instrument.callbox import CallBoxDevice, SharedCallBox
from harness.devices.jig.finding import JigFinder
from harness.devices.jig.jig import JigHealthOf, SerialJig
from harness.devices.link import ByteLink
from harness.devices.scpi.exchange import Expected
from harness.devices.serial import SerialLink
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.bench import Bench
from harness.engine.reserve import Instruments
from harness.engine.threads import side_by_side
from harness.errors import StationFault
from harness.model.backing import Device
from harness.model.cell import PathLoss
from harness.model.identity import Unit
from harness.model.jig_ports import Jig, JigHealth
from harness.model.ports import Agent, CallBox, Handset, Usb
from harness.records.recorder import Recorder
from harness.sim.line import INSTRUMENTS, PATH_LOSS_DB, SimLine, SlotWires
from harness.sim.process import SLOTS as PROCESS_SLOTS
from harness.sim.process import SimProcess
from harness.sim.scenario import Scenario
from harness.sim.unit import SimUnit
from harness.station.files.jig_file import JigFile, load_jig_file
from harness.station.seating.sockets import explained
from harness.station.station import Slot, Station
from harness.wiring.layout import config_of, require_real
from harness.wiring.opening import opened, reviving

_FORGETS_S = 2.0
"""What the adb server may take to forget a handset that was taken out [s]."""
JIG_FILES = Path(__file__).parents[2] / "fixtures" / "jigs"

if TYPE_CHECKING:
    from harness.station.line import Insert


_Rack = SimLine | SimProcess
"""Some slots of a simulated line at their wires."""


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A station whose slots hold jigs alone, and the units that are put into them."""

    station: Station
    units: tuple[Insert, ...]


@dataclass(frozen=True, slots=True)
class SimulatedHands:
    """A simulated station whose slots hold jigs alone, and the hands that load them."""

    station: Station
    insert: Callable[[SimUnit, Unit, int], Slot]
    """Puts a unit into a slot that is announced as that other says."""
    take_out: Callable[[Slot], set[str]]


@contextmanager
def open_line(records: Path, scenario: Scenario, slots: int) -> Iterator[OpenLine]:
    """A simulated station with so many slots, for the units of a scenario.

    Raises: StationFault(STORE-...).
    """
    with ExitStack() as stack:
        recorder = stack.enter_context(_recorder(records, scenario))
        sim = stack.enter_context(SimLine(scenario, slots))
        bus = UsbBus(sim.bus, sysfs=sim.bus.sysfs)
        floor = _opened(scenario, recorder, [(sim, bus)], stack)
        units = (partial(floor.insert, unit, unit.label) for unit in scenario.units)
        yield OpenLine(floor.station, tuple(units))


@contextmanager
def open_floor(records: Path, scenario: Scenario) -> Iterator[SimulatedHands]:
    """A simulated station with its slots, whose wires are served by processes of their own.

    Raises: StationFault(STORE-..., SIM-PROCESS).
    """
    with ExitStack() as stack:
        recorder = stack.enter_context(_recorder(records, scenario))
        end = scenario.slots + 1
        parts = [range(n, min(n + PROCESS_SLOTS, end)) for n in range(1, end, PROCESS_SLOTS)]
        wires = Scenario((), scenario.seed, scenario.speed, scenario.jig, scenario.jigs)
        racks = [stack.enter_context(SimProcess(wires, numbers)) for numbers in parts]
        wired = [(rack, UsbBus(rack.usb, sysfs=rack.sysfs)) for rack in racks]
        floor = _opened(scenario, recorder, wired, stack)
        shared = Instruments(config_of(scenario).instruments)
        yield replace(floor, station=replace(floor.station, instruments=shared))


def first_units(scenario: Scenario, count: int) -> tuple[SimUnit, ...]:
    """So many units of a scenario, and besides them the golden ones that come among them.

    Raises: ValueError when there are not so many.
    """
    registered, today = config_of(scenario).golden_units, SystemClock().utc().date()
    wanted = count
    while True:
        units = scenario.first_units(wanted)
        golden = sum(registered.counting(unit.label, today) is not None for unit in units)
        if wanted == count + golden:
            return units
        wanted = count + golden


def _recorder(records: Path, scenario: Scenario) -> Recorder:
    config = config_of(scenario)
    return Recorder(records, name=config.name, location=config.location)


def _opened(
    scenario: Scenario,
    recorder: Recorder,
    racks: Iterable[tuple[_Rack, UsbBus]],
    stack: ExitStack,
) -> SimulatedHands:
    """The station over these wires, with an adb server of its own."""
    server = AdbServer()
    stack.callback(server.stop)
    shutting = list[Callable[[], None]]()
    stack.callback(lambda: side_by_side("shut", shutting))  # each socket rests 0.3 s (pyserial)
    rack_of, addresses = dict[int, _Rack](), dict[int, str]()
    sockets, empty = dict[int, UsbSocket](), dict[int, Slot]()
    for rack, bus in racks:
        for number, wires in rack.wires().items():
            rack_of[number], sockets[number] = rack, UsbSocket(bus, wires.socket)
            by_serial = number <= len(scenario.jigs)  # one that is told by itself is found by it
            opening = partial(_found if by_serial else _at_its_port, rack, number, wires)
            name = wires.jig_serial if by_serial else rack.port(number)
            empty[number] = _empty_slot(number, wires, sockets[number], shutting, name, opening)
    config, revive = config_of(scenario), reviving(server)
    station = opened(config, empty.values(), recorder, lambda *_: require_real(scenario), revive)

    def insert(unit: SimUnit, announced: Unit, number: int) -> Slot:
        where = Where(explain=partial(explained, sockets[number]))
        addresses[number] = rack_of[number].insert(number, unit)
        handset = AdbHandset(server, addresses[number], where)
        devices = {
            **empty[number].bench.devices,
            Handset: handset,
            Agent: AgentOverAdb(handset),
        }
        return replace(empty[number], bench=Bench(devices), unit=announced)

    def take_out(slot: Slot) -> set[str]:
        met = rack_of[slot.number].take_out(slot.number)
        with suppress(StationFault):  # a server that has died knows nobody any more
            server.disconnect(addresses.pop(slot.number), Lease(Deadline(_FORGETS_S), Cancel()))
        return met

    return SimulatedHands(station, insert, take_out)


def _empty_slot(
    number: int,
    wires: SlotWires,
    socket: UsbSocket,
    shutting: list[Callable[[], None]],
    name: str,
    opening: Callable[[], ByteLink],
) -> Slot:
    """`name` is how its jig is called, which `opening` opens; `shutting` gets what shuts a line."""
    kind, serial = jig_kind(wires.dialect), wires.jig_serial
    jig = SerialJig(
        name,
        kind.dialect,
        expected=Expected(serial, kind.maker, kind.model),
        open_link=opening,
    )
    box = SharedCallBox(wires.box_url, expected=Expected(wires.box_serial))
    shutting += [jig.shut, box.shut]
    call_box = CallBoxDevice(box, _simulated_loss)
    devices: dict[type, Device] = {
        Jig: jig,
        JigHealth: JigHealthOf(jig),
        Usb: socket,
        CallBox: call_box,
    }
    return Slot(number, Bench(devices), Unit(), serial, INSTRUMENTS, kind)


def _found(rack: _Rack, number: int, wires: SlotWires) -> ByteLink:
    finder = JigFinder(partial(rack.ports_of, number))
    return finder.open(wires.jig_serial, jig_kind(wires.dialect).dialect)


def _at_its_port(rack: _Rack, number: int, wires: SlotWires) -> ByteLink:
    return SerialLink(rack.port(number), jig_kind(wires.dialect).dialect.baud)


@cache
def jig_kind(dialect: str) -> JigFile:
    """The kind of jig that is simulated as this dialect: that of the shipped jig file.

    Raises: StationFault(STATION-FILE) when that is wrong.
    """
    return load_jig_file(JIG_FILES / f"{dialect}.yaml")


def _simulated_loss(band: int) -> PathLoss:
    day = SystemClock().utc().date()
    return PathLoss(PATH_LOSS_DB, "simulated", band, measured=day, until=day, by="simulator")
