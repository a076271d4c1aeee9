"""A stored run that is played: the operator's screen shows what it showed then."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from harness.model.events import Recorded, RunEnded, Stamped
from harness.model.fold import fold
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.station import Abort, PlanShown
from harness.ui.board.board import Board
from harness.ui.board.palette import DEFAULT, PALETTES
from harness.ui.board.tile import Face
from harness.ui.board.words import Words
from harness.ui.operator.app import OperatorApp
from harness.ui.operator.painted import Painted
from harness.ui.played import PlayedLink
from harness.ui.told import Reply, Unasked
from tests.station.runs import events

RUN = events()
RECORD = fold(RUN)
LAST_MS = 10_000


def spread() -> Record:
    """The run, as long as a real one, and its events as far apart."""
    told = [each for each in RUN if not isinstance(each.event, Recorded)]
    apart_ms = LAST_MS // (len(told) - 1)
    last_ms = {len(told) - 1: LAST_MS}
    return fold(replace(e, at_ms=last_ms.get(at, at * apart_ms)) for at, e in enumerate(told))


class Time:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def link_of(record: Record, speed: float = 1.0, time: Time | None = None) -> PlayedLink:
    plan = PlanShown(record.plan.sha256, record.plan.id, record.plan.revision)
    return PlayedLink(record, "a" * 64, plan, speed, time or Time())


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0])
def test_it_takes_as_long_as_it_took_by_its_speed(speed: float) -> None:
    time = Time()
    link, board = link_of(spread(), speed, time), Board()
    board.apply(link.take(), time())
    begun = board.tile(1, time()).face
    assert begun is Face.RUN
    time.now_s += LAST_MS / 1000 / speed - 0.05 / speed
    board.apply(link.take(), time())
    nearly = board.tile(1, time()).face
    assert nearly is not Face.PASS
    time.now_s += 0.1 / speed
    board.apply(link.take(), time())
    shown = board.tile(1, time()).face
    assert shown is Face.PASS
    assert link.take() == []


def test_it_is_the_run_that_was_stored() -> None:
    time = Time()
    record = spread()
    link = link_of(record, 1.0, time)
    told = link.take()
    time.now_s += LAST_MS
    told += link.take()
    stamped = [each for each in told if isinstance(each, Stamped)]
    assert fold(stamped) == record
    assert stamped[-1].event == Recorded(record.run, "a" * 64)
    assert [each.seq for each in stamped] == list(range(len(stamped)))


def test_a_run_that_is_open_says_no_verdict() -> None:
    open_run = fold(each for each in RUN if not isinstance(each.event, RunEnded | Recorded))
    assert open_run.outcome is None
    time = Time()
    link, board = link_of(open_run, 1.0, time), Board()
    board.apply(link.take(), time())
    time.now_s += 1e6
    board.apply(link.take(), time())
    assert board.tile(1, time()).face is Face.RUN


def test_nothing_can_be_done_about_it() -> None:
    link = link_of(RECORD)
    link.take()
    for _ in range(2):
        link.ask(Abort(1, "Mei", "why"))
    answers = link.take()
    assert [type(each) for each in answers if isinstance(each, Reply)] == [Reply] * 2
    for each in answers:
        if isinstance(each, Reply):
            assert each.answer == Unasked("unasked.played")


def test_the_screen_itself_plays_it() -> None:
    async def play() -> Face:
        from time import monotonic

        plan = PlanShown(RECORD.plan.sha256, RECORD.plan.id, RECORD.plan.revision)
        link = PlayedLink(RECORD, "a" * 64, plan, 1000.0)
        app = OperatorApp(link, Words("en"), PALETTES[DEFAULT])
        async with app.run_test(size=(120, 40)) as pilot:
            for _ in range(100):
                await pilot.pause(0.02)
                if app.board.tile(1, monotonic()).face is Face.PASS:
                    break
            banner = app.query_one("#banner", Painted).text
            assert f"REPLAY of the run {RECORD.run}" in banner, "nobody takes it for a station"
            return app.board.tile(1, monotonic()).face

    assert RECORD.outcome is Outcome.PASS
    assert asyncio.run(play()) is Face.PASS
