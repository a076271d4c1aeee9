"""Signing in, stop screens and engineering mode at the operator's screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

import pytest
from textual import events

from harness.errors import OperatorStop
from harness.model.entry import EngineeringBegun, Locked, Role, SignedIn
from harness.model.events import Purpose
from harness.model.sentence import Sentences
from harness.model.station import (
    Abort,
    BeginEngineering,
    Command,
    EndEngineering,
    RunSteps,
    SignIn,
    SignOut,
    Unlock,
)
from harness.station.stopping import operator
from harness.ui.board.words import Said, Words
from harness.ui.operator.bells import REFUSED
from harness.ui.operator.stops import StopsScreen
from tests.ui.operator.line import run
from tests.ui.operator.pilots import LABEL, Shown, shown

LATER = datetime.now(UTC) + timedelta(hours=1)


def test_a_badge_and_a_secret_that_is_not_shown_sign_in() -> None:
    async def flow(station: Shown) -> None:
        await station.scan("B-0042")
        await station.asks("B-0042", "Enter the password")
        await station.keys(*"hunt", "backspace", "t")
        await station.asks("••••")
        assert "hun" not in station.over()
        assert "hun" not in station.app.export_screenshot()
        await station.keys("enter")
        await station.until(lambda: station.sent == [SignIn("B-0042", "hunt")])
        await station.keys("f3")
        await station.until(lambda: station.sent[1:] == [SignOut()])

    shown(flow)


def test_a_badge_can_be_keyed_and_another_badge_begins_anew() -> None:
    async def flow(station: Shown) -> None:
        await station.keys("f2", *"B-7", "enter", "x")
        await station.scan("B-0043")
        await station.asks("B-0043", "Enter the password")
        await station.scan(LABEL)
        await station.asks("Finish what is open here")
        await station.keys("y", "enter")
        await station.until(lambda: station.sent == [SignIn("B-0043", "y")])

    shown(flow)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_password_that_comes_all_at_once_is_not_taken_and_it_is_said_why(language: str) -> None:
    words = Words(language)
    why = words.say(Said("ask.pasted"))

    async def pasted(station: Shown) -> None:
        station.app.post_message(events.Paste("hunter two"))

    async def as_keys(station: Shown) -> None:
        station.pressed(*"hunter-two", at_s=monotonic())

    async def as_a_few_keys(station: Shown) -> None:
        station.pressed(*"hun", at_s=monotonic())

    async def as_scan(station: Shown) -> None:
        await station.scan("hunter-two")

    async def flow(station: Shown) -> None:
        await station.keys("f2", *"B-7", "enter")
        await station.asks(words.say(Said("ask.secret")))
        for comes in (pasted, as_keys, as_a_few_keys, as_scan):
            rung = station.app.rung
            await comes(station)
            await station.asks(f"✗ {why}")
            assert "•" not in station.over(), "nothing of it was taken"
            await station.until(partial(has_rung, station, rung + len(REFUSED)))
            await station.keys("x", "backspace")
            await station.until(lambda: why not in station.over())
        await station.keys(*"hunt", "enter")
        await station.until(lambda: station.sent == [SignIn("B-7", "hunt")])

    shown(flow, language=language)


def has_rung(station: Shown, times: int) -> bool:
    return station.app.rung >= times


def test_a_sign_in_that_is_refused_is_told() -> None:
    def answer(_: Command) -> Sentences:
        raise OperatorStop("SIGN-IN-REFUSED", "nobody has this badge and this password")

    async def flow(station: Shown) -> None:
        station.answer = answer
        await station.scan("B-0042")
        await station.asks("Enter the password")
        await station.keys("x", "enter")
        await station.says("panel", "nobody has this badge and this password")

    shown(flow)


def test_a_shift_changes_in_the_middle_of_runs() -> None:
    async def flow(station: Shown) -> None:
        station.enter(SignedIn("mei", Role.OPERATOR))
        station.put_in()
        made = run(purpose=Purpose.PRODUCTION)
        station.publish(made[:3])
        await station.says("footer", "mei")
        await station.scan("B-0043")
        await station.asks("B-0043")
        await station.keys("y", "enter")
        station.publish(made[3:])
        station.enter(SignedIn("ali", Role.OPERATOR))
        await station.says("footer", "ali")
        await station.says("slot-1", "it is good")

    shown(flow)


def test_a_stop_screen_is_unlocked_by_an_engineers_badge_secret_and_reason() -> None:
    async def flow(station: Shown) -> None:
        station.enter(Locked("STOP-STREAK", "3 fails in a row: BAT-07", slot=2))
        await station.says("panel", "STOP-STREAK")
        await station.keys("f4")
        await station.asks("Slot 2", "3 fails in a row", "Only an engineer may end this")
        await station.keys("u")
        await station.asks("Engineer: scan your badge")
        await station.scan("B-0099")
        await station.asks("Enter the password")
        await station.keys("s", "enter", *"mended", "enter")
        await station.until(lambda: len(station.sent) == 2)
        assert station.sent == [SignIn("B-0099", "s"), Unlock("mended", 2)]

    shown(flow)


def test_keys_that_come_before_the_stop_screen_is_drawn_break_nothing() -> None:
    async def flow(station: Shown) -> None:
        screen = StopsScreen(station.app.board, Words("en"), station.app.ask)
        station.app.push_screen(screen)
        screen.typed("down")
        screen.typed("u")
        await station.asks("Engineer: scan your badge")

    shown(flow)


def test_who_may_not_unlock_unlocks_nothing() -> None:
    def answer(command: Command) -> Sentences:
        if isinstance(command, SignIn):
            raise OperatorStop("SIGN-IN-REFUSED", "a wrong password")
        return ()

    async def flow(station: Shown) -> None:
        station.answer = answer
        station.enter(Locked("STOP-FPY", "first-pass yield under its floor"))
        await station.says("panel", "The whole station")
        await station.keys("f4", "u")
        await station.asks("Engineer")
        await station.scan("B-0042")
        await station.asks("Enter the password")
        await station.keys("s", "enter", "w", "enter")
        await station.until(lambda: station.app.rung)
        await station.keys("escape")
        await station.says("panel", "a wrong password")
        assert [type(command) for command in station.sent] == [SignIn]

    shown(flow)


def test_an_engineer_who_is_signed_in_only_says_why() -> None:
    async def flow(station: Shown) -> None:
        station.enter(SignedIn("sara", Role.ENGINEER))
        station.enter(Locked("STOP-FPY", "first-pass yield under its floor"))
        await station.says("footer", "sara")
        await station.keys("f4", "u")
        await station.asks("Why?")
        await station.keys("w", "enter")
        await station.until(lambda: station.sent == [Unlock("w", None)])

    shown(flow)


def test_engineering_mode_is_begun_for_hours_with_a_reason_and_ended_by_a_key() -> None:
    async def flow(station: Shown) -> None:
        await station.keys("f8", "m")
        await station.asks("For how many hours?")
        await station.keys(*"x", "enter")
        await station.asks("✗ For how many hours?")
        await station.keys("backspace", *"1.5", "enter", *"probe", "enter")
        await station.until(lambda: station.sent == [BeginEngineering("probe", 5400)])
        station.enter(EngineeringBegun("sara", "probe", LATER))
        await station.says("banner", "ENGINEERING MODE")
        await station.asks("ENGINEERING MODE")
        await station.keys("m")
        await station.until(lambda: station.sent[1:] == [EndEngineering()])

    shown(flow)


def test_the_engineers_screen_has_the_plan_with_readings_and_the_log() -> None:
    async def flow(station: Shown) -> None:
        station.put_in(slot=2)
        made = run(slot=2)
        station.publish(made[:-1])
        await station.keys("f8", "right")
        await station.asks("Slot 2", "✓ first", "current", "✓ third")
        await station.keys("down", "r")
        await station.asks("how many times to run second")
        await station.keys("5", "0", "enter")
        await station.until(lambda: station.sent == [RunSteps(2, ("second",), 50)])
        await station.keys("a")
        await station.asks("Abort a run")
        await station.keys("w", "enter")
        await station.until(lambda: station.sent[1:] == [Abort(2, operator(), "w", "01TEST")])
        await station.keys("l")
        await station.asks("begins  p revision 1", "current = 0.5 A, limit 0 to 10 A", "ends")
        await station.keys("escape")
        await station.asks("Slot 2  Plan")
        await station.keys("escape")
        await station.says("slot-2", "record is being written")

    shown(flow)


def test_a_screen_that_joins_late_has_the_log_too() -> None:
    async def flow(station: Shown) -> None:
        station.socket.close()
        await station.says("panel", "does not answer")
        station.put_in()
        station.publish(run()[:-1])
        station.socket = station.serve()
        await station.says("slot-1", "record is being written")
        await station.keys("f8", "l")
        await station.asks("starts  third", "current = 0.5 A", "once its record is on disk")

    shown(flow)


def test_a_password_is_hidden_from_its_first_key_on() -> None:
    async def flow(station: Shown) -> None:
        await station.keys("f2", *"B-7", "enter", *"hunx", "backspace")
        await station.asks("•••▏")
        assert "B-7" in repr(vars(station.app.screen))
        assert "hun" not in repr(vars(station.app.screen))

    shown(flow)
