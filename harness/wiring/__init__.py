"""Opens a station from files, or a simulated one: the one place where concretes meet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from harness.devices.adb.keys import key_home
from harness.devices.adb.server import AdbServer
from harness.devices.usb.bus import UsbBus
from harness.engine.reserve import Instruments
from harness.records.recorder import Recorder
from harness.sim.scenario import Scenario
from harness.station.files.config import StationConfig
from harness.station.seating.presence import Presence
from harness.station.seating.seat import Spot
from harness.station.station import Station
from harness.wiring.handsets import Handsets, open_handsets
from harness.wiring.jigs import (
    JigAt,
    jig_configs,
    jig_finder,
    open_jig,
    open_jigs,
    slots_named,
    who_answers,
)
from harness.wiring.layout import (
    Layout,
    Place,
    SimulatedStation,
    config_of,
    counted_at,
    golden_units_of,
    input_hashes,
    load_layout,
    load_line,
    places,
    require_open_to,
    require_real,
)
from harness.wiring.opening import opened, reviving
from harness.wiring.paths import paths_unknown_in, require_paths
from harness.wiring.readiness import jig_plans, jig_readiness
from harness.wiring.real import Wires, call_box_of, slot_of, socket_of
from harness.wiring.simulated import OpenLine, SimulatedHands, first_units, open_floor, open_line

__all__ = [
    "Handsets",
    "JigAt",
    "Layout",
    "OpenLine",
    "Place",
    "SimulatedHands",
    "SimulatedStation",
    "config_of",
    "counted_at",
    "first_units",
    "golden_units_of",
    "input_hashes",
    "jig_configs",
    "jig_plans",
    "jig_readiness",
    "load_layout",
    "load_line",
    "open_floor",
    "open_handsets",
    "open_jig",
    "open_jigs",
    "open_line",
    "open_seats",
    "open_station",
    "paths_unknown_in",
    "places",
    "require_open_to",
    "require_paths",
    "require_real",
    "slots_named",
    "who_answers",
]


@contextmanager
def open_station(records: Path, layout: Layout) -> Iterator[Station]:
    """The station, open. The store comes first: where nothing can be recorded, nothing is touched.

    Raises: StationFault(STORE-..., ADB-KEY).
    """
    if isinstance(layout, Scenario):
        with open_line(records, layout, layout.slots) as line:
            places = zip(line.station.slots, line.units, strict=False)  # the rest stay out
            inserted = {number: insert(number) for number, insert in places}
            yield replace(line.station, slots={**line.station.slots, **inserted})
        return
    with ExitStack() as stack:
        yield _open_real(records, layout, stack)[0]


@contextmanager
def open_seats(records: Path, config: StationConfig) -> Iterator[tuple[Station, Presence]]:
    """A real station, open, and who is in which of its slots.

    Raises: StationFault(STORE-..., ADB-KEY).
    """
    with ExitStack() as stack:
        station, wires = _open_real(records, config, stack)
        spots = {
            slot.number: Spot(slot.handset, socket_of(slot, wires.bus)) for slot in config.slots
        }
        presence = Presence(wires.server, spots, station.revive, station.clock)
        yield station, stack.enter_context(presence)


def _open_real(records: Path, config: StationConfig, stack: ExitStack) -> tuple[Station, Wires]:
    recorder = Recorder(records, name=config.name, location=config.location)
    stack.enter_context(recorder)
    the_key = partial(key_home, config.adb_key)
    server = AdbServer(home=the_key(), usb=True)
    stack.callback(server.stop)
    call_box = call_box_of(config.call_box, stack) if config.call_box else None
    wires = Wires(server, UsbBus(), config, call_box, jig_finder(config), stack)
    slots = [slot_of(slot, wires) for slot in config.slots]
    admit = jig_readiness(records, config).require
    station = opened(config, slots, recorder, admit, reviving(server, the_key))
    station = replace(station, instruments=Instruments(config.instruments))
    return station.put_back(recorder.recovered), wires
