from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.jig.dialect import CORE, Agreement, Dialect
from harness.devices.scpi.language import Answers
from harness.devices.scpi.verb import Verb

NUMBERS = st.floats(-1e6, 1e6)


def test_a_dialect_says_everything_or_cannot_be_built() -> None:
    without = {name: verb for name, verb in CORE.verbs.items() if name != "safe"}
    with pytest.raises(ValueError, match="safe"):
        replace(CORE, verbs=without)
    with pytest.raises(ValueError, match="dance"):
        replace(CORE, verbs={**CORE.verbs, "dance": Verb("DANC")})
    with pytest.raises(ValueError, match="terminator"):
        replace(CORE, terminator=";")


@pytest.mark.parametrize(("text", "limit_s"), [("", 0.0), ("A\nB", 1.0), ("µ", 1.0), ("A", 0.0)])
def test_a_verb_is_one_ascii_line_with_a_time(text: str, limit_s: float) -> None:
    with pytest.raises(ValueError, match="no verb"):
        Verb(text, limit_s)


def test_motion_and_power_ask_the_interlock_first() -> None:
    guarded = {name for name, verb in CORE.verbs.items() if verb.guarded}
    assert guarded == {"close", "open", "output_on", "show"}


BOX_VERBS = {
    "identify": Verb("ID?"),
    "close": Verb("CLOSE", done=re.compile("CLOSED")),
    "open": Verb("OPEN"),
    "fixture": Verb("LID?", replies={"OPEN": "OPEN", "CLOSED": "CLOSED", "MOVES": "MOVING"}),
}
ANSWERS = Answers(re.compile("OK"), re.compile("ERR"), re.compile("PENDING"))


@pytest.mark.parametrize(
    ("answers", "unsolicited", "words"),
    [
        (ANSWERS, "O.*", ["'OPEN' also says unsolicited", "'OK' also says unsolicited"]),
        (ANSWERS, "CLOSED", ["fixture would never bring it", "close would never be done"]),
        (replace(ANSWERS, pending=re.compile("MOVES")), "X", ["'MOVES' also says pending"]),
        (replace(ANSWERS, refused=re.compile("OPEN")), "X", ["'OPEN' also says refused"]),
    ],
)
def test_a_reply_that_would_be_thrown_away_is_no_reply(
    answers: Answers, unsolicited: str, words: list[str]
) -> None:
    Dialect("box", BOX_VERBS, answers=ANSWERS, unsolicited=re.compile("INFO:.*"))
    with pytest.raises(ValueError, match="also says") as caught:
        Dialect("box", BOX_VERBS, answers=answers, unsolicited=re.compile(unsolicited))
    assert all(each in str(caught.value) for each in words)


@given(NUMBERS, NUMBERS)
def test_agreement_has_no_order_and_everything_agrees_with_itself(a: float, b: float) -> None:
    agreement = Agreement(relative=0.01, absolute=0.003)
    assert agreement.holds(a, b) == agreement.holds(b, a)
    assert agreement.holds(a, a)


def test_agreement_is_as_wide_as_it_says() -> None:
    agreement = Agreement(relative=0.01, absolute=0.003)
    assert agreement.holds(1.0, 0.988)
    assert not agreement.holds(1.0, 0.986)
    assert agreement.holds(0.0, 0.003)
    assert not agreement.holds(0.0, 0.0031)
    assert not agreement.holds(1.0, float("nan"))
