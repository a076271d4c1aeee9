"""The hard stop for a wrong unit: it comes whatever else happens, and nobody passes it unread."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

import pytest

from harness.errors import LinkFault, OperatorStop, StationFault
from harness.model.conclude import conclude
from harness.model.events import AbortRequested, Event, Faulted, Stamped, UnitSwapped
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.slot_state import SlotEvent
from harness.model.station import Scanned, SignIn
from harness.ui.board.action import WRONG
from harness.ui.board.tile import Face
from harness.ui.board.words import LANGUAGES, Words
from harness.ui.operator.attention import READ_S, Attention
from harness.ui.operator.bells import PATTERNS, REFUSED
from harness.ui.operator.notice import fitted, of_wrong, uncut
from harness.ui.operator.wrong import WrongUnits
from harness.ui.told import Joined
from tests.ui.operator.line import Line, planned, run
from tests.ui.operator.pilots import LABEL, Shown, shown

WHY = OperatorStop("UNIT-WRONG", "the label says A57A000001, in the slot stands A57A000099")
SWAPPED = OperatorStop("UNIT-SWAPPED", "the label says A57A000001, then stood A57A000099 there")
STOPPED = len(PATTERNS[Face.STOP])


def comes(station: Shown) -> None:
    """The wrong unit is put in, and refused."""
    station.put_in("A57A000002", 2)
    station.bus.change(2, SlotEvent.REFUSE, str(WHY))


async def stands(station: Shown) -> None:
    """Wait until it stands on the screen."""
    await station.says("panel", "UNIT-WRONG", "I have seen it")
    await station.until(lambda: not station.app.attention.unpainted)


async def not_seen(station: Shown) -> None:
    """No label is taken, so nobody has said that he has seen it."""
    rung = station.app.rung
    await station.scan(LABEL)
    await station.until(lambda: station.app.rung >= rung + len(REFUSED))
    assert Scanned((LABEL,)) not in station.sent
    assert station.app.attention.wrong


def test_an_enter_from_before_it_was_shown_does_not_take_it_away() -> None:
    async def flow(station: Shown) -> None:
        before_s = monotonic()
        comes(station)
        await stands(station)
        station.pressed("enter", at_s=before_s)
        await station.until(lambda: station.app.rung == STOPPED)
        await not_seen(station)
        await station.keys("enter")
        await station.until(lambda: not station.app.attention.wrong)

    shown(flow)


def test_a_yes_for_a_question_does_not_take_it_away() -> None:
    async def flow(station: Shown) -> None:
        before_s = monotonic()
        comes(station)
        await stands(station)
        station.pressed(*"HARNESS:CMD:YES", "enter", at_s=before_s)
        await station.until(lambda: station.app.rung >= STOPPED + len(REFUSED))
        await not_seen(station)

    shown(flow)


def test_an_enter_too_many_in_a_dialog_does_not_take_it_away() -> None:
    async def flow(station: Shown) -> None:
        comes(station)
        await stands(station)
        await station.read()
        await station.keys("f2", *"B-7", "enter", "x", "enter", "enter")
        await station.until(lambda: station.sent == [SignIn("B-7", "x")])
        await stands(station)
        await station.read()
        await not_seen(station)

    shown(flow)


def test_it_is_not_seen_while_something_else_is_shown() -> None:
    async def flow(station: Shown) -> None:
        comes(station)
        await stands(station)
        await station.read()
        station.socket.close()
        await station.says("panel", "The station does not answer")
        await station.keys("enter")
        await station.read()
        station.socket = station.serve()
        await stands(station)
        await not_seen(station)
        await station.read()
        await station.keys("enter")
        await station.until(lambda: not station.app.attention.wrong)
        station.socket.close()
        await station.says("panel", "The station does not answer")
        station.socket = station.serve()
        await station.until(lambda: not station.app.board.gone)
        assert not station.app.attention.wrong, "what was seen is not told again"

    shown(flow)


def test_it_comes_though_the_slot_is_shut_in_the_same_moment() -> None:
    async def flow(station: Shown) -> None:
        station.put_in(slot=2)
        station.publish(run(Outcome.ABORTED, slot=2, fault=SWAPPED))
        station.bus.change(2, SlotEvent.QUARANTINE, "SLOT-WEDGED: a step never came back")
        await station.says("panel", "UNIT-SWAPPED", "then stood A57A000099", "I have seen it")
        await station.until(lambda: station.app.rung == STOPPED)

    shown(flow)


def test_it_comes_again_with_the_unit_that_was_taken_out_and_put_in() -> None:
    line, units = Line(), WrongUnits()
    with line.bus.subscribe() as told:
        line.put_in()
        line.bus.change(1, SlotEvent.REFUSE, str(WHY))
        assert units.hear(told.take(0))
        (first,) = units.unseen
        assert (first.slot, first.code) == (1, "UNIT-WRONG")
        line.bus.change(1, SlotEvent.REFUSE, str(WHY))
        assert not units.hear(told.take(0)), "it stands there still"
        units.seen(first)
        line.take_out()
        line.put_in()
        line.bus.change(1, SlotEvent.REFUSE, str(WHY))
        assert units.hear(told.take(0))
        line.take_out()
        line.put_in()
        line.bus.change(1, SlotEvent.REFUSE, str(WHY))
        assert units.hear(told.take(0)), "though the one before was not seen"
        assert len(units.unseen) == 2, "somebody has to see it each time"
        assert first not in units.unseen


def test_an_enter_takes_away_the_one_that_was_read_and_not_one_with_the_same_words() -> None:
    line, attention = Line(), Attention(Words("en"))
    with line.bus.subscribe() as told:
        line.refuse(str(WHY))
        attention.hear(told.take(0))
        attention.notice(line.hear(), [], 10.0)
        attention.painted(attention.wrong[0], 10.0)
        line.take_out()
        line.refuse(str(WHY))
        attention.hear(told.take(0))  # and before that is drawn, Enter has stood alone
    first, second = attention.wrong
    assert attention.seen(11.0)
    assert attention.wrong == [second]
    assert (first.code, first.words) == (second.code, second.words)
    assert not attention.seen(12.0), "nobody has read that one"
    attention.notice(line.board, [], 13.0)
    attention.painted(second, 13.0)
    assert attention.seen(14.0)
    assert not attention.wrong


def ended(slot: int, fault: Fault, *notes: Event) -> list[Stamped]:
    """The events of a run to which this happened, and that ended so."""
    *begun, end, recorded = run(Outcome.ABORTED, slot=slot, fault=fault)
    told = [*begun, *(replace(begun[-1], event=note) for note in notes), end, recorded]
    return [replace(each, seq=seq) for seq, each in enumerate(told)]


SWAP = UnitSwapped("A57A000001 was in slot 1, and now A57A000099 is")
TWINS = Faulted(Fault.of(LinkFault("ADB-TWINS", "two handsets say A57A000001")))


@pytest.mark.parametrize(
    ("before", "wrong", "code", "action"),
    [
        (AbortRequested("mei", "hangs"), SWAP, "UNIT-SWAPPED", "do.swapped"),
        (Faulted(Fault.of(StationFault("STORE-LOCKED", "x"))), TWINS, "ADB-TWINS", "do.twins"),
    ],
)
def test_it_comes_though_the_run_ended_in_something_else(
    before: Event, wrong: Event, code: str, action: str
) -> None:
    line, units = Line(), WrongUnits()
    line.put_in()
    planned_ = planned()
    fault = conclude(planned_, (), (before, wrong)).fault
    assert fault
    assert fault.code != code
    *begun, end, recorded = ended(1, fault, before, wrong)
    with line.bus.subscribe() as told:
        line.publish(begun)
        assert units.hear(told.take(0)), "as soon as it is known"
        line.publish([end, recorded])
        assert not units.hear(told.take(0)), "once"
    assert [(each.slot, each.code, each.action.key) for each in units.unseen] == [(1, code, action)]
    late = WrongUnits()
    with line.bus.subscribe() as told:
        assert late.hear(told.take(0))
        assert not units.hear([Joined()])
    assert late.unseen == units.unseen
    tile = line.tile()
    assert (tile.face, tile.action.key) == (Face.STOP, action)


def test_an_enter_right_before_a_scan_does_not_take_it_away() -> None:
    async def flow(station: Shown) -> None:
        comes(station)
        await stands(station)
        await station.read()
        rung = station.app.rung
        await station.before_a_scan("enter")
        await station.until(lambda: station.app.rung >= rung + len(REFUSED))
        assert station.app.attention.wrong

    shown(flow)


def test_it_is_not_seen_in_a_window_that_has_no_room_for_it() -> None:
    async def flow(station: Shown) -> None:
        comes(station)
        await stands(station)
        await station.pilot.resize_terminal(80, 4)
        await station.says("panel", "WRONG UNIT")
        await station.until(lambda: station.app.attention.unpainted)
        await station.pilot.resize_terminal(80, 24)
        await stands(station)

    shown(flow)


def test_all_of_it_is_drawn_or_nothing_however_much_the_station_says() -> None:
    line, units = Line(), WrongUnits()
    with line.bus.subscribe() as told:
        line.refuse(f"{WHY} {'x' * 50_000}")
        units.hear(told.take(0))
    words = Words("en")
    wrong = of_wrong(units.unseen[0], words)
    for width, room, most in ((78, 8, 21), (78, 1, 1), (20, 4, 12), (198, 20, 57)):
        lines, has_room = fitted(wrong, width, (room,), most, words)
        text = " ".join(each.text for each in lines)
        is_whole = all(part in text for part in ("Slot 1: UNIT-WRONG", *wrong.texts[0].split()))
        assert is_whole is has_room is bool(uncut(wrong, width, most))
        assert is_whole is (width >= 78 and most > 1)


def test_a_screen_that_joins_late_has_it_once_and_one_that_joins_again_not_anew() -> None:
    line = Line()
    line.tested(run(Outcome.ABORTED, fault=SWAPPED))
    line.put_in(slot=2)
    line.bus.change(2, SlotEvent.REFUSE, str(WHY))
    units = WrongUnits()
    for is_new in (True, False):
        with line.bus.subscribe() as told:
            assert units.hear([Joined(), *told.take(0)]) is is_new
    assert [(each.slot, each.code) for each in units.unseen] == [
        (1, "UNIT-SWAPPED"),
        (2, "UNIT-WRONG"),
    ]
    with line.bus.subscribe() as told:
        told.take(0)
        line.take_out()
        line.tested(run(Outcome.ABORTED, name="R2", slot=1, fault=SWAPPED))
        assert units.hear(told.take(0))
    assert [each.slot for each in units.unseen] == [1, 2, 1], "the one that came last is told last"


def test_every_wrong_unit_has_an_action_in_each_language() -> None:
    for code in WRONG:
        units = WrongUnits()
        line = Line()
        line.put_in()
        with line.bus.subscribe() as told:
            line.bus.change(1, SlotEvent.REFUSE, f"{code}: it is another one")
            units.hear(told.take(0))
        action = units.unseen[0].action
        said = {Words(language).say(action) for language in LANGUAGES}
        assert action.key not in said
        assert len(said) == len(LANGUAGES)


def test_a_wrong_unit_is_seen_once_it_has_been_shown_so_long_that_it_was_read() -> None:
    line, attention = Line(), Attention(Words("en"))
    with line.bus.subscribe() as told:
        line.refuse(str(WHY))
        attention.hear(told.take(0))
    attention.notice(line.hear(), [], 10.0)
    assert not attention.seen(20.0), "the PC hangs: nobody sees it"
    attention.painted(attention.wrong[0], 20.0)
    assert not attention.seen(20.0 + READ_S / 2)
    attention.notice(line.board, [], 21.0, over=True)
    attention.notice(line.board, [], 22.0)
    assert not attention.seen(23.0), "another screen stood over it"
    attention.painted(attention.wrong[0], 23.0)
    assert attention.seen(23.0 + 1.1 * READ_S)
    assert not attention.seen(30.0)
