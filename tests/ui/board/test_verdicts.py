"""Verdicts of the board: PASS only from disk, the last until the next unit, and what to do then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.errors import HarnessError, JigFault, LinkFault, OperatorStop, StationFault
from harness.model.events import Measured, Purpose, Recorded, RunEnded
from harness.model.outcome import Outcome
from harness.model.slot_state import SlotEvent
from harness.ui.board.board import Board
from harness.ui.board.tile import Face
from tests.station.runs import without_record
from tests.ui.board.boards import BAD, WORN, ended
from tests.ui.operator.line import Line, run


def test_pass_is_shown_only_once_the_record_is_on_disk() -> None:
    line, events = Line(), run()
    line.put_in()
    faces = [line.publish([stamped]).face for stamped in events]
    on_disk = next(at for at, each in enumerate(events) if isinstance(each.event, Recorded))
    over = next(at for at, each in enumerate(events) if isinstance(each.event, RunEnded))
    assert set(faces[:over]) == {Face.RUN}
    assert set(faces[over:on_disk]) == {Face.WAIT}
    assert faces[on_disk:] == [Face.PASS]


def test_a_run_that_has_ended_says_that_its_record_is_being_written() -> None:
    line = Line()
    line.put_in()
    tile = line.publish(without_record(run()))
    assert (tile.face, tile.action.key) == (Face.WAIT, "do.recording")
    assert line.fresh().tile(1, 0.0) == tile


@pytest.mark.parametrize("joins", [Line.hear, Line.fresh])
def test_the_last_verdict_stays_until_the_next_unit_goes_in(joins: Callable[[Line], Board]) -> None:
    line = Line()
    line.tested(run(Outcome.FAIL, fault=BAD, symptom=WORN))
    line.take_out()
    tile = joins(line).tile(1, 0.0)
    assert (tile.face, tile.digits, tile.code, tile.bin) == (Face.FAIL, "000001", "C-7", "R2")
    assert tile.action.key == "do.scan"
    line.put_in("A57A000002")
    tile = joins(line).tile(1, 0.0)
    assert (tile.face, tile.digits, tile.code) == (Face.WAIT, "000002", "")
    line.change(SlotEvent.REFUSE, "RETEST-SLOT: not here again")
    line.take_out()
    tile = joins(line).tile(1, 0.0)
    assert (tile.face, tile.digits) == (Face.EMPTY, "")


def test_a_fail_has_the_code_the_words_and_the_bin_of_its_symptom() -> None:
    tile = Line().tested(run(Outcome.FAIL, fault=BAD, symptom=WORN))
    assert (tile.face, tile.code, tile.words) == (Face.FAIL, "C-7", "charges too slowly")
    assert (tile.action.key, tile.action.values) == ("do.bin", {"bin": "R2"})


def test_a_fail_without_a_symptom_has_its_fault() -> None:
    tile = Line().tested(run(Outcome.FAIL, fault=BAD))
    assert (tile.code, tile.words, tile.bin) == ("GNSS-DEAF", "no satellite", "")
    assert tile.action.key == "do.failed"


@pytest.mark.parametrize(
    ("purpose", "counts", "notes", "action"),
    [
        (Purpose.PRODUCTION, True, [], "do.good"),
        (Purpose.REHEARSAL, False, ["note.rehearsal"], "do.good"),
        (Purpose.ENGINEERING, False, ["note.engineering"], "do.uncounted"),
        (Purpose.GOLDEN, False, ["note.golden"], "do.golden_back"),
        (Purpose.SELFTEST, False, ["note.selftest"], "do.nothing"),
    ],
)
def test_a_verdict_that_does_not_count_says_so(
    purpose: Purpose, counts: bool, notes: list[str], action: str
) -> None:
    tile = Line().tested(run(purpose=purpose))
    assert (tile.face, tile.counts) == (Face.PASS, counts)
    assert [note.key for note in tile.notes] == notes
    assert tile.action.key == action


def test_a_self_test_that_failed_is_of_the_jig() -> None:
    tile = Line().tested(run(Outcome.FAIL, purpose=Purpose.SELFTEST, fault=BAD))
    assert tile.action.key == "do.jig_bad"


@pytest.mark.parametrize(
    ("error", "attempt", "action"),
    [
        (LinkFault("ADB-HANG", "silent"), 1, "do.reseat"),
        (LinkFault("ADB-HANG", "silent"), 2, "do.other_slot"),
        (LinkFault("ADB-HANG", "silent"), 3, "do.rework"),
        (StationFault("RUN-INTERRUPTED", "killed"), 1, "do.reseat"),
        (StationFault("ENGINE-BUG", "x"), 1, "do.out_engineer"),
        (JigFault("JIG-INTERLOCK", "cover"), 1, "do.cover"),
        (JigFault("JIG-UNSAFE", "power"), 1, "do.unsafe"),
    ],
)
def test_a_unit_of_which_nobody_knows_is_tested_where_the_rules_want_it(
    error: HarnessError, attempt: int, action: str
) -> None:
    tile = ended(Line(), Outcome.ERROR, error, attempt)
    assert (tile.face, tile.action.key) == (Face.STOP, action)
    assert (tile.code, tile.words) == (error.code, error.message)
    assert [note.key for note in tile.notes] == (["note.attempt"] if attempt > 1 else [])


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("RUN-ABORTED", "do.reseat"),
        ("JIG-EMERGENCY", "do.emergency"),
        ("UNIT-SWAPPED", "do.swapped"),
        ("UNIT-UNKNOWN", "do.label"),
        ("RETEST-LIMIT", "do.rework"),
    ],
)
def test_an_aborted_run_is_a_stop(code: str, action: str) -> None:
    tile = ended(Line(), Outcome.ABORTED, OperatorStop(code, "x"))
    assert (tile.face, tile.code, tile.action.key) == (Face.STOP, code, action)


def test_an_engineering_run_without_verdict_is_simply_made_again() -> None:
    fault = OperatorStop("RUN-ABORTED", "Mei: wrong cable")
    tile = Line().tested(run(Outcome.ABORTED, purpose=Purpose.ENGINEERING, fault=fault))
    assert tile.action.key == "do.again"


def test_a_unit_that_was_found_bad_before_its_run_was_aborted_is_told_to_be() -> None:
    line = Line()
    line.put_in()
    events = []
    for stamped in run(Outcome.ABORTED, fault=OperatorStop("RUN-ABORTED", "Mei: saw it fail")):
        event = stamped.event
        if isinstance(event, Measured) and event.name == "current":
            event = replace(event, outcome=Outcome.FAIL, reason="LOW")
        events.append(replace(stamped, event=event))
    tile = line.publish(events)
    assert tile.face is Face.STOP
    assert "note.bad" in [note.key for note in tile.notes]
