"""Golden and known-bad units on a floor at work: they open a slot, and count in nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.engine.job import Witness
from harness.errors import OperatorStop, PlanError
from harness.model.entry import Locked, UnitRefused, Unlocked
from harness.model.events import Purpose, RunStarted, Stamped
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import Plan
from harness.model.record import Record
from harness.model.rules.values import FpyFloor, Rules
from harness.model.station import ScanOrder
from harness.records.chain import verify
from harness.station.files.config import StationConfig
from harness.station.files.golden_units import GoldenKind, GoldenUnit, GoldenUnits, shown_by
from harness.station.floor import Floor
from harness.station.line import Row
from harness.station.readiness.golden_orders import GoldenOrders, problem_of
from harness.station.readiness.ready import LineReadiness
from harness.station.screens.bus import Bus
from harness.station.slot import RunResult
from harness.station.station import Order, Slot
from tests.station.readiness.test_ready import kept
from tests.station.ruled import FINAL, GOOD_V, LOW_V, OTHER, UNIT, RuledLine, nothing, ruled_line
from tests.station.runs import STATION
from tests.station.seating.test_seats import seats_of
from tests.station.test_floor import ORDER, OnTheFloor

GOLDEN, KNOWN_BAD, OLD = "A57G000001", "A57B000001", "A57G000009"
IMEIS = ("860123459990015", "860123459990023")
EVER = date(2999, 1, 1)
SHIFT = Rules(golden_every=timedelta(hours=12))
HELD = Locked("STOP-STREAK", "three", 1)
PATIENCE_S = 30.0


class Hands(Row):
    """Hands that look before they let a unit be tested."""

    finds: OperatorStop | None = None

    def vouch(self, slot: Slot) -> Witness:
        if self.finds:
            raise self.finds
        return super().vouch(slot)


@dataclass
class Bench:
    """Three slots at work, and what came of the units that were put into them."""

    line: RuledLine
    units: GoldenUnits
    row: Hands
    bus: Bus
    heard: list[tuple[int, str, RunResult]] = field(default_factory=list)
    ended: threading.Condition = field(default_factory=threading.Condition)

    def hear(self, slot: Slot, result: RunResult) -> None:
        with self.ended:
            self.heard.append((slot.number, slot.unit.serial, result))
            self.ended.notify_all()

    def scan(self, unit: str | Unit, slot: int | None = None, *, voltage_v: float = GOOD_V) -> None:
        label = Unit(unit) if isinstance(unit, str) else unit

        def insert(number: int) -> Slot:
            self.line.inside, self.line.voltage_v = label.serial, voltage_v
            return replace(self.line.station.slots[number], unit=label)

        self.row.add(insert, slot, golden=label.serial in self.units.units)

    def wait(self, count: int) -> None:
        """Until so many units have been heard of."""
        with self.ended:
            assert self.ended.wait_for(lambda: len(self.heard) >= count, PATIENCE_S), self.heard

    def put(self, unit: str | Unit, slot: int = 1, *, voltage_v: float = GOOD_V) -> RunResult:
        """What comes of a unit that is scanned for a slot."""
        before = len(self.heard)
        self.scan(unit, slot, voltage_v=voltage_v)
        self.wait(before + 1)
        return self.heard[before][2]

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Who is on record as refused, and by which code, oldest first."""
        with self.line.reader() as reader:
            entered = [entry.what for entry in reader.entries()][::-1]
        return [(e.serial, e.code) for e in entered if isinstance(e, UnitRefused)]


def registry(plan: Plan) -> GoldenUnits:
    def unit(serial: str, kind: GoldenKind, until: date = EVER, **more: object) -> GoldenUnit:
        imei = IMEIS if serial == GOLDEN else ()
        return GoldenUnit(Unit(serial, imei), kind, Path("p"), plan.id, until, **more)  # type: ignore[arg-type]

    known = [
        unit(GOLDEN, GoldenKind.GOLDEN),
        unit(KNOWN_BAD, GoldenKind.KNOWN_BAD, fails=("probe.voltage:LOW",)),
        unit(OLD, GoldenKind.GOLDEN, until=date(2020, 1, 1)),
    ]
    return GoldenUnits("g", 1, {each.unit.serial: each for each in known})


