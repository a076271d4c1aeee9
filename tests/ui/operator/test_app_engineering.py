"""The engineer's screen: which slot and step it opens at, and what it says of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import StationFault
from harness.model.entry import EngineeringBegun
from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.station.screens.bus import Bus
from harness.ui.board.board import Board
from harness.ui.board.steps import StepLine
from harness.ui.board.words import Words
from harness.ui.operator.engineering import EngineeringScreen
from harness.ui.operator.log import Log
from harness.ui.operator.plan_lines import looks_at
from harness.ui.operator.trouble import Trouble
from tests.station.runs import STATION
from tests.ui.operator.line import AT, Line, run
from tests.ui.operator.pilots import Shown, shown

LOST = StationFault("STORE-FAILED", "no space")


def step(name: str, outcome: Outcome | None = None, parent: str = "") -> StepLine:
    """A step that has ended so, or has not begun."""
    return StepLine(name, "u", "test", parent, 1, False, "", outcome, "", "", "", None, None, ())


def at_work(name: str, parent: str = "") -> StepLine:
    return replace(step(name, parent=parent), at_work=True)


GOOD, BAD = step("a", Outcome.PASS), step("b", Outcome.FAIL)


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        ([], 0),
        ([step("a"), step("b")], 0),
        ([GOOD, step("s", Outcome.SKIPPED), at_work("c"), at_work("d")], 2),
        ([GOOD, BAD, at_work("c"), step("d", Outcome.ERROR)], 1),
        ([GOOD, step("e", Outcome.ABORTED)], 1),
        ([step("g", Outcome.FAIL), step("a", Outcome.PASS, "g"), step("b", Outcome.FAIL, "g")], 2),
        ([GOOD, at_work("g"), at_work("h", "g"), at_work("i", "h")], 3),
    ],
)
def test_a_person_looks_first_at_what_went_wrong_else_at_what_is_done(
    lines: list[StepLine], at: int
) -> None:
    assert looks_at(lines) == at


def test_the_newest_trouble_is_the_slot_that_came_to_fail_last_and_still_does() -> None:
    line, trouble = Line(bus=Bus(STATION, [1, 2, 3])), Trouble()

    def newest() -> int | None:
        trouble.hear(line.hear().tiles(0.0))
        return trouble.newest

    assert newest() is None
    for slot, outcome in ((3, Outcome.FAIL), (2, Outcome.PASS), (1, Outcome.FAIL)):
        line.put_in(slot=slot)
        line.publish(run(outcome, name=f"R{slot}", slot=slot), slot)
        assert newest() == (1 if slot == 1 else 3)
    line.take_out(3)
    line.refuse(f"STORE-FULL: {LOST}", 3)
    line.take_out(1)
    line.put_in(slot=1)
    assert newest() == 3
    line.take_out(3)
    line.put_in(slot=3)
    assert newest() is None


def test_it_opens_at_the_newest_trouble_or_the_slot_that_was_named() -> None:
    async def flow(station: Shown) -> None:
        station.put_in(slot=2)
        station.publish(run(Outcome.FAIL, slot=2))
        await station.says("slot-2", "with the failed ones")
        await station.keys("f8")
        await station.asks("Slot 2  Plan  000001  FAIL\n")
        await station.keys("escape")
        await station.scan("HARNESS:SLOT:1")
        await station.says("panel", "Slot 1")
        await station.keys("f8")
        await station.asks("Slot 1  Plan  EMPTY\n", "No run here yet")

    shown(flow)


def test_its_title_says_no_pass_that_does_not_count_without_saying_so() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(run(purpose=Purpose.ENGINEERING))
        await station.says("slot-1", "does not count")
        await station.keys("f8")
        await station.asks("Slot 1  Plan  000001  PASS  Engineering: does not count\n")

    shown(flow)


def test_it_follows_the_step_at_work_until_somebody_moves() -> None:
    async def flow(station: Shown) -> None:
        told = run()
        starts = [at for at, each in enumerate(told) if type(each.event).__name__ == "StepStarted"]
        station.put_in()
        station.publish(told[: starts[1] + 1])
        await station.keys("f8")
        await station.asks("▶ second")
        await station.keys("r")
        await station.asks("how many times to run second")
        await station.keys("escape")
        station.publish(told[starts[1] + 1 : starts[2] + 1])
        await station.asks("▶ third")
        await station.keys("r")
        await station.asks("how many times to run third")
        await station.keys("escape", "up", "r")
        await station.asks("how many times to run second")
        await station.keys("escape", "up", "up", "down", "r")
        await station.asks("how many times to run second")

    shown(flow)


def test_the_title_names_the_slot_that_keys_act_on_though_the_plan_is_the_same() -> None:
    async def flow(station: Shown) -> None:
        for slot in (1, 2):
            station.put_in(slot=slot)
            station.publish(run(name=f"R{slot}", slot=slot))
        await station.says("slot-2", "it is good")
        await station.keys("f8")
        await station.asks("Slot 1  Plan", "✓ third")
        await station.keys("right")
        await station.asks("Slot 2  Plan", "✓ third")
        await station.keys("l")
        await station.asks("Slot 2  Log", "run R2")
        await station.scan("HARNESS:SLOT:1")
        await station.asks("Slot 1  Log", "run R1")

    shown(flow)


def test_a_slot_without_a_plan_is_named_and_shows_none_of_another() -> None:
    async def flow(station: Shown) -> None:
        station.put_in(slot=2)
        station.publish(run(slot=2))
        await station.says("slot-2", "it is good")
        await station.keys("f8")
        await station.asks("Slot 1  Plan")
        await station.keys("right")
        await station.asks("Slot 2  Plan", "✓ third")
        await station.keys("right")
        await station.asks("Slot 1  Plan")
        assert "third" not in station.over()
        await station.keys("r", "a")
        await station.asks("Slot 1  Plan", "Slot 1: no run is on")

    shown(flow)


def test_the_log_is_read_from_its_end_and_back_to_its_beginning() -> None:
    async def flow(station: Shown) -> None:
        station.enter(EngineeringBegun("sara", "probe", AT))
        station.put_in()
        station.publish(run(name="RA"))
        await station.says("slot-1", "it is good")
        await station.keys("f8", "l")
        await station.asks("begins", "on disk")
        scroll = station.app.screen.query_one("VerticalScroll")
        await station.until(lambda: scroll.is_vertical_scroll_end and scroll.max_scroll_y)
        end = scroll.scroll_y
        await station.keys("up", "up")
        await station.until(lambda: scroll.scroll_y == end - 2)

    shown(flow, size=(80, 18))


def test_the_engineers_screen_copes_without_slots_and_with_others() -> None:
    async def flow(station: Shown) -> None:
        app, board = station.app, Board()
        aborted: list[int] = []
        screen = EngineeringScreen(board, Words("en"), app.ask, Log(), aborted.append)
        app.push_screen(screen)
        await station.keys("r", "a", "right", "down", "l", "l")
        await station.until(lambda: screen.is_current)
        for slots, title in (((1, 2), "Slot 1  Plan"), ((7,), "Slot 7  Plan")):
            with Bus(STATION, slots).subscribe() as told:
                board.apply(told.take(0), 0.0)
            await station.asks(title)
        await station.keys("a")
        await station.until(lambda: aborted == [7])

    shown(flow)


def test_keys_that_come_before_the_engineers_screen_is_drawn_break_nothing() -> None:
    async def flow(station: Shown) -> None:
        app = station.app
        screen = EngineeringScreen(app.board, Words("en"), app.ask, Log(), lambda _: None)
        app.push_screen(screen)
        for key in ("l", "up", "r", "right"):
            screen.typed(key)
        await station.asks("Slot 2  Log")

    shown(flow)
