"""Opens a station from files, or a simulated one: the one place where concretes meet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from harness.clock import SystemClock
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.server import AdbServer
from harness.devices.jig.exchange import Expected
from harness.devices.jig.jig import SerialJig
from harness.engine.bench import Bench
from harness.engine.reserve import Instruments
from harness.errors import StationFault
from harness.model.events import StationRef
from harness.model.identity import Unit
from harness.model.plan import Plan
from harness.model.ports import Device, Handset, Jig
from harness.records.recorder import Recorder
from harness.sim.line import INSTRUMENTS, SimLine, SimSlot
from harness.sim.scenario import Scenario, load_scenario
from harness.sim.unit import SimUnit
from harness.station.config import JigConfig, SlotConfig, StationConfig, load_station
from harness.station.station import Slot, Station
from harness.steps import catalogue

if TYPE_CHECKING:
    from harness.station.line import Insert

DEFAULT_STORE = Path("reports/records.db")


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
        both = frozenset({Handset, Jig})
        units = enumerate(layout.units, start=1)
        return [Place(n, unit.label, both, INSTRUMENTS) for n, unit in units]
    return [
        Place(
            slot.number,
            _unit_of(slot),
            frozenset({Handset, Jig} if slot.jig else {Handset}),
            layout.instruments | slot.instruments,
        )
        for slot in layout.slots
    ]


@contextmanager
def open_station(records: Path, layout: Layout) -> Iterator[Station]:
    """The station, open. The store comes first: where nothing can be recorded, nothing is touched.

    Raises: StationFault(STORE-...).
    """
    if isinstance(layout, Scenario):
        with open_line(records, layout, len(layout.units)) as line:
            inserts = enumerate(line.units, start=1)
            yield replace(line.station, slots={n: insert(n) for n, insert in inserts})
        return
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(records))
        server = AdbServer(home=_key_folder(), usb=True)
        stack.callback(server.stop)
        slots = [_slot(slot, layout.instruments, server, stack) for slot in layout.slots]
        station = _opened(layout.name, layout.location, slots, recorder, server)
        yield replace(station, instruments=Instruments(layout.instruments))


def load_line(path: Path, *, units: int | None = None, seed: int | None = None) -> Scenario:
    """The scenario of a file; of its units the first so many, its noise from another seed.

    Raises: StationFault(STATION-FILE), also when it has fewer units.
    """
    scenario = load_scenario(path)
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
        empty = {n: _empty_slot(n, slot, stack) for n, slot in sim.slots.items()}
        station = _opened("simulated", "", empty.values(), recorder, server)

        def insert(unit: SimUnit, number: int) -> Slot:
            handset = AdbHandset(server, sim.insert(number, unit))
            devices = {**empty[number].bench.devices, Handset: handset}
            return replace(empty[number], bench=Bench(devices), unit=unit.label)

        yield OpenLine(station, tuple(partial(insert, unit) for unit in scenario.units))


def _opened(
    name: str, location: str, slots: Iterable[Slot], recorder: Recorder, server: AdbServer
) -> Station:
    """The station, with every slot in its safe state."""
    opened = Station(
        ref=StationRef(name, recorder.station_uuid, location),
        slots={slot.number: slot for slot in slots},
        catalogue=catalogue(),
        journal=recorder,
        attempts=recorder.attempts,
        clock=SystemClock(),
        revive=_reviving(server),
    )
    opened.make_safe()
    return opened


def _reviving(server: AdbServer) -> Callable[[], None]:
    """Starts the server when it is first needed, has died or answers no more; a slot at a time."""
    lock = Lock()

    def revive() -> None:
        with lock, suppress(StationFault):
            if server.alive:
                with suppress(StationFault):
                    server.version()
                    return
                server.stop()
            server.start()

    return revive


def _key_folder() -> Path:
    """Where this PC keeps its adb key: handsets that were told to trust it know it again."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state, "harness", "adb")


def input_hashes(plan: Plan, layout: Layout) -> Mapping[str, str]:
    """The SHA-256 of each file that a run is made by, by its role."""
    return {role: file.sha256 for role, file in {**plan.files, **layout.files}.items()}


def _empty_slot(number: int, slot: SimSlot, stack: ExitStack) -> Slot:
    jig = SerialJig(slot.port, expected=Expected(slot.jig_serial))
    stack.callback(jig.shut)
    return Slot(number, Bench({Jig: jig}), Unit(), slot.jig_serial, INSTRUMENTS)


def _slot(config: SlotConfig, shared: frozenset[str], server: AdbServer, stack: ExitStack) -> Slot:
    devices: dict[type, Device] = {Handset: AdbHandset(server, config.handset)}
    if config.jig:
        devices[Jig] = jig = _jig(config.jig)
        stack.callback(jig.shut)
    name = config.jig.serial or config.jig.port if config.jig else None
    instruments = shared | config.instruments
    return Slot(config.number, Bench(devices), _unit_of(config), name, instruments)


def _jig(config: JigConfig) -> SerialJig:
    kind = config.kind
    if kind is None:
        return SerialJig(config.port, expected=Expected(config.serial))
    return SerialJig(
        config.port, kind.dialect, expected=Expected(config.serial, kind.maker, kind.model)
    )


def _unit_of(config: SlotConfig) -> Unit:
    """The unit of a slot, if its handset is named by serial: an address says where, not who."""
    return Unit() if ":" in config.handset else Unit(config.handset)
