"""A fault of the link becomes the unit's own on a second slot that is known to be good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import LinkFault
from harness.errors.link import HANDSET_SIDE
from harness.model.entry import Reworked
from harness.model.events import FaultConfirmed, UnitLost, UnitSwapped
from harness.model.head import RunHead
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.record import Note
from harness.model.rules.confirm import confirmed, in_question
from harness.model.rules.values import UnitHistory
from tests.model.rules.heads import MORNING, OTHER, UNIT, entered, ran
from tests.records.runs import lived

HANG = "ADB-HANG"
ELSEWHERE = ran(1, Outcome.ERROR, HANG, slot=1)
GOOD = ran(2, serial=OTHER, slot=2)
NOW = ran(9, None, slot=2)
NOTE = Note(MORNING, 0, UnitLost("pulled"))


def asked(
    *before: RunHead,
    on_slot: tuple[RunHead, ...] = (GOOD,),
    code: str = HANG,
    reworked: float | None = None,
) -> FaultConfirmed | None:
    """Runs are given oldest first; the one that asks stands in its unit's history too."""
    reworks = [entered(reworked, Reworked(UNIT, "4712", "new socket"))] if reworked else []
    return confirmed(code, NOW, UnitHistory(UNIT, (*before, NOW), reworks), on_slot[::-1])


def test_the_same_on_a_second_slot_that_passed_another_since() -> None:
    assert asked(ELSEWHERE) == FaultConfirmed(HANG, "run-1", 1, "run-2")


def test_not_on_the_first_slot_not_with_another_code_not_in_another_process() -> None:
    assert asked() is None
    assert asked(ran(1, Outcome.ERROR, HANG, slot=2)) is None
    assert asked(ran(1, Outcome.ERROR, "ADB-LOST", slot=1)) is None
    assert asked(ran(1, Outcome.ERROR, HANG, slot=1, process="rf")) is None
    assert asked(ran(1, None, None, slot=1)) is None


@pytest.mark.parametrize(
    "on_slot",
    [
        (),
        (ran(0, serial=OTHER, slot=2),),  # before
        (ran(2, serial=UNIT, slot=2),),  # itself
        (ran(2, Outcome.FAIL, "a.b:LOW", serial=OTHER, slot=2),),
        (GOOD, ran(3, Outcome.ERROR, HANG, serial="A57A000003", slot=2)),  # and bad since
    ],
)
def test_not_while_the_slot_is_not_known_to_be_good(on_slot: tuple[RunHead, ...]) -> None:
    assert asked(ELSEWHERE, on_slot=on_slot) is None


def test_what_says_nothing_of_the_slot_is_passed_over() -> None:
    later = ran(3, Outcome.FAIL, "a.b:LOW", serial="A57A000003", slot=2)
    assert asked(ELSEWHERE, on_slot=(GOOD, later)) is not None


def test_a_rework_in_between_begins_anew() -> None:
    assert asked(ELSEWHERE, reworked=1.7) is None
    assert asked(ELSEWHERE, reworked=0.5) is not None


def test_nobody_knows_whose_it_is_of_a_unit_that_is_unknown_or_was_swapped() -> None:
    run = lived("run-9").builder.build()
    assert in_question(HANG, run)
    assert not in_question(HANG, replace(run, unit=Unit()))
    swapped = replace(NOTE, event=UnitSwapped("another serial"))
    assert in_question(HANG, replace(run, notes=(NOTE,)))
    assert not in_question(HANG, replace(run, notes=(NOTE, swapped)))


def test_which_codes_are_of_a_handset() -> None:
    """Absent, hanging, dropping, unauthorized, in EDL: each code of a link is on one side."""
    others = {
        *("ADB-NO-PERMISSION", "ADB-TWINS", "ADB-NO-ROOT", "ADB-REFUSED", "ADB-GARBLED"),
        *("HANDSET-NOTE", "AT-ABSENT", "AT-GARBLED", "AT-REFUSED", "USB-GARBLED"),
    }
    assert others.isdisjoint(HANDSET_SIDE)
    assert LinkFault.codes.keys() >= HANDSET_SIDE
    run = lived("run-9").builder.build()
    assert {code for code in LinkFault.codes if in_question(code, run)} == HANDSET_SIDE
    undecided = LinkFault.codes.keys() - HANDSET_SIDE - others
    assert undecided <= {"UNIT-SWAPPED"}, "say of a new code whether it is the handset's"
