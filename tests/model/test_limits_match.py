"""`Equals`, `OneOf`, `Matches` and `ImeiRule`: one thing, one of some, or of a form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.identity import luhn_digit
from harness.model.judgement import MISMATCH, PASS, UNREADABLE
from harness.model.limits import Equals, ImeiRule, Matches, OneOf
from tests.model.any_limits import anything, numbers


@given(numbers | st.text())
def test_a_number_or_a_text_is_no_flag(value: object) -> None:
    for limit in (Equals(True), Equals(False), OneOf((True, False))):
        assert limit.judge(value) == UNREADABLE


def test_equality_is_of_value_and_type() -> None:
    assert Equals(Decimal("0.450")).judge(0.45) == PASS
    assert Equals(Decimal(1)).judge(1) == PASS
    assert Equals("1").judge(1) == UNREADABLE
    assert Equals("user").judge("userdebug") == MISMATCH
    assert Equals("user").judge("User") == MISMATCH
    assert Equals(True).judge(False) == MISMATCH
    assert OneOf(("home", "roaming")).judge("roaming") == PASS
    assert OneOf(("home", "roaming")).judge("denied") == MISMATCH
    assert OneOf((Decimal(1), Decimal(3))).judge(2) == MISMATCH
    assert OneOf(("a", "b")).describe() == {"one_of": ["a", "b"]}
    assert Equals(Decimal("0.5")).describe() == {"equals": 0.5}


MIXED: list[tuple[Any, ...]] = [
    (),
    (Decimal(1), True),
    ("1", Decimal(1)),
    (Decimal("NaN"),),
    (Decimal("sNaN"),),
    (Decimal("Infinity"), Decimal(1)),
    (1,),
    (0.5,),
    (None,),
    ("\ud800",),
]


@pytest.mark.parametrize("values", MIXED, ids=repr)
def test_values_of_no_type_or_of_two_are_not_built(values: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="one_of"):
        OneOf(values)
    if len(values) == 1:
        with pytest.raises(ValueError, match="one_of"):
            Equals(values[0])


@pytest.mark.parametrize("pattern", ["A57[0-9]{2}", "A57[0-9]{2}$", "^A57[0-9]{2}$", "A57.."])
def test_a_pattern_matches_the_whole_text(pattern: str) -> None:
    assert Matches(pattern).judge("A5712") == PASS
    for wrong in ("A5712\n", "\nA5712", "A5712 ", "xA5712", "A57123", "", "a5712"):
        assert Matches(pattern).judge(wrong) == MISMATCH


def test_an_alternative_is_matched_as_a_whole() -> None:
    assert Matches("a|ab").judge("ab") == PASS
    assert Matches("a|b").judge("ab") == MISMATCH


@pytest.mark.parametrize("digits", ["\uff11\uff12", "\u0661\u0662", "\u0967\u0968"])
def test_a_digit_is_an_ascii_digit(digits: str) -> None:
    assert Matches(r"\d+").judge("12") == PASS
    assert Matches(r"\d+").judge(digits) == MISMATCH
    assert Matches(r"\w+").judge(digits) == MISMATCH


@given(anything)
def test_only_a_text_matches(value: object) -> None:
    if not isinstance(value, str):
        assert Matches("(?s).*").judge(value) == UNREADABLE
        assert ImeiRule().judge(value) == UNREADABLE


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "[", "*", "(?P<a", "a{99999999999}", "(?L)a"])
def test_what_is_no_pattern_is_not_built(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a regular expression"):
        Matches(pattern)


bodies = st.text("0123456789", min_size=14, max_size=14).filter(lambda body: body.strip("0"))


@given(bodies)
def test_a_tac_that_is_not_allowed_does_not_pass(body: str) -> None:
    imei = body + str(luhn_digit(body))
    assert ImeiRule().judge(imei) == PASS
    assert ImeiRule((body[:8],)).judge(imei) == PASS
    other = f"{(int(body[:8]) + 1) % 10**8:08d}"
    assert ImeiRule((other,)).judge(imei) == MISMATCH
    assert ImeiRule((other, body[:8])).judge(imei) == PASS


@pytest.mark.parametrize(
    "text",
    ["", "0" * 15, "490154203237517", "49015420323751", "490154203237518\n", " 9015420323751"],
)
def test_what_is_no_imei_does_not_pass(text: str) -> None:
    assert ImeiRule().judge("490154203237518") == PASS
    assert ImeiRule().judge(text) == MISMATCH


@pytest.mark.parametrize(
    "tac", ["", "4901542", "490154203", "4901542x", "\uff11" * 8, "49015420\n"]
)
def test_a_tac_has_8_digits(tac: str) -> None:
    with pytest.raises(ValueError, match="8 digits"):
        ImeiRule((tac,))
