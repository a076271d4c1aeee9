"""A scan is the unit that it names, or it is refused; it never names half a unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.identity import Imei, Unit, luhn_digit
from harness.model.label import Label
from harness.model.scan import OTHER, Expression

ONE, TWO = "860123450000012", "860123450000020"
SCAN = f"A57A000001;{ONE};{TWO};A57-4G"


def of_fields(fields: list[str], separator: str = ";") -> Label:
    return Label("a57", 1, (Expression.of_fields(fields, separator),))


def of_pattern(pattern: str) -> Label:
    return Label("a57", 1, (Expression(pattern, "SN"),))


LABEL = of_fields(["serial", "imei1", "imei2", "part"])
BY_PATTERN = of_pattern(r"SN(?P<serial>A57[A-Z]\d{6})(?: I1(?P<imei1>\d+))?(?: I2(?P<imei2>\d+))?")

bodies = st.text("0123456789", min_size=14, max_size=14).filter(lambda body: body.strip("0"))
imeis = bodies.map(lambda body: body + str(luhn_digit(body)))


def test_fields_with_a_separator() -> None:
    assert LABEL.read(SCAN) == Unit("A57A000001", (ONE, TWO), "A57-4G")


def test_an_expression_with_named_groups() -> None:
    assert BY_PATTERN.read("SNA57A000001") == Unit("A57A000001")
    assert BY_PATTERN.read(f"SNA57A000001 I1{ONE}") == Unit("A57A000001", (ONE,))
    assert BY_PATTERN.read(f"SNA57A000001 I1{ONE} I2{TWO}") == Unit("A57A000001", (ONE, TWO))


def test_what_is_not_read_may_stand_anywhere_and_be_empty() -> None:
    label = of_fields([OTHER, "serial", OTHER], "\x1d")
    assert label.read("black\x1dA57A000001\x1d") == Unit("A57A000001")


REFUSED = {
    "": "is no label of a57 revision 1, which reads 'serial;imei1;imei2;part'",
    "A57A000001": "is no label of a57",
    f"{SCAN};": "is no label of a57",
    f"{SCAN}\n": "is no label of a57",
    f" {SCAN}": "not a serial number",
    f";{ONE};{TWO};A57-4G": "is no label of a57",
    f"A57A000001;;{TWO};A57-4G": "is no label of a57",
    f"A57A000001;{ONE};;A57-4G": "is no label of a57",
    f"A57A000001;{ONE};{TWO};": "is no label of a57",
    f"A57A000001;{ONE};{TWO};A57-4\u00c7": "is no label of a57",
    f"\uff21{SCAN[1:]}": "is no label of a57",
    f"A57A000001;{ONE};860123450000021;A57-4G": (
        "check digit of 860123450000021: found 1, expected 0"
    ),
    f"A57A000001;86012345000001;{TWO};A57-4G": "an IMEI has 15 digits",
    f"A57A000001;{'0' * 15};{TWO};A57-4G": "not all zero",
    f"A57A000001;{ONE};{ONE};A57-4G": f"the IMEI {ONE} twice",
    "x" * 300: "a scan of 300 characters: at most 256",
}


@pytest.mark.parametrize(("scan", "why"), REFUSED.items(), ids=range(len(REFUSED)))
def test_a_scan_that_is_not_right_is_refused(scan: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        LABEL.read(scan)
    assert why in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_second_imei_without_the_first_is_no_label() -> None:
    with pytest.raises(ValueError, match="imei2 and no imei1"):
        BY_PATTERN.read(f"SNA57A000001 I2{TWO}")


@given(imeis, imeis, st.permutations(["serial", "imei1", "imei2", OTHER]), st.sampled_from(";|, "))
def test_whatever_the_order_a_label_says_what_was_printed(
    one: str, two: str, order: list[str], separator: str
) -> None:
    label = of_fields(order, separator)
    printed = {"serial": "A57A000001", "imei1": one, "imei2": two, OTHER: "x"}
    scan = separator.join(printed[field] for field in order)
    if one == two:
        with pytest.raises(ValueError, match="twice"):
            label.read(scan)
    else:
        assert label.read(scan) == Unit("A57A000001", (one, two))


@given(st.text(max_size=300) | st.text(";0123456789A", max_size=60) | st.binary().map(str))
def test_any_text_is_a_unit_or_refused(scan: str) -> None:
    for label in (LABEL, BY_PATTERN):
        try:
            unit = label.read(scan)
        except ValueError as error:
            assert str(error)  # noqa: PT017 (most texts are refused, a few are not)
        else:
            assert unit.serial in scan
            assert all(Imei(imei).text in scan for imei in unit.imei)


@given(st.integers(0, len(SCAN) - 1), st.characters())
def test_one_wrong_character_never_makes_another_imei(at: int, char: str) -> None:
    scan = SCAN[:at] + char + SCAN[at + 1 :]
    try:
        unit = LABEL.read(scan)
    except ValueError:
        return
    assert unit.imei == (ONE, TWO)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?P<serial>", "not a regular expression"),
        ("A57.*", "no field is called 'serial'"),
        ("(?P<imei1>.*)", "no field is called 'serial'"),
        ("(?P<serial>.*);(?P<imei2>.*)", "a label with imei2 has imei1 too"),
        ("(?P<serial>.*);(?P<colour>.*)", "a label has no field 'colour'"),
    ],
)
def test_a_form_without_what_is_needed_cannot_be_built(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        of_pattern(pattern)


@pytest.mark.parametrize(
    ("fields", "separator", "why"),
    [
        (["serial", "serial"], ";", "the field 'serial' stands twice"),
        (["serial", "imei"], ";", "a label has no field 'imei': there are serial, imei1"),
        (["imei1"], ";", "no field is called 'serial'"),
        ([], ";", "no field is called 'serial'"),
        *[(["serial"], wrong, "no separator") for wrong in ("", ";;", "A", "7", "\n", "\u00e9")],
    ],
)
def test_fields_that_make_no_label(fields: list[str], separator: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        of_fields(fields, separator)
