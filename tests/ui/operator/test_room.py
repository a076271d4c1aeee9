"""The room of notices: no tile moves when one comes or goes, and none is hidden by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from harness.errors import OperatorStop
from harness.model.entry import Locked
from harness.model.events import Prompted
from harness.model.slot_state import SlotEvent
from harness.ui.board.words import Words
from harness.ui.operator.lines import columns
from harness.ui.operator.notice import refusal
from harness.ui.operator.room import kept, panel
from harness.ui.operator.tiles import TileView
from tests.ui.operator.line import run
from tests.ui.operator.pilots import LABEL, Shown, shown

WRONG = OperatorStop("UNIT-WRONG", "the label says A57A000001, in the slot stands A57A000099")
ASKED = Prompted("first", "Is the whole display white?", ("yes", "no"), 60.0, "01TEST-1")
BELOW = 3
"""Lines of the footer and the keys."""


def places(station: Shown) -> list[Region]:
    """Where each tile stands."""
    return [view.region for view in station.app.query(TileView)]


def asks(station: Shown, prompted: Prompted) -> None:
    """A step of a run on slot 1 asks this."""
    station.put_in()
    begun = run()[:2]
    station.publish([*begun, replace(begun[-1], seq=len(begun), event=prompted)])


ROOMY = [
    *((count, size) for size in ((120, 40), (200, 60)) for count in (1, 4, 16, 64)),
    *((count, (80, 24)) for count in (1, 3, 4, 8)),
    (2, (120, 45)),
]


@pytest.mark.parametrize(("count", "size"), ROOMY)
def test_no_tile_moves_when_a_notice_comes_and_goes(count: int, size: tuple[int, int]) -> None:
    async def flow(station: Shown) -> None:
        await station.until(lambda: len(places(station)) == count)
        await station.settled()
        told = [places(station)]

        async def told_of(*texts: str) -> None:
            await station.says("panel", *texts)
            told.append(places(station))

        await station.scan(LABEL.replace("012;", "013;"))
        await told_of("Scan the label again")
        await station.keys("escape")
        await station.until(lambda: not station.text("panel"))
        told.append(places(station))
        asks(station, ASKED)
        await told_of("Is the whole display white?", "yes", "no")
        station.bus.close_slot(count, f"SLOT-WEDGED: {WRONG}")
        station.publish(run()[2:])
        await told_of("SLOT-WEDGED", "Only an engineer may end this")
        await station.settled()
        told.append(places(station))
        assert told == [told[0]] * 6

    shown(flow, slots=range(1, count + 1), size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_wrong_unit_takes_no_room_from_the_tiles(size: tuple[int, int]) -> None:
    async def flow(station: Shown) -> None:
        await station.until(lambda: len(places(station)) == 4)
        await station.settled()
        before = places(station)
        station.put_in(slot=2)
        station.bus.change(2, SlotEvent.REFUSE, str(WRONG))
        await station.says("panel", "UNIT-WRONG", "I have seen it")
        await station.settled()
        assert places(station) == before

    shown(flow, slots=range(1, 5), size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_stop_takes_no_room_from_the_tiles(size: tuple[int, int]) -> None:
    async def flow(station: Shown) -> None:
        await station.until(lambda: len(places(station)) == 4)
        await station.settled()
        before = places(station)
        station.enter(Locked("STOP-STREAK", "3 fails in a row: BAT-07", slot=2))
        await station.says("panel", "STOP-STREAK", "engineer to remove the cause")
        await station.settled()
        assert places(station) == before

    shown(flow, slots=range(1, 5), size=size)


def test_a_question_that_needs_more_room_is_shown_whole_over_fewer_lines_of_tiles() -> None:
    long = Prompted("first", "Look at all four corners. " * 20, ("yes", "no"), 60.0, "01TEST-1")

    async def flow(station: Shown) -> None:
        await station.until(lambda: len(places(station)) == 4)
        await station.settled()
        before = places(station)
        asks(station, long)
        await station.says("panel", long.text.strip(), "yes", "no")
        await station.until(lambda: places(station) != before)
        bottom = station.app.query_one("#panel").region.y
        assert all(region.bottom <= bottom for region in places(station)), "and hides none"

    shown(flow, slots=range(1, 5), size=(80, 24))


@given(st.integers(1, 64), st.integers(60, 250), st.integers(1, 80))
def test_what_is_kept_leaves_tiles_their_block_characters(
    number: int, width: int, height: int
) -> None:
    def high(lines: int) -> int:
        return lines // -(-number // columns(number, width, lines))

    room = kept(number, width, height)
    assert room in (0, 5, 7)
    if room:
        assert room <= height / 4
        assert high(height - room) >= min(4, high(height))


@given(st.integers(1, 24), st.integers(120, 300), st.integers(40, 100))
def test_from_120x40_up_there_is_always_room_below_24_tiles(
    number: int, width: int, height: int
) -> None:
    assert kept(number, width, height - BELOW)


def test_where_nothing_is_kept_a_notice_has_a_third_of_the_screen() -> None:
    words, size = Words("en"), (80, 12)
    assert kept(4, *size) == 0
    assert panel(None, 4, size, 5, words).lines == ()
    told = refusal("REFUSED", *["word " * 100] * 4)
    lines, has_room = panel(told, 4, size, 5, words)
    assert (len(lines), has_room) == (5, True)
    assert panel(None, 0, (80, 40), 13, words).lines == (), "no tile, no room"
