"""Element strings: what stands under each application identifier, or why it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.gs1 import GS, OF_UNITS, check_digit, elements

GTIN = "09506000134352"
"""The example of the GS1 General Specifications and of its tools."""
SERIAL, IMEI = "A57A000001", "860123450000012"


@pytest.mark.parametrize(
    ("digits", "check"), [("0950600013435", 2), ("629104150021", 3), ("00614141123456789", 0)]
)
def test_the_check_digit_is_that_of_published_numbers(digits: str, check: int) -> None:
    assert check_digit(digits) == check


@pytest.mark.parametrize(
    "text",
    [
        f"01{GTIN}21{SERIAL}{GS}8002{IMEI}",
        f"01{GTIN}21{SERIAL}{GS}8002{IMEI}{GS}",
        f"{GS}01{GTIN}{GS}8002{IMEI}{GS}21{SERIAL}",
        f"21{SERIAL}{GS}01{GTIN}8002{IMEI}",
        f"(01){GTIN}(21){SERIAL}(8002){IMEI}",
        f"(8002){IMEI}(21){SERIAL}(01){GTIN}",
    ],
)
def test_elements_stand_in_any_order_sent_or_printed(text: str) -> None:
    assert elements(text) == {"01": GTIN, "21": SERIAL, "8002": IMEI}


def test_what_has_a_predefined_length_needs_no_separator() -> None:
    assert elements("1126112231030012004149506000134352" + "10LOT") == {
        "11": "261122",
        "3103": "001200",
        "414": "9506000134352",
        "10": "LOT",
    }


def test_the_same_element_twice_says_no_more() -> None:
    assert elements(f"21A{GS}21A") == {"21": "A"}


REFUSED = {
    "": "no application identifier",
    GS: "no application identifier",
    "A57A000001": "no application identifier at 'A57A0000'",
    "0": "no application identifier at '0'",
    "800": "no application identifier at '800'",
    "80A2860123450000012": "no application identifier at '80A28601'",
    f"01{GTIN[:-1]}1": "(01) '09506000134351': its check digit is 1, not 2",
    f"(01){GTIN[:-1]}": "(01) '0950600013435': expected 14 digits",
    f"01{GTIN[:-1]}": "(01) '0950600013435': expected 14 digits",
    f"01{GTIN[:-1]}A": "expected 14 digits",
    f"01{GTIN}X": "no application identifier at 'X'",
    "21": "(21) '': nothing stands there",
    f"21{GS}10LOT": "(21) '': nothing stands there",
    f"21{'A' * 21}": "expected at most 20 characters",
    "21A~": "not of GS1's character set 82",
    "21A B": "not of GS1's character set 82",
    f"21A{GS}21B": "(21) is 'A' and 'B'",
    f"21A{GS}{GS}10B": "no application identifier at '\\x1d10B'",
    "(21A": "no application identifier at '(21A'",
    "((21)A": "no application identifier at '((21)A'",
    "(210)A": "no application identifier (210)",
    "(99": "no application identifier",
    "4149506000134351": "its check digit is 1, not 2",
    "21\u0661": "not of GS1's character set 82",
}


@pytest.mark.parametrize(("text", "why"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_no_element_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        elements(text)
    assert why in str(refused.value)


@given(st.text(max_size=256) | st.text("()0123456789A\x1d", max_size=60))
def test_any_text_is_elements_or_refused(text: str) -> None:
    try:
        found = elements(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 (most texts are refused, a few are not)
    else:
        assert all(ai.isdecimal() and value and value in text for ai, value in found.items())


values = st.text("ABCXYZ0123456789-/.", min_size=1, max_size=20)
variable = st.sampled_from([ai for ai in OF_UNITS if ai != "01"])


@given(st.dictionaries(variable, values, min_size=1, max_size=5))
def test_what_was_written_is_read_again(written: dict[str, str]) -> None:
    sent = GS.join(ai + value for ai, value in written.items())
    printed = "".join(f"({ai}){value}" for ai, value in written.items())
    assert elements(sent) == elements(printed) == written
