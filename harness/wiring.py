"""Opens a station from files, or a simulated one: the one place where concretes meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from harness.clock import SystemClock
from harness.devices.adb.finding import Where
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.keys import key_home
from harness.devices.adb.server import AdbServer
from harness.devices.adb.states import is_address
from harness.devices.agent import AgentOverAdb
from harness.devices.instrument.callbox import CallBoxDevice, SharedCallBox
from harness.devices.jig.jig import SerialJig
from harness.devices.scpi.exchange import Expected
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.bench import Bench
from harness.engine.reserve import Instruments
from harness.errors import StationFault
from harness.model.cell import PathLoss
from harness.model.events import StationRef
from harness.model.identity import Unit
from harness.model.plan import Plan
from harness.model.ports import Agent, CallBox, Device, Handset, Jig, Usb
from harness.model.usb import UsbMode
from harness.records.recorder import Recorder
from harness.sim.handset import SimHandsets
from harness.sim.line import INSTRUMENTS, PATH_LOSS_DB, SimLine, SimSlot
from harness.sim.scenario import Scenario, load_scenario
from harness.sim.unit import SimUnit
from harness.station.config import (
    InstrumentConfig,
    JigConfig,
    SlotConfig,
    StationConfig,
    load_station,
)
from harness.station.path_loss import losses_of
from harness.station.sockets import explained
from harness.station.station import Slot, Station
from harness.steps import catalogue

if TYPE_CHECKING:
    from harness.station.line import Insert

Layout = StationConfig | Scenario
"""What a station is made of: what a file says, or what is simulated."""


@dataclass(frozen=True, slots=True)
class Place:
    """A slot before it is opened: the unit that is known to stand in it, and what it has."""

    number: int
    unit: Unit
    devices: frozenset[type]
    instruments: frozenset[str]


def load_layout(station: Path | None, scenario: Path | None) -> Layout:
    """The station of a file, or a simulated one, by a scenario or with one good unit.

    Raises: StationFault(STATION-FILE).
    """
    if station:
        return load_station(station)
    return load_scenario(scenario) if scenario else Scenario()


def places(layout: Layout) -> list[Place]:
    """The slots of a station, without touching anything."""
    if isinstance(layout, Scenario):
        every_kind = frozenset({Handset, Agent, Jig, Usb, CallBox})
        units = enumerate(layout.units, start=1)
        return [Place(n, unit.label, every_kind, INSTRUMENTS) for n, unit in units]
    return [
        Place(
            slot.number,
            _unit_of(slot),
            frozenset(_kinds(slot, layout)),
            layout.instruments | slot.instruments,
        )
        for slot in layout.slots
    ]


def _kinds(slot: SlotConfig, station: StationConfig) -> Iterator[type]:
    yield Handset
    yield Agent
    if slot.jig:
        yield Jig
    if slot.usb:
        yield Usb
    if slot.call_box or station.call_box:
        yield CallBox


@contextmanager
def open_station(records: Path, layout: Layout) -> Iterator[Station]:
    """The station, open. The store comes first: where nothing can be recorded, nothing is touched.

    Raises: StationFault(STORE-..., ADB-KEY).
    """
    if isinstance(layout, Scenario):
        with open_line(records, layout, len(layout.units)) as line:
            inserts = enumerate(line.units, start=1)
            yield replace(line.station, slots={n: insert(n) for n, insert in inserts})
        return
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(records))
        the_key = partial(key_home, layout.adb_key)
        server = AdbServer(home=the_key(), usb=True)
        stack.callback(server.stop)
        call_box = _call_box(layout.call_box, stack) if layout.call_box else None
        wires = _Wires(server, UsbBus(), layout, call_box, stack)
        slots = [_slot(slot, wires) for slot in layout.slots]
        revive = _reviving(server, the_key)
        station = _opened(layout.name, layout.location, slots, recorder, revive)
        station = replace(station, instruments=Instruments(layout.instruments))
        yield station.put_back(recorder.recovered)


@dataclass(frozen=True, slots=True)
class Handsets:
    """An adb server, and the handsets of a station or a scenario: by serial, address or socket."""

    server: AdbServer
    named: Mapping[str, AdbHandset]
    bus: UsbBus | None = None
    """Where those that are not on adb may stand; simulated ones stand nowhere."""
    ports: Mapping[str, str] = field(default_factory=dict)
    """The USB socket of each name that has one."""

    def in_fastboot(self, name: str | None) -> list[UsbSocket]:
        """The sockets in which one of this name (or its USB serial, or any) is in fastboot.

        Raises: StationFault(USB-...) as UsbBus.devices.
        """
        if self.bus is None:
            return []
        port = self.ports.get(name or "")
        found = [each for each in self.bus.devices() if each.mode is UsbMode.FASTBOOT]
        return [
            UsbSocket(self.bus, each.port)
            for each in found
            if name is None or each.port in (name, port) or (each.serial == name and not port)
        ]

    def of(self, name: str) -> AdbHandset:
        """The handset of a name, or else of a serial or an address."""
        return self.named.get(name) or AdbHandset(self.server, name)


@contextmanager
def open_handsets(layout: Layout | None) -> Iterator[Handsets]:
    """Handsets to look at, without a run: of a station, of a scenario, or all on this PC's USB.

    Raises: StationFault(ADB-SERVER, ADB-KEY).
    """
    if isinstance(layout, Scenario):
        with AdbServer() as server, SimHandsets(speed=layout.speed) as sim:
            units = layout.units
            named = {unit.serial: AdbHandset(server, sim.add(unit)) for unit in units}
            yield Handsets(server, named)
        return
    slots, bus = layout.slots if layout else (), UsbBus()
    with AdbServer(home=key_home(layout.adb_key if layout else None), usb=True) as server:
        named = {
            slot.handset or slot.usb or "": _handset(slot, server, _socket(slot, bus))
            for slot in slots
        }
        ports = {slot.handset or slot.usb: slot.usb for slot in slots if slot.usb}
        yield Handsets(server, named, bus, ports)


def load_line(
    path: Path, *, units: int | None = None, seed: int | None = None, held: bool = False
) -> Scenario:
    """The scenario of a file; of its units the first so many, its noise from another seed.

    Raises: StationFault(STATION-FILE), also when it has fewer units, or when its units are to be
    `held` to a verdict and it does not say to which.
    """
    scenario = load_scenario(path, held=held)
    known = len(scenario.units)
    if units is not None and units > known:
        raise StationFault("STATION-FILE", f"{path} has {known} units, not {units}")
    chosen = replace(scenario, units=scenario.units[:units])
    return chosen if seed is None else replace(chosen, seed=seed)


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
        station = _opened("simulated", "", empty.values(), recorder, _reviving(server))

        def insert(unit: SimUnit, number: int) -> Slot:
            where = Where(explain=partial(explained, sockets[number]))
            handset = AdbHandset(server, sim.insert(number, unit), where)
            agent = AgentOverAdb(handset)
            devices = {**empty[number].bench.devices, Handset: handset, Agent: agent}
            return replace(empty[number], bench=Bench(devices), unit=unit.label)

        yield OpenLine(station, tuple(partial(insert, unit) for unit in scenario.units))


def _opened(
    name: str,
    location: str,
    slots: Iterable[Slot],
    recorder: Recorder,
    revive: Callable[[], None],
) -> Station:
    """The station, with every slot in its safe state."""
    opened = Station(
        ref=StationRef(name, recorder.station_uuid, location),
        slots={slot.number: slot for slot in slots},
        catalogue=catalogue(),
        journal=recorder,
        attempts=recorder.attempts,
        clock=SystemClock(),
        revive=revive,
    )
    opened.make_safe()
    return opened


def _reviving(server: AdbServer, before: Callable[[], object] = lambda: None) -> Callable[[], None]:
    """Starts the server when it is first needed, has died or answers no more; a slot at a time.

    What `before` raises keeps it from being started: without its key it would make another. Why
    it could not be is for the step to tell, on record, that asks it for its handset.
    """
    lock = Lock()

    def revive() -> None:
        with lock:
            if server.alive:
                with suppress(StationFault):
                    server.version()
                    return
                server.stop()
            try:
                before()
                server.start()
            except StationFault as fault:
                server.why_down = fault

    return revive


def input_hashes(plan: Plan, layout: Layout) -> Mapping[str, str]:
    """The SHA-256 of each file that a run is made by, by its role."""
    return {role: file.sha256 for role, file in {**plan.files, **layout.files}.items()}


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
    day = _today()
    return PathLoss(PATH_LOSS_DB, "simulated", band, measured=day, until=day, by="simulator")


def _today() -> date:
    return SystemClock().utc().date()


@dataclass(frozen=True, slots=True)
class _Wires:
    """What all slots of a real station share. The bus loads libusb when it is first asked."""

    server: AdbServer
    bus: UsbBus
    station: StationConfig
    call_box: SharedCallBox | None
    stack: ExitStack


def _slot(config: SlotConfig, wires: _Wires) -> Slot:
    socket = _socket(config, wires.bus)
    handset = _handset(config, wires.server, socket)
    devices: dict[type, Device] = {Handset: handset, Agent: AgentOverAdb(handset)}
    if socket:
        devices[Usb] = socket
    if config.jig:
        devices[Jig] = jig = _jig(config.jig)
        wires.stack.callback(jig.shut)
    own = _call_box(config.call_box, wires.stack) if config.call_box else None
    if box := own or wires.call_box:
        losses = losses_of(wires.station.path_loss, config.number, config.rf_cable, _today)
        devices[CallBox] = CallBoxDevice(box, losses)
    name = config.jig.serial or config.jig.port if config.jig else None
    instruments = wires.station.instruments | config.instruments
    return Slot(config.number, Bench(devices), _unit_of(config), name, instruments)


def _socket(config: SlotConfig, bus: UsbBus) -> UsbSocket | None:
    return UsbSocket(bus, config.usb) if config.usb else None


def _handset(config: SlotConfig, server: AdbServer, socket: UsbSocket | None) -> AdbHandset:
    serial = config.handset or ""  # whatever handset stands in the socket
    if socket is None:
        return AdbHandset(server, serial)
    return AdbHandset(server, serial, Where(socket.sysfs_name, partial(explained, socket)))


def _jig(config: JigConfig) -> SerialJig:
    kind = config.kind
    if kind is None:
        return SerialJig(config.port, expected=Expected(config.serial))
    return SerialJig(
        config.port, kind.dialect, expected=Expected(config.serial, kind.maker, kind.model)
    )


def _call_box(config: InstrumentConfig, stack: ExitStack) -> SharedCallBox:
    kind = config.kind
    expected = Expected(config.serial, kind.maker, kind.model)
    box = SharedCallBox(config.port, kind.dialect, expected=expected)
    stack.callback(box.shut)
    return box


def _unit_of(config: SlotConfig) -> Unit:
    """The unit of a slot, if its handset is named by serial: an address says where, not who."""
    name = config.handset or ""
    return Unit() if is_address(name) else Unit(name)
