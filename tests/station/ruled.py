"""A station whose units do as they are told, over the real engine and a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from harness.clock import SystemClock
from harness.engine.bench import Bench
from harness.errors import LinkFault
from harness.model.events import Purpose
from harness.model.fault import Symptom
from harness.model.identity import Unit
from harness.model.jig_ports import Jig
from harness.model.limits import Range
from harness.model.plan import Plan, Retest
from harness.model.ports import Measure, UnitRegistry
from harness.model.record import Record
from harness.model.rules.ports import RouteCentre
from harness.model.rules.values import Rules
from harness.model.step import Catalogue
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.station.rules import LineRules
from harness.station.slot import SlotRun
from harness.station.station import Order, Slot, Station
from harness.steps.api import Numeric
from tests.engine.rig import RememberingJig, Rig, planned, spec_of

UNIT, OTHER = "A57A000001", "A57A000002"
GOOD_V, LOW_V = 3.7, 2.0
FINAL = "final-test"
DEFAULT = Rules()
LIMIT = Range(Decimal(3), Decimal(4))
SILENT = Symptom("LINK-08", "falls silent", "R")


def nothing() -> None:
    """A unit that only shows what it measures."""


def hang() -> None:
    raise LinkFault("ADB-HANG", "it fell silent")


class Shifted:
    """The clock of this PC, by so much ahead, or behind."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def monotonic(self) -> float:
        return SystemClock().monotonic()

    def utc(self) -> datetime:
        return SystemClock().utc() + self.ahead


@dataclass
class RuledLine:
    """Three slots with a jig each, and whoever is put into them."""

    store: Path
    recorder: Recorder
    plan: Plan
    station: Station
    clock: Shifted
    inside: str = ""
    voltage_v: float = GOOD_V
    does: Callable[[], None] = nothing
    runs: list[SlotRun] = field(default_factory=list)

    def run(
        self,
        serial: str = UNIT,
        slot: int = 1,
        *,
        voltage_v: float = GOOD_V,
        does: Callable[[], None] = nothing,
        announced: bool = True,
        process: str = FINAL,
        purpose: Purpose = Purpose.REHEARSAL,
    ) -> Record:
        """The record of a run; the unit `does` something once it was measured.

        Raises: OperatorStop of the rule that is against it.
        """
        self.inside, self.voltage_v, self.does = serial, voltage_v, does
        run = self.admit(serial if announced else "", slot, process=process, purpose=purpose)
        run.start()
        result = run.supervise()
        assert result.record, result.failure
        return result.record

    def admit(
        self,
        serial: str = UNIT,
        slot: int = 1,
        *,
        process: str = FINAL,
        purpose: Purpose = Purpose.REHEARSAL,
    ) -> SlotRun:
        """A run of the unit that is announced, not started yet.

        Raises: OperatorStop of the rule that is against it.
        """
        place = replace(self.station.slots[slot], unit=Unit(serial))
        run = self.station.run(Order(replace(self.plan, process=process), purpose, "4711"), place)
        self.runs.append(run)
        return run

    def fail(self, serial: str = UNIT, slot: int = 1) -> Record:
        return self.run(serial, slot, voltage_v=LOW_V)

    def abort(self) -> None:
        """What somebody does who has seen a FAIL."""
        self.runs[-1].abort("4711", "saw it fail")

    def reader(self) -> Reader:
        return Reader(self.store)


@contextmanager
def ruled_line(
    store: Path,
    rules: Rules = DEFAULT,
    *,
    centre: RouteCentre | None = None,
) -> Iterator[RuledLine]:
    """A line with these rules, over a store that is made if it is not there."""
    line: RuledLine

    def identify(registry: UnitRegistry) -> None:
        registry.identified(Unit(line.inside))

    def probe(measure: Measure) -> None:
        measure("voltage", line.voltage_v)
        line.does()

    who, what = spec_of(identify), spec_of(probe, measures=[Numeric("voltage", "V")])
    steps = [(who, planned(who)), (what, planned(what, limit=LIMIT))]
    plan = Rig(steps, symptoms={"ADB-HANG": SILENT}).job.plan
    clock = Shifted()
    with Recorder(store, name="ft-03", clock=clock) as recorder:
        ruled = LineRules(recorder.path, rules, recorder.enter, centre)
        station = Station(
            ref=recorder.station,
            slots={n: Slot(n, Bench({Jig: RememberingJig(f"J{n}")}), Unit()) for n in (1, 2, 3)},
            catalogue=Catalogue([who, what]),
            journal=recorder,
            attempts=recorder.attempts,
            clock=clock,
            rules=ruled,
        )
        ruled.lock_what_is_due(station.slots)
        line = RuledLine(store, recorder, replace(plan, retest=Retest()), station, clock)
        yield line
