"""What is scanned and keyed at the tiles, and what the station hears of it."""

from __future__ import annotations

import asyncio
import os
import tty
from contextlib import closing
from dataclasses import replace
from functools import partial
from time import monotonic

import pytest

from harness.errors import OperatorStop, StationFault
from harness.model.events import Prompted, Stamped
from harness.model.label import Label
from harness.model.outcome import Outcome
from harness.model.own_codes import CHECK
from harness.model.plan import Variants
from harness.model.scan import Expression
from harness.model.sentence import Sentences
from harness.model.slot_state import SlotEvent
from harness.model.station import Abort, Announced, Answer, Command, Scanned, SignOut
from harness.station.screens.bus import Bus
from harness.station.stopping import operator
from harness.ui.board.palette import DEFAULT, PALETTES
from harness.ui.board.words import Words
from harness.ui.operator.bells import REFUSED
from harness.ui.operator.signing import Asking
from harness.ui.scanning.scanner import Scanner
from harness.ui.scanning.scans import Once
from tests.station.runs import STATION
from tests.ui.operator.line import run
from tests.ui.operator.pilots import LABEL, Flow, Rung, Shown, joined, plans, shown

ANOTHER = "A57A000002;860123450000038;860123450000046;A57-4G;A57-PK"
WRONG = OperatorStop("UNIT-WRONG", "the label says A57A000001, in the slot stands A57A000099")


def test_a_label_goes_to_the_next_unit() -> None:
    async def flow(station: Shown) -> None:
        await station.scan(LABEL)
        await station.until(lambda: station.sent == [Scanned((LABEL,))])
        station.bus.announce(Announced(any=True))
        await station.says("slot-1", "Put the unit in")
        assert not station.text("panel")

    shown(flow)


def test_a_label_after_the_barcode_of_a_slot_goes_to_that_slot_alone() -> None:
    async def flow(station: Shown) -> None:
        await station.scan("HARNESS:SLOT:2")
        await station.says("panel", "Slot 2")
        await station.scan(LABEL)
        await station.scan(ANOTHER)
        await station.until(lambda: len(station.sent) == 2)
        assert station.sent == [Scanned((LABEL,), 2), Scanned((ANOTHER,))]

    shown(flow)


def test_a_refused_scan_is_told_with_its_reason_and_a_bell_of_its_own() -> None:
    async def flow(station: Shown) -> None:
        await station.scan(LABEL.replace("012;", "013;"))
        await station.says("panel", "Scan the label again", "an IMEI on its label is wrong")
        await station.until(lambda: station.app.rung == len(REFUSED))
        await station.scan("\u041057\u0410000001")
        await station.says("panel", "Cyrillic", "English (US)")
        await station.scan("860123450000012")
        await station.says("panel", "Scan the whole label")
        await station.scan("HARNESS:SLOT:3")
        await station.says("panel", "no slot 3")
        assert not station.sent
        await station.keys("escape")
        await station.until(lambda: not station.text("panel"))

    shown(flow)


def test_what_the_station_refuses_is_told_with_what_to_do() -> None:
    fault = StationFault("STORE-LOCKED", "another station writes it", remedy="Stop that one.")

    def answer(_: Command) -> Sentences:
        raise fault

    async def flow(station: Shown) -> None:
        station.answer = answer
        await station.scan(LABEL)
        await station.says("panel", "STORE-LOCKED", "another station writes it", "Stop that one.")
        await station.until(lambda: station.app.rung == len(REFUSED))
        await station.says("slot-1", "Scan the label")

    shown(flow)


def test_a_unit_that_is_not_the_one_of_the_label_has_to_be_seen_by_somebody() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(run(Outcome.ABORTED, fault=WRONG))
        await station.says("panel", "UNIT-WRONG", "in the slot stands A57A000099", "Enter")
        await station.until(lambda: station.app.rung == 3)
        await station.scan(LABEL)
        await station.until(lambda: station.app.rung == 3 + len(REFUSED))
        await station.says("panel", "UNIT-WRONG")
        station.bus.change(1, SlotEvent.TAKEN_OUT)
        await station.keys("escape")
        await station.says("panel", "UNIT-WRONG")
        assert not station.sent, "nothing is announced before it was seen"
        await station.read()
        await station.keys("enter")
        await station.until(lambda: not station.app.attention.wrong)
        await station.scan(ANOTHER)
        await station.until(lambda: station.sent == [Scanned((ANOTHER,))])

    shown(flow)


