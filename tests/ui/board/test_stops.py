"""Stops: what keeps slots from testing, who may end it, and no tile says otherwise."""

from __future__ import annotations

import pytest

from harness.errors import FAULTS, HarnessError, OperatorStop, all_codes
from harness.model.entry import Locked, Unlocked
from harness.model.events import Purpose, Stamped
from harness.model.outcome import Outcome
from harness.model.slot_state import SlotState
from harness.model.station import Announced, SlotDoubt, SlotView, Snapshot, Unready
from harness.ui.board.action import DANGERS, OF_UNIT
from harness.ui.board.board import Board
from harness.ui.board.stop import Stop, StopKind, kind_of
from harness.ui.board.tile import Face, Tile
from harness.ui.board.words import LANGUAGES, Words
from harness.ui.text import printable
from tests.station.runs import STATION
from tests.ui.board.boards import NASTY, ended
from tests.ui.operator.line import Line, run


def test_a_stop_rule_is_told_with_who_may_end_it() -> None:
    line = Line()
    line.enter(Locked("STOP-STREAK", f"3 in a row{NASTY}", 2))
    line.refuse("STOP-STREAK: 3 in a row", 2)
    (stop,) = line.board.stops()
    assert (stop.kind, stop.code, stop.slots) == (StopKind.RULE, "STOP-STREAK", (2,))
    assert (stop.action.key, stop.who.key) == ("stop.do.rule", "who.engineer")
    assert stop.told == (printable(f"3 in a row{NASTY}"), "3 in a row")
    line.enter(Unlocked("anna", "mended"))
    line.take_out(2)
    assert line.board.stops() == []


def test_a_lock_of_the_station_stands_before_those_of_slots() -> None:
    line = Line()
    line.enter(Locked("STOP-STREAK", "3 in a row", 2))
    line.enter(Locked("STOP-FPY", "9 of 20"))
    assert [stop.code for stop in line.board.stops()] == ["STOP-FPY", "STOP-STREAK"]


@pytest.mark.parametrize(
    ("code", "kind", "who"),
    [
        ("READY-GOLDEN", StopKind.READINESS, "who.operator"),
        ("READY-CONTACTS", StopKind.READINESS, "who.engineer"),
        ("PLAN-ANONYMOUS", StopKind.READINESS, "who.engineer"),
        ("READY-SIGN-IN", StopKind.READINESS, "who.operator"),
        ("READY-ENGINEERING", StopKind.READINESS, "who.operator"),
        ("JIG-UNTESTED", StopKind.READINESS, "who.engineer"),
        ("RELEASE-ABSENT", StopKind.READINESS, "who.engineer"),
        ("READY-CLOCK", StopKind.CLOCK, "who.engineer"),
        ("CLOCK-BACK", StopKind.CLOCK, "who.engineer"),
        ("READY-DISK", StopKind.STORE, "who.engineer"),
    ],
)
def test_a_slot_that_is_not_ready_is_a_stop_once_for_all_slots(
    code: str, kind: StopKind, who: str
) -> None:
    line = Line()
    for slot in (1, 2):
        line.refuse(f"{code}: why", slot)
    (stop,) = line.board.stops()
    assert (stop.kind, stop.slots, stop.told, stop.who.key) == (kind, (1, 2), ("why",), who)


FIRST = (
    ("READY-SIGN-IN", "do.sign_in_first", "who.operator"),
    ("READY-GOLDEN", "do.golden_due", "who.operator"),
    ("READY-CONTACTS", "stop.do.readiness", "who.engineer"),
    ("JIG-STALE", "stop.do.readiness", "who.engineer"),
    ("RELEASE-ABSENT", "stop.do.readiness", "who.engineer"),
    ("READY-CLOCK", "stop.do.clock", "who.engineer"),
    ("READY-DISK", "stop.do.store", "who.engineer"),
)


@pytest.mark.parametrize(("code", "do", "who"), FIRST)
def test_what_is_foreseen_of_a_slot_is_said_by_its_tile_and_its_stop(
    code: str, do: str, who: str
) -> None:
    line = Line()
    line.tested(run(slot=2))
    line.take_out(2)
    foreseen = (SlotDoubt(1, code, f"why{NASTY}"), SlotDoubt(1, "JIG-TWIN", "two"))
    line.bus.foresee(Unready((*foreseen, SlotDoubt(2, code, "why not"))))
    for board in (line.hear(), line.fresh()):
        empty, passed = board.tiles(0.0)
        assert (empty.face, empty.code, empty.action.key) == (Face.EMPTY, code, do)
        assert empty.words == printable(f"why{NASTY}")
        assert (passed.face, passed.code, passed.action.key) == (Face.PASS, "", do)
        first, *_ = board.stops()
        assert (first.code, first.slots, first.action.key) == (code, (1, 2), do)
        assert (first.who.key, first.told) == (who, (printable(f"why{NASTY}"), "why not"))
        assert [stop.code for stop in board.stops()] == [code, "JIG-TWIN"]
    line.bus.foresee(Unready())
    assert [tile.action.key for tile in line.hear().tiles(0.0)] == ["do.scan"] * 2
    assert line.board.stops() == []


