from decimal import Decimal

import pytest

from harness.files.scalars import plain_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-17", -17),
        ("450", 450),
        ("0.25", Decimal("0.25")),
        ("-70.0", Decimal("-70.0")),
    ],
)
def test_words_and_numbers(text: str, value: object) -> None:
    seen = plain_value(text)
    assert (type(seen), seen) == (type(value), value)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "no",
            "yes",
            "on",
            "off",
            "True",
            "NULL",
            "12:30",
            "2026-01-31",
            "450 mA",
            "1e3",
            "1e999",
        ),
        *(
            ".nan",
            ".inf",
            "-.inf",
            "0x1F",
            "1_000",
            "1.",
            ".5",
            "-.5",
            "-",
            "--1",
            "+5",
            "1.2.3",
            "٣",
        ),
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert plain_value(text) == text


@pytest.mark.parametrize("text", ["00101", "0123456789", "-007", "00.5"])
def test_a_leading_zero_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="in quotes"):
        plain_value(text)


@pytest.mark.parametrize("text", ["9" * 33, "9" * 5000, "0." + "1" * 31])
def test_a_number_too_long_for_any_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="in quotes"):
        plain_value(text)
