"""What slots are not ready by is told before a unit comes, and decides no run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from harness.errors import HarnessError, StationFault
from harness.model.entry import Entered, Locked, SignedOut, SignInRefused, UnitRefused, Unlocked
from harness.model.events import Purpose, Stamped
from harness.model.identity import Unit
from harness.model.people import SHIFT
from harness.model.rules.ready import Doubt
from harness.model.rules.values import Rules
from harness.model.station import SlotDoubt, Snapshot, Unready
from harness.station.files.golden_units import GoldenUnits
from harness.station.readiness.foresight import LOOK_S, Changing, DoubtsOf, Foresight, foretold
from harness.station.readiness.ready import LineReadiness
from harness.station.screens.bus import Bus, Subscription, Told
from tests.station.readiness.test_ready import GOLDEN, MEI, ask
from tests.station.ruled import OTHER, UNIT, RuledLine, Shifted, ruled_line
from tests.station.runs import STATION, events, loaded
from tests.ui.operator.line import entry, run

PATIENCE_S = 30.0
SLOTS = (1, 2, 3)
NOBODY = Unready(tuple(SlotDoubt(n, "READY-SIGN-IN", "nobody is signed in") for n in SLOTS))
REFUSED = UnitRefused(UNIT, "final-test", 1, "ROUTE-MISSING", "not at smt")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[RuledLine]:
    with ruled_line(tmp_path / "line.db") as line:
        yield line


def doubts_of(ready: LineReadiness) -> DoubtsOf:
    def doubts(slots: Iterable[int]) -> Iterator[tuple[int, list[Doubt]]]:
        for slot in slots:
            lock = ready.lock(slot)
            against = ready.doubts(slot, f"J{slot}", Purpose.REHEARSAL)
            yield slot, [*([lock] if lock else []), *against]

    return doubts


def foresight(ready: LineReadiness, counts: Callable[[], bool] = lambda: True) -> Foresight:
    return Foresight(SLOTS, doubts_of(ready), ready.config.golden_units, counts)


@contextmanager
def screen(
    line: RuledLine, of: Foresight, each_s: float = LOOK_S
) -> Iterator[tuple[Callable[[Entered], object], Subscription]]:
    """What enters something at the station, and what its screen is told."""
    bus = Bus(STATION, SLOTS)
    with foretold(of, bus, each_s), bus.subscribe() as told:
        yield bus.telling(line.recorder.enter), told


def is_told(told: Subscription, unready: Unready) -> None:
    """Wait until a screen is told this; nothing else of the kind is told before."""
    heard = list[Told]()
    while not (found := [each for each in heard if isinstance(each, Unready)]):
        new = told.take(PATIENCE_S)
        assert new, f"nothing more is told: {heard}"
        heard += new
    assert found == [unready]


def at_first(told: Subscription) -> Unready:
    (snapshot,) = told.take(PATIENCE_S)
    assert isinstance(snapshot, Snapshot)
    return snapshot.unready


def test_that_nobody_is_signed_in_is_told_and_is_over_as_somebody_is(line: RuledLine) -> None:
    with screen(line, foresight(ask(line, Rules(sign_in=True)))) as (enter, told):
        assert at_first(told) == NOBODY
        enter(MEI)
        is_told(told, Unready())
        enter(SignedOut("mei", "left"))
        is_told(told, NOBODY)


def test_a_sign_in_that_is_over_by_its_time_is_told(line: RuledLine) -> None:
    line.recorder.enter(MEI)
    clock = Shifted()
    ready = replace(ask(line, Rules(sign_in=True)), clock=clock)
    of = Foresight([1], doubts_of(ready), GoldenUnits(), lambda: True)
    with screen(line, of, each_s=0.01) as (_, told):
        assert at_first(told) == Unready()
        clock.ahead = SHIFT + timedelta(minutes=1)
        is_told(told, Unready(NOBODY.doubts[:1]))


def test_a_slot_that_was_locked_waits_for_the_golden_unit_until_it_has_passed(
    line: RuledLine,
) -> None:
    of = foresight(ask(line, Rules()))
    with foretold(of, bus := Bus(STATION, SLOTS)), bus.subscribe() as told:
        enter = bus.telling(line.recorder.enter)
        assert at_first(told) == Unready()
        enter(Locked("STOP-STREAK", "three", 2))
        golden = "no golden unit has passed on this jig"
        is_told(told, Unready((SlotDoubt(2, "READY-GOLDEN", golden),)))
        line.run(GOLDEN, 2, purpose=Purpose.GOLDEN)
        loaded(bus)
        for stamped in run(purpose=Purpose.GOLDEN, slot=2):
            bus.publish(stamped)
        is_told(told, Unready())


def test_a_store_that_cannot_be_asked_changes_nothing_of_what_is_told(line: RuledLine) -> None:
    fails, asked = list[HarnessError](), Event()
    doubts = doubts_of(ask(line, Rules(sign_in=True)))

    def or_fails(slots: Iterable[int]) -> Iterator[tuple[int, list[Doubt]]]:
        if fails:
            asked.set()
            raise fails[0]
        yield from doubts(slots)

    of = Foresight(SLOTS, or_fails, GoldenUnits(), lambda: True)
    with screen(line, of) as (enter, told):
        assert at_first(told) == NOBODY
        fails.append(StationFault("STORE-DAMAGED", "half a page"))
        of.require(Unit(UNIT), None)
        asked.clear()
        enter(MEI)
        assert asked.wait(PATIENCE_S)
        fails.clear()
        enter(MEI)
        is_told(told, Unready())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_look_that_ends_by_a_bug_leaves_nothing_old_on_the_tiles(line: RuledLine) -> None:
    broken = Event()
    doubts = doubts_of(ask(line, Rules(sign_in=True)))

    def or_breaks(slots: Iterable[int]) -> Iterator[tuple[int, list[Doubt]]]:
        if broken.is_set():
            raise LookupError("a bug")
        yield from doubts(slots)

    with screen(line, Foresight(SLOTS, or_breaks, GoldenUnits(), lambda: True)) as (enter, told):
        assert at_first(told) == NOBODY
        broken.set()
        enter(SignInRefused("B-9", "unknown"))
        is_told(told, Unready())


def test_only_entries_and_runs_of_golden_units_are_looked_at(line: RuledLine) -> None:
    bus = loaded(Bus(STATION, (1, 2)))
    with bus.subscribe(wanted=Changing().changes) as told:
        told.take(0)
        for stamped in (*events(), *run(name="02TEST", slot=2, purpose=Purpose.GOLDEN)):
            bus.publish(stamped)
        bus.enter(entry(REFUSED, 1))
        bus.enter(entry(MEI, 2))
        heard = told.take(0)
    assert [type(each).__name__ for each in heard] == ["Stamped", "Entry"]
    assert isinstance(heard[0], Stamped)
    assert heard[0].run == "02TEST"


def refusal(of: Foresight, unit: Unit, slot: int | None = None) -> str:
    with pytest.raises(HarnessError) as caught:
        of.require(unit, slot)
    return caught.value.code


def test_a_scan_for_a_slot_that_is_not_ready_is_refused_by_what_is_first(line: RuledLine) -> None:
    ready = ask(line, Rules(sign_in=True))
    of = foresight(ready)
    assert refusal(of, Unit(UNIT)) == refusal(of, Unit(UNIT), 2) == "READY-SIGN-IN"
    line.recorder.enter(MEI)
    of.require(Unit(UNIT), None)
    line.recorder.enter(Locked("STOP-STREAK", "three", 1))
    assert refusal(of, Unit(UNIT), 1) == "STOP-STREAK"
    line.recorder.enter(Unlocked("eve", "probe mended", 1))
    assert refusal(of, Unit(UNIT), 1) == "READY-GOLDEN"
    of.require(Unit(OTHER), 2)
    of.require(Unit(OTHER), None)
    foresight(ready, lambda: False).require(Unit(UNIT), 1)
    assert foresight(ready, lambda: False).look() == Unready()


def test_a_registered_unit_is_never_held_up_by_its_scan(line: RuledLine) -> None:
    of = foresight(ask(line, Rules(sign_in=True, golden_every=timedelta(hours=1))))
    for slot in (None, 1):
        of.require(Unit(GOLDEN), slot)
        assert refusal(of, Unit(UNIT), slot) == "READY-SIGN-IN"
