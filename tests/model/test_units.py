"""The table is closed, arithmetic is exact, and a quantity has one spelling."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.units import (
    UNITS,
    Duration,
    Quantity,
    Unit,
    plain_decimal,
    seconds,
    unit,
    volts,
)

KINDS = {
    kind: [u for u in UNITS.values() if u.measures == kind]
    for kind in sorted({u.measures for u in UNITS.values()})
}
digits = st.text("0123456789", min_size=1, max_size=15)
spellings = st.builds(
    lambda sign, whole, part: f"{sign}{whole}{part}",
    st.sampled_from(["", "-", "+"]),
    digits,
    st.just("") | digits.map(lambda text: f".{text}"),
)
symbols = st.sampled_from(sorted(UNITS))
quantities = st.builds(Quantity.of, spellings, symbols)


@st.composite
def same_kind(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[Quantity, Unit]:
    quantity: Quantity = draw(quantities)
    return quantity, draw(st.sampled_from(KINDS[quantity.unit.measures]))


# ---- the table


def _symbols(words: str) -> list[str]:
    return sorted(words.split())


def test_the_table_is_closed() -> None:
    assert sorted(UNITS) == _symbols(
        "V uV mV kV A nA uA mA Ohm mOhm kOhm MOhm Ah mAh uAh W mW uW s us ms min h d Hz kHz MHz GHz"
        " B kB MB GB KiB MiB GiB bit/s kbit/s Mbit/s Gbit/s m mm um degC deg g lx % 1 dBm dB dB-Hz"
        " dB(SPL) cy/px px"
    )
    with pytest.raises(ValueError, match="no unit 'mv'"):
        unit("mv")


def test_every_quantity_has_a_base_and_every_factor_is_positive() -> None:
    for units in KINDS.values():
        assert sum(u.factor == 1 for u in units) == 1
    assert all(u.factor > 0 and u.factor.is_finite() for u in UNITS.values())


@pytest.mark.parametrize(
    ("prefix", "factor"),
    [("n", "1E-9"), ("u", "1E-6"), ("m", "1E-3"), ("k", "1E3"), ("M", "1E6"), ("G", "1E9")],
)
def test_prefixes_mean_what_si_says(prefix: str, factor: str) -> None:
    bases = ["V", "A", "Ohm", "Ah", "W", "Hz", "bit/s", "B", "m", "s"]
    found = [prefix + base for base in bases if prefix + base in UNITS]
    assert found
    assert {UNITS[symbol].factor for symbol in found} == {Decimal(factor)}


def test_binary_prefixes_mean_what_iec_says() -> None:
    assert [UNITS[s].factor for s in ("KiB", "MiB", "GiB")] == [2**10, 2**20, 2**30]


# ---- conversion


def test_450_ma_is_0_45_a() -> None:
    assert Quantity.parse("450 mA").to(unit("A")) == Quantity.of("0.45", "A")
    assert Quantity.parse("450 mA").canonical() == Quantity.parse("0.45 A").canonical() == "0.45 A"
    assert Quantity.parse("2 min").canonical() == "120 s"
    assert Quantity.parse("1 GiB").canonical() == "1073741824 B"


@given(same_kind())
def test_conversion_is_exact_or_refused(pair: tuple[Quantity, Unit]) -> None:
    quantity, target = pair
    wanted = Fraction(quantity.amount) * Fraction(quantity.unit.factor) / Fraction(target.factor)
    try:
        converted = quantity.to(target)
    except ValueError:
        assert target.symbol in ("min", "h", "d"), "only 60 has a factor 3"
        return
    assert Fraction(converted.amount) == wanted
    assert converted.to(quantity.unit).amount == quantity.amount


@given(quantities)
def test_a_spelled_quantity_always_has_an_exact_canonical_form(quantity: Quantity) -> None:
    number, _, symbol = quantity.canonical().partition(" ")
    base = UNITS[symbol]
    assert (base.measures, base.factor) == (quantity.unit.measures, Decimal(1))
    assert Fraction(number) == Fraction(quantity.amount) * Fraction(quantity.unit.factor)


def test_a_conversion_that_would_round_is_refused() -> None:
    assert Quantity.parse("90 s").to(unit("min")) == Quantity.of("1.5", "min")
    with pytest.raises(ValueError, match="100 s is no exact number of min"):
        Quantity.parse("100 s").to(unit("min"))
    with pytest.raises(ValueError, match="no exact number"):
        Quantity(Decimal("1E+999999"), unit("kV")).canonical()


def test_units_of_different_quantities_do_not_convert() -> None:
    for (kind, units), (other, targets) in product(KINDS.items(), KINDS.items()):
        if kind != other:
            with pytest.raises(ValueError, match="measures"):
                Quantity(Decimal(1), units[0]).to(targets[0])


# ---- spelling


@given(spellings, symbols)
def test_what_is_spelled_right_is_read_right(number: str, symbol: str) -> None:
    quantity = Quantity.parse(f"{number} {symbol}")
    assert Fraction(quantity.amount) == Fraction(number)
    assert quantity.unit is UNITS[symbol]
    assert Quantity.parse(str(quantity)) == quantity


def test_a_bare_number_counts_things() -> None:
    assert Quantity.parse("3") == Quantity.of(3, "1")
    assert str(Quantity.parse("3")) == "3"


WRONG = [
    "",
    " ",
    "mA",
    "450mA",
    " 450 mA",
    "450 mA ",
    "450  mA",
    "450\tmA",
    "450\u00a0mA",
    "450 mA\n",
    "450\n",
    "450 ",
    "450 ma",
    "450 MA",
    "450 m A",
    "450 mA 1",
    "4e2 mA",
    "4E2 mA",
    ".5 V",
    "5. V",
    "1_000 V",
    "1,5 V",
    "1 000 V",
    "--1 V",
    "+ 1 V",
    "0x10 V",
    "NaN V",
    "nan",
    "inf V",
    "Infinity",
    "\uff14\uff15\uff10 mA",
    "\u0664 mA",
    "\u00bd V",
    "\u22121 V",
    "1 \u00b5A",
    "1 \u03a9",
    "1 \u00b0C",
    "1" * 33 + " V",
    "0." + "3" * 31 + " V",
]


@pytest.mark.parametrize("text", WRONG, ids=ascii)
def test_every_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Quantity.parse(text)


@pytest.mark.parametrize("text", ["1" * 10**6, "1" * 10**6 + " V", "1 " + "V" * 10**6, " " * 10**6])
def test_a_refusal_is_short_however_long_the_text(text: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        Quantity.parse(text)
    assert len(str(caught.value)) < 200


@given(spellings, symbols, st.integers(0, 40), st.sampled_from(list(" \t\n_,e\uff11\u0661x")))
def test_a_stray_character_anywhere_is_refused(
    number: str, symbol: str, place: int, stray: str
) -> None:
    text = f"{number} {symbol}"
    place = min(place, len(text))
    broken = text[:place] + stray + text[place:]
    if stray == " " and symbol == "1":
        return  # "4 2 1" is refused like any, but "42 1" is "42" counted
    with pytest.raises(ValueError, match=r".+"):
        Quantity.parse(broken)


@given(same_kind())
def test_equal_quantities_have_one_canonical_spelling(pair: tuple[Quantity, Unit]) -> None:
    quantity, other = pair
    ratio = Fraction(quantity.amount) * Fraction(quantity.unit.factor) / Fraction(other.factor)
    if ratio.denominator == 1:
        same = Quantity.of(ratio.numerator, other.symbol)
        assert same.canonical() == quantity.canonical()


@given(spellings, spellings)
def test_numbers_are_spelled_alike_exactly_when_they_are_equal(one: str, other: str) -> None:
    a, b = Decimal(one), Decimal(other)
    assert (plain_decimal(a) == plain_decimal(b)) is (a == b)
    assert Decimal(plain_decimal(a)) == a


@pytest.mark.parametrize(
    ("number", "spelled"),
    [("-0", "0"), ("-0.00", "0"), ("1E+3", "1000"), ("1.50", "1.5"), ("100", "100"), ("+7", "7")],
)
def test_plain_decimals(number: str, spelled: str) -> None:
    assert plain_decimal(Decimal(number)) == spelled


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_quantity_is_finite(number: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        Quantity.of(Decimal(number), "V")


def test_defaults_are_spelled_with_their_unit() -> None:
    assert (seconds(0.2), volts(3.7)) == (0.2, 3.7)
    assert Duration.__metadata__ == (UNITS["s"],)  # type: ignore[attr-defined]
