"""The readiness list over the real engine and store: a run that counts is not begun without it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.errors import HarnessError, OperatorStop, PlanError
from harness.model.entry import (
    ContactsRenewed,
    EngineeringBegun,
    Locked,
    Recalled,
    Role,
    SignedIn,
    SignedOut,
    Unlocked,
)
from harness.model.events import Purpose
from harness.model.identity import Unit
from harness.model.limits import Range
from harness.model.outcome import Outcome
from harness.model.plan import Plan
from harness.model.reading import Unreadable
from harness.model.refs import ClockRef
from harness.model.rules.ready import KernelClock
from harness.model.rules.values import Item, Rules
from harness.records.chain import verify
from harness.records.recorder import Recorder
from harness.station.files.config import StationConfig
from harness.station.files.golden_units import GoldenKind, GoldenUnit, GoldenUnits
from harness.station.readiness.kernel_clock import kernel_clock, read_timex
from harness.station.readiness.ready import LineReadiness
from tests.records.runs import hand_in, lived
from tests.station.ruled import LOW_V, OTHER, UNIT, RuledLine, Shifted, ruled_line

HOUR = timedelta(hours=1)
GOLDEN, KNOWN_BAD = "A57G000001", "A57B000001"
MEI = SignedIn("mei", Role.OPERATOR)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[RuledLine]:
    with ruled_line(tmp_path / "line.db") as line:
        yield line


def kept() -> KernelClock:
    return KernelClock(True, timedelta(milliseconds=3))


def no_plan(entry: GoldenUnit) -> Plan:
    raise AssertionError(f"nobody asks for the plan of {entry.unit.serial}")


def ask(line: RuledLine, rules: Rules, *, ahead: timedelta = timedelta()) -> LineReadiness:
    """The readiness of the line with these rules, which its station asks from now on."""
    until = date(2999, 1, 1)
    golden = GoldenUnit(Unit(GOLDEN), GoldenKind.GOLDEN, Path("p"), line.plan.id, until)
    bad = GoldenUnit(Unit(KNOWN_BAD), GoldenKind.KNOWN_BAD, Path("p"), line.plan.id, until)
    units = {unit.unit.serial: unit for unit in (golden, bad)}
    config = StationConfig("ft-03", "", (), rules=rules, golden_units=GoldenUnits("g", 1, units))
    plan = line.plan
    ready = LineReadiness(line.store, config, Shifted(ahead), lambda _: plan, kept)
    line.station = replace(line.station, ready=ready.require)
    return ready


def codes(ready: LineReadiness, slot: int = 1, purpose: Purpose = Purpose.REHEARSAL) -> list[str]:
    return [doubt.code for doubt in ready.doubts(slot, f"J{slot}", purpose)]


def test_the_record_says_what_the_kernel_said_of_the_clock_it_was_admitted_by(
    line: RuledLine,
) -> None:
    asked = list[KernelClock]()

    def told() -> KernelClock:
        asked.append(KernelClock(False, timedelta(milliseconds=250)))
        return asked[-1]

    ready = replace(ask(line, Rules()), kernel=told)
    line.station = replace(line.station, ready=ready.require)
    assert line.run().clock == ClockRef(False, 0.25)
    assert len(asked) == 1
    assert line.run(OTHER, purpose=Purpose.ENGINEERING).clock is None
    mute = replace(ready, kernel=lambda: Unreadable("not permitted"))
    line.station = replace(line.station, ready=mute.require)
    assert line.run(OTHER).clock is None
    assert verify(line.store) == []


def refusal(line: RuledLine) -> HarnessError:
    with pytest.raises(HarnessError) as caught:
        line.run()
    return caught.value


def test_what_counts_waits_for_somebody_who_signs_in(line: RuledLine) -> None:
    ask(line, Rules(sign_in=True))
    fault = refusal(line)
    assert isinstance(fault, OperatorStop)
    assert (fault.code, fault.evidence) == ("READY-SIGN-IN", {"slot": 1, "besides": []})
    with line.reader() as reader:
        assert (reader.runs(), reader.entries()) == ([], [])
    assert line.run(purpose=Purpose.ENGINEERING).outcome is Outcome.PASS
    line.recorder.enter(MEI)
    assert line.run().outcome is Outcome.PASS
    line.recorder.enter(SignedOut("mei", "left"))
    assert refusal(line).code == "READY-SIGN-IN"


def test_nothing_counts_in_engineering_mode(line: RuledLine) -> None:
    ask(line, Rules())
    line.recorder.enter(EngineeringBegun("eve", "new fixture", SystemClock().utc() + HOUR))
    fault = refusal(line)
    assert fault.code == "READY-ENGINEERING"
    assert "eve" in fault.message
    assert line.run(purpose=Purpose.ENGINEERING).outcome is Outcome.PASS


def test_a_clock_behind_the_newest_record_stops_what_counts(line: RuledLine) -> None:
    line.run(purpose=Purpose.ENGINEERING)
    ask(line, Rules(), ahead=-HOUR)
    assert refusal(line).code == "CLOCK-BACK"
    ask(line, Rules())
    assert line.run().outcome is Outcome.PASS


def test_who_signs_in_after_a_step_back_does_not_hide_it(tmp_path: Path) -> None:
    store = tmp_path / "line.db"
    with Recorder(store) as recorder:
        hand_in(recorder, lived("RUN-1", started=datetime.now(UTC) + HOUR))
        recorder.enter(MEI)
    config = StationConfig("ft-03", "", ())
    ready = LineReadiness(store, config, SystemClock(), no_plan, kept)
    assert "CLOCK-BACK" in codes(ready)
    late = LineReadiness(store, config, Shifted(2 * HOUR), no_plan, kept)
    assert "CLOCK-BACK" not in codes(late)


def test_a_thousand_entries_hide_no_record_from_the_future(line: RuledLine) -> None:
    ready = ask(line, Rules())
    line.clock.ahead = HOUR
    line.recorder.enter(MEI)
    line.clock.ahead = timedelta()
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda n: line.recorder.enter(ContactsRenewed(f"J{n}", "eve")), range(1001)))
    assert codes(ready) == ["CLOCK-BACK"]


def test_a_store_without_records_is_ahead_of_no_clock(line: RuledLine) -> None:
    assert codes(ask(line, Rules(), ahead=-1000 * HOUR)) == []


def test_the_golden_unit_passes_on_each_jig_and_again_in_time(line: RuledLine) -> None:
    rules = Rules(golden_every=HOUR)
    ready = ask(line, rules)
    assert codes(ready) == ["READY-GOLDEN"]
    line.run(KNOWN_BAD, purpose=Purpose.GOLDEN, voltage_v=LOW_V)
    assert codes(ready) == ["READY-GOLDEN"], "a known-bad unit that fails is no golden one"
    golden = partial(line.run, GOLDEN, purpose=Purpose.GOLDEN)
    golden()
    assert (codes(ready), codes(ready, 2)) == ([], ["READY-GOLDEN"])
    golden(voltage_v=LOW_V)
    assert codes(ready) == ["READY-GOLDEN"]
    golden(does=line.abort)
    assert codes(ready) == ["READY-GOLDEN"], "a run that was cut short shows nothing"
    golden()
    golden(does=line.abort)
    assert codes(ready) == []
    golden(voltage_v=LOW_V, does=line.abort)
    assert codes(ready) == ["READY-GOLDEN"], "nobody aborts away that it was found bad"
    golden()
    assert codes(ask(line, rules, ahead=HOUR + timedelta(minutes=5))) == ["READY-GOLDEN"]
    assert codes(ask(line, Rules())) == []


def test_a_golden_unit_that_passes_otherwise_than_by_its_plan_shows_nothing(
    line: RuledLine,
) -> None:
    ready = ask(line, Rules(golden_every=HOUR))
    golden = partial(line.run, GOLDEN, purpose=Purpose.GOLDEN)
    honest, station = line.plan, line.station
    wide = {"voltage": Range(Decimal(0), Decimal(9))}
    steps = tuple(replace(step, limits=wide if step.limits else {}) for step in honest.steps)
    line.plan = replace(honest, canonical=f"{honest.canonical} ", steps=steps)
    assert golden(voltage_v=LOW_V).outcome is Outcome.PASS
    line.plan = honest
    (doubt,) = ready.doubts(1, "J1", Purpose.REHEARSAL)
    assert doubt.code == "READY-GOLDEN"
    assert doubt.words.startswith(f"the PASS of golden unit {GOLDEN} of 20")
    assert doubt.words.endswith(" was made by another plan, or by other limits")
    line.station = replace(station, ref=replace(station.ref, name="ft-04"))
    golden()
    assert codes(ready) == ["READY-GOLDEN"], "another station has another jig"
    line.station = station
    golden()
    assert codes(ready) == []


def test_a_pass_that_no_plan_can_be_held_to_is_told_with_what_is_wrong_with_it(
    line: RuledLine,
) -> None:
    def broken(entry: GoldenUnit) -> Plan:
        raise PlanError("PLAN-INVALID", f"{entry.plan}:3:1: half of a line")

    ready = replace(ask(line, Rules(golden_every=HOUR)), plan_of=broken)
    line.run(GOLDEN, purpose=Purpose.GOLDEN)
    (doubt,) = ready.doubts(1, "J1", Purpose.REHEARSAL)
    why = "cannot be held to its plan as that is now: PLAN-INVALID: p:3:1: half of a line"
    assert doubt.words.endswith(why)


def test_a_golden_run_in_which_nobody_said_who_he_is_opens_no_slot(line: RuledLine) -> None:
    """A label says who was announced: any good handset may stand at the address of a slot."""
    ready, honest = ask(line, Rules(golden_every=HOUR)), line.plan
    golden = partial(line.run, GOLDEN, purpose=Purpose.GOLDEN)
    line.plan = replace(honest, steps=honest.steps[1:])
    ready = ask(line, Rules(golden_every=HOUR))
    assert golden().outcome is Outcome.PASS
    assert codes(ready) == ["READY-GOLDEN"]
    line.plan = honest
    golden()
    assert codes(ask(line, Rules(golden_every=HOUR))) == []


def test_a_recall_takes_the_pass_of_the_golden_unit_away(line: RuledLine) -> None:
    ready = ask(line, Rules(golden_every=HOUR))
    golden = partial(line.run, GOLDEN, purpose=Purpose.GOLDEN)
    golden()
    line.recorder.enter(Recalled("quinn", "worn contacts", jig="J1"))
    (doubt,) = ready.doubts(1, "J1", Purpose.REHEARSAL)
    assert doubt.code == "READY-GOLDEN"
    assert doubt.words.startswith(f"the PASS of golden unit {GOLDEN} of 20")
    assert doubt.words.endswith(" by quinn: worn contacts")
    golden()
    assert codes(ready) == [], "the jig that was mended passes again"


def test_a_slot_that_was_locked_waits_for_the_golden_unit_also_once_it_is_unlocked(
    line: RuledLine,
) -> None:
    ready = ask(line, Rules(golden_every=HOUR))
    golden = partial(line.run, GOLDEN, purpose=Purpose.GOLDEN)
    for slot in (1, 2):
        golden(slot=slot)
    line.recorder.enter(Locked("STOP-STREAK", "three", 1))
    lock = ready.lock(1)
    assert lock
    assert (lock.code, ready.lock(2)) == ("STOP-STREAK", None)
    line.recorder.enter(Unlocked("eve", "probe mended", 1))
    assert ready.lock(1) is None
    for rules in (Rules(golden_every=HOUR), Rules(), Rules(waived=frozenset([Item.GOLDEN]))):
        ready = ask(line, rules)
        assert (codes(ready), codes(ready, 2)) == (["READY-GOLDEN"], [])
    golden()
    assert codes(ready) == []


def test_a_clock_that_was_behind_at_the_lock_does_not_open_the_slot(line: RuledLine) -> None:
    ready = ask(line, Rules(golden_every=HOUR))
    line.run(GOLDEN, purpose=Purpose.GOLDEN)
    line.clock.ahead = -HOUR / 6
    line.recorder.enter(Locked("STOP-STREAK", "three", 1))
    line.recorder.enter(Unlocked("eve", "probe mended", 1))
    line.clock.ahead = timedelta()
    assert codes(ready) == ["READY-GOLDEN"]


def test_the_closings_of_a_jig_are_counted_from_when_its_contacts_were_renewed(
    line: RuledLine,
) -> None:
    ready = ask(line, Rules(contacts=3))
    for serial in (UNIT, OTHER, "A57A000003"):
        assert line.run(serial).outcome is Outcome.PASS
    fault = refusal(line)
    assert fault.code == "READY-CONTACTS"
    assert "closed 3 times" in fault.message
    assert codes(ready, 2) == []
    line.recorder.enter(ContactsRenewed("J2", "eve"))
    assert codes(ready) == ["READY-CONTACTS"]
    line.recorder.enter(ContactsRenewed("J1", "eve"))
    line.recorder.enter(ContactsRenewed("J3", "eve"))
    assert codes(ready) == []


def test_a_renewal_that_was_dated_ahead_lets_no_closing_go_uncounted(line: RuledLine) -> None:
    line.clock.ahead = 24 * HOUR
    line.recorder.enter(ContactsRenewed("J1", "eve"))
    line.clock.ahead = timedelta()
    for serial in (UNIT, OTHER):
        line.run(serial, purpose=Purpose.ENGINEERING)
    assert codes(ask(line, Rules(contacts=2), ahead=25 * HOUR)) == ["READY-CONTACTS"]


def test_a_slot_without_a_jig_is_asked_for_neither_contacts_nor_golden_units(
    line: RuledLine,
) -> None:
    ready = ask(line, Rules(contacts=1, golden_every=HOUR))
    assert ready.doubts(1, None, Purpose.REHEARSAL) == []


def test_production_asks_for_what_the_file_does_not_say(line: RuledLine) -> None:
    ready = ask(line, Rules())
    assert codes(ready) == []
    assert codes(ready, purpose=Purpose.PRODUCTION) == ["READY-SIGN-IN", "READY-GOLDEN"]
    line.recorder.enter(MEI)
    ready = ask(line, Rules(waived=frozenset([Item.GOLDEN])))
    assert codes(ready, purpose=Purpose.PRODUCTION) == []


def test_a_disk_with_less_room_than_is_asked_for(line: RuledLine) -> None:
    assert codes(ask(line, Rules(disk_free=10**18))) == ["READY-DISK"]
    assert codes(ask(line, Rules(disk_free=1))) == []


def test_the_kernel_is_asked_for_its_clock() -> None:
    assert isinstance(kernel_clock(), KernelClock)
    synchronised = read_timex(0, 0x2001, 12_345)
    assert synchronised == KernelClock(True, timedelta(microseconds=12_345))
    assert not read_timex(5, 0x0040, 16_000_000).kept
    assert not read_timex(0, 0x0040, 100).kept, "STA_UNSYNC alone says it, too"
    assert not read_timex(5, 0, 100).kept


def test_all_that_is_against_it_is_told_with_the_first(line: RuledLine) -> None:
    line.recorder.enter(EngineeringBegun("eve", "new fixture", SystemClock().utc() + HOUR))
    ask(line, Rules(sign_in=True, disk_free=10**18))
    fault = refusal(line)
    assert fault.code == "READY-SIGN-IN"
    besides = [words.partition(":")[0] for words in fault.evidence["besides"]]
    assert besides == ["READY-ENGINEERING", "READY-DISK"]
