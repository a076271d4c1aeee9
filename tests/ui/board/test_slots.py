"""Slots without a verdict: what to do at each, and why no unit goes in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.errors import all_codes
from harness.model.entry import Locked, Unlocked
from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.model.slot_state import SlotState
from harness.model.station import Announced, ScanOrder, SlotChanged, SlotView, Snapshot
from harness.ui.board.action import OF_UNIT, code_in
from harness.ui.board.board import Board
from harness.ui.board.tile import Face
from harness.ui.board.words import LANGUAGES, Words, happened
from harness.ui.text import printable
from harness.ui.told import Joined
from tests.station.runs import STATION
from tests.ui.board.boards import BAD, NASTY, WORN
from tests.ui.operator.line import SERIAL, Line, run


def test_an_empty_slot_says_what_to_do_in_either_order() -> None:
    orders = {ScanOrder.SCAN_THEN_INSERT: "do.scan", ScanOrder.INSERT_THEN_SCAN: "do.insert"}
    for loading, action in orders.items():
        board = Board()
        views = (SlotView(1, SlotState.EMPTY),)
        board.apply([Joined(), Snapshot(STATION, views, loading=loading)], 0.0)
        tile = board.tile(1, 0.0)
        assert (tile.face, tile.action.key, tile.counts) == (Face.EMPTY, action, True)


def test_once_a_label_was_scanned_the_unit_is_to_be_put_in() -> None:
    line = Line()
    assert line.tile().action.key == "do.scan"
    line.board.apply([Announced(any=True)], 0.0)
    assert [line.tile(slot).action.key for slot in (1, 2)] == ["do.put_in"] * 2
    line.board.apply([Announced()], 0.0)
    assert line.tile(2).action.key == "do.scan"


def test_a_label_that_was_scanned_for_a_slot_is_for_that_alone() -> None:
    line = Line()
    line.board.apply([Announced(slots=(2,))], 0.0)
    assert [line.tile(slot).action.key for slot in (1, 2)] == ["do.scan", "do.put_in"]


def test_a_unit_may_be_refused_for_any_code_and_all_languages_say_it() -> None:
    languages = [Words(language) for language in LANGUAGES]
    codes = {name for name, _, _ in all_codes()}
    assert codes >= OF_UNIT.keys()
    for code in codes:
        tile = Line().refuse(f"{code}: for this reason, {NASTY}")
        assert (tile.face, tile.code) == (Face.STOP, code)
        assert tile.words == printable(f"for this reason, {NASTY}")
        for words in languages:
            for said in (tile.action, happened(code)):
                assert words.say(said) not in ("", said.key)


REFUSALS = {
    "ADB-TWINS": "do.twins",
    "UNIT-WRONG": "do.wrong",
    "UNIT-UNKNOWN": "do.label",
    "UNIT-GOLDEN": "do.golden_back",
    "RETEST-LIMIT": "do.rework",
    "RETEST-SLOT": "do.other_slot",
    "RETEST-OPEN": "do.open",
    "ROUTE-MISSING": "do.before",
    "ROUTE-RECALLED": "do.before",
    "ROUTE-FAILED": "do.before_failed",
    "ROUTE-OFFLINE": "do.hold",
    "STOP-STREAK": "do.out_locked",
    "STOP-FPY": "do.out_locked",
    "READY-SIGN-IN": "do.sign_in",
    "READY-ENGINEERING": "do.engineering",
    "READY-GOLDEN": "do.golden_first",
    "READY-CONTACTS": "do.out_engineer",
    "PLAN-ANONYMOUS": "do.out_engineer",
    "CLOCK-BACK": "do.out_engineer",
    "JIG-STALE": "do.out_engineer",
}


@pytest.mark.parametrize(("code", "action"), REFUSALS.items())
def test_a_refused_unit_has_an_action_of_its_own(code: str, action: str) -> None:
    assert Line().refuse(f"{code}: why").action.key == action


def test_a_screen_that_joins_later_knows_which_label_was_scanned() -> None:
    board = Board()
    views = (SlotView(1, SlotState.EMPTY), SlotView(2, SlotState.EMPTY))
    board.apply([Joined(), Snapshot(STATION, views, announced=Announced(slots=(1,)))], 0.0)
    assert [board.tile(slot, 0.0).action.key for slot in (1, 2)] == ["do.put_in", "do.scan"]


def test_a_unit_that_is_run_again_is_not_the_one_that_was_announced() -> None:
    line = Line()
    line.tested(run(purpose=Purpose.ENGINEERING))
    line.board.apply([Announced(any=True)], 0.0)
    line.board.apply([SlotChanged(1, SlotState.LOADED, serial=SERIAL)], 0.0)
    assert line.board.tile(1, 0.0).face is Face.WAIT, "no verdict of the run before"
    assert line.board.tile(2, 0.0).action.key == "do.put_in"


@pytest.mark.parametrize("joins", [Line.hear, Line.fresh])
def test_a_unit_that_was_put_in_too_soon_never_gets_the_verdict_of_the_last_one(
    joins: Callable[[Line], Board],
) -> None:
    line = Line()
    line.tested(run())
    line.take_out()
    line.bus.explain(1, f"it stood there before its scan{NASTY}")
    tile = joins(line).tile(1, 0.0)
    assert (tile.face, tile.digits, tile.action.key) == (Face.STOP, "", "do.too_soon")
    assert tile.words == printable(f"it stood there before its scan{NASTY}")
    line.bus.explain(1, "")
    tile = joins(line).tile(1, 0.0)
    assert (tile.face, tile.action.key) == (Face.EMPTY, "do.scan")


@pytest.mark.parametrize("joins", [Line.hear, Line.fresh])
def test_an_empty_slot_that_waits_for_a_unit_asks_for_it_and_keeps_the_last_verdict(
    joins: Callable[[Line], Board],
) -> None:
    line = Line()
    line.bus.explain(2, "A57A000002 was scanned for it", "A57A000002")
    tile = joins(line).tile(2, 0.0)
    assert (tile.face, tile.action.key) == (Face.EMPTY, "do.put_in")
    assert tile.words == "A57A000002 was scanned for it"
    line.tested(run())
    passed = joins(line).tile(1, 0.0)
    line.take_out()
    line.bus.explain(1, "A57A000002 was scanned for it", "A57A000002")
    tile = joins(line).tile(1, 0.0)
    assert (tile.face, tile.digits, tile.words) == (Face.PASS, passed.digits, passed.words)
    assert tile.action.key == "do.put_in"


def test_a_code_is_found_at_the_start_of_a_reason_or_at_its_end() -> None:
    assert code_in("STORE-FULL: no room (SLOT-WEDGED)") == "STORE-FULL"
    assert code_in("a step ignored its time limit (SLOT-WEDGED)") == "SLOT-WEDGED"
    assert code_in("NOT-ACODE: x") == code_in("") == ""


def test_a_locked_slot_takes_no_unit_and_keeps_its_verdict() -> None:
    line = Line()
    line.tested(run(Outcome.FAIL, fault=BAD, symptom=WORN))
    line.enter(Locked("STOP-STREAK", "3 in a row", 1))
    assert line.tile().action.key == "do.bin"
    tile = line.take_out()
    assert (tile.face, tile.action.key) == (Face.FAIL, "do.slot_locked")
    assert [note.key for note in tile.notes] == ["note.locked"]
    assert line.tile(2).face is Face.EMPTY
    line.enter(Unlocked("anna", "mended", 1))
    assert line.tile().action.key == "do.scan"


def test_a_locked_station_shuts_every_empty_slot() -> None:
    line = Line()
    line.enter(Locked("STOP-FPY", "9 of 20"))
    for slot in (1, 2):
        tile = line.tile(slot)
        assert (tile.face, tile.code, tile.action.key) == (
            Face.SHUT,
            "STOP-FPY",
            "do.station_locked",
        )


@pytest.mark.parametrize("before", ["empty", "running", "recorded"])
def test_a_quarantined_slot_is_shut_whatever_it_had(before: str) -> None:
    line, events = Line(), run()
    if before != "empty":
        line.put_in()
        line.publish(events[:-1] if before == "running" else events)
    line.bus.close_slot(1, f"STORE-FULL: no room{NASTY}")
    if before == "running":
        line.bus.publish(events[-1])
    tile = line.tile()
    assert (tile.face, tile.code, tile.action.key) == (Face.SHUT, "STORE-FULL", "do.quarantined")
    assert line.fresh().tile(1, 0.0).face is Face.SHUT
