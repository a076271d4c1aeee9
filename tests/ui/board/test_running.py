"""A run that is on: how long it takes still, what it waits for, and a station that is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.events import (
    AbortRequested,
    Answered,
    Prompted,
    Purpose,
    RunStarted,
    StepStarted,
    Waiting,
)
from harness.model.plan import Phase
from harness.ui.board.stop import StopKind
from harness.ui.board.tile import Face
from harness.ui.text import printable
from harness.ui.told import Gone, Joined
from tests.station.runs import without_record
from tests.ui.board.boards import NASTY, after, shown
from tests.ui.operator.line import Line, run


def test_the_countdown_goes_by_the_medians_and_never_below_zero() -> None:
    line = Line()
    shown(line, 60.0)
    line.put_in()
    tile = line.publish(run()[:2])
    assert tile.left_s is not None and tile.left_s == pytest.approx(60.0, abs=1)
    begun = 60.0 - tile.left_s
    now = line.board.tile(1, 15.0)
    assert now.left_s == pytest.approx(45.0 - begun)
    assert now.share == pytest.approx((15.0 + begun) / 60)
    assert (now.face, now.action.key) == (Face.RUN, "do.leave")
    late = line.board.tile(1, 75.0)
    assert (late.left_s, late.share, late.action.key) == (0.0, 1.0, "do.longer")


def test_without_medians_the_steps_say_how_far_it_is() -> None:
    line = Line()
    line.put_in()
    shares = [line.publish([stamped]).share for stamped in without_record(run())[:-1]]
    told = [share for share in shares if share is not None]
    assert told == sorted(told)
    assert (told[0], line.tile().left_s) == (0.0, None)
    assert told[-1] == 0.99, "what has not ended is not over"


def test_the_median_of_whole_runs_says_nothing_of_some_steps() -> None:
    line = Line()
    shown(line, 60.0)
    line.put_in()
    first, *rest = run(purpose=Purpose.ENGINEERING)
    assert isinstance(first.event, RunStarted)
    plan = replace(first.event.plan, only=("second",))
    tile = line.publish([replace(first, event=replace(first.event, plan=plan)), *rest[:1]])
    assert (tile.left_s, tile.share) == (None, 0.0)


def test_a_clock_that_stands_still_or_steps_back_breaks_no_tile() -> None:
    line = Line(now_s=100.0)
    shown(line, 60.0)
    line.put_in()
    line.publish(run()[:2])
    assert line.board.tile(1, 0.0).left_s == 60.0


def test_an_abort_that_was_asked_for_is_shown_until_the_run_is_over() -> None:
    line = Line()
    line.put_in()
    tile = line.publish(after(run()[:2], AbortRequested("Mei", "wrong cable")))
    assert (tile.face, tile.action.key) == (Face.WAIT, "do.aborting")


def test_a_step_that_waits_for_an_instrument_says_so() -> None:
    line = Line()
    line.put_in()
    events = after(run()[:1], StepStarted("lte", "lte.attach", Phase.STEPS, 1))
    tile = line.publish(after(events, Waiting("lte", f"box{NASTY}")))
    assert tile.step == "lte"
    (note,) = tile.notes
    assert (note.key, note.values) == ("note.waits", {"instrument": f"box{NASTY}"})


def test_a_question_waits_for_its_answer_with_the_time_left() -> None:
    line = Line(now_s=10.0)
    line.put_in()
    asked = Prompted("sound", f"Do you hear it?{NASTY}", ("yes", "no"), 30.0)
    events = after(run()[:2], asked)
    tile = line.publish(events)
    assert (tile.face, tile.action.key) == (Face.WAIT, "do.answer")
    assert (tile.left_s, line.board.tile(1, 25.0).left_s) == (30.0, 15.0)
    (prompt,) = line.board.prompts(50.0)
    assert (prompt.slot, prompt.step, prompt.answers, prompt.left_s) == (
        1,
        "sound",
        ("yes", "no"),
        0.0,
    )
    assert prompt.text == printable(asked.text)
    tile = line.publish(after(events, Answered("sound", "yes", "Mei"))[-1:])
    assert (tile.face, line.board.prompts(50.0)) == (Face.RUN, [])


def test_a_station_that_is_gone_leaves_verdicts_and_promises_nothing() -> None:
    line = Line()
    line.tested(run())
    line.put_in("A57A000002", 2)
    line.publish(run(name="02", slot=2, serial="A57A000002")[:3], 2)
    line.board.apply([Gone("hung up")], 0.0)
    first, second = line.board.tiles(5.0)
    assert (first.face, second.face) == (Face.PASS, Face.WAIT)
    assert {first.action.key, second.action.key} == {"do.gone"}
    assert second.left_s is None
    (stop,) = line.board.stops()
    assert (stop.kind, stop.slots) == (StopKind.STATION, ())
    line.board.apply([Joined()], 0.0)
    assert line.board.gone, "until it has said how things are"
