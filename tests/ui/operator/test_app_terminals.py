"""A screen in tiny terminals, with plans of another revision, and with a fault of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from textual.geometry import Size

from harness.errors import OperatorStop, PlanError
from harness.model.entry import Locked
from harness.model.events import Prompted
from harness.model.plan import Variants
from harness.model.slot_state import SlotEvent
from harness.model.station import PlanShown, Scanned
from harness.station.screens.bus import Bus
from harness.ui.board.palette import DEFAULT, PALETTES
from harness.ui.board.words import Said, Words
from harness.ui.link import StationLink
from harness.ui.operator.app import OperatorApp
from harness.ui.operator.notice import naming
from tests.station.runs import STATION
from tests.ui.operator.line import run
from tests.ui.operator.pilots import LABEL, Flow, Rung, Shown, joined, plans, shown

SIZES = [(1, 1), (2, 1), (1, 9), (3, 2), (5, 4), (10, 5)]
OVER = [(), ("f2",), ("f4", "u"), ("f6",), ("f8", "r"), ("f8", "l")]
"""The keys of each screen over the tiles."""
WRONG = OperatorStop("UNIT-WRONG", "the label says A57A000001, in the slot stands A57A000099")
ANOTHER = LABEL.replace("A57A000001", "A57A000002")
EN = Words("en")


def is_sized(station: Shown, size: Size) -> bool:
    return station.app.size == size


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_terminal_is_too_small_for_any_screen(language: str) -> None:
    async def sizes(station: Shown) -> None:
        for size in SIZES:
            await station.pilot.resize_terminal(*size)
            await station.until(partial(is_sized, station, Size(*size)))

    async def flow(station: Shown) -> None:
        station.enter(Locked("STOP-STREAK", "3 fails in a row: BAT-07", slot=3))
        station.put_in(slot=1)
        begun = run(slot=1)[:2]
        asked = Prompted("first", "Is it free of stripes? " * 9, ("yes", "no"), 60.0, "01TEST-1")
        station.publish([*begun, replace(begun[-1], seq=begun[-1].seq + 1, event=asked)])
        for keys in OVER:
            await station.keys(*keys)
            await sizes(station)
            await station.keys(*("escape" for _ in keys))
        station.put_in("A57A000002", 2)
        station.bus.change(2, SlotEvent.REFUSE, str(WRONG))
        await station.until(lambda: station.app.attention.wrong)
        await sizes(station)
        await station.pilot.resize_terminal(80, 24)
        await station.says("panel", "UNIT-WRONG")

    shown(flow, slots=(1, 2, 3), language=language, size=(80, 24))


def other_plans() -> Variants:
    """Those of a station that tests other handsets: it knows no label of an A57."""
    plan = plans().any
    product = replace(plan.product, serial="B80[0-9]{6}", part="B80-4G", model="B80")
    return Variants({"": replace(plan, product=product, canonical="{}")})


def said(variants: Variants) -> PlanShown:
    return PlanShown(variants.any.sha256, variants.any.id, variants.any.revision)


def reading(flow: Flow, plans_: Callable[[], Variants]) -> None:
    """The same at a screen that reads its plans so."""
    made = partial(Rung, words=EN, palette=PALETTES[DEFAULT], plans=plans_)
    asyncio.run(joined(flow, Bus(STATION, [1, 2]), (120, 40), made))


def test_a_station_that_comes_back_with_other_plans_has_its_labels_known() -> None:
    files = [other_plans(), plans()]

    async def flow(station: Shown) -> None:
        station.bus.show(said(other_plans()))
        await station.scan(LABEL)
        await station.says("panel", "put the unit aside")
        station.socket.close()
        await station.says("panel", "The station does not answer")
        station.bus = Bus(STATION, [1, 2])
        station.bus.show(said(plans()))
        station.socket = station.serve()
        await station.until(lambda: not station.app.board.gone and len(files) == 0)
        await station.until(lambda: station.app.knows_labels)
        await station.scan(ANOTHER)
        await station.until(lambda: station.sent == [Scanned((ANOTHER,))])

    reading(flow, lambda: files.pop(0))


@pytest.mark.parametrize("readable", [True, False])
def test_where_the_station_runs_other_plans_than_the_screen_has_no_unit_is_blamed(
    readable: bool,
) -> None:
    calls: list[None] = []

    def read() -> Variants:
        calls.append(None)
        if len(calls) > 1 and not readable:
            raise PlanError("PLAN-INVALID", "line 4: no plan")
        return other_plans()

    async def flow(station: Shown) -> None:
        station.bus.show(said(plans()))
        await station.until(lambda: len(calls) == 2 and station.app.knows_labels)
        if not readable:
            await station.says("panel", "PLAN-INVALID")
        await station.scan(LABEL)
        await station.says("panel", EN.say(naming("scan.other_plans")))
        assert len(calls) == 2, "they are read once for what the station has said"

    reading(flow, read)


class Breaks(OperatorApp):
    """A screen with a bug."""

    async def tick(self) -> None:
        secret = "hunter" + "2"
        raise RuntimeError(f"of {len(secret)} letters")


def test_a_screen_that_breaks_says_what_to_do_and_no_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with StationLink(tmp_path) as link:
        app = Breaks(link, EN, PALETTES[DEFAULT])
        assert app.run(headless=True) is None
    told = "".join(capsys.readouterr().err.split())
    assert "RuntimeError:of7letters" in told
    assert "".join(EN.say(Said("screen.broken")).split()) in told
    assert "hunter2" not in told
    assert app.return_code == 1
