"""In whose name a step is answered, and when steps are run again: at a real desk and store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from harness.errors import CommandRefused, OperatorStop
from harness.model.entry import Locked
from harness.model.sentence import Says, Sentence
from harness.model.station import (
    Abort,
    Answer,
    BeginEngineering,
    Command,
    EndEngineering,
    RenewContacts,
    RunSteps,
    Scanned,
    SignIn,
    SignOut,
    Unlock,
)
from harness.station.screens.obeying import Obeying
from harness.station.stopping import operator
from tests.station.people.test_desk import RIGHT, Place, cheap, place

__all__ = ["cheap", "place"]
ANSWER = Answer(1, "look", "yes", by="somebody")
ABORT = Abort(1, by="somebody", why="cable", run="01TEST")
STEPS = RunSteps(1, ("look",))


def test_answers_and_aborts_are_of_whoever_is_signed_in_and_nobody_lends_him_a_name(
    place: Place,
) -> None:
    heard: list[Answer | Abort] = []
    desk = place.desk()
    obey = Obeying(desk=desk, answer=heard.append, abort=heard.append)
    with pytest.raises(OperatorStop, match=r"READY-SIGN-IN: .* to answer what slot 1 asks"):
        obey(ANSWER)
    obey(ABORT)
    desk.sign_in("B-1", RIGHT)
    obey(ANSWER)
    obey(ABORT)
    desk.sign_out()
    with pytest.raises(OperatorStop, match="READY-SIGN-IN"):
        obey(ANSWER)
    obey(ABORT)
    assert [each.by for each in heard] == [operator(), "mei", "mei", operator()]
    assert heard[-1] == replace(ABORT, by=operator()), "nothing else of it has changed"


def test_where_nobody_signs_in_the_screen_says_who() -> None:
    heard: list[Answer | Abort] = []
    obey = Obeying(answer=heard.append, abort=heard.append)
    obey(ANSWER)
    obey(Answer(1, "look", "yes"))
    obey(ABORT)
    obey(Abort(1, "", "cable"))
    assert [each.by for each in heard] == ["somebody", operator()] * 2


def test_without_runs_nothing_asks() -> None:
    for command in (ANSWER, ABORT):
        with pytest.raises(CommandRefused, match="COMMAND-LATE: no run is on"):
            Obeying()(command)


def test_steps_are_run_again_in_engineering_mode_only(place: Place) -> None:
    heard: list[RunSteps] = []
    desk = place.desk()
    obey = Obeying(desk=desk, repeat=heard.append)
    desk.sign_in("B-3", RIGHT)
    for _ in range(2):
        with pytest.raises(CommandRefused, match=r"ENGINEERING-OFF: .* in engineering mode only"):
            obey(STEPS)
        desk.begin_engineering("the glass", timedelta(hours=1))
        obey(STEPS)
        desk.end_engineering()
    assert heard == [STEPS] * 2
    with pytest.raises(CommandRefused, match=r"^COMMAND-NOT-HERE: .* names no badges"):
        Obeying(repeat=heard.append)(STEPS)
    with pytest.raises(CommandRefused, match="ENGINEERING-OFF: "):
        Obeying(desk=desk)(STEPS)


@pytest.mark.parametrize(
    "command",
    [
        Scanned(("A57A000001",)),
        SignIn("B-1", RIGHT),
        SignOut(),
        Unlock("mended"),
        BeginEngineering("the glass", 60),
        EndEngineering(),
        RenewContacts("jig-7"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_station_that_is_not_set_up_for_it_says_so(command: Command) -> None:
    with pytest.raises(CommandRefused, match="COMMAND-NOT-HERE: "):
        Obeying()(command)


@pytest.mark.parametrize("for_s", [0.0, -1.0, 9 * 3600.0, 1e9, 1e300])
def test_engineering_mode_for_a_time_that_cannot_be_is_refused(place: Place, for_s: float) -> None:
    desk = place.desk()
    desk.sign_in("B-3", RIGHT)
    with pytest.raises(CommandRefused, match="COMMAND-UNFIT: "):
        Obeying(desk=desk)(BeginEngineering("the glass", for_s))
    assert desk.engineering is None


def test_whoever_unlocks_is_told_that_a_golden_unit_must_pass(place: Place) -> None:
    desk = place.desk()
    desk.sign_in("B-3", RIGHT)
    obey = Obeying(desk=desk)
    place.recorder.enter(Locked("STOP-STREAK", "three", 3))
    assert obey(Unlock("mended", 3)) == (Sentence.of(Says.SLOT_UNLOCKED, slot=3),)
    place.recorder.enter(Locked("STOP-FPY", "few pass"))
    assert obey(Unlock("mended")) == (Sentence(Says.STATION_UNLOCKED),)
    with pytest.raises(CommandRefused, match="COMMAND-LATE: nothing is locked"):
        obey(Unlock("mended"))