def test_a_refused_unit_that_is_the_wrong_one_is_a_hard_stop_too() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.bus.change(1, SlotEvent.REFUSE, str(WRONG))
        await station.says("panel", "UNIT-WRONG", "Enter")
        await station.read()
        await station.scan("HARNESS:CMD:YES")
        await station.until(lambda: "Enter" not in station.text("panel"))

    shown(flow)


def test_a_serial_scanner_is_read_and_told_when_it_is_unplugged() -> None:
    scanner, port = os.openpty()
    tty.setraw(port)

    async def flow(station: Shown) -> None:
        await station.says("panel", "The scanner is there")
        os.write(scanner, f"{LABEL}\r\n".encode())
        await station.until(lambda: station.sent == [Scanned((LABEL,))])
        os.close(scanner)
        await station.says("panel", "SCANNER-")

    with closing(Scanner(os.ttyname(port), Once())) as read:
        os.close(port)
        shown(flow, scanner=read)


def test_typing_is_no_scan() -> None:
    async def flow(station: Shown) -> None:
        await station.keys(*"A57A00", "enter")
        await station.scan("HARNESS:CMD:SIGNOUT")
        await station.until(lambda: station.sent)
        assert station.sent == [SignOut()]

    shown(flow)


def test_the_check_code_says_that_the_keyboard_is_set_right() -> None:
    async def flow(station: Shown) -> None:
        await station.scan(CHECK)
        await station.says("panel", "set right")

    shown(flow)


def test_a_code_can_be_keyed_where_no_scanner_reads_it() -> None:
    async def flow(station: Shown) -> None:
        await station.keys("f5", *"HARNESS:SLOT:2", "enter")
        await station.says("panel", "Slot 2")
        await station.scan(LABEL)
        await station.until(lambda: station.sent == [Scanned((LABEL,), 2)])

    shown(flow)


def test_a_code_that_was_keyed_wrong_stays_to_be_mended() -> None:

    async def flow(station: Shown) -> None:
        await station.keys("f5", *"HARNESS:SLOT:3", "enter")
        await station.asks("✗ ", "HARNESS:SLOT:3▏", "no slot 3")
        await station.until(lambda: station.app.rung == len(REFUSED))
        await station.keys("backspace")
        await station.until(lambda: "no slot 3" not in station.over())
        await station.asks("HARNESS:SLOT:▏")
        await station.keys("2", "enter")
        await station.says("panel", "Slot 2")
        assert not isinstance(station.app.screen, Asking)

    shown(flow)


def test_a_run_is_stopped_by_its_slot_barcode_and_a_reason() -> None:
    async def flow(station: Shown) -> None:
        station.put_in(slot=2)
        station.publish(run(slot=2)[:3])
        await station.scan("HARNESS:SLOT:2")
        await station.scan("HARNESS:CMD:ABORT")
        await station.asks("Abort a run", "Why?")
        await station.keys(*"cable", "enter")
        await station.until(lambda: station.sent == [Abort(2, operator(), "cable", "01TEST")])

    shown(flow)


def test_a_slot_that_was_named_for_an_abort_is_not_that_of_the_next_label() -> None:
    async def flow(station: Shown) -> None:
        station.put_in(slot=2)
        await station.until(lambda: station.app.board.on(2))
        await station.scan("HARNESS:SLOT:2")
        await station.scan("HARNESS:CMD:ABORT")
        await station.asks("Abort a run  Slot 2")
        await station.scan("HARNESS:CMD:CANCEL")
        await station.until(lambda: not isinstance(station.app.screen, Asking))
        await station.scan(LABEL)
        await station.until(lambda: station.sent == [Scanned((LABEL,))])

    shown(flow)


@pytest.mark.parametrize("then", ["another", "refused", "f3"])
def test_a_label_goes_to_no_slot_that_was_not_the_last_thing_said(then: str) -> None:
    async def flow(station: Shown) -> None:
        await station.scan("HARNESS:SLOT:1")
        await station.until(lambda: station.app.attention.named(monotonic()) == 1)
        if then == "another":
            await station.keys("f8")
            await station.scan("HARNESS:SLOT:2")
            await station.asks("Slot 2  Plan")
            await station.keys("escape")
        elif then == "refused":
            await station.scan("HARNESS:SLOT:7")
            await station.says("panel", "no slot 7")
        else:
            await station.keys(then)
            await station.until(lambda: station.sent)
        await station.until(lambda: not station.app.attention.named(monotonic()))
        await station.scan(LABEL)
        await station.until(lambda: Scanned((LABEL,)) in station.sent)

    shown(flow)


