"""The tiles of the operator's screen: what a person sees of slots, over a real socket."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from harness.model.entry import EngineeringBegun, Locked, Role, SignedIn
from harness.model.events import Purpose
from harness.model.fault import Symptom
from harness.model.outcome import Outcome
from harness.model.slot_state import SlotEvent
from harness.ui.board.board import Board
from harness.ui.board.tile import Face
from tests.station.runs import without_record
from tests.ui.operator.line import run
from tests.ui.operator.pilots import Shown, shown

TIRED = Symptom("BAT-07", "charges too slowly", "R2")
LATER = datetime.now(UTC) + timedelta(hours=1)


def test_pass_is_shown_only_once_the_record_is_on_disk() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        made = run(purpose=Purpose.PRODUCTION)
        before = without_record(made)
        station.publish(before)
        await station.says("slot-1", "record is being written")
        assert face(station) is Face.WAIT
        station.publish(made[len(before) :])
        await station.says("slot-1", "Take the unit out: it is good")
        assert face(station) is Face.PASS
        assert station.app.rung == 1

    shown(flow)


def test_a_fail_says_the_bin_the_code_and_its_words_until_the_next_unit_goes_in() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(run(Outcome.FAIL, symptom=TIRED))
        await station.says("slot-1", "Take the unit out: bin R2", "BAT-07", "charges too slowly")
        await station.until(lambda: station.app.rung == 2)
        station.bus.change(1, SlotEvent.TAKEN_OUT)
        await station.says("slot-1", "Scan the label of the next unit", "BAT-07")
        assert face(station) is Face.FAIL
        station.put_in("A57A000002")
        await station.until(lambda: face(station) is Face.WAIT)
        await station.until(lambda: "BAT-07" not in station.text("slot-1"))

    shown(flow)


@pytest.mark.parametrize(
    ("count", "size"), [(1, (80, 24)), (16, (80, 24)), (64, (80, 24)), (64, (200, 60))]
)
def test_every_slot_is_seen_with_its_number_face_and_bin(count: int, size: tuple[int, int]) -> None:
    async def flow(station: Shown) -> None:
        for slot in range(1, count + 1):
            station.put_in(slot=slot)
            station.publish(run(Outcome.FAIL, name=f"R{slot}", slot=slot, symptom=TIRED))
        await station.until(lambda: face(station, count) is Face.FAIL)
        for slot in range(1, count + 1):
            await station.says(f"slot-{slot}", "R2")
            view = station.app.query_one(f"#slot-{slot}")
            assert view.region.right <= size[0]
            assert view.region.bottom <= size[1] - 3, "the footer is not covered"
            assert view.size.width >= 7
            assert view.size.height >= 2

    shown(flow, slots=range(1, count + 1), size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_bins_and_verdicts_that_do_not_count_are_seen_beside_a_notice(
    size: tuple[int, int],
) -> None:
    async def flow(station: Shown) -> None:
        for slot in range(1, 65):
            station.put_in(slot=slot)
            if slot % 2:
                made = run(Outcome.FAIL, name=f"R{slot}", slot=slot, symptom=TIRED)
            else:
                made = run(name=f"R{slot}", slot=slot, purpose=Purpose.REHEARSAL)
            station.publish(made)
        station.enter(Locked("STOP-STREAK", "3 fails in a row: BAT-07", slot=2))
        await station.says("panel", "STOP-STREAK")
        for slot in range(1, 65):
            await station.says(f"slot-{slot}", "R2" if slot % 2 else "VOID")

    shown(flow, slots=range(1, 65), size=size)


def test_a_station_that_is_gone_is_told_and_joined_again_by_itself() -> None:
    async def flow(station: Shown) -> None:
        await station.says("slot-1", "Scan the label")
        station.socket.close()
        await station.says("panel", "The station does not answer", "Wait a minute")
        assert station.app.query_one("#panel").size.width == 120
        station.put_in()
        station.publish(run(Outcome.FAIL, symptom=TIRED))
        station.socket = station.serve()
        await station.says("slot-1", "bin R2")
        assert station.text("panel") == ""

    shown(flow)


def test_a_screen_that_is_started_later_shows_what_stands_there() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(run(Outcome.FAIL, symptom=TIRED))
        await station.says("slot-1", "bin R2")
        fresh = Board()
        with station.bus.subscribe() as told:
            fresh.apply(told.take(0), 0.0)
        assert fresh.tile(1, 0.0) == station.app.board.tile(1, 0.0)

    shown(flow)


def test_footer_and_banner_follow_the_people() -> None:
    async def flow(station: Shown) -> None:
        await station.says("footer", "Nobody is signed in")
        station.enter(SignedIn("mei", Role.OPERATOR))
        await station.says("footer", "Operator mei")
        station.enter(SignedIn("ali", Role.LEADER))
        await station.says("footer", "Operator ali")
        assert not station.text("banner")
        station.enter(EngineeringBegun("sara", "new fixture", LATER))
        await station.says("banner", "ENGINEERING MODE", "nothing counts", "sara")
        await station.until(lambda: station.app.query_one("#banner").size.height == 4)

    shown(flow)


def test_what_came_while_a_screen_stood_over_the_tiles_is_shown_when_it_is_left() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        await station.says("slot-1", "Wait")
        await station.keys("f2")
        await station.asks("Sign in")
        station.publish(run(Outcome.FAIL, symptom=TIRED))
        await station.until(lambda: face(station) is Face.FAIL)
        await station.keys("escape")
        await station.says("slot-1", "bin R2", "BAT-07")

    shown(flow)


def test_a_lock_is_told_with_what_to_do_and_who_may_end_it() -> None:
    async def flow(station: Shown) -> None:
        station.enter(Locked("STOP-STREAK", "3 fails in a row: BAT-07", slot=2))
        await station.says("panel", "Slot 2", "STOP-STREAK", "engineer")
        await station.says("slot-2", "Put no unit in")
        assert face(station, 2) is Face.SHUT
        assert face(station, 1) is Face.EMPTY

    shown(flow)


def test_chinese_faces_have_their_words_beside_the_glyph() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(run(Outcome.FAIL, symptom=TIRED))
        await station.says("slot-1", "不合格", "R2", "BAT-07")
        await station.says("footer", "无人登录")

    shown(flow, language="zh")


def face(station: Shown, slot: int = 1) -> Face:
    return station.app.board.tile(slot, 0.0).face


def test_a_screen_that_has_ended_draws_no_more_and_does_not_break() -> None:
    ended: list[Shown] = []

    async def flow(station: Shown) -> None:
        await station.says("slot-1", "Scan the label")
        ended.append(station)

    shown(flow)
    (station,) = ended
    assert not station.app.is_running
    asyncio.run(station.app.tick())
    assert station.app.return_code in (None, 0)