@contextmanager
def at_work(store: Path, rules: Rules = SHIFT) -> Iterator[Bench]:
    with ruled_line(store, rules) as line:
        line.plan = replace(line.plan, process=FINAL)
        units, plan = registry(line.plan), line.plan
        config = StationConfig("ft-03", "", (), rules=rules, golden_units=units)
        ready = LineReadiness(line.store, config, SystemClock(), lambda _: plan, kept)
        station = line.station = replace(line.station, golden_units=units, ready=ready.require)
        assert station.rules
        row = Hands(locked=station.rules.locked, stays_open=True)
        bench = Bench(line, units, row, Bus(station.ref, station.slots))
        golden = GoldenOrders(
            units, lambda _: line.plan, lambda _: {"plan": "0"}, lambda: "mei", line.clock
        )
        order = Order(plan, Purpose.REHEARSAL, "mei")
        floor = Floor(station, lambda _: order, bench.bus, row, bench.hear, lambda: True, golden.of)
        thread = threading.Thread(target=floor.run)
        thread.start()
        try:
            yield bench
        finally:
            floor.stop("test", "its end")
            thread.join()
    assert verify(store) == []


def recorded(result: RunResult) -> Record:
    assert result.record, result.failure
    return result.record


def code_of(result: RunResult) -> str:
    assert result.refused
    assert result.failure
    return result.failure.code


def test_a_slot_that_waits_for_its_golden_unit_opens_by_itself(tmp_path: Path) -> None:
    with at_work(tmp_path / "line.db") as bench, bench.bus.subscribe() as told:
        told.take(0)
        for serial in (UNIT, OTHER, "A57A000003"):
            bench.scan(serial)
        bench.wait(3)
        assert sorted(slot for slot, *_ in bench.heard) == [1, 2, 3]
        assert {code_of(result) for *_, result in bench.heard} == {"READY-GOLDEN"}
        bench.scan(UNIT)  # no slot takes it
        golden = recorded(bench.put(GOLDEN, 2))
        assert (golden.outcome, golden.purpose) == (Outcome.PASS, Purpose.GOLDEN)
        assert (golden.operator, golden.inputs["plan"]) == ("mei", "0")
        bench.wait(5)
        slot, serial, result = bench.heard[-1]
        record = recorded(result)
        assert (slot, serial, record.outcome) == (2, UNIT, Outcome.PASS)
        assert (record.purpose, record.attempt) == (Purpose.REHEARSAL, 1)
        assert code_of(bench.put(OTHER, 1)) == "READY-GOLDEN", "it was shown to another jig"
        events = [m.event for m in told.take(0) if isinstance(m, Stamped)]
        begun = [(e.purpose, e.slot) for e in events if isinstance(e, RunStarted)]
    assert begun == [(Purpose.GOLDEN, 2), (Purpose.REHEARSAL, 2)]


def test_a_locked_slot_takes_the_golden_unit_and_waits_for_who_unlocks_it(tmp_path: Path) -> None:
    with at_work(tmp_path / "line.db", Rules()) as bench:
        bench.line.recorder.enter(HELD)
        assert recorded(bench.put(GOLDEN)).outcome is Outcome.PASS
        assert code_of(bench.put(UNIT)) == "STOP-STREAK"
        bench.line.recorder.enter(Unlocked("eve", "probe mended", 1))
        assert recorded(bench.put(UNIT)).outcome is Outcome.PASS
        bench.line.recorder.enter(HELD)
        bench.line.recorder.enter(Unlocked("eve", "and again", 1))
        assert code_of(bench.put(OTHER)) == "READY-GOLDEN"
        assert recorded(bench.put(GOLDEN, voltage_v=LOW_V)).outcome is Outcome.FAIL
        assert code_of(bench.put(OTHER)) == "READY-GOLDEN"
        bench.put(GOLDEN)
        assert recorded(bench.put(OTHER)).outcome is Outcome.PASS


def test_one_that_no_slot_is_named_for_goes_where_no_other_does(tmp_path: Path) -> None:
    with at_work(tmp_path / "line.db", Rules()) as bench:
        bench.line.recorder.enter(Locked("STOP-FPY", "half of the last four"))
        bench.scan(UNIT)
        bench.scan(GOLDEN)
        bench.wait(1)
        bench.put(KNOWN_BAD)
        assert [serial for _, serial, _ in bench.heard] == [GOLDEN, KNOWN_BAD], "one still waits"


def test_one_that_stands_in_its_slot_is_run_once_its_label_is_scanned() -> None:
    with seats_of(ScanOrder.INSERT_THEN_SCAN) as (seated, at):
        station, serial = OnTheFloor().station, "A57A000001"
        entry = GoldenUnit(Unit(serial), GoldenKind.GOLDEN, Path("p"), ORDER.plan.id, EVER)
        units = GoldenUnits("g", 1, {serial: entry})
        golden = GoldenOrders(
            units, lambda _: ORDER.plan, lambda _: {}, lambda: "mei", station.clock
        )

        def nothing_else(unit: Unit) -> Order:
            raise ValueError(f"{unit.serial} is no golden unit")

        bus = Bus(STATION, station.slots)
        floor = Floor(station, nothing_else, bus, seated.seats, seated.hear, golden_of=golden.of)
        thread = threading.Thread(target=floor.run)
        thread.start()
        try:
            seated.handsets.replug(at[1])
            seated.until(lambda: seated.linked(1))
            assert seated.heard == []
            seated.scan(serial, slot=1)
            seated.until(lambda: bool(seated.heard))
        finally:
            floor.stop("test", "its end")
            thread.join()
        ((slot, _, result),) = seated.heard
        record = recorded(result)
        assert (slot, record.outcome, record.purpose) == (1, Outcome.PASS, Purpose.GOLDEN)


