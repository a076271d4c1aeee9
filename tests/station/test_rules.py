"""The rules of the line over the real engine and store: nobody has to remember them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from harness.errors import Blame, JigFault, OperatorStop, StationFault
from harness.model.entry import Locked, Recalled, Reworked, UnitRefused, Unlocked
from harness.model.events import FaultConfirmed, Purpose, RouteCheckedLocally
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.rules.ports import CentreOffline
from harness.model.rules.values import FpyFloor, Offline, Rules, UnitHistory
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.station.files.config import StationConfig
from harness.wiring.opening import opened
from tests.short import code_of
from tests.station.ruled import LOW_V, OTHER, SILENT, UNIT, RuledLine, hang, ruled_line


@pytest.fixture
def line(tmp_path: Path) -> Iterator[RuledLine]:
    with ruled_line(tmp_path / "line.db") as line:
        yield line


def code(record: Record) -> str:
    assert record.fault
    return record.fault.code


# ---- retest


def test_to_abort_on_a_fail_gives_no_fresh_first_attempt(line: RuledLine) -> None:
    seen = line.run(voltage_v=LOW_V, does=line.abort)
    assert (seen.outcome, code(seen)) == (Outcome.ABORTED, "RUN-ABORTED")
    assert (seen.dut_failed, seen.attempt) == (True, 1)
    again = line.run()
    assert (again.outcome, again.attempt) == (Outcome.PASS, 2)
    with line.reader() as reader:
        (first,) = reader.first_runs(Purpose.REHEARSAL, "final-test", 10)
    assert (first.run, first.dut_failed) == (seen.run, True)


def test_a_fourth_run_without_rework_is_refused_and_on_record(line: RuledLine) -> None:
    line.fail()
    line.run(does=line.abort)
    assert code_of(line.run) == "RETEST-SLOT"
    line.run(slot=2, does=hang)
    for slot in (1, 2, 3):
        assert code_of(partial(line.run, UNIT, slot)) == "RETEST-LIMIT"
    assert line.run(OTHER).outcome is Outcome.PASS
    with line.reader() as reader:
        refused = [e.what for e in reader.entries(kinds=[UnitRefused], serial=UNIT)]
        assert len(reader.runs(serial=UNIT)) == 3
    assert [(r.code, r.slot) for r in refused if isinstance(r, UnitRefused)] == [
        ("RETEST-LIMIT", 3),
        ("RETEST-LIMIT", 2),
        ("RETEST-LIMIT", 1),
        ("RETEST-SLOT", 1),
    ]


def test_a_rework_allows_it_and_attempts_go_on(line: RuledLine) -> None:
    for slot in (1, 2, 3):
        line.fail(slot=slot)
    line.recorder.enter(Reworked(UNIT, "4712", "new battery"))
    record = line.run()
    assert (record.outcome, record.attempt) == (Outcome.PASS, 4)
    assert verify(line.store) == []


def test_runs_that_do_not_count_obey_no_rule_and_use_up_none(line: RuledLine) -> None:
    for _ in range(4):
        line.run(voltage_v=LOW_V, purpose=Purpose.ENGINEERING)
    assert line.run().attempt == 1


def test_a_unit_that_nobody_announced_is_asked_for_when_it_says_who_it_is(line: RuledLine) -> None:
    for slot in (1, 2, 3):
        line.fail(slot=slot)
    record = line.run(slot=2, announced=False)
    assert (record.outcome, code(record)) == (Outcome.ABORTED, "RETEST-LIMIT")
    assert record.attempt == 4
    assert [made for step in record.steps for made in step.measurements] == []
    other = line.run(OTHER, 2, announced=False)
    assert (other.outcome, other.attempt) == (Outcome.PASS, 1)
    assert verify(line.store) == []


def test_the_run_that_asks_does_not_count_itself(line: RuledLine) -> None:
    for slot in (1, 2):
        line.fail(slot=slot)
    assert line.run(slot=3, announced=False).outcome is Outcome.PASS
    assert code_of(lambda: line.run(slot=3)) == "RETEST-LIMIT"


def test_a_pass_of_nobody_is_none(line: RuledLine) -> None:
    line.plan = replace(line.plan, steps=line.plan.steps[1:])
    record = line.run(announced=False)
    assert (record.outcome, code(record)) == (Outcome.ABORTED, "UNIT-UNKNOWN")
    bad = line.run(announced=False, voltage_v=LOW_V)
    assert (bad.outcome, code(bad), bad.dut_failed) == (Outcome.ABORTED, "UNIT-UNKNOWN", True)


def test_a_label_says_who_was_announced_and_not_who_passed(line: RuledLine) -> None:
    line.plan = replace(line.plan, steps=line.plan.steps[1:])
    record = line.run(announced=True)
    assert (record.outcome, code(record)) == (Outcome.ABORTED, "UNIT-UNKNOWN")
    assert line.run(announced=True, purpose=Purpose.ENGINEERING).outcome is Outcome.PASS
    assert line.run(OTHER, announced=True, voltage_v=LOW_V).outcome is Outcome.FAIL
    assert line.run(OTHER, announced=True, does=hang).outcome is Outcome.ERROR
    assert verify(line.store) == []


def test_a_rework_that_was_dated_ahead_allows_no_more_runs_than_any_other(line: RuledLine) -> None:
    for slot in (1, 2, 3):
        line.fail(slot=slot)
    line.clock.ahead = timedelta(days=1)
    line.recorder.enter(Reworked(UNIT, "4712", "new battery"))
    line.clock.ahead = timedelta()
    for slot in (1, 2, 3):
        line.fail(slot=slot)
    assert code_of(line.run) == "RETEST-LIMIT"


def test_a_clock_that_went_back_since_a_rework_gives_no_runs_away(line: RuledLine) -> None:
    for slot in (1, 2, 3):
        line.fail(slot=slot)
    line.recorder.enter(Reworked(UNIT, "4712", "new battery"))
    line.clock.ahead = -timedelta(hours=1)
    for slot in (1, 2, 3):
        line.fail(slot=slot)
    assert code_of(line.run) == "RETEST-LIMIT"


def test_a_unit_is_in_one_run_at_a_time(line: RuledLine) -> None:
    first = line.admit()
    assert code_of(lambda: line.admit(UNIT, 2)) == "RETEST-OPEN"
    assert code_of(lambda: line.admit(UNIT, 2, process="rf")) == "RETEST-OPEN"
    assert line.run(OTHER, 2).outcome is Outcome.PASS
    stolen = line.run(UNIT, 2, announced=False)
    assert (stolen.outcome, code(stolen)) == (Outcome.ABORTED, "RETEST-OPEN")
    line.inside = UNIT
    first.start()
    record = first.supervise().record
    assert record and (record.outcome, record.attempt) == (Outcome.PASS, 1)
    again = line.run(UNIT, 2)
    assert (again.outcome, again.attempt) == (Outcome.PASS, 3), "no two runs have one number"
    assert verify(line.store) == []


def test_a_unit_whose_run_could_not_be_begun_is_in_none(line: RuledLine) -> None:
    def no_count(*_: object) -> int:
        raise StationFault("STORE-FAILED", "the disk is gone")

    station = line.station
    line.station = replace(station, attempts=no_count)
    assert code_of(line.admit) == "STORE-FAILED"
    line.station = station
    assert line.run(UNIT, 2).outcome is Outcome.PASS


# ---- route


def test_a_unit_comes_from_a_pass_that_still_holds(tmp_path: Path) -> None:
    with ruled_line(tmp_path / "line.db", Rules(route=("rf",))) as line:
        assert code_of(line.run) == "ROUTE-MISSING"
        with ruled_line(tmp_path / "rf.db") as other:
            assert other.run(process="rf").outcome is Outcome.PASS
        assert code_of(line.run) == "ROUTE-MISSING", "another store knows nothing of here"


def test_the_passes_of_a_revoked_jig_fail_the_route_check(tmp_path: Path) -> None:
    store = tmp_path / "line.db"
    with ruled_line(store) as line:
        line.run(process="rf", voltage_v=LOW_V)
        line.run(OTHER, 2, process="rf")
    with ruled_line(store, Rules(route=("rf",))) as line:
        assert code_of(line.run) == "ROUTE-FAILED"
        assert line.run(OTHER).outcome is Outcome.PASS
        line.recorder.enter(Recalled("4713", "a worn contact", jig="J2"))
        assert code_of(lambda: line.run(OTHER)) == "ROUTE-RECALLED"
    with ruled_line(store) as line:
        line.run(OTHER, 2, process="rf")
    with ruled_line(store, Rules(route=("rf",))) as line:
        assert line.run(OTHER, 2).outcome is Outcome.PASS, "the mended jig passes again"
    assert verify(store) == []


def test_a_recall_reaches_a_pass_whose_clock_was_ahead(tmp_path: Path) -> None:
    store = tmp_path / "line.db"
    with ruled_line(store) as line:
        line.clock.ahead = timedelta(hours=1)
        line.run(process="rf")
    with ruled_line(store, Rules(route=("rf",))) as line:
        line.recorder.enter(Recalled("4713", "a worn contact", jig="J1"))
        assert code_of(line.run) == "ROUTE-RECALLED"
        with line.reader() as reader:
            (passed,) = reader.life(UNIT).runs
    assert passed.recalls


class Plant:
    """A centre that knows one unit, while its network is up."""

    def __init__(self, known: UnitHistory) -> None:
        self.known, self.up = known, True

    def history(self, serial: str) -> UnitHistory:
        if not self.up:
            raise CentreOffline("no route to mes.example:443")
        return self.known if serial == self.known.serial else UnitHistory(serial)


@pytest.mark.parametrize("offline", Offline)
def test_a_centre_is_asked_first_and_the_policy_says_what_when_it_is_gone(
    tmp_path: Path, offline: Offline
) -> None:
    store = tmp_path / "line.db"
    with ruled_line(store) as here:
        here.run(OTHER, process="rf")
        with here.reader() as reader:
            runs = reader.unit_history(OTHER, Purpose.REHEARSAL).runs
    plant = Plant(UnitHistory(UNIT, runs))
    with ruled_line(store, Rules(route=("rf",), offline=offline), centre=plant) as line:
        assert remarks(line.run()) == []
        assert code_of(lambda: line.run(OTHER)) == "ROUTE-MISSING", "the centre has the say"
        plant.up = False
        if offline is Offline.HOLD:
            assert code_of(lambda: line.run(OTHER)) == "ROUTE-OFFLINE"
        else:
            said = [RouteCheckedLocally("no route to mes.example:443")]
            assert remarks(line.run(OTHER)) == said
            assert remarks(line.run(OTHER, announced=False)) == said
            assert code_of(line.run) == "ROUTE-MISSING"


def remarks(record: Record) -> list[object]:
    return [n.event for n in record.notes if isinstance(n.event, RouteCheckedLocally)]


# ---- the same fault on a second slot


def confirmations(record: Record) -> list[object]:
    return [n.event for n in record.notes if isinstance(n.event, FaultConfirmed)]


def test_the_same_link_fault_on_a_second_good_slot_is_the_units(line: RuledLine) -> None:
    first = line.run(slot=1, does=hang)
    assert (first.outcome, code(first), first.dut_failed) == (Outcome.ERROR, "ADB-HANG", False)
    assert first.symptom is None, "nobody knows yet whose fault it is: no bin"
    good = line.run(OTHER, 2)
    second = line.run(slot=2, does=hang)
    assert (second.outcome, second.dut_failed) == (Outcome.FAIL, True)
    assert second.fault
    assert (second.fault.code, second.fault.blame) == ("ADB-HANG", Blame.DUT)
    assert "rework" in second.fault.remedy
    assert second.symptom == SILENT
    assert confirmations(second) == [FaultConfirmed("ADB-HANG", first.run, 1, good.run)]
    with line.reader() as reader:
        assert reader.record(second.run) == second
        assert [run.symptom for run in reader.life(UNIT).runs] == [None, SILENT]
    assert verify(line.store) == []


def test_while_the_second_slot_is_not_known_to_be_good_it_stays_an_error(line: RuledLine) -> None:
    line.run(OTHER, 2)  # before
    line.run(slot=1, does=hang)
    second = line.run(slot=2, does=hang)
    assert (second.outcome, second.dut_failed) == (Outcome.ERROR, False)
    assert confirmations(second) == []


def test_a_fault_of_the_jig_is_not_turned_into_the_units(line: RuledLine) -> None:
    def jam() -> None:
        raise JigFault("JIG-STUCK", "it does not close")

    line.run(slot=1, does=jam)
    line.run(OTHER, 2)
    assert line.run(slot=2, does=jam).outcome is Outcome.ERROR


# ---- stop rules


def test_three_fails_with_one_code_lock_the_slot_until_it_is_unlocked(line: RuledLine) -> None:
    for n in range(3):
        line.fail(f"A57A10000{n}")
    with pytest.raises(OperatorStop, match="STOP-STREAK: the last 3 units on slot 1"):
        line.run(OTHER)
    assert line.run(OTHER, 2).outcome is Outcome.PASS
    assert line.run(OTHER, 1, purpose=Purpose.GOLDEN).outcome is Outcome.PASS
    line.recorder.enter(Unlocked("4712", "golden unit passed", slot=1))
    assert line.run("A57A000003").outcome is Outcome.PASS
    with line.reader() as reader:
        assert len(reader.entries(kinds=[Locked])) == 1


def test_fails_that_somebody_aborts_lock_it_too(line: RuledLine) -> None:
    for n in range(3):
        line.run(f"A57A10000{n}", voltage_v=LOW_V, does=line.abort)
    assert code_of(lambda: line.run(OTHER)) == "STOP-STREAK"


def test_runs_that_show_nothing_hide_no_row_of_fails(tmp_path: Path) -> None:
    with ruled_line(tmp_path / "line.db", Rules(fpy=FpyFloor(95, 3))) as line:
        for n in range(2):
            line.fail(f"A57A10000{n}")
        for n in range(110):
            line.run(f"A57E{n:06}", does=hang)
        line.fail("A57A100003")
        assert code_of(lambda: line.run(OTHER)) == "STOP-STREAK"
        line.recorder.enter(Unlocked("4712", "probe mended", slot=1))
        assert code_of(lambda: line.run(OTHER, 2)) == "STOP-FPY"


def test_an_unlock_that_was_dated_ahead_does_not_end_the_rule(line: RuledLine) -> None:
    for n in range(3):
        line.fail(f"A57A10000{n}")
    line.clock.ahead = timedelta(days=1)
    line.recorder.enter(Unlocked("4712", "probe mended", slot=1))
    line.clock.ahead = timedelta()
    for n in range(3):
        line.fail(f"A57A20000{n}")
    assert code_of(lambda: line.run(OTHER)) == "STOP-STREAK"


def test_a_low_yield_locks_every_slot(tmp_path: Path) -> None:
    with ruled_line(tmp_path / "line.db", Rules(streak=None, fpy=FpyFloor(75, 4))) as line:
        line.run("A57A100000")
        for n in range(3):
            line.fail(f"A57A20000{n}")
        for slot in (1, 2, 3):
            assert code_of(partial(line.run, OTHER, slot)) == "STOP-FPY"
        line.recorder.enter(Unlocked("4712", "the golden units passed"))
        assert line.run(OTHER).outcome is Outcome.PASS


def test_a_slot_is_locked_though_the_station_was_killed_before_it_could(tmp_path: Path) -> None:
    store = tmp_path / "line.db"
    with ruled_line(store, Rules(streak=None)) as line:
        for n in range(3):
            line.fail(f"A57A10000{n}")
    with ruled_line(store) as line:
        with line.reader() as reader:
            assert len(reader.entries(kinds=[Locked], slot=1)) == 1, "before any run"
        assert code_of(lambda: line.run(OTHER, process="rf")) == "STOP-STREAK"


def test_every_station_locks_what_is_due_when_it_is_opened(tmp_path: Path) -> None:
    store = tmp_path / "line.db"
    with ruled_line(store, Rules(streak=None)) as line:
        for n in range(3):
            line.fail(f"A57A10000{n}", 2)
        slots = list(line.station.slots.values())
    with Recorder(store) as recorder:
        opened(StationConfig("ft-03", "", ()), slots, recorder, lambda *_: None, lambda: None)
        with Reader(store) as reader:
            (lock,) = reader.entries(kinds=[Locked])
    assert isinstance(lock.what, Locked)
    assert (lock.what.code, lock.what.slot) == ("STOP-STREAK", 2)
