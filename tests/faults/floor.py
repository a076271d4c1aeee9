"""A floor of eight slots that share a call box and a light box, and what must hold after a fault.

The station is made of the real drivers, store, adb server and presence. It is wired to a simulated
line that is the test's own, so that it outlives the station.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Self

from harness.clock import Clock, Deadline, SystemClock
from harness.devices.adb.handset import AdbHandset
from harness.devices.adb.server import AdbServer
from harness.devices.agent import AgentOverAdb
from harness.devices.instrument.callbox import CallBoxDevice, SharedCallBox
from harness.devices.jig.dialect import Dialect
from harness.devices.jig.jig import JigHealthOf, SerialJig
from harness.devices.scpi.exchange import Expected
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.engine.bench import Bench
from harness.engine.reserve import Instruments
from harness.engine.threads import in_thread, side_by_side
from harness.model.backing import Device
from harness.model.events import Purpose, RunStarted, Stamped, StepEnded, StepStarted
from harness.model.identity import Unit
from harness.model.jig_ports import Jig, JigHealth
from harness.model.outcome import Outcome
from harness.model.plan import Plan
from harness.model.ports import Agent, CallBox, Handset
from harness.model.station import Scanned, ScanOrder
from harness.plans.resolve import load_plans
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.sim.jig import JigBehaviour
from harness.sim.line import INSTRUMENTS, PATH_LOSS_DB, SimLine, SlotWires
from harness.sim.scenario import Scenario, unit_of_serial
from harness.station.files.config import StationConfig
from harness.station.floor import Floor
from harness.station.screens.bus import Bus
from harness.station.seating.presence import Presence
from harness.station.seating.seat import Spot
from harness.station.seating.seats import COMES_S, Seats
from harness.station.slot import RunResult
from harness.station.station import Order, Slot, Station
from harness.steps import catalogue
from harness.wiring.opening import opened, reviving
from harness.wiring.simulated import _simulated_loss, jig_kind

PLAN = Path(__file__).with_name("floor.yaml")
STEPS = (
    *("charge", "identity", "memory", "attach", "storage"),
    *("thermal", "display", "sensors", "again"),
)
"""Those of the plan, in their order, between the closing of the fixture and its opening."""
SLOTS = range(1, 9)
SHARED = ("callbox", "lightbox")
PATIENCE_S = 60.0
_PATIENCE_FACTOR = 5


class When(Enum):
    """Of a step."""

    BEFORE = "before it does anything"
    WITHIN = "at its first command"
    AFTER = "at its end"


Plant = Callable[[int, str, When], None]
"""Told of each slot, and the step that begins or has ended on it, in the thread of its run."""


def serial_of(slot: int) -> str:
    return f"A57A{slot:06}"


@cache
def plan() -> Plan:
    return load_plans(PLAN, catalogue()).named("")


@dataclass(frozen=True, slots=True)
class Wired:
    """What a station needs to know of a slot of the line."""

    wires: SlotWires
    port: str
    address: str


class Wires:
    """The line: a good unit in each slot, unless it is told what is `defective` there."""

    def __init__(self, defective: Mapping[int, dict[str, dict[str, Any]]] | None = None) -> None:
        defects = defective or {}
        self.line = SimLine(Scenario((), speed=100), len(SLOTS))
        self.handsets = self.line._handsets
        units = {n: unit_of_serial(serial_of(n)) for n in SLOTS}
        for number, planted in defects.items():
            units[number] = replace(units[number], defects=planted)
        self.at = {n: self.line.insert(n, unit) for n, unit in units.items()}

    def wired(self) -> dict[int, Wired]:
        wires = self.line.wires()
        return {n: Wired(wires[n], self.line.port(n), self.at[n]) for n in SLOTS}

    def pull(self, slot: int) -> None:
        self.handsets.unplug(self.at[slot])

    def put_back(self, slot: int) -> None:
        self.handsets.replug(self.at[slot])

    def reseat(self, slot: int) -> None:
        """Pull it, and put it back at once."""
        self.pull(slot)
        self.put_back(slot)

    def swap(self, slot: int, serial: str) -> None:
        """Put another good unit into its place, which measures as well as the first one."""
        unit, box = unit_of_serial(serial), self.line.slots[slot].box
        unit.cell, unit.path_loss_db = box.cell, PATH_LOSS_DB
        self.handsets.swap(self.at[slot], unit)
        box.insert(unit, self.handsets.behaviour(self.at[slot]).registered_on_cell)

    def at_next_command(self, slot: int, act: Callable[[], None]) -> Callable[[], None]:
        """Act once, when the handset or the jig of a slot is told something; gives the wait for it.

        The command itself goes on: a handset that is pulled out has it cut off.
        """
        once, done = Once(), threading.Event()

        def struck() -> None:
            if once(slot):
                in_thread("hands", act).add_done_callback(lambda _: done.set())

        _before_each(self.handsets.behaviour(self.at[slot]), "run", struck)
        _before_each(self.line.slots[slot].behaviour, "_hear", struck)

        def wait() -> None:
            assert done.wait(PATIENCE_S), f"nothing was told to slot {slot}"

        return wait

    def unsafe(self) -> list[int]:
        """The slots that may have a voltage on a contact."""
        jigs = {n: slot.behaviour for n, slot in self.line.slots.items()}
        return [n for n, jig in jigs.items() if isinstance(jig, JigBehaviour) and not jig.safe]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()


def _before_each(behaviour: object, name: str, call: Callable[[], None]) -> None:
    """Have something called before each call of a method of a simulator."""
    method = getattr(behaviour, name)

    def called(*arguments: object) -> object:
        call()
        return method(*arguments)

    setattr(behaviour, name, called)


class TellingBus(Bus):
    """Tells what happens in the thread of the run, before its next step does anything."""

    def __init__(self, station: Station, plant: Plant, begun: Callable[[str, int], None]) -> None:
        super().__init__(station.ref, station.slots)
        self._plant, self._begun = plant, begun
        self.slots: dict[str, int] = {}
        """Of each run that was seen to start, its slot."""

    def publish(self, stamped: Stamped) -> None:
        super().publish(stamped)
        match stamped.event:
            case RunStarted(run=run, slot=slot):
                self.slots[run] = slot
                self._begun(run, slot)
            case StepStarted(step=step):
                self._plant(self.slots[stamped.run], step, When.BEFORE)
            case StepEnded(step=step):
                self._plant(self.slots[stamped.run], step, When.AFTER)


@dataclass
class FloorRig:
    """A station that is open, and what was seen of its runs."""

    station: Station
    presence: Presence
    recorder: Recorder
    seen: set[str] = field(default_factory=set)

    def test_all(
        self,
        plant: Plant = lambda *_: None,
        begun: Callable[[str, int], None] = lambda *_: None,
        comes_s: float = COMES_S,
    ) -> dict[int, RunResult]:
        """One run in every slot, all at once; how it went, by slot. `begun` is told each run."""
        order = ScanOrder.INSERT_THEN_SCAN
        seats = Seats(self.station, self.presence, Unit, order, comes_s)
        for number in self.station.slots:
            seats.scanned(Scanned((serial_of(number),), number))
        results: dict[int, RunResult] = {}
        bus = TellingBus(self.station, plant, begun)
        wanted = Order(plan(), Purpose.REHEARSAL, "test")

        def hear(slot: Slot, result: RunResult) -> None:
            results[slot.number] = result

        floor = Floor(self.station, lambda _: wanted, bus, seats, hear)
        late = Deadline(PATIENCE_S)

        def poll() -> None:
            if len(results) == len(self.station.slots) or late.expired():
                floor.stop("test", "its end")

        floor.run(poll)
        self.seen |= bus.slots.keys()
        assert len(results) == len(self.station.slots), f"no end on a slot: {results}"
        return results


@contextmanager
def floor_on(
    store: Path, wired: Mapping[int, Wired], usb: UsbBus | None = None, clock: Clock | None = None
) -> Iterator[FloorRig]:
    """A station on the line; with `usb`, its even slots name the socket of their handset, too."""
    clock = clock or SystemClock()
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(store, clock=clock, name="floor"))
        server = AdbServer()
        stack.callback(server.stop)
        boxes = {n: _box(each.wires) for n, each in wired.items()}
        stack.callback(side_by_side, "shut", [box.shut for box in boxes.values()])
        slots = [_slot(n, each, server, boxes[n], stack) for n, each in wired.items()]
        config = StationConfig("floor", "", ())
        station = opened(config, slots, recorder, lambda *_: None, reviving(server))
        station = replace(station, clock=clock, instruments=Instruments(SHARED))
        station = station.put_back(recorder.recovered)
        spots = {
            n: Spot(each.address, UsbSocket(usb, each.wires.socket) if usb and not n % 2 else None)
            for n, each in wired.items()
        }
        station.revive()
        presence = stack.enter_context(Presence(server, spots, station.revive, clock))
        yield FloorRig(station, presence, recorder)


def _box(wires: SlotWires) -> SharedCallBox:
    return SharedCallBox(wires.box_url, expected=Expected(wires.box_serial))


def patient(dialect: Dialect) -> Dialect:
    """The dialect, with time for a jig that is simulated on a busy PC.

    Late jigs are tested in tests/devices/jig.
    """
    slow = {
        name: replace(verb, limit_s=_PATIENCE_FACTOR * verb.limit_s)
        for name, verb in dialect.verbs.items()
    }
    return replace(dialect, verbs=slow)


def _slot(
    number: int, wired: Wired, server: AdbServer, box: SharedCallBox, stack: ExitStack
) -> Slot:
    wires, kind = wired.wires, jig_kind(wired.wires.dialect)
    who = Expected(wires.jig_serial, kind.maker, kind.model)
    jig = SerialJig(wired.port, patient(kind.dialect), expected=who)
    stack.callback(jig.shut)
    handset = AdbHandset(server, wired.address)
    devices: dict[type, Device] = {
        Jig: jig,
        JigHealth: JigHealthOf(jig),
        CallBox: CallBoxDevice(box, _simulated_loss),
        Handset: handset,
        Agent: AgentOverAdb(handset),
    }
    return Slot(number, Bench(devices), Unit(), wires.jig_serial, INSTRUMENTS, kind)


def usb_of(wires: Wires) -> UsbBus:
    return UsbBus(wires.line.bus, sysfs=wires.line.bus.sysfs)


def runs_of(results: Mapping[int, RunResult]) -> set[str]:
    return {result.record.run for result in results.values() if result.record}


def codes(results: Mapping[int, RunResult]) -> dict[int, str]:
    """By slot, the code of what ended the run, or its outcome where nothing did."""
    said = {}
    for slot, result in sorted(results.items()):
        fault = result.record.fault if result.record else None
        failure = result.failure
        said[slot] = failure.code if failure else fault.code if fault else result.outcome.name
    return said


def check_lived_through(
    store: Path,
    *,
    seen: Collection[str],
    bad: Collection[str],
    wires: Wires | None = None,
    instruments: Instruments | None = None,
) -> dict[str, Outcome]:
    """What holds after every fault; the outcome of each run.

    None of the `bad` runs passed; each one that was `seen` to start is on record and has ended; no
    instrument is held or waited for; no jig has a voltage on a contact; the chain is whole.
    """
    with Reader(store) as reader:
        ended = {head.run: head.outcome for head in reader.runs(10**6)}
    outcomes = {run: outcome for run, outcome in ended.items() if outcome is not None}
    assert {run for run in bad if ended.get(run) is Outcome.PASS} == set()
    assert set(seen) - outcomes.keys() == set()
    assert outcomes.keys() == ended.keys(), "a run is still open"
    assert instruments is None or instruments.idle()
    assert wires is None or wires.unsafe() == []
    assert verify(store) == []
    return outcomes


class Once:
    """Says to which of many threads something has happened as the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told = set[object]()

    def __call__(self, what: object) -> bool:
        with self._lock:
            first = what not in self._told
            self._told.add(what)
            return first
