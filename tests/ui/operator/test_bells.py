"""The patterns of the bell: what is rung for which tiles, and that they are told apart."""

from __future__ import annotations

from itertools import combinations

import pytest

from harness.model.outcome import Outcome
from harness.model.slot_state import SlotEvent
from harness.ui.board.tile import Face
from harness.ui.operator.bells import PATTERNS, REFUSED, Bells
from tests.station.runs import without_record
from tests.ui.operator.line import Line, run

SILENT: tuple[float, ...] = ()


def heard(bells: Bells, line: Line) -> tuple[float, ...]:
    return bells.hear([line.tile(1), line.tile(2)])


@pytest.mark.parametrize(("one", "other"), list(combinations([*PATTERNS.values(), REFUSED], 2)))
def test_each_pattern_is_told_from_every_other_by_how_often_it_rings(
    one: tuple[float, ...], other: tuple[float, ...]
) -> None:
    assert len(one) != len(other)
    assert one[0] == other[0] == 0.0, "it rings at once"


def test_a_verdict_rings_once_when_it_comes() -> None:
    bells, line = Bells(), Line()
    assert heard(bells, line) == SILENT
    made = run()
    before = without_record(made)
    line.tested(before)
    assert heard(bells, line) == SILENT, "nothing passes before its record"
    line.publish(made[len(before) :])
    assert heard(bells, line) == PATTERNS[Face.PASS]
    assert heard(bells, line) == SILENT
    line.take_out()
    assert heard(bells, line) == SILENT, "the verdict stays there"


def test_the_same_verdict_of_the_next_unit_rings_again() -> None:
    bells, line = Bells(), Line()
    for name in ("01ONE", "01TWO"):
        line.put_in()
        assert heard(bells, line) == SILENT
        line.publish(run(Outcome.FAIL, name=name))
        assert heard(bells, line) == PATTERNS[Face.FAIL]
        line.take_out()


def test_of_several_that_come_at_once_the_worst_rings() -> None:
    bells, line = Bells(), Line()
    heard(bells, line)
    line.tested(run())
    line.tested(run(Outcome.FAIL, slot=2))
    assert heard(bells, line) == PATTERNS[Face.FAIL]
    line.change(SlotEvent.TAKEN_OUT)
    line.refuse("STORE-LOCKED")
    assert heard(bells, line) == PATTERNS[Face.STOP]


def test_what_stood_there_before_the_screen_came_does_not_ring() -> None:
    line = Line()
    line.tested(run(Outcome.FAIL))
    assert heard(Bells(), line) == SILENT