def test_what_golden_units_show_counts_in_no_rule_of_units(tmp_path: Path) -> None:
    rules = Rules(streak=2, fpy=FpyFloor(90, 2))
    with at_work(tmp_path / "line.db", rules) as bench:
        for unit in (GOLDEN, KNOWN_BAD, GOLDEN, KNOWN_BAD):
            bench.put(unit, voltage_v=LOW_V)
        with bench.line.reader() as reader:
            assert reader.locks(1) == []
            assert reader.first_runs(Purpose.REHEARSAL, FINAL, 9) == []
            assert [head.attempt for head in reader.runs()] == [2, 2, 1, 1]


def test_a_known_bad_unit_that_passes_speaks_against_the_jig(tmp_path: Path) -> None:
    with at_work(tmp_path / "line.db", Rules()) as bench:
        entry = bench.units.units[KNOWN_BAD]
        found = bench.put(KNOWN_BAD, voltage_v=LOW_V)
        assert recorded(found).purpose is Purpose.GOLDEN
        assert problem_of(entry, found) is None
        missed = bench.put(KNOWN_BAD)
        problem = problem_of(entry, missed)
        assert problem
        assert problem.code == "GOLDEN-DIFFERS"
        assert [shown_by(each.outcome, p) for each, p in ((found, None), (missed, problem))] == [
            Outcome.PASS,
            Outcome.FAIL,
        ]
        assert shown_by(Outcome.ERROR, problem) is Outcome.ERROR


@pytest.mark.parametrize("label", [Unit(OLD), Unit("A57A000777", (IMEIS[0],))])
def test_one_that_shows_nothing_of_a_jig_is_refused_as_before(tmp_path: Path, label: Unit) -> None:
    """Its day has passed; or its label says another serial beside the IMEI that it has."""
    with at_work(tmp_path / "line.db") as bench:
        assert code_of(bench.put(label)) == "UNIT-GOLDEN"
        assert bench.refused == [(label.serial, "UNIT-GOLDEN")]
        with bench.line.reader() as reader:
            assert reader.runs() == []


def test_a_run_over_the_midnight_of_its_last_day_is_golden_to_its_end(tmp_path: Path) -> None:
    with at_work(tmp_path / "line.db", Rules()) as bench:

        def midnight() -> None:
            bench.line.clock.ahead = EVER - SystemClock().utc().date() + timedelta(days=2)

        bench.line.does = midnight
        result = bench.put(GOLDEN)
        assert recorded(result).purpose is Purpose.GOLDEN
        assert result.golden
        bench.line.does = nothing
        late = bench.put(GOLDEN)
        assert (code_of(late), late.golden) == ("UNIT-GOLDEN", False)


def test_another_unit_than_the_golden_one_in_the_slot_is_not_run_for_it(tmp_path: Path) -> None:
    with at_work(tmp_path / "line.db") as bench:
        bench.row.finds = OperatorStop("UNIT-WRONG", "another one is in slot 1")
        refused = bench.put(GOLDEN)
        assert (code_of(refused), refused.golden) == ("UNIT-WRONG", True)
        bench.row.finds = None
        refused = bench.put(UNIT)
        assert (code_of(refused), refused.golden) == ("READY-GOLDEN", False)


def test_its_imeis_are_those_on_its_label_and_else_those_of_the_registry(tmp_path: Path) -> None:
    with at_work(tmp_path / "line.db") as bench:
        assert recorded(bench.put(GOLDEN)).scanned.imei == IMEIS
        assert recorded(bench.put(Unit(GOLDEN, IMEIS[:1]))).scanned.imei == IMEIS[:1]


def test_a_plan_that_is_wrong_costs_its_slot_nothing(tmp_path: Path) -> None:
    with at_work(tmp_path / "line.db", Rules()) as bench:
        honest = bench.line.plan
        step = replace(honest.steps[-1], needs=("callbox",))
        bench.line.plan = replace(honest, steps=(*honest.steps[:-1], step))
        result = bench.put(GOLDEN)
        assert isinstance(result.failure, PlanError)
        assert code_of(result) == "PLAN-DEVICE"
        for slot in (2, 3):
            bench.line.recorder.enter(replace(HELD, slot=slot))
        bench.scan(UNIT)
        bench.wait(2)
        assert bench.heard[1][:2] == (1, UNIT)
