"""What the panel tells: in the operator's language, what to do first, and nothing cut off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import all_codes
from harness.model.station import Refused, SignOut
from harness.ui.board.glyphs import TEXT_SIGNS
from harness.ui.board.palette import PALETTES
from harness.ui.board.stop import answer_to, gone
from harness.ui.board.tile import Face, Mark
from harness.ui.board.words import Said, Words, happened
from harness.ui.operator import notice
from harness.ui.operator.lines import wrapped
from harness.ui.scanning import layouts
from harness.ui.told import Reply, Unasked
from tests.ui.board.catalogues import sentences

LANGUAGES = ["en", "zh"]
"""Those of terminals."""
NARROW = 78
"""The columns of a panel on the smallest screen."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["STORE-LOCKED", "SIGN-IN-REFUSED", "UNIT-GOLDEN", "PLAN-INVALID"])
def test_a_refusal_says_what_happened_and_what_to_do_then_the_stations_own_words(
    code: str, language: str
) -> None:
    words, action = Words(language), answer_to(code)
    refused = Refused(f"{code}: held by 4711\x1b", code, "Stop that one.")
    first, do, *own = notice.of_refused(refused, words).texts
    assert action
    assert first == f"{code}: {words.say(happened(code))}"
    assert do == words.say(action)
    assert own == ["held by 4711\\x1b", "Stop that one."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_catalogues_know_no_action_the_remedy_of_the_station_stands_there(
    language: str,
) -> None:
    words = Words(language)
    assert answer_to("STEP-BUG") is None
    refused = Refused("STEP-BUG: at line 4", "STEP-BUG", "Report it.")
    assert notice.of_refused(refused, words).texts[1:] == ("Report it.", "at line 4")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["SCANNER-ABSENT", "READY-SIGN-IN", "SIGN-IN-REFUSED"])
def test_a_remedy_that_the_action_does_not_translate_is_told_as_well(
    code: str, language: str
) -> None:
    (remedy,) = (each.remedy for name, _, each in all_codes() if name == code)
    refused = Refused(f"{code}: /dev/ttyACM0", code, remedy)
    assert notice.of_refused(refused, Words(language)).texts[2:] == ("/dev/ttyACM0", remedy)


@pytest.mark.parametrize(("most", "seen"), [(5, 5), (6, 6), (8, 7), (9, 8)])
def test_where_sentences_have_no_room_the_last_one_says_that_more_follow(
    most: int, seen: int
) -> None:
    texts = [f"Not into slot {slot}: A57A{slot:06} was scanned for it" for slot in range(1, 9)]
    lines = [line.text for line in notice.drawn(notice.told(*texts), 78, most) if line.text]
    last = texts[seen - 1] if seen == len(texts) else f"{texts[seen - 1]} …"
    assert lines == [*texts[: seen - 1], last]


@given(
    st.lists(st.text("ab ", min_size=1, max_size=90).filter(str.strip), min_size=1, max_size=9),
    st.integers(20, 120),
    st.integers(1, 12),
)
def test_nothing_of_a_notice_is_left_out_without_a_sign(
    texts: list[str], width: int, most: int
) -> None:
    told = notice.refusal("REFUSED", *texts)
    text = " ".join(line.text for line in notice.drawn(told, width, most))
    assert "…" in text or "".join("".join(texts).split()) in "".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_without_a_code_is_told_as_the_stations_words(language: str) -> None:
    words = Words(language)
    told = notice.of_refused(Refused("no run is on"), words)
    assert told.texts == (words.say(Said("refused.plain", {"why": "no run is on"})),)
    assert told.face is Mark.REFUSED


def test_what_is_refused_looks_like_no_stop_of_a_slot_or_the_line() -> None:
    words = Words("en")
    refused = notice.of_refused(Refused("no run is on"), words)
    stop = notice.of_stop(gone(), words)
    for width, most in ((78, 5), (118, 7), (198, 7)):
        head, other = ((notice.uncut(each, width, most)) for each in (refused, stop))
        said = " ".join(line.text for line in head)
        assert not any(f" {face} " in f" {said} " for face in Face)
        assert not any(mark in said for face, mark in TEXT_SIGNS.items() if face in [*Face])
        assert ("! " in said and "REFUSED" in said) is (most == 5)
        assert head[0] != other[0]
    for name, palette in PALETTES.items():
        faces = {palette[face] for face in Face}
        assert palette[refused.face] not in faces, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["unasked.gone", "unasked.lost", "unasked.played"])
def test_what_never_reached_the_station_is_told_in_the_language(key: str, language: str) -> None:
    answered = Reply(SignOut(), Unasked(key))
    assert isinstance(answered.answer, Unasked)
    told = notice.of_unasked(answered.answer, Words(language))
    assert told.texts == (sentences(language)[key],)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_reason_of_a_scan_is_cut_off_on_the_smallest_screen(language: str) -> None:
    words = Words(language)
    named = {"most": "256", "length": "256", "slot": "999", "port": "/dev/serial/by-id/scanner"}
    names = {layouts.nearest([name])[1] for name in layouts.NAMES} - {""}
    keys = [key for key in sentences(language) if key.startswith(("scan.", "unasked."))]
    assert len(keys) > 30
    for key in keys:
        for layout in names:
            keyboard = Said(f"layout.{layout}")
            more: dict[str, str | Said] = {
                "layout": keyboard,
                "way": Said("way.layout", {"layout": keyboard}),
                "script": Said("script.unknown"),
                "code": "the serial number, IMEI2:<15 digits>",
            }
            text = words.say(Said(key, {**notice.naming(key).values, **named, **more}))
            assert "…" not in "".join(wrapped(text, NARROW, 2)), text
