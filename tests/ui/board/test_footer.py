"""The footer, and the plan of a slot with what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from harness.model.entry import EngineeringBegun, EngineeringEnded, Role, SignedIn, SignedOut
from harness.model.outcome import Outcome
from harness.model.station import Counted, PlanShown
from harness.ui.board.board import Board
from harness.ui.board.sentences import time_of_day, who
from harness.ui.board.words import Words
from tests.station.runs import STATION
from tests.ui.board.boards import PLAN, shown, shown_plan
from tests.ui.operator.line import AT, Line, run

UNITS = replace(shown_plan(60.0), sha256="7" * 64)


def test_the_footer_says_who_is_here_and_until_when() -> None:
    line = Line()
    assert line.board.footer().operator == ""
    footer = line.enter(SignedIn("mei", Role.OPERATOR)).footer()
    assert (footer.operator, footer.role, footer.station) == ("mei", "operator", STATION.name)
    assert footer.since and footer.until == footer.since + timedelta(hours=12)
    footer = line.enter(SignedIn("anna", Role.ENGINEER)).footer()
    assert footer.operator == "anna"
    assert line.enter(SignedOut("anna", "left")).footer().operator == ""


def test_the_footer_says_until_when_nothing_counts() -> None:
    line = Line()
    footer = line.enter(EngineeringBegun("anna", "fixture", AT)).footer()
    assert (footer.engineering_until, footer.engineering_by) == (AT, "anna")
    footer = line.enter(EngineeringEnded("anna")).footer()
    assert (footer.engineering_until, footer.engineering_by) == (None, "")


def test_the_footer_says_what_is_run_and_how_it_goes() -> None:
    line = Line()
    footer = shown(line, 60.0).footer()
    assert (footer.plan, footer.revision, footer.release) == (PLAN.id, PLAN.revision, "7")
    assert (footer.fpy, footer.first, footer.ended) == (None, 0, {})
    line.board.apply([Counted(AT, {"PASS": 19, "FAIL": 2}, 20, 19)], 0.0)
    footer = line.board.footer()
    assert (footer.fpy, footer.first, footer.ended) == (95.0, 20, {"PASS": 19, "FAIL": 2})
    since = f"Counted since {time_of_day(AT)}"
    assert list(who(footer, Words("en"))) == ["Nobody is signed in", since]
    footer = line.enter(SignedIn("mei", Role.OPERATOR)).footer()
    assert footer.since is not None
    for counted_since, is_said in ((AT, True), (footer.since, False)):
        line.board.apply([Counted(counted_since, {}, 0, 0)], 0.0)
        said = list(who(line.board.footer(), Words("en")))
        assert ("Counted" in said[-1]) is is_said, "said where it is not since he signed in"


@pytest.mark.parametrize("joins", [Line.hear, Line.fresh])
def test_the_footer_names_the_plan_that_units_are_tested_by(joins: Callable[[Line], Board]) -> None:
    line = Line()
    golden, variant = PlanShown("9" * 64, "battery", 4, of_units=False), replace(UNITS, sha256="8")
    for told, named in ((golden, ""), (UNITS, "7"), (golden, "7"), (variant, "8"), (UNITS, "7")):
        line.bus.show(replace(told, release=told.sha256[0]))
        footer = joins(line).footer()
        assert (footer.plan, footer.release) == (PLAN.id if named else "", named)
        assert footer.revision == (PLAN.revision if named else None)


def test_the_plan_shows_what_is_measured_as_it_comes() -> None:
    line = Line()
    shown(line, 60.0)
    assert [step.attempt for step in line.board.plan(1)] == [0, 0, 0]
    line.put_in()
    line.publish(run()[:3])
    first, second, _ = line.board.plan(1)
    assert (first.id, first.at_work, first.takes_s) == ("first", True, 1.5)
    assert second.attempt == 0
    line.publish(run()[3:])
    for step in line.hear().plan(1):
        assert (step.outcome, step.at_work) == (Outcome.PASS, False)
        assert [reading.name for reading in step.readings] == ["current", "voltage"]
        assert {reading.limit for reading in step.readings} == {"0 to 10 A", "0 to 10 V"}
    joined = line.fresh()
    joined.apply([shown_plan(60.0)], 0.0)
    assert joined.plan(1) == line.board.plan(1)