@pytest.mark.parametrize("gives_up", ["HARNESS:CMD:CANCEL", "HARNESS:CMD:SIGNOUT", "escape", "f3"])
def test_half_a_label_that_was_given_up_is_no_half_of_the_next_one(gives_up: str) -> None:
    async def flow(station: Shown) -> None:
        await station.scan("FRONT:A57A000001")
        await station.says("panel", "BACK as well")
        await (station.scan if ":" in gives_up else station.keys)(gives_up)
        await station.until(lambda: station.sent or not station.text("panel"))
        await station.scan("BACK:860123450000012")
        await station.says("panel", "FRONT as well")
        assert not [each for each in station.sent if isinstance(each, Scanned)]
        await station.scan("FRONT:A57A000002")
        await station.until(
            lambda: Scanned(("BACK:860123450000012", "FRONT:A57A000002")) in station.sent
        )

    in_parts(flow)


def test_a_part_of_a_label_that_was_refused_under_a_dialog_is_none() -> None:
    async def flow(station: Shown) -> None:
        await station.keys("f4")
        await station.scan("FRONT:A57A000001")
        await station.asks("Finish what is open here")
        await station.keys("f4")
        await station.scan("BACK:860123450000012")
        await station.says("panel", "FRONT as well")
        assert not station.sent

    in_parts(flow)


def in_parts(flow: Flow) -> None:
    """The same where each label is two codes."""
    forms = (Expression("FRONT:(?P<serial>.*)", "FRONT"), Expression("BACK:(?P<imei1>.*)", "BACK"))
    plan = replace(plans().any, label=Label("box", 1, forms))
    of_box = Variants({"": plan})
    made = partial(Rung, words=Words("en"), palette=PALETTES[DEFAULT], plans=lambda: of_box)
    asyncio.run(joined(flow, Bus(STATION, [1, 2]), (120, 40), made))


def asking(text: str = "Is the screen white?", within_s: float = 60) -> list[Stamped]:
    """The events of a run up to a question of its first step."""
    made = run()[:2]
    prompted = Prompted("first", text, ("yes", "no"), within_s, "01TEST-1")
    last = made[-1]
    return [*made, Stamped(last.run, last.seq + 1, last.utc, last.at_ms, prompted)]


def test_a_question_is_answered_by_a_key_once_it_can_have_been_read() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(asking())
        await station.says("panel", "Is the screen white?", "1 yes", "2 no")
        await station.read()
        await station.keys("2")
        await station.until(lambda: station.sent)
        assert station.sent == [Answer(1, "01TEST-1", "no", operator())]

    shown(flow)


def test_a_key_that_was_pressed_before_a_question_was_shown_answers_nothing() -> None:
    async def flow(station: Shown) -> None:
        await station.keys("1")
        await station.says("panel", "no question waits")
        await station.until(lambda: station.app.rung == len(REFUSED))
        station.put_in()
        station.publish(asking())
        await station.says("slot-1", "Answer: Is the screen white?")
        await station.read()
        await station.keys("1")  # what is shown is the refusal, not the question
        await station.until(lambda: station.sent or station.app.rung > len(REFUSED))
        assert not station.sent
        await station.keys("escape")
        await station.says("panel", "Is the screen white?")
        await station.read()
        await station.scan("HARNESS:CMD:YES")
        await station.until(lambda: station.sent == [Answer(1, "01TEST-1", "yes", operator())])

    shown(flow)


def test_what_a_slow_scanner_reads_answers_nothing() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(asking())
        await station.says("panel", "Is the screen white?")
        await station.read()
        await station.keys(*"A57A000001", "enter", *"21", "enter")
        await station.scan("HARNESS:SLOT:2")
        await station.until(lambda: station.app.attention.named(monotonic()) == 2)
        assert not station.sent

    shown(flow)


def test_what_a_device_says_reaches_no_screen_unprintable() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(asking("\x1b[2J\x07 white? \u202e"))
        await station.says("panel", "white?")
        shown_ = "".join(station.text(area) for area in ("panel", "slot-1", "footer"))
        assert shown_.isprintable()

    shown(flow)
