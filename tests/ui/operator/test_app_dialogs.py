"""Dialogs of the operator's screen: what each is about, and what has changed under it meanwhile."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic

import pytest

from harness.errors import CommandRefused
from harness.model.entry import Locked, Role, SignedIn, SignedOut, Unlocked
from harness.model.sentence import Says, Sentence, Sentences
from harness.model.slot_state import SlotEvent
from harness.model.station import Abort, BeginEngineering, Command, RunSteps, SignIn, Unlock
from harness.station.screens.bus import Bus
from harness.station.stopping import operator
from harness.ui.board.palette import DEFAULT, PALETTES
from harness.ui.board.words import Words
from harness.ui.operator.app import LEFT
from harness.ui.operator.own import Own
from harness.ui.operator.signing import Asking
from tests.station.runs import STATION
from tests.ui.operator.line import run
from tests.ui.operator.pilots import Rung, Shown, joined, plans, shown

STREAK = Locked("STOP-STREAK", "3 fails in a row: BAT-07", slot=2)
YIELD = Locked("STOP-FPY", "first-pass yield under its floor")
CHANGED = "This has changed meanwhile"
WHY = "Why? In a few words"


async def begins(station: Shown, name: str, slot: int = 1) -> None:
    """The next unit is in the slot, and the screen knows that its run is on."""
    station.put_in(slot=slot)
    station.publish(run(name=name, slot=slot)[:3])
    await station.until(lambda: station.app.board.run(slot) == name)


async def names_slot_1(station: Shown) -> None:
    """Its barcode is scanned."""
    await station.scan("HARNESS:SLOT:1")
    await station.until(lambda: station.app.attention.named(monotonic()) == 1)


def ends(station: Shown, name: str, slot: int = 1) -> None:
    """That run ends, and the unit is taken out."""
    station.publish(run(name=name, slot=slot)[3:])
    station.bus.change(slot, SlotEvent.TAKEN_OUT)


def test_aborting_and_repeating_say_of_which_slot_and_step() -> None:
    async def flow(station: Shown) -> None:
        await begins(station, "R2", 2)
        await station.keys("f8", "right")
        await station.asks("Slot 2  Plan", "second")
        await station.keys("a")
        await station.asks("Abort a run  Slot 2", WHY)
        await station.keys(*"w", "enter")
        await station.until(lambda: station.sent == [Abort(2, operator(), "w", "R2")])
        await station.keys("down", "r")
        await station.asks("Run a step again  Slot 2  second", "1000")

    shown(flow)


def test_a_number_of_times_that_is_none_is_not_taken() -> None:
    async def flow(station: Shown) -> None:
        await begins(station, "R1")
        await station.keys("f8", "r")
        for said in ("0", "1001", "1.", "\uff11"):
            await station.keys(*said, "enter")
            await station.asks("✗ ", f"{said}▏")
            await station.keys(*("backspace" for _ in said))
        await station.keys(*"1000", "enter")
        await station.until(lambda: station.sent == [RunSteps(1, ("first",), 1000)])

    shown(flow)


def test_what_is_no_slot_unlocks_nothing_least_of_all_the_whole_station() -> None:
    async def flow(station: Shown) -> None:
        station.enter(SignedIn("sara", Role.ENGINEER))
        station.enter(STREAK)
        station.enter(Locked("STOP-STREAK", "3 fails in a row: BAT-07", slot=1))
        await station.says("panel", "STOP-STREAK")
        await station.keys("f4", "u")
        await station.asks("Unlock  Slot 2 STOP-STREAK, Slot 1 STOP-STREAK")
        for said in ("2.", "x", "slot 3", "00", "\uff12"):
            await station.keys(*said, "enter")
            await station.asks("✗ ", f"{said}▏")
            assert WHY not in station.over()
            await station.keys(*("backspace" for _ in said))
        await station.keys("2", "enter", "w", "enter")
        await station.until(lambda: station.sent == [Unlock("w", 2)])

    shown(flow)


def test_the_whole_station_is_unlocked_by_its_number_where_slots_are_locked_too() -> None:
    async def flow(station: Shown) -> None:
        station.enter(SignedIn("sara", Role.ENGINEER))
        station.enter(STREAK)
        station.enter(YIELD)
        await station.says("panel", "The whole station")
        await station.keys("f4", "u")
        await station.asks("Slot 2 STOP-STREAK, The whole station STOP-FPY", "0")
        await station.keys("enter")
        await station.asks("✗ ")
        await station.keys("0", "enter", "w", "enter")
        await station.until(lambda: station.sent == [Unlock("w", None)])

    shown(flow)


def test_a_lock_that_comes_under_the_dialog_is_not_unlocked_unseen() -> None:
    async def flow(station: Shown) -> None:
        station.enter(SignedIn("sara", Role.ENGINEER))
        station.enter(YIELD)
        await station.says("panel", "STOP-FPY")
        await station.keys("f4", "u")
        await station.asks(WHY)
        station.enter(STREAK)
        await station.asks(CHANGED)
        await station.keys("w", "enter", "escape")
        await station.asks("STOP-STREAK", "STOP-FPY")
        assert not station.sent
        station.enter(Unlocked("sara", "mended", 2))
        await station.until(lambda: "STOP-STREAK" not in station.over())
        await station.keys("u", "w", "enter")
        await station.until(lambda: station.sent == [Unlock("w", None)])

    shown(flow)


def test_what_one_engineer_began_to_unlock_is_not_unlocked_in_the_name_of_another() -> None:
    async def flow(station: Shown) -> None:
        station.enter(SignedIn("sara", Role.ENGINEER))
        station.enter(STREAK)
        await station.says("panel", "STOP-STREAK")
        await station.keys("f4", "u")
        await station.asks(WHY)
        station.enter(SignedOut("sara", "the shift is over"))
        station.enter(SignedIn("omar", Role.ENGINEER))
        await station.asks(CHANGED)
        await station.keys("w", "enter", "escape", "escape")
        await station.says("footer", "omar")
        assert not station.sent

    shown(flow)


def test_engineering_mode_is_not_begun_for_who_has_left_by_who_came_after_him() -> None:
    async def flow(station: Shown) -> None:
        station.enter(SignedIn("sara", Role.ENGINEER))
        await station.says("footer", "sara")
        await station.keys("f8", "m", "1", "enter")
        await station.asks(WHY)
        station.enter(SignedIn("omar", Role.ENGINEER))
        await station.asks(CHANGED)
        await station.keys("w", "enter", "escape", "m", "1", "enter", "w", "enter")
        await station.until(lambda: station.sent)
        assert station.sent == [BeginEngineering("w", 3600)]

    shown(flow)


def test_what_was_typed_for_one_run_aborts_no_other_that_began_meanwhile() -> None:
    async def flow(station: Shown) -> None:
        await begins(station, "RA")
        await station.scan("HARNESS:SLOT:1")
        await station.scan("HARNESS:CMD:ABORT")
        await station.asks("Abort a run  Slot 1", WHY)
        await station.keys(*"ca")
        ends(station, "RA")
        await begins(station, "RB")
        await station.asks(CHANGED)
        await station.keys("x", "enter")
        await station.scan("HARNESS:CMD:CANCEL")
        await station.until(lambda: WHY not in station.over())
        assert not station.sent
        await station.keys("f6", "1", "enter", "w", "enter")
        await station.until(lambda: station.sent == [Abort(1, operator(), "w", "RB")])

    shown(flow)


def test_where_the_slot_is_asked_for_the_station_hears_which_run_was_meant() -> None:
    async def flow(station: Shown) -> None:
        await begins(station, "RA")
        await station.keys("f6")
        await station.asks("Which slot? 1 (000001)\n")
        ends(station, "RA")
        await begins(station, "RB")
        await station.keys("3", "enter")
        await station.asks("✗ ", "3▏")
        await station.keys("backspace", "1", "enter", "w", "enter")
        await station.says("panel", "Slot 1: the run that was meant is over")
        assert not station.sent

    shown(flow)


def test_who_aborts_sees_what_runs_and_which_unit_he_has_chosen() -> None:
    async def flow(station: Shown) -> None:
        for slot, serial in ((1, "A57A000001"), (2, "A57A000002")):
            station.put_in(serial, slot)
            station.publish(run(name=f"R{slot}", slot=slot, serial=serial)[:3])
        await station.until(lambda: station.app.board.run(2) == "R2")
        await station.keys("f6")
        await station.asks("Abort a run\n", "Which slot? 1 (000001)  2 (000002)")
        await station.keys("2", "enter")
        await station.asks("Abort a run  Slot 2  000002\n", WHY)
        await station.keys("escape")
        await names_slot_1(station)
        await station.keys("f6")
        await station.asks("Abort a run  Slot 1  000001\n", WHY)

    shown(flow)


@pytest.mark.parametrize("named", [True, False])
def test_where_no_run_is_on_nobody_is_asked_why_to_abort_one(named: bool) -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(run(name="RA"))
        await station.says("slot-1", "it is good")
        if named:
            await names_slot_1(station)
        await station.keys("f6")
        await station.says("panel", f"{'Slot 1' if named else 'The whole station'}: no run is on")
        assert not isinstance(station.app.screen, Asking)

    shown(flow)


@pytest.mark.parametrize("named", [True, False])
def test_what_was_typed_for_a_unit_aborts_no_other_that_came_after_it(named: bool) -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        if named:
            await names_slot_1(station)
        await station.until(lambda: station.app.board.on(1))
        await station.keys("f6")
        station.bus.change(1, SlotEvent.TAKEN_OUT)
        station.put_in("A57A000002")
        station.publish(run(name="RB", serial="A57A000002")[:3])
        await station.until(lambda: station.app.board.run(1) == "RB")
        if named:
            await station.asks(CHANGED)
        else:
            await station.keys("1", "enter")
        await station.keys("w", "enter")
        await (station.asks(CHANGED) if named else station.says("panel", "is over"))
        assert not station.sent

    shown(flow)


def test_a_unit_whose_run_begins_while_he_types_is_aborted_all_the_same() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        await station.scan("HARNESS:SLOT:1")
        await station.scan("HARNESS:CMD:ABORT")
        await station.asks(WHY)
        station.publish(run(name="RA")[:3])
        await station.until(lambda: station.app.board.run(1) == "RA")
        await station.keys("w", "enter")
        await station.until(lambda: station.sent == [Abort(1, operator(), "w", "RA")])

    shown(flow)


def test_a_step_is_not_repeated_on_a_unit_that_came_meanwhile() -> None:
    async def flow(station: Shown) -> None:
        await begins(station, "RA")
        await station.keys("f8", "r")
        await station.asks("Slot 1  first")
        ends(station, "RA")
        await begins(station, "RB")
        await station.asks(CHANGED)
        await station.keys("5", "enter", "escape")
        await station.asks("Slot 1  Plan")
        assert not station.sent

    shown(flow)


def test_who_has_signed_out_aborts_nothing_any_more() -> None:
    async def flow(station: Shown) -> None:
        station.enter(SignedIn("mei", Role.OPERATOR))
        await begins(station, "RA")
        await station.says("footer", "mei")
        await station.keys("f8", "a")
        await station.asks("Slot 1", WHY)
        station.enter(SignedOut("mei", "left"))
        await station.says("footer", "Nobody is signed in")
        await station.keys("w", "enter")
        await station.until(lambda: station.sent == [Abort(1, operator(), "w", "RA")])
        station.enter(SignedIn("ali", Role.OPERATOR))
        await station.says("footer", "ali")
        await station.keys("a", "w", "enter")
        await station.until(lambda: station.sent[1:] == [Abort(1, "ali", "w", "RA")])

    shown(flow)


def test_what_came_of_a_command_is_told_over_the_screen_that_it_was_given_on() -> None:
    told = Sentence.of(Says.IN_ROW, unit="A57A000002", why="its run is on")

    async def flow(station: Shown) -> None:
        station.answer = lambda _: (told,)
        await begins(station, "RA")
        await station.keys("f8", "r", "5", "enter")
        await station.asks("Slot 1  Plan", "A57A000002 waits in the row", "its run is on")

    shown(flow)


def test_a_refusal_is_told_over_the_screen_that_asked() -> None:
    def answer(_: Command) -> Sentences:
        raise CommandRefused("ENGINEERING-OFF", "steps are run again in engineering mode only")

    async def flow(station: Shown) -> None:
        station.answer = answer
        await begins(station, "RA")
        await station.keys("f8", "r", "5", "enter")
        await station.asks("Slot 1  Plan", "in engineering mode only")

    shown(flow)


def test_a_dialog_under_which_the_station_goes_asks_nobody_and_says_so() -> None:
    async def flow(station: Shown) -> None:
        await begins(station, "RA")
        await station.keys("f6", "1", "enter")
        station.socket.close()
        await station.asks("The station does not answer", WHY)
        await station.keys("w", "enter")
        await station.says("panel", "no station answered")
        station.socket = station.serve()
        await station.until(lambda: not station.app.board.gone)
        assert not station.sent
        await station.keys("f6", "1", "enter", "w", "enter")
        await station.until(lambda: station.sent == [Abort(1, operator(), "w", "RA")])

    shown(flow)


def test_a_dialog_outlives_a_station_that_goes_and_is_back() -> None:
    async def flow(station: Shown) -> None:
        await station.keys("f2", *"B-7", "enter", *"hun")
        station.socket.close()
        await station.asks("The station does not answer", "•••")
        station.socket = station.serve()
        await station.until(lambda: not station.app.board.gone)
        await station.keys("t", "enter")
        await station.until(lambda: station.sent == [SignIn("B-7", "hunt")])

    shown(flow)


def test_leaving_a_station_that_ends_takes_two_keys_and_says_which() -> None:
    async def flow(station: Shown) -> None:
        await station.keys("f10")
        await station.asks("Y", "Enter")
        await station.keys("enter")
        await station.asks("✗ ")
        await station.keys("n", "enter", "backspace", "y")
        await station.asks("y▏")
        assert station.app.is_running
        await station.keys("enter")
        await station.until(lambda: not station.app.is_running)
        assert station.app.return_value == LEFT

    own, palette = Own(ends=lambda: True), PALETTES[DEFAULT]
    made = partial(Rung, words=Words("en"), palette=palette, plans=plans, own=own)
    asyncio.run(joined(flow, Bus(STATION, [1]), (120, 40), made))


def test_a_label_of_a_slow_scanner_carries_no_dialog_out() -> None:
    async def flow(station: Shown) -> None:
        await begins(station, "RA")
        await station.keys("f8", "a")
        await station.asks(WHY)
        station.pressed(*"A57A000001", "enter", at_s=monotonic() - 2.0, apart_s=0.09)
        await station.asks("A57A000001", "Press Enter again")
        assert not station.sent
        await station.keys("x")
        await station.asks("A57A000001x")
        assert "Press Enter again" not in station.over()
        await station.keys("enter")
        await station.until(lambda: station.sent)

    shown(flow)
