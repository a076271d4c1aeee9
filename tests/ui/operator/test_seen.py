"""Tiles are read as they are drawn, and a PASS that is not on disk is found out."""

from __future__ import annotations

from pathlib import Path

from harness.records.recorder import Recorder
from harness.ui.board.glyphs import glyph
from harness.ui.board.tile import Face
from tests.records.runs import hand_in, leave_open, lived
from tests.ui.operator.seen import Held, Seen, tiles

SLOT, SERIAL = 1, "A57A000007"


def frame(face: Face, digits: str = SERIAL[-6:]) -> tuple[str, ...]:
    """A screen of two tiles, the first of them with a unit."""
    lines = (f" {SLOT}            {digits}   2", *(f" {line}" for line in glyph(face, 19, 1)))
    return tuple(line.ljust(40) for line in lines)


def test_tiles_are_read_as_they_are_drawn() -> None:
    lines = [
        " 1                   2                   3          000004  ",
        "    █▀▄ █ █ █▄ █     ✓ PASS               ✗ FAIL            ",
        "  ▶ █▀▄ █ █ █ ▀█                                            ",
        "    ▀ ▀ ▀▀▀ ▀  ▀                                            ",
        " 4                   5                                      ",
        " ■ STOP              nothing                                ",
        " Operator mei  Shift 10:01 to 22:01                         ",
    ]
    assert tiles(lines) == {
        1: Seen(Face.RUN, ""),
        2: Seen(Face.PASS, ""),
        3: Seen(Face.FAIL, "000004"),
        4: Seen(Face.STOP, ""),
    }


def without_record(store: Path, digits: str) -> list[str]:
    """What is found out of a PASS of this unit that stands on the screen now."""
    held = Held(store)
    held.frame(frame(Face.PASS, digits))
    assert held.passes == 1
    return held.without_record


def test_a_pass_is_held_against_the_record_of_the_unit_that_stands_there(tmp_path: Path) -> None:
    store, digits = tmp_path / "records.db", SERIAL[-6:]
    passed, failed = (lived(f"01{bad}", serial=SERIAL, slot=SLOT, bad=bad) for bad in (False, True))
    with Recorder(store) as recorder:
        leave_open(recorder, passed)
        assert without_record(store, digits) == ["slot 1: 000007"], "its run is over, no more"
        recorder.seal(passed.builder.build())
        assert without_record(store, digits) == []
        assert without_record(store, "000008") == ["slot 1: 000008"]
        assert without_record(store, " " * 6) == ["slot 1: nobody"]
        hand_in(recorder, lived("01OTHER", slot=SLOT + 1))
        assert without_record(store, digits) == [], "another slot says nothing of this one"
        hand_in(recorder, failed)
        assert without_record(store, digits) == ["slot 1: 000007"], "the last record is a FAIL"


def test_a_pass_is_counted_once_and_whether_its_record_was_waited_for(tmp_path: Path) -> None:
    held = Held(tmp_path / "records.db")
    with Recorder(held.store) as recorder:
        hand_in(recorder, lived("01A", serial=SERIAL, slot=SLOT))
        for face in (Face.RUN, Face.WAIT, Face.PASS, Face.PASS, Face.RUN, Face.PASS):
            held.frame(frame(face))
    assert (held.passes, held.waited, held.without_record) == (2, 1, [])
