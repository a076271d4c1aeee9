"""Opens a station from files, or a simulated one: the one place where concretes meet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from harness.clock import SystemClock
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.server import AdbServer
from harness.devices.jig.jig import SerialJig
from harness.engine.bench import Bench
from harness.model.events import StationRef
from harness.model.identity import Unit
from harness.model.ports import Device, Handset, Jig
from harness.records.recorder import Recorder
from harness.sim.handset import SimHandsets
from harness.sim.jig import JigBehaviour
from harness.sim.pty import PtyJig
from harness.sim.scenario import Scenario, load_scenario
from harness.station.config import JigConfig, SlotConfig, load_station
from harness.station.station import Slot, Station
from harness.steps import catalogue

DEFAULT_STORE = Path("reports/records.db")


@contextmanager
def open_station(
    records: Path, *, station: Path | None = None, scenario: Path | None = None
) -> Iterator[Station]:
    """The station of a file, or a simulated one whose handsets and jigs behave as a scenario says.

    The store is opened first: where nothing can be recorded, nothing is touched.

    Raises: StationFault(STORE-..., STATION-FILE, ADB-SERVER).
    """
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(records))
        opening = _from_file(station, stack) if station else _simulated(scenario, stack)
        name, location, slots = opening
        opened = Station(
            ref=StationRef(name, recorder.station_uuid, location),
            slots={slot.number: slot for slot in slots},
            catalogue=catalogue(),
            journal=recorder,
            attempts=recorder.attempts,
            clock=SystemClock(),
        )
        opened.make_safe()
        yield opened


def file_hashes(**files: Path | None) -> Mapping[str, str]:
    """The SHA-256 of each input file that is given, by its role."""
    return {
        role: hashlib.sha256(path.read_bytes()).hexdigest()
        for role, path in files.items()
        if path is not None
    }


_Opening = tuple[str, str, list[Slot]]


def _from_file(path: Path, stack: ExitStack) -> _Opening:
    config = load_station(path)
    server = stack.enter_context(AdbServer(usb=True))
    return config.name, config.location, [_slot(slot, server, stack) for slot in config.slots]


def _simulated(path: Path | None, stack: ExitStack) -> _Opening:
    scenario = load_scenario(path) if path else Scenario()
    server = stack.enter_context(AdbServer())
    handsets = SimHandsets()
    stack.callback(handsets.stop)
    slots = []
    for number, unit in enumerate(scenario.units, start=1):
        serial = f"SIMJIG{number:02}"
        behaviour = JigBehaviour(
            unit,
            serial=serial,
            noise=scenario.jig_noise,
            seed=scenario.seed + number,
            defects=scenario.jig_defects,
        )
        wire = PtyJig(behaviour, speed=scenario.speed)
        stack.callback(wire.close)
        config = SlotConfig(number, handsets.add(unit), JigConfig(wire.path, serial))
        slot = _slot(config, server, stack)
        slots.append(replace(slot, unit=Unit(unit.label)))
    return "simulated", "", slots


def _slot(config: SlotConfig, server: AdbServer, stack: ExitStack) -> Slot:
    devices: dict[type, Device] = {Handset: AdbHandset(server, config.handset)}
    if config.jig:
        jig = SerialJig(config.jig.port, serial=config.jig.serial)
        stack.callback(jig.shut)
        devices[Jig] = jig
    name = config.jig.serial or config.jig.port if config.jig else None
    # an address says where a handset is, not who it is
    unit = Unit() if ":" in config.handset else Unit(config.handset)
    return Slot(config.number, Bench(devices), unit, name)