def test_what_is_foreseen_is_told_once_and_not_of_a_slot_that_is_shut() -> None:
    line = Line()
    foreseen = tuple(SlotDoubt(slot, "READY-GOLDEN", "why") for slot in (1, 2))
    line.bus.foresee(Unready(foreseen))
    line.refuse("READY-GOLDEN: why", 1)
    one, other = line.hear().stops()
    assert (one.slots, one.action.key) == ((1,), "do.golden_first")
    assert (other.slots, other.action.key) == ((2,), "do.golden_due")
    line.enter(Locked("STOP-STREAK", "three", 2))
    assert [stop.code for stop in line.board.stops()] == ["READY-GOLDEN", "STOP-STREAK"]
    assert line.tile(2).action.key == "do.slot_locked"
    line.bus.close_slot(1, "STORE-FULL: no room")
    assert {stop.code for stop in line.hear().stops()} == {"STORE-FULL", "STOP-STREAK"}
    line.enter(Locked("STOP-FPY", "9 of 20"))
    assert {stop.code for stop in line.board.stops()} == {"STORE-FULL", "STOP-STREAK", "STOP-FPY"}


def test_a_unit_that_was_scanned_for_a_slot_is_put_in_whatever_is_foreseen_of_others() -> None:
    line = Line()
    line.bus.foresee(Unready(tuple(SlotDoubt(n, "READY-GOLDEN", "why") for n in (1, 2))))
    line.bus.announce(Announced(any=True, slots=(2,)))
    assert [tile.action.key for tile in line.hear().tiles(0.0)] == ["do.golden_due", "do.put_in"]


def test_a_rule_that_is_against_one_unit_stops_nothing() -> None:
    line = Line()
    line.refuse("ROUTE-MISSING: not at smt")
    assert line.board.stops() == []
    assert kind_of("ROUTE-MISSING") is kind_of("") is None


def test_an_interlock_is_a_stop_while_its_unit_stands_there() -> None:
    line = Line()
    ended(line, Outcome.ABORTED, OperatorStop("JIG-EMERGENCY", "pressed"))
    (stop,) = line.board.stops()
    assert (stop.kind, stop.who.key) == (StopKind.INTERLOCK, "who.operator")
    line.take_out()
    assert line.board.stops() == []


def test_a_wedged_slot_and_a_store_that_fails_are_stops() -> None:
    line = Line()
    line.bus.close_slot(1, "a step ignored its time limit (SLOT-WEDGED)")
    line.bus.close_slot(2, "STORE-FULL: no room")
    stops = {stop.code: stop.kind for stop in line.hear().stops()}
    assert stops == {"SLOT-WEDGED": StopKind.SLOT, "STORE-FULL": StopKind.STORE}


def test_every_stop_is_said_in_every_language() -> None:
    for code, _, _ in all_codes():
        board = Board()
        views = (SlotView(1, SlotState.QUARANTINED, f"{code}: why"),)
        board.apply([Snapshot(STATION, views)], 0.0)
        (stop,) = board.stops()
        for language in LANGUAGES:
            for said in (stop.happened, stop.action, stop.who):
                assert Words(language).say(said) not in ("", said.key)


GOES_ON = {"do.again", "do.reseat", "do.other_slot", "do.scan", "do.put_in", "do.insert"}
"""What to do with a unit where nothing keeps the slot from testing."""
AT_END = [(outcome, purpose) for outcome in Outcome for purpose in Purpose]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_tile_and_the_stop_of_its_slot_never_contradict(fault: type[HarnessError]) -> None:
    for code in fault.codes:
        tile, stops = stopped(f"{code}: why")
        assert {stop.action.key for stop in stops} <= {tile.action.key} or code not in OF_UNIT
        seen = [(tile, stops)]
        for outcome, purpose in AT_END if kind_of(code) else ():
            tile, stops = stopped(run(outcome, fault=fault(code, "x"), purpose=purpose))
            assert {stop.action.key for stop in stops} == {tile.action.key} or code not in DANGERS
            seen.append((tile, stops))
        assert not [tile.action.key for tile, stops in seen if stops and tile.action.key in GOES_ON]


@pytest.mark.parametrize(
    "code", sorted(DANGERS | {"STORE-FULL", "SLOT-WEDGED", "READY-SIGN-IN", "READY-ENGINEERING"})
)
def test_a_slot_that_is_shut_takes_no_unit_and_is_an_engineers(code: str) -> None:
    line = Line()
    line.bus.close_slot(1, f"{code}: why")
    (stop,) = line.hear().stops()
    unsafe = code == "JIG-UNSAFE"
    assert (line.tile().action.key == "do.unsafe") is (stop.action.key == "do.unsafe") is unsafe
    assert stop.who.key == "who.engineer"
    for said in (line.tile().action, stop.action):
        assert "Call an engineer" in Words("en").say(said)


def test_of_two_slots_with_one_code_the_one_that_is_shut_is_told_as_such() -> None:
    line = Line()
    line.refuse("JIG-EMERGENCY: pressed", 1)
    line.bus.close_slot(2, "JIG-EMERGENCY: pressed")
    one, other = line.hear().stops()
    assert (one.slots, one.action.key, one.who.key) == ((1,), "do.emergency", "who.operator")
    assert (other.slots, other.action.key, other.who.key) == ((2,), "stop.do.slot", "who.engineer")


def stopped(why: str | list[Stamped]) -> tuple[Tile, list[Stop]]:
    """The tile of a slot that was refused so, or whose run went so, and what stops the slot."""
    line = Line()
    tile = line.refuse(why) if isinstance(why, str) else line.tested(why)
    return tile, line.board.stops()
