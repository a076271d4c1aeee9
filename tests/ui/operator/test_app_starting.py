"""A screen that has just started its station waits calmly for it, and not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from harness.station.screens.bus import Bus
from harness.ui.board.board import Board
from harness.ui.board.palette import DEFAULT, PALETTES
from harness.ui.board.words import Said, Words
from harness.ui.link import StationLink
from harness.ui.operator import notice
from harness.ui.operator.attention import REFUSED_S, Attention
from harness.ui.operator.bells import REFUSED
from harness.ui.operator.own import JOINED, Own
from harness.ui.told import Gone, Unasked
from tests.station.runs import STATION
from tests.ui.operator.line import Line
from tests.ui.operator.pilots import Rung, Shown, plans

Flow = Callable[[Shown], Coroutine[Any, Any, None]]
NOBODY = "no station answered"
STARTS, ALARM = "The station is starting", "The station does not answer"


def alone(flow: Flow, folder: Path, own: Own, language: str = "en") -> None:
    """Run this at a screen whose station does not answer yet."""

    async def run() -> None:
        station = Shown(Bus(STATION, [1, 2]), folder / "station", gone=True)
        with StationLink(station.folder) as link:
            station.app = Rung(link, Words(language), PALETTES[DEFAULT], plans=plans, own=own)
            async with station.app.run_test(size=(80, 24)) as pilot:
                station.pilot = pilot
                await flow(station)

    asyncio.run(run())


def test_what_is_not_done_while_it_starts_is_told_as_loud_as_it_rings(tmp_path: Path) -> None:
    async def flow(station: Shown) -> None:
        await station.says("panel", STARTS)
        await station.keys("f3")
        await station.says("panel", NOBODY)
        assert STARTS not in station.text("panel")
        await station.until(lambda: station.app.rung == len(REFUSED))
        await station.keys("escape")
        await station.says("panel", STARTS)
        await station.keys("f3")
        await station.says("panel", NOBODY)
        with closing(station.serve()):
            await station.until(lambda: station.app.query("#slot-1"))
            await station.until(lambda: not station.text("panel"))

    alone(flow, tmp_path, Own(starts=lambda: True))


def test_why_nothing_was_done_stands_before_a_station_that_is_gone_for_a_while() -> None:
    words, line = Words("en"), Line()
    board, attention = line.hear(), Attention(words)
    refused, other = notice.of_unasked(Unasked("unasked.gone"), words), notice.told("no")
    board.apply([Gone("it hung up")], 0.0)
    stop = notice.of_stop(board.stops()[0], words)
    attention.refuse(refused, 10.0)
    assert attention.notice(board, [], 10.0) == refused
    assert attention.notice(board, [], 10.0 + REFUSED_S) == stop
    joined = line.fresh()
    assert attention.notice(joined, [], 9.9 + REFUSED_S) == refused
    assert attention.notice(joined, [], 10.0 + REFUSED_S) is None
    starting = Board()
    starting.expect(starts=True)
    attention.refuse(other, 10.0)
    assert attention.notice(starting, [], 10.0 + 2 * REFUSED_S) == other
    assert attention.notice(joined, [], 10.0 + 2 * REFUSED_S) == other, "it is as true as before"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_while_it_starts_nobody_is_alarmed(tmp_path: Path, language: str) -> None:
    said = Words(language).say(Said("screen.starting"))

    async def flow(station: Shown) -> None:
        await station.says("panel", said)
        assert station.text("panel") == said, "no face, no shout"
        await station.keys("f4")
        await station.asks(Words(language).say(Said("stop.none")))
        await station.keys("escape")
        assert station.app.rung == 0
        with closing(station.serve()):
            await station.until(lambda: station.app.query("#slot-1"))
            await station.says("slot-1", Words(language).say(Said("do.scan")))
            await station.until(lambda: not station.text("panel"))
        assert station.app.rung == 0

    alone(flow, tmp_path, Own(starts=lambda: True), language)


def test_once_it_should_be_there_it_is_told_that_it_is_not(tmp_path: Path) -> None:
    late = list[bool]()

    async def flow(station: Shown) -> None:
        await station.says("panel", STARTS)
        late.append(True)
        await station.says("panel", ALARM, "Wait a minute")
        assert STARTS not in station.text("panel")

    alone(flow, tmp_path, Own(starts=lambda: not late))


def test_a_station_that_was_there_and_went_is_told_at_once(tmp_path: Path) -> None:
    async def flow(station: Shown) -> None:
        await station.says("panel", STARTS)
        with closing(station.serve()):
            await station.until(lambda: not station.app.board.gone)
        await station.says("panel", ALARM, "Wait a minute")

    alone(flow, tmp_path, Own(starts=lambda: True))


def test_a_station_that_nobody_has_started_is_told_at_once(tmp_path: Path) -> None:
    async def flow(station: Shown) -> None:
        assert STARTS not in station.text("panel")
        await station.says("panel", ALARM, "Wait a minute")

    alone(flow, tmp_path, JOINED)
