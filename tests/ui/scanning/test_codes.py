"""A code is what its form says; what a keyboard may have made of it is never used."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from inspect import getsource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.identity import Imei, Unit, luhn_digit
from harness.model.label import Label
from harness.model.own_codes import CHECK, Command
from harness.model.plan import Plan, Product
from harness.model.scan import Elements, Expression
from harness.plans.resolve import load_plans
from harness.steps import catalogue
from harness.ui.board.words import LANGUAGES, Said, Words
from harness.ui.scanning import codes, layouts, scanner, scans
from harness.ui.scanning.codes import (
    FORGOTTEN_S,
    Checked,
    Code,
    Codes,
    Known,
    Labelled,
    OfBadge,
    OfCommand,
    OfImei,
    OfSerial,
    OfSlot,
    Part,
    kind,
)
from harness.ui.scanning.scans import Bent, Scan

ROOT = Path(__file__).parents[3]
GS = "\x1d"
ONE, TWO = "860123450000012", "860123450000020"
GTIN = "09506000134352"
SERIAL = "A57A000001"
PRODUCT = Product("A57-4G", "A57-4G", "A57[A-Z][0-9]{6}")
FIELDS = Label("a57", 1, (Expression.of_fields(["serial", "imei1", "imei2", "part", "sku"], ";"),))
BOX = Label(
    "box",
    1,
    (
        Elements({"serial": "21", "imei1": "8002", "sku": "240"}, ("]d2", "]C1", "]Q3")),
        Expression("IMEI2:(?P<imei2>[0-9]{15})", "IMEI2:...", ("]C0",)),
    ),
)
SKUS = frozenset({"A57-PK", "A57-AE", "YZ-1"})
BARE = Label("bare", 1, (Expression("(?P<serial>A57[A-Z][0-9]{6})", "serial"),))
LABEL = f"{SERIAL};{ONE};{TWO};A57-4G;A57-PK"
FRONT = f"01{GTIN}21{SERIAL}{GS}8002{ONE}{GS}240A57-PK"


def known_of(label: Label | None, product: Product = PRODUCT) -> Known:
    plan = Plan("a57", 1, "A57", "final", product, (), "{}", label=label)
    return Known(plan, frozenset({1, 2, 12}), skus=SKUS)


KNOWN = known_of(FIELDS)


def read(text: str, known: Known = KNOWN, *, wedge: bool = True) -> Code | Bent:
    return Codes(known).read(Scan(text, 0.0), wedge=wedge)


def why(found: Code | Bent) -> str:
    assert isinstance(found, Bent), found
    return found.reason.key.removeprefix("scan.")


@pytest.mark.parametrize("wedge", [True, False])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LABEL, Labelled((LABEL,), Unit(SERIAL, (ONE, TWO), "A57-4G", "A57-PK"))),
        (ONE, OfImei(Imei(ONE))),
        (f"]C0{ONE}", OfImei(Imei(ONE))),
        (SERIAL, OfSerial(SERIAL)),
        ("B-0042", OfBadge("B-0042")),
        ("HARNESS:BADGE:4711/x", OfBadge("4711/x")),
        ("HARNESS:SLOT:12", OfSlot(12)),
        ("]Q1HARNESS:SLOT:1", OfSlot(1)),
        (CHECK, Checked()),
        *((f"HARNESS:CMD:{command}", OfCommand(command)) for command in Command),
    ],
)
def test_codes_are_told_apart(text: str, code: Code, wedge: bool) -> None:
    assert read(text, wedge=wedge) == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{SERIAL};{ONE[:-1]}3;{TWO};A57-4G;A57-PK", "label_imei"),
        (f"{SERIAL};{ONE};{ONE};A57-4G;A57-PK", "label"),
        (f"{SERIAL};{ONE};{TWO};A58-4G;A57-PK", "label_part"),
        (f"{SERIAL};{ONE};{TWO};A57-4G;A58-PK", "label_sku"),
        (f"A58A000001;{ONE};{TWO};A57-4G;A57-PK", "label_serial"),
        (f"{ONE[:-1]}3", "imei"),
        (ONE[:-1], "unknown"),
        ("4006381333931", "article"),
        ("HARNESS:SLOT:3", "no_slot"),
        ("HARNESS:SLOT:01", "own"),
        ("HARNESS:SLOT:0", "own"),
        ("HARNESS:CMD:REBOOT", "own"),
        ("HARNESS:", "own"),
        (f"HARNESS:{LABEL}", "own"),
        ("A57A00000", "unknown"),
        ("x" * 257, "long"),
        ("A57A\x02000001", "control"),
        ("", "control"),
        ("\u041057A000001", "script"),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert why(read(text)) == reason
    assert why(read(text, wedge=False)) == reason


def test_what_fits_two_kinds_is_neither() -> None:
    digits = known_of(None, replace(PRODUCT, serial="[0-9]{15}"))
    assert why(kind(ONE, digits)) == "either"
    assert kind(ONE, replace(digits, plan=None)) == OfImei(Imei(ONE))


def test_a_label_of_one_serial_is_a_label() -> None:
    assert kind(SERIAL, known_of(BARE)) == Labelled((SERIAL,), Unit(SERIAL))


def test_an_unknown_scan_is_not_told_again() -> None:
    assert "hunter2" not in str(read("hunter2hunter2"))


@pytest.mark.parametrize("mark", ["", "]d2", "]C1", "]Q3"])
@pytest.mark.parametrize("gs", [GS, "^]"])
def test_gs1_comes_with_identifiers_and_gs_as_wedges_send_it(mark: str, gs: str) -> None:
    scan = mark + FRONT.replace(GS, gs)
    assert read(scan, known_of(BOX)) == Part(mark + FRONT, 0, ("IMEI2:...",))


def test_a_label_of_two_codes_is_whole_with_both_in_any_order() -> None:
    scans = {FRONT, f"IMEI2:{TWO}"}
    for first in scans:
        reader, (second,) = Codes(known_of(BOX)), scans - {first}
        assert isinstance(reader.read(Scan(first, 1.0), wedge=True), Part)
        assert why(reader.read(Scan("rubbish", 1.5), wedge=True)) == "unknown"
        assert isinstance(reader.read(Scan(first, 2.0), wedge=True), Part)
        whole = reader.read(Scan(second, 3.0), wedge=True)
        assert isinstance(whole, Labelled)
        assert whole.unit == Unit(SERIAL, (ONE, TWO), sku="A57-PK")
        assert isinstance(reader.read(Scan(second, 4.0), wedge=True), Part), "the next label"


def test_a_label_that_was_given_up_is_no_part_of_the_next_one() -> None:
    reader = Codes(known_of(BOX))
    reader.read(Scan(FRONT, 1.0), wedge=True)
    reader.forget()
    next_ = reader.read(Scan(f"IMEI2:{TWO}", 2.0), wedge=True)
    assert isinstance(next_, Part)
    assert next_.place == 1, "the first code of the one before is still to be scanned"


def test_codes_of_two_labels_are_not_mixed() -> None:
    reader = Codes(known_of(BOX))
    reader.read(Scan(FRONT, 1.0), wedge=True)
    other = FRONT.replace(SERIAL, "A57A000002")
    assert why(reader.read(Scan(other, 2.0), wedge=True)) == "other_label"
    assert isinstance(reader.read(Scan(f"IMEI2:{TWO}", 3.0), wedge=True), Part)
    late = reader.read(Scan(FRONT, 3.0 + FORGOTTEN_S), wedge=True)
    assert isinstance(late, Part), "the first code is forgotten by then"
    twice = reader.read(Scan(f"IMEI2:{ONE}", 25.0), wedge=True)
    assert why(twice) == "label"


@pytest.mark.parametrize("bad", [FRONT.replace(ONE, f"{ONE[:-1]}3"), f"IMEI2:{TWO[:-1]}1"])
def test_a_part_is_checked_when_it_comes(bad: str) -> None:
    assert why(read(bad, known_of(BOX))) == "label_imei"
    assert why(read(FRONT.replace(SERIAL, "B57A000001"), known_of(BOX))) == "label_serial"


def test_codes_are_told_by_the_plan_of_a_station() -> None:
    variants = load_plans(ROOT / "testplans" / "a57-final.yaml", catalogue())
    known = Known.of(variants, [1, 2])
    assert known.skus >= {"A57-PK", "A57-AE"}
    assert isinstance(read(LABEL, known), Labelled)
    assert why(read(LABEL.replace("A57-PK", "A57-XX"), known)) == "label_sku"
    assert (read(SERIAL, known), read("HARNESS:SLOT:2", known)) == (OfSerial(SERIAL), OfSlot(2))


# What keyboards make of it.

digits = st.text(string.digits, min_size=14, max_size=14).filter(lambda body: body.strip("0"))
imeis = digits.map(lambda body: body + str(luhn_digit(body)))
serials = st.from_regex(r"A57[A-Z][0-9]{6}", fullmatch=True)
pairs = st.tuples(imeis, imeis).filter(lambda both: both[0] != both[1])
skus = st.sampled_from(sorted(SKUS))
labels = st.builds(
    lambda serial, both, sku: f"{serial};{both[0]};{both[1]};A57-4G;{sku}",
    serials,
    pairs,
    skus,
)
fronts = st.builds(
    lambda serial, one, sku: f"]d201{GTIN}21{serial}{GS}8002{one}{GS}240{sku}",
    serials,
    imeis,
    skus,
)
own = st.sampled_from([CHECK, "HARNESS:SLOT:2", *(f"HARNESS:CMD:{each}" for each in Command)])
badges = st.from_regex(r"B-[0-9]{4,12}", fullmatch=True)
singles = serials | imeis | badges | own
FREE = Label("free", 1, (Expression("(?P<serial>[!-~]+)", "serial"),))
printed = st.one_of(
    st.tuples(st.just(known_of(FIELDS)), labels | singles),
    st.tuples(st.just(known_of(BOX)), fronts | imeis.map("IMEI2:{}".format) | singles),
    st.tuples(st.just(known_of(BARE)), singles),
    st.tuples(
        st.just(known_of(FREE, replace(PRODUCT, serial=""))),
        st.text(string.ascii_letters + string.digits + "-", min_size=6, max_size=12),
    ),
)
ways = st.sampled_from(sorted(layouts.WAYS))


@given(printed, ways)
def test_no_bent_form_of_a_valid_code_is_taken_for_another(
    code: tuple[Known, str], way: str
) -> None:
    known, text = code
    came = layouts.bent(text, layouts.WAYS[way])
    if came != text and not isinstance(kind(text, known), Bent):
        assert isinstance(read(came, known), Bent)


@given(printed)
def test_a_scan_without_its_shifts_is_not_taken_for_another(code: tuple[Known, str]) -> None:
    known, text = code
    came = layouts.bent(text, layouts.UNSHIFTED)
    if came != text and not isinstance(kind(text, known), Bent):
        assert isinstance(read(came, known), Bent)


@given(printed.filter(lambda code: code[0].plan is None or code[0].plan.label is not FREE))
def test_neither_full_width_nor_eastern_digits_are_mended(code: tuple[Known, str]) -> None:
    known, text = code
    wide = "".join(chr(ord(char) + 0xFEE0) if char >= "!" else char for char in text)
    assert why(read(wide, known)) == "script"
    for zero in (0x0660, 0x06F0):
        table = {ord(digit): zero + int(digit) for digit in string.digits}
        if (came := text.translate(table)) != text:
            assert why(read(came, known)) == "script"


@given(st.data(), labels)
def test_one_lost_shift_makes_no_other_label(data: st.DataObject, label: str) -> None:
    places = [at for at, char in enumerate(label) if char in layouts.UNSHIFTED]
    at = data.draw(st.sampled_from(places))
    came = label[:at] + layouts.UNSHIFTED[label[at]] + label[at + 1 :]
    found = kind(came, KNOWN)
    assert isinstance(found, Bent)


@given(labels | own | badges)
def test_what_is_not_bent_is_taken(text: str) -> None:
    assert not isinstance(read(text), Bent)


@pytest.mark.parametrize(
    ("text", "way", "reason", "says"),
    [
        (LABEL, "german", "layout", ["keyboard of the PC", "German (QWERTZ)"]),
        (LABEL, "french, Caps Lock", "layout", ["keyboard of the PC", "French (AZERTY)"]),
        (LABEL, "scanner set to german", "country", ["set the scanner", "German (QWERTZ)"]),
        ("HARNESS:SLOT:2", "Caps Lock", "caps", ["Switch Caps Lock off"]),
        ("ASDF000001\u0419", "russian", "script", ["Cyrillic letters"]),
    ],
)
def test_a_bent_scan_is_told_with_what_is_to_be_set_right(
    text: str, way: str, reason: str, says: list[str]
) -> None:
    found = read(layouts.bent(text, layouts.WAYS[way]))
    assert why(found) == reason
    assert isinstance(found, Bent)
    said = Words("en").say(found.reason)
    assert all(each in said for each in says), said


def test_a_lost_shift_is_told_where_it_was_no_caps_lock() -> None:
    assert why(read(layouts.bent("HARNESS:SLOT:2", layouts.UNSHIFTED))) == "shift"
    assert why(read(layouts.bent("A57A000001", layouts.UNSHIFTED))) == "caps", "both may be"
    assert "set up the scanner" in Words("en").say(Said("scan.caps")), "so it says both"


def test_a_serial_that_another_layout_makes_of_another_one_wants_the_keyboard_shown() -> None:
    reader = Codes(known_of(BARE))

    def said(text: str, *, wedge: bool = True) -> Code | Bent:
        return reader.read(Scan(text, 0.0), wedge=wedge)

    assert isinstance(said("A57A000001"), Labelled)
    assert why(said("A57Y000001")) == "unsure"
    assert isinstance(said("A57Y000001", wedge=False), Labelled), "a serial line bends nothing"
    assert said(CHECK) == Checked()
    assert isinstance(said("A57Y000001"), Labelled)
    assert why(said(layouts.bent("HARNESS:SLOT:2", layouts.WAYS["german"]))) == "layout"
    assert why(said("A57Y000001")) == "unsure"
    assert said("HARNESS:SLOT:2") == OfSlot(2)
    assert isinstance(said("A57Y000001"), Labelled), "that scan would have come as another text"


def test_a_scan_that_would_say_the_same_however_it_came_shows_nothing() -> None:
    reader = Codes(known_of(None, replace(PRODUCT, serial="[0-9A-Za-z]{10}")))
    assert isinstance(reader.read(Scan(f"]C0{ONE}", 0.0), wedge=True), OfImei)
    found = reader.read(Scan("abcDEF1234", 1.0), wedge=True)
    assert isinstance(found, Bent)
    assert found.reason == Said("scan.unsure", {"way": Said("way.caps")})
    reader.read(Scan(CHECK, 2.0), wedge=True)
    assert reader.read(Scan("abcDEF1234", 3.0), wedge=True) == OfSerial("abcDEF1234")


def test_the_page_has_the_codes_as_they_are_read() -> None:
    page = (ROOT / "docs" / "scanning.md").read_text(encoding="utf-8")
    texts = {text.replace("\\|", "|") for text in re.findall(r"`(HARNESS:[^`]+:[^`]+)`", page)}
    assert {CHECK, *(f"HARNESS:CMD:{command}" for command in Command)} <= texts
    known = replace(KNOWN, slots=frozenset({3}))
    assert [text for text in texts if isinstance(kind(text, known), Bent)] == []


def test_the_check_code_is_bent_by_every_way_and_shows_each() -> None:
    for name, way in layouts.WAYS.items():
        assert layouts.bent(CHECK, way) != CHECK, name
        assert isinstance(read(layouts.bent(CHECK, way)), Bent), name


def test_layouts_are_those_of_keyboards() -> None:
    assert layouts.bent("HA112", layouts.WAYS["french"]) == "HQ&&é"
    assert layouts.bent("Zy;:/", layouts.WAYS["german"]) == "YzöÖ-"
    keypad = layouts.WAYS["french, digits by the keypad"]
    assert layouts.bent("A57Z000001", keypad) == "Q57W000001"
    assert layouts.bent("Ghbdtn", layouts.WAYS["russian"]) == "Привет"
    assert layouts.bent("a:1", layouts.WAYS["Caps Lock"]) == "A:1"
    assert layouts.bent("y-:", layouts.WAYS["scanner set to german"]) == "z/>"


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    for known in (KNOWN, known_of(BOX), Known()):
        found = read(text, known)
        assert not isinstance(found, Bent) or found.reason.key.startswith("scan.")


SAID = re.compile(r'refusal\(\s*"([a-z_]+)"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_words(language: str) -> None:
    words = Words(language)
    values = dict.fromkeys(("most", "script", "layout", "way", "slot", "length", "code"), "7")
    keys = {key for module in (codes, scans, scanner) for key in SAID.findall(getsource(module))}
    assert {"two", "mixed", "unsure", "noise"} <= keys
    for key in {*keys, *layouts.Cause, "label_imei", "label_serial", "label_part"}:
        said = words.say(Said(f"scan.{key}", values))
        assert said != f"scan.{key}"
        assert "\n" not in said
