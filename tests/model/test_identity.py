from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model.identity import Imei, Serial, Unit, luhn_digit

bodies = st.text("0123456789", min_size=14, max_size=14).filter(lambda body: body.strip("0"))
imeis = bodies.map(lambda body: body + str(luhn_digit(body)))


def test_the_check_digit_of_the_published_vector() -> None:
    assert luhn_digit("49015420323751") == 8
    assert Imei("490154203237518").tac == "49015420"
    assert str(Imei("490154203237518")) == "490154203237518"


@given(imeis)
def test_exactly_one_check_digit_is_right(imei: str) -> None:
    right = []
    for digit in "0123456789":
        try:
            right.append(Imei(imei[:14] + digit).text)
        except ValueError as error:
            assert "check digit" in str(error)  # noqa: PT017 ten digits, nine of them wrong
    assert right == [imei]


@given(imeis, st.integers(0, 14), st.integers(1, 9))
def test_a_single_wrong_digit_is_always_caught(imei: str, place: int, shift: int) -> None:
    wrong = str((int(imei[place]) + shift) % 10)
    with pytest.raises(ValueError, match=r"IMEI|check digit"):
        Imei(imei[:place] + wrong + imei[place + 1 :])


@given(imeis, st.integers(0, 13))
def test_neighbours_swapped_are_caught_but_for_09_and_90(imei: str, place: int) -> None:
    one, other = imei[place], imei[place + 1]
    assume(one != other)
    swapped = imei[:place] + other + one + imei[place + 2 :]
    if {one, other} == {"0", "9"}:
        assert Imei(swapped).text == swapped
    else:
        with pytest.raises(ValueError, match="check digit"):
            Imei(swapped)


@given(imeis, st.integers(0, 14))
def test_digits_of_other_scripts_are_none(imei: str, place: int) -> None:
    for zero in ("\uff10", "\u0660", "\u0966"):
        other = chr(ord(zero) + int(imei[place]))
        with pytest.raises(ValueError, match="15 digits"):
            Imei(imei[:place] + other + imei[place + 1 :])


@pytest.mark.parametrize("length", [n for n in range(20) if n != 15])
def test_an_imei_has_15_digits(length: int) -> None:
    with pytest.raises(ValueError, match="15 digits"):
        Imei("490154203237518"[:length].ljust(length, "0"))


@pytest.mark.parametrize("text", ["490154203237518\n", "49015420323751x", "\u00b2" * 15])
def test_an_imei_is_nothing_but_digits(text: str) -> None:
    with pytest.raises(ValueError, match="15 digits"):
        Imei(text)


def test_an_imei_of_zeros_is_none_though_its_check_digit_is_right() -> None:
    assert luhn_digit("0" * 14) == 0
    with pytest.raises(ValueError, match="all zero"):
        Imei("0" * 15)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64))
def test_a_serial_is_printable_ascii(text: str) -> None:
    assert str(Serial(text)) == text
    for wrong in (f"{text}\n", f" {text}", f"{text}\u00e9", f"{text}\x00", text.ljust(65, "x")):
        with pytest.raises(ValueError, match="serial"):
            Serial(wrong)


def test_a_serial_is_not_empty_but_a_unit_may_have_none() -> None:
    with pytest.raises(ValueError, match="serial"):
        Serial("")
    assert Unit().serial == ""
    with pytest.raises(ValueError, match="serial"):
        Unit(serial="A57 1")


@pytest.mark.parametrize("kind", [Serial, Imei])
def test_a_refusal_is_short_however_long_the_text(kind: type[Serial | Imei]) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        kind("x" * 10**6)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("imei", "test"),
    [
        ("004999010001013", True),
        ("020000000000008", True),
        ("011234560000001", False),
        ("490154203237518", False),
        ("860123450000012", False),
    ],
)
def test_a_number_for_tests_is_known_by_its_reporting_body(imei: str, test: bool) -> None:
    assert Imei(imei[:14] + str(luhn_digit(imei[:14]))).is_test is test
