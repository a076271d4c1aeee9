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
    golden_units_of,
    input_hashes,
    load_layout,
    load_line,
    places,
    require_real,
)
from harness.wiring.opening import opened, reviving
from harness.wiring.paths import paths_unknown_in, require_paths
from harness.wiring.readiness import jig_readiness
from harness.wiring.real import Wires, call_box_of, slot_of
from harness.wiring.simulated import OpenLine, open_line

__all__ = [
    "Handsets",
    "JigAt",
    "Layout",
    "OpenLine",
    "Place",
    "golden_units_of",
    "input_hashes",
    "jig_configs",
    "jig_readiness",
    "load_layout",
    "load_line",
    "open_handsets",
    "open_jig",
    "open_jigs",
    "open_line",
    "open_station",
    "paths_unknown_in",
    "places",
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
            inserted = {n: insert(n) for n, insert in enumerate(line.units, start=1)}
            yield replace(line.station, slots={**line.station.slots, **inserted})
        return
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(records))
        the_key = partial(key_home, layout.adb_key)
        server = AdbServer(home=the_key(), usb=True)
        stack.callback(server.stop)
        call_box = call_box_of(layout.call_box, stack) if layout.call_box else None
        wires = Wires(server, UsbBus(), layout, call_box, jig_finder(layout), stack)
        slots = [slot_of(slot, wires) for slot in layout.slots]
        revive = reviving(server, the_key)
        admit = jig_readiness(records, layout).require
        station = opened(layout, slots, recorder, admit, revive)
        station = replace(station, instruments=Instruments(layout.instruments))
        yield station.put_back(recorder.recovered)
