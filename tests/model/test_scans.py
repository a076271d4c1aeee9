"""Labels of GS1 codes, of keys, and of several codes: which unit they name, or why none."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.codec import encode
from harness.model.gs1 import GS
from harness.model.identity import Unit
from harness.model.label import Label
from harness.model.scan import Elements, Expression, Pairs

SERIAL, ONE, TWO, OTHER = "A57A000001", "860123450000012", "860123450000020", "860123450000038"
GTIN = "09506000134352"
UNIT = Unit(SERIAL, (ONE, TWO), sku="A57-PK")
GS1 = Elements({"serial": "21", "imei1": "8002", "imei2": "91", "sku": "240"}, ("]C1", "]Q3"))
KEYS = Pairs({"serial": "SN", "imei1": "IMEI1", "imei2": "IMEI2", "sku": "P"})
FIRST = Elements({"serial": "21", "imei1": "8002"}, ("]C1",))
SECOND = Expression.of_fields(["serial", "imei2", "sku"], ";")
THIRD = Expression("(?P<imei1>[0-9]{15})", "IMEI 1", ("]C0",))
BOX = Label("box", 3, (FIRST, SECOND, THIRD))
SCANS = (f"01{GTIN}21{SERIAL}{GS}8002{ONE}", f"{SERIAL};{TWO};A57-PK", ONE)


def label(*forms: Expression | Elements | Pairs) -> Label:
    return Label("a57", 2, forms)


@pytest.mark.parametrize("mark", ["", "]C1", "]Q3"])
def test_gs1_elements_name_a_unit(mark: str) -> None:
    scan = f"{mark}01{GTIN}21{SERIAL}{GS}8002{ONE}{GS}91{TWO}{GS}240A57-PK"
    assert label(GS1).read(scan) == UNIT
    printed = f"(01){GTIN}(21){SERIAL}(8002){ONE}(91){TWO}(240)A57-PK"
    assert label(GS1).read(mark + printed) == UNIT


@pytest.mark.parametrize(
    "scan",
    [
        f"SN={SERIAL}&IMEI1={ONE}&IMEI2={TWO}&P=A57-PK",
        f"https://example.com/u?x=1&P=A57%2DPK&IMEI2={TWO}&IMEI1={ONE}&SN={SERIAL}#top",
        f"SN={SERIAL}&SN={SERIAL}&IMEI1={ONE}&IMEI2={TWO}&P=A57-PK&",
    ],
)
def test_keys_name_a_unit_bare_or_in_a_url(scan: str) -> None:
    assert label(KEYS).read(scan) == UNIT


def test_other_marks_may_stand_between_keys() -> None:
    marked = Pairs({"serial": "SN", "imei1": "IMEI1"}, ";", ":")
    assert label(marked).read(f"IMEI1:{ONE};SN:{SERIAL}") == Unit(SERIAL, (ONE,))


@pytest.mark.parametrize("scans", list(permutations(SCANS)))
def test_several_codes_are_scanned_in_any_order(scans: tuple[str, ...]) -> None:
    assert BOX.read(*scans) == UNIT
    assert BOX.read(scans[0], *scans) == BOX.read(*scans, scans[2]) == UNIT


REFUSED: dict[tuple[str, ...], str] = {
    SCANS[:2]: "2 of 3 codes of box scanned: scan 'IMEI 1' as well",
    (): "0 of 3 codes of box scanned: scan '(21)serial (8002)imei1' as well",
    (*SCANS[:2], OTHER): f"the codes of the label contradict: imei1 is '{ONE}' and '{OTHER}'",
    (*SCANS, OTHER): f"the code 'IMEI 1' of box was scanned twice, and '{OTHER}' is another one",
    (SCANS[0], f"A57A000002;{TWO};A57-PK", ONE): "serial is 'A57A000001' and 'A57A000002'",
    (f"]Q3{SCANS[0]}",): "is no label of box revision 3, which reads '(21)serial (8002)imei1' or",
    (f"]C1{SCANS[1]}", SCANS[0], ONE): "serial is ']C1A57A000001' and 'A57A000001'",
    (f"]C1{ONE}",): "]C1 is none of ]C0",
    (SCANS[0].replace(GTIN, f"{GTIN[:-1]}1"),): "its check digit is 1, not 2",
    (f"21{SERIAL}",): "it has no (8002)",
    ("8002" * 80,): "a scan of 320 characters",
}


@pytest.mark.parametrize(("scans", "why"), REFUSED.items(), ids=range(len(REFUSED)))
def test_codes_that_are_not_right_together_are_refused(scans: tuple[str, ...], why: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        BOX.read(*scans)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("scan", "why"),
    [
        (f"SN={SERIAL}&IMEI1={ONE}&IMEI2={TWO}", "it has no P"),
        (f"SN={SERIAL}&SN=A57A000002&IMEI1={ONE}&IMEI2={TWO}&P=A", "SN is 'A57A000001' and"),
        (f"https://example.com/u?SN=%0A&IMEI1={ONE}&IMEI2={TWO}&P=A", "it has no SN"),
        ("https://example.com/u", "it has no SN"),
    ],
)
def test_keys_that_are_not_right_are_refused(scan: str, why: str) -> None:
    with pytest.raises(ValueError, match="is no label of a57") as refused:
        label(KEYS).read(scan)
    assert why in str(refused.value)


def test_a_scan_of_two_forms_is_no_scan_of_either() -> None:
    twins = label(Expression("(?P<imei1>.+)", "one"), Expression("(?P<serial>.+)", "two"))
    with pytest.raises(ValueError, match=f"the scan '{ONE}' may be 'one' and 'two'"):
        twins.read(ONE)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Elements({"serial": "00"}), r"\(00\) says nothing of a unit"),
        (lambda: Elements({"serial": "21", "imei1": "21"}), r"\(21\) stands twice"),
        (lambda: Elements({"colour": "21"}), "a label has no field 'colour'"),
        (lambda: Pairs({"colour": "C"}), "a label has no field 'colour'"),
        (lambda: Pairs({"serial": "S", "imei1": "S"}), "the key 'S' stands twice"),
        (lambda: Pairs({"serial": "S"}, "=", "="), "'=' stands between pairs and in them"),
        (lambda: Pairs({"serial": "S"}, "&&"), "no separator: '&&'"),
        (lambda: label(Elements({"imei1": "8002"})), "a label says the serial"),
        (lambda: label(Pairs({"serial": "S", "imei2": "I"})), "a label with imei2 has imei1 too"),
    ],
)
def test_forms_that_cannot_be(make: object, why: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=why):
        make()


@given(st.lists(st.text(max_size=80) | st.sampled_from(SCANS), max_size=4))
def test_any_scans_are_a_unit_or_refused(scans: list[str]) -> None:
    for each in (BOX, label(KEYS), label(GS1)):
        try:
            unit = each.read(*scans)
        except ValueError as error:
            assert str(error)  # noqa: PT017 (most are refused, a few are not)
        else:
            assert unit == UNIT


def test_a_label_of_every_form_is_shown_as_json() -> None:
    kinds = [form["is"] for form in encode(label(GS1, KEYS, SECOND))["forms"]]
    assert kinds == ["Elements", "Pairs", "Expression"]
