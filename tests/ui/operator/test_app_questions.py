"""Whose question an answer is to: the one that stood on the screen when it was given, or none."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

import pytest
from rich.cells import cell_len

from harness.model.events import Answered, Event, Prompted, Stamped, StepEnded, StepStarted
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.station import Answer
from harness.station.stopping import operator
from harness.ui.board.prompt import Prompt
from harness.ui.board.words import Words
from harness.ui.operator.attention import READ_S, REFUSED_S, Attention
from harness.ui.operator.bells import REFUSED
from harness.ui.operator.notice import drawn, fitted, naming, no_room, of_prompt, told, uncut
from harness.ui.operator.signing import KeyScreen
from harness.ui.scanning.hearing import ALONE_S
from tests.ui.operator.line import Line, run
from tests.ui.operator.pilots import Shown, shown

NOTHING = Words("en").say(naming("scan.no_question"))
NO_ROOM = Words("en").say(naming("ask.room"))
LONG = "Is the display free of stripes and spots, also at its edges? " * 12


def asking(
    slot: int, question: str, text: str, answers: tuple[str, ...] = ("yes", "no")
) -> list[Stamped]:
    """The events of a run up to a question of its first step."""
    begun = run(name=f"0{slot}", slot=slot)[:2]
    return after(begun, Prompted("first", text, answers, 60.0, question))


def after(told: list[Stamped], *more: Event) -> list[Stamped]:
    """The events, and those after them."""
    last = told[-1]
    return [*told, *(replace(last, seq=last.seq + n, event=e) for n, e in enumerate(more, 1))]


async def stands(station: Shown, question: str) -> None:
    """Wait until a question stands on the screen."""
    attention = station.app.attention
    await station.until(lambda: (it := attention.standing) and it.question == question)


async def both(station: Shown) -> None:
    """Slot 1 asks, then slot 2; both could have been read."""
    for slot in (1, 2):
        station.put_in(slot=slot, serial=f"A57A00000{slot}")
        station.publish(asking(slot, f"0{slot}-1", f"Stripes on {slot}?"))
    await stands(station, "01-1")
    await station.says("slot-2", "Stripes on 2?")
    await station.read()


def test_yes_is_for_the_slot_whose_barcode_was_scanned() -> None:
    async def flow(station: Shown) -> None:
        await both(station)
        await station.scan("HARNESS:SLOT:2")
        await stands(station, "02-1")
        await station.says("panel", "Stripes on 2?")
        await station.read()
        await station.scan("HARNESS:CMD:YES")
        await station.until(lambda: station.sent)
        assert station.sent == [Answer(2, "02-1", "yes", operator())]
        station.publish(after(asking(2, "02-1", ""), Answered("first", "yes", "mei"))[-1:])
        await stands(station, "01-1")
        await station.read()
        await station.keys("2")
        await station.until(lambda: len(station.sent) == 2)
        assert station.sent[1] == Answer(1, "01-1", "no", operator()), "2 is named no longer"

    shown(flow)


def test_an_answer_for_a_slot_that_asks_nothing_answers_no_other() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(asking(1, "01-1", "Stripes on 1?"))
        await stands(station, "01-1")
        await station.read()
        await station.scan("HARNESS:SLOT:2")
        await station.until(lambda: station.app.attention.named(monotonic()) == 2)
        await station.scan("HARNESS:CMD:YES")
        await station.says("panel", NOTHING)
        assert not station.sent

    shown(flow)


def test_what_was_given_to_a_question_that_is_over_answers_not_the_next_one() -> None:
    async def flow(station: Shown) -> None:
        await both(station)
        given_s = monotonic()
        station.publish(after(asking(1, "01-1", ""), Answered("first", "no", "eve"))[-1:])
        await stands(station, "02-1")
        await station.read()
        station.pressed(*"HARNESS:CMD:YES", "enter", at_s=given_s)
        await station.says("panel", NOTHING)
        await station.keys("escape")
        await stands(station, "02-1")
        await station.read()
        station.pressed("1", at_s=given_s)
        await station.says("panel", NOTHING)
        assert not station.sent

    shown(flow)


def test_a_digit_right_before_a_scan_answers_nothing() -> None:
    async def flow(station: Shown) -> None:
        await both(station)
        rung = station.app.rung
        await station.before_a_scan("2")
        await station.until(lambda: station.app.rung >= rung + len(REFUSED))
        assert not station.sent

    shown(flow)


def test_what_a_step_asks_again_is_to_be_read_again() -> None:
    async def flow(station: Shown) -> None:
        first = asking(1, "01-1", "Free of stripes?")
        station.put_in()
        station.publish(first)
        await stands(station, "01-1")
        await station.read()
        given_s = monotonic()
        again = after(
            first,
            Answered("first", "no", "eve"),
            StepEnded("first", 1, Outcome.FAIL),
            StepStarted("first", "operator.confirm", Phase.STEPS, 2),
            asking(1, "01-2", "Free of stripes?")[-1].event,
        )
        station.publish(again[len(first) :])
        await stands(station, "01-2")
        await station.read()
        station.pressed("1", at_s=given_s)
        await station.says("panel", NOTHING)
        await station.keys("escape")
        await stands(station, "01-2")
        await station.read()
        await station.keys("1")
        await station.until(lambda: station.sent == [Answer(1, "01-2", "yes", operator())])

    shown(flow)


def test_a_code_that_was_scanned_before_anything_was_asked_answers_nothing() -> None:
    async def flow(station: Shown) -> None:
        await station.scan("HARNESS:CMD:YES")
        await station.says("panel", NOTHING)
        await station.until(lambda: station.app.rung == len(REFUSED))
        await station.keys("escape", "f5", *"HARNESS:CMD:YES")
        await station.asks("HARNESS:CMD:YES")
        station.put_in()
        station.publish(asking(1, "01-1", "Free of stripes?"))
        await station.asks("Free of stripes?")
        await station.read()
        await station.keys("enter")  # a code that is keyed in stood there before the question
        await station.says("panel", NOTHING)
        assert not station.sent

    shown(flow)


def test_a_question_whose_answers_stood_under_another_screen_is_to_be_read_first() -> None:
    async def flow(station: Shown) -> None:
        await station.keys("f8")
        await station.asks("Slot 1  Plan")
        station.put_in()
        station.publish(asking(1, "01-1", "Free of stripes?"))
        await station.asks("Free of stripes?")
        await station.read()
        await station.keys("escape")
        await stands(station, "01-1")
        await station.read()
        station.pressed("1", at_s=station.pressed_s + ALONE_S + 0.05)
        await station.says("panel", NOTHING)
        await station.keys("escape")
        await stands(station, "01-1")
        await station.read()
        await station.keys("1")
        await station.until(lambda: station.sent == [Answer(1, "01-1", "yes", operator())])

    shown(flow)


def test_a_yes_that_the_question_does_not_take_says_so() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(asking(1, "01-1", "有没有条纹", ("是", "否")))
        await stands(station, "01-1")
        await station.read()
        await station.scan("HARNESS:CMD:YES")
        await station.says("panel", "REFUSED", Words("en").say(naming("scan.no_answer")))
        assert not station.sent

    shown(flow, size=(80, 24))


def test_an_answer_is_sent_as_the_plan_has_it_and_shown_printable() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(asking(1, "01-1", "Which?", ("a\u200cb", "no")))
        await stands(station, "01-1")
        await station.says("panel", "1 a\\u200cb")
        await station.read()
        await station.keys("1")
        await station.until(lambda: station.sent == [Answer(1, "01-1", "a\u200cb", operator())])

    shown(flow)


def test_a_question_that_needs_the_whole_screen_has_it_and_without_room_takes_no_answer() -> None:
    async def flow(station: Shown) -> None:
        station.put_in()
        station.publish(asking(1, "01-1", LONG))
        await stands(station, "01-1")
        await station.says("panel", *LONG.split(), "left", "1 yes", "2 no")
        await station.read()
        await station.pilot.resize_terminal(60, 10)
        await station.says("panel", NO_ROOM)
        await station.keys("1")
        await station.says("panel", NOTHING)
        assert not station.sent

    shown(flow, size=(80, 24))


@pytest.mark.parametrize("answers", [("yes", "no"), ("a scratch of the display",) * 9])
@pytest.mark.parametrize("text", ["Good?", LONG, "屏幕有没有条纹" * 30])
def test_of_a_question_all_is_drawn_or_nothing(text: str, answers: tuple[str, ...]) -> None:
    words = Words("en")
    asked = of_prompt(Prompt(12, "look", "01-1", text, answers, 30.0), words)
    for width in (10, 40, 78, 200):
        for most in range(30):
            shown_, has_room = fitted(asked, width, (most,), most + 6, words)
            lines = [line.text for line in shown_]
            assert has_room is bool(uncut(asked, width, most + 6))
            if not has_room:
                assert lines == [line.text for line in drawn(no_room(asked, words), width, most)]
                continue
            assert len(lines) <= most + 6
            assert max(map(cell_len, lines)) <= width
            drawn_ = "".join("".join(lines).split())
            for each in (*asked.texts, *asked.keys):
                assert "".join(each.split()) in drawn_


@pytest.mark.parametrize(("opens", "title"), [("f2", "Sign in"), ("f8", "Slot 1  Plan")])
def test_a_digit_without_a_question_says_that_until_something_is_opened(
    opens: str, title: str
) -> None:
    async def flow(station: Shown) -> None:
        await station.keys("3")
        await station.says("panel", "NO QUESTION", NOTHING)
        await station.keys(opens)
        await station.asks(title)
        await station.until(lambda: NOTHING not in station.over())
        await station.keys("escape")
        await station.until(lambda: not isinstance(station.app.screen, KeyScreen))
        await station.until(lambda: not station.text("panel"))

    shown(flow, size=(80, 24))


def test_a_refusal_hides_no_question_for_long_and_no_answer_takes_it_away() -> None:
    line, attention = Line(), Attention(Words("en"))
    refused = told("no")
    attention.refuse(refused, 10.0)
    attention.tell("what came of a label before", now_s=11.0)
    assert attention.notice(line.hear(), [], 11.0 + 10 * REFUSED_S) == refused
    attention.forget_refused()
    line.put_in()
    line.publish(asking(1, "01-1", "Free of stripes?"))
    prompts = line.board.prompts(0.0)
    attention.refuse(refused, 20.0)
    assert attention.notice(line.board, prompts, 20.0 + 0.9 * REFUSED_S) == refused
    assert attention.asked(prompts, 20.0, 20.0) is None
    asked = of_prompt(prompts[0], attention.words)
    assert attention.notice(line.board, prompts, 20.0 + REFUSED_S) == asked


@pytest.mark.parametrize("answers", [("yes", "no"), tuple("abcdefghi"), ("a scratch",) * 9])
def test_slot_question_and_every_key_are_shown_in_the_smallest_terminal(
    answers: tuple[str, ...],
) -> None:
    prompt = Prompt(12, "look", "01-1", "Is the display free of stripes?", answers, 30.0)
    lines = [line.text for line in drawn(of_prompt(prompt, Words("en")), 78, 8)]
    text = "\n".join(lines)
    assert "SLOT 12" in text
    assert "Is the display free of stripes?" in text
    for number, answer in enumerate(answers, 1):
        assert f"{number}   {answer}" in text
    assert all(len(line) <= 78 for line in lines)


def test_a_question_counts_as_shown_once_it_stands_on_the_screen() -> None:
    line = Line()
    line.put_in()
    line.publish(asking(1, "01-1", "Free of stripes?"))
    board = line.board
    prompts = board.prompts(0.0)
    attention = Attention(Words("en"))
    attention.notice(board, prompts, 10.0)
    assert attention.asked(prompts, 20.0, 20.0) is None, "the PC hangs: nobody sees it"
    attention.painted(prompts[0], 20.0)
    assert attention.asked(prompts, 20.0 + READ_S / 2, 30.0) is None
    assert attention.asked(prompts, 20.0 + 1.1 * READ_S, 30.0) == prompts[0]
    later = [replace(prompts[0], question="01-2")]
    attention.notice(board, later, 30.0)
    attention.painted(prompts[0], 31.0)
    assert attention.asked(later, 40.0, 40.0) is None, "another one was painted"
