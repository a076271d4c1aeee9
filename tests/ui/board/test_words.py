"""The catalogues: every sentence in every language, and nothing in it that was not meant."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import FAULTS, CommandRefused, all_codes
from harness.model import screen
from harness.model.events import Purpose
from harness.model.outcome import Outcome
from harness.model.own_codes import Command
from harness.model.sentence import Says
from harness.ui.board.action import OF_UNIT
from harness.ui.board.stop import StopKind, kind_of
from harness.ui.board.tile import Face
from harness.ui.board.words import DOMAIN, LANGUAGES, LOCALE, Said, Words, happened
from harness.ui.scanning import layouts
from harness.ui.text import printable
from tests.ui.board.catalogues import catalogue, sentences, written

ENGLISH = sentences("en")
OTHERS = [language for language in LANGUAGES if language != "en"]
CODES = {name for name, _, _ in all_codes()}
SOURCES = Path(__file__).parents[3] / "harness" / "ui"
LATIN = {"IMEI", "SKU", "r", "Enter", "Caps", "Lock", "Shift", "English", "US"}
LATIN |= {"AZERTY", "QWERTZ", "Dvorak"}
"""What is called so on every keyboard and in every language."""
_FSI, _PDI = "\u2068", "\u2069"
SCRIPTS = {"zh": "[\u4e00-\u9fff]", "ur": "[\u0600-\u06ff]"}
"""The letters of a language, as Unicode has them."""
FOR_ENGINEERS = ("GOLDEN-", "PLAN-", "RELEASE-")
"""What their codes say is for whoever makes plans and releases."""
SENTENCES = {language: sentences(language) for language in LANGUAGES}
VALUES: Mapping[str, Iterable[object]] = {
    "face.": Face,
    "title.": StopKind,
    "stop.do.": {kind_of(code) for code in CODES - OF_UNIT.keys()} - {None} | {StopKind.SLOT},
    "note.": set(Purpose) - {Purpose.PRODUCTION},
    "outcome.": {outcome.name for outcome in Outcome},
    "kind.": {fault.__name__ for fault in FAULTS},
    "what.": {key.removeprefix("what.") for key in ENGLISH if key.startswith("what.")} & CODES,
    "told.": Says,
    "way.": layouts.Cause,
    "layout.": {layouts.nearest([name])[1] for name in layouts.NAMES} - {""},
    "script.": {*layouts.SCRIPTS.values(), "unknown"},
    "scan.label_": ("imei", "serial", "part"),
    "scan.": layouts.Cause,
    "sheet.": Command,
}
"""The keys that are put together, by how they begin, and what comes after it."""
SAYS = {"Said": "", "naming": "", "_say": "", "refuse_scan": "", "refusal": "scan.", "gettext": ""}
"""Who says a key that it is handed first, and how that begins."""

KEY = re.compile(r"[a-z]+\.([a-zA-Z_-]+\.)*[a-zA-Z_-]*")
NO_KEYS = {"page.css", "page.js", "sheet.css"}
"""Names of files."""


def is_code(key: str) -> bool:
    return key.removeprefix("what.") in CODES


def keys_in(node: ast.AST, rooms: frozenset[str]) -> Iterator[str]:
    """The keys that a piece of source says; of one that is put together, how it begins.

    Whatever looks like a key in a room of the catalogues, and whatever is handed to who says one.
    """
    match node:
        case ast.Call(args=[ast.Constant(value=str(text)), *_]) if _name(node) in SAYS:
            yield from _key(SAYS[_name(node)] + text)
        case ast.Call(args=[ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]), *_]) if (
            _name(node) in SAYS
        ):
            yield from _key(SAYS[_name(node)] + text)
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), ast.FormattedValue()]):
            yield from _key(text, rooms)
        case ast.Constant(value=str(text)) if text not in NO_KEYS:
            yield from _key(text, rooms)


def named(pattern: str) -> set[str]:
    """The values that a sentence names."""
    return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _key(text: str, rooms: frozenset[str] | None = None) -> Iterator[str]:
    if KEY.fullmatch(text) and (rooms is None or text.partition(".")[0] in rooms):
        yield text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_gettext_reads_is_what_people_wrote(language: str) -> None:
    compiled = gettext.translation(DOMAIN, LOCALE, [language])
    in_mo = {key: text for key, text in vars(compiled)["_catalog"].items() if key}
    assert in_mo == sentences(language), "run: python -m tests.ui.board.catalogues"
    assert not list(catalogue(language).check()), written(language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_there_in_every_language_and_names_the_same(language: str) -> None:
    assert {key: named(text) for key, text in sentences(language).items()} == {
        key: named(text) for key, text in ENGLISH.items()
    }


def test_what_an_operator_meets_is_said_in_every_language() -> None:
    """What stops the station, refuses a command, or tells what to do; the rest is for engineers."""
    stops = {code for code in CODES if kind_of(code) and not code.startswith(FOR_ENGINEERS)}
    met = stops | OF_UNIT.keys() | CommandRefused.codes.keys()
    assert {f"what.{code}" for code in met} <= ENGLISH.keys()


def test_english_sentences_are_short() -> None:
    """Each is read from 2 m away; what happened is one line of a panel at 80 columns."""
    assert {key: text for key, text in ENGLISH.items() if len(text) > 110} == {}
    assert {key: text for key, text in ENGLISH.items() if is_code(key) and len(text) > 60} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_filled_printable_and_have_latin_digits(language: str) -> None:
    for key, text in sentences(language).items():
        assert text.strip() == text != "", key
        assert printable(text) == text, key
        assert all(char in "0123456789" for char in text if char.isdigit()), key


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_was_left_in_english(language: str) -> None:
    """Only values, and what is called so everywhere, is written in Latin letters.

    The values are not translated: what the station, a plan or a device says in its own words.
    """
    for key, text in sentences(language).items():
        bare = re.sub(r"\{\w+\}", "", text)
        assert set(re.findall(r"[A-Za-z]+", bare)) <= LATIN, key


def test_every_key_that_is_said_has_its_sentence_and_every_sentence_is_said() -> None:
    rooms = frozenset(key.partition(".")[0] for key in ENGLISH)
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES.rglob("*.py")]
    said = {key for tree in trees for node in ast.walk(tree) for key in keys_in(node, rooms)}
    heads = {key for key in said if key.endswith((".", "_"))}
    assert heads == VALUES.keys(), "how keys begin that are put together"
    said |= {f"{head}{value}" for head, values in VALUES.items() for value in values}
    assert said - heads - ENGLISH.keys() == set(), "no such sentence"
    assert ENGLISH.keys() - said == set(), "nobody says it"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_code_is_said(language: str) -> None:
    words = Words(language)
    for code, _, meant in all_codes():
        said = words.say(happened(code))
        if f"what.{code}" in ENGLISH:
            assert said == SENTENCES[language][f"what.{code}"]
        elif language == "en":
            assert said == meant.meaning
        else:
            assert re.search(SCRIPTS[language], said), code
        assert not re.match(r"(what|kind)\.", said)
    assert words.say(happened("battery.current:LOW")) == words.say(Said("kind.DutFault"))
    assert words.say(happened("")) == words.say(Said("kind.unknown"))


def test_a_sentence_names_what_it_is_given() -> None:
    bin_ = Said("do.bin", {"bin": "R2"})
    assert Words("en").say(bin_) == "Take the unit out: bin R2"
    assert Words("zh").say(bin_).endswith("放入料箱 R2")
    assert f"{_FSI}R2{_PDI}" in Words("ur").say(bin_)


@given(st.text(), st.sampled_from(sorted(LANGUAGES)))
def test_whatever_it_names_it_is_printable(text: str, language: str) -> None:
    said = Words(language).say(Said("do.answer", {"text": text}))
    if language == "ur":
        assert (said.count(_FSI), said.count(_PDI)) == (1, 1), "only ours, and in pairs"
        said = said.replace(_FSI, "").replace(_PDI, "")
    assert printable(said) == said
    assert printable(text) in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_value_may_be_a_sentence(language: str) -> None:
    words, keyboard = Words(language), Said("layout.german")
    way = Said("way.layout", {"layout": keyboard})
    said = words.say(Said("scan.unsure", {"way": way}))
    assert words.say(way) in said
    assert words.say(keyboard) in words.say(way)


def test_a_value_is_no_pattern() -> None:
    assert Words("en").say(Said("do.answer", {"text": "{bin} {0} %s"})) == "Answer: {bin} {0} %s"


def test_an_unknown_language_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="'fr'; there are en, zh, ur"):
        Words("fr")


def test_a_station_file_knows_the_same_languages() -> None:
    assert tuple(LANGUAGES) == screen.LANGUAGES
    assert screen.IN_TERMINALS == ("en", "zh")


def test_urdu_alone_runs_from_right_to_left() -> None:
    assert [each for each in LANGUAGES if Words(each).right_to_left] == ["ur"]
