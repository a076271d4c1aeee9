"""What is drawn in an area fits it, and what matters most is never left out."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color, ColorSystem

from harness.model.station import Counted
from harness.ui.board.footer import footer_of
from harness.ui.board.palette import PALETTES
from harness.ui.board.sentences import how
from harness.ui.board.tile import Face, Mark, Seen
from harness.ui.board.words import Words
from harness.ui.operator import notice
from harness.ui.operator.bottom import footer_lines
from harness.ui.operator.lines import apart, bar, clock, columns, cut, listed, wrapped
from harness.ui.operator.notice import Notice

WORDS = {language: Words(language) for language in ("en", "zh")}
TEXTS = st.text(st.characters(categories=["L", "N", "P"], max_codepoint=0x9FFF) | st.just(" "))
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@given(st.integers(1, 64), st.integers(40, 250), st.integers(18, 70))
def test_all_tiles_have_room_and_are_as_large_as_they_can_be(
    number: int, width: int, height: int
) -> None:
    across = columns(number, width, height)
    down = -(-number // across)
    assert across * down >= number
    assert down <= height
    size = min(width // across / 3, height // down)
    for other in range(1, number + 1):
        assert min(width // other / 3, height // -(-number // other)) <= size


@pytest.mark.parametrize(
    ("size", "fits"),
    [((80, 21), {1: 1, 4: 2, 16: 4, 64: 8}), ((200, 57), {1: 1, 4: 2, 16: 4, 64: 8})],
)
def test_how_many_stand_beside_one_another(size: tuple[int, int], fits: dict[int, int]) -> None:
    found = {number: columns(number, *size) for number in fits}
    assert {number: abs(found[number] - fits[number]) <= 2 for number in fits} == dict.fromkeys(
        fits, True
    )


@given(TEXTS, st.integers(2, 60), st.integers(1, 5))
def test_wrapped_text_fits_and_says_when_its_end_is_left_out(
    text: str, width: int, most: int
) -> None:
    lines = wrapped(text, width, most)
    assert len(lines) <= most
    assert all(cell_len(line) <= width for line in lines)
    whole = "".join("".join(lines).split()) == "".join(text.split())
    assert whole or lines[-1].endswith("…")


@given(TEXTS, st.integers(1, 40))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cut(text, 1000) == text


def test_times_and_bars() -> None:
    assert [clock(seconds) for seconds in (0, 0.2, 59.5, 61)] == ["0:00", "0:01", "1:00", "1:01"]
    assert (bar(0, 4), bar(0.5, 4), bar(1, 4)) == ("░░░░", "██░░", "████")
    assert apart("12", "000042", 7) == "12 0042"
    assert apart("工位 12", "000042", 6) == "工位… "


@given(st.lists(TEXTS), st.lists(TEXTS.filter(bool)), st.integers(1, 60))
def test_texts_at_both_ends_fill_a_line_and_none_that_is_listed_is_cut(
    left: list[str], right: list[str], width: int
) -> None:
    shown = listed(right, width)
    assert cell_len(shown) <= width
    assert "  ".join(right).startswith(shown)
    assert cell_len(apart("".join(left), shown, width)) == width


@pytest.mark.parametrize("language", WORDS)
def test_no_number_of_the_footer_is_ever_cut(language: str) -> None:
    ended = {"PASS": 1143, "FAIL": 9, "ERROR": 4, "ABORTED": 2}
    footer = footer_of("floor", {}, None, Counted(NOW, ended, 1143, 1120), 0)
    whole = list(how(footer, WORDS[language]))
    for width in range(20, 150):
        first, _ = footer_lines(footer, WORDS[language], width)
        pieces = re.split(" {2,}", first.text)
        shown = [piece for piece in pieces if any(piece and piece in each for each in whole)]
        assert shown == whole[: len(shown)]
    assert shown == whole


@pytest.mark.parametrize("number", [1, 2])
def test_the_footer_is_right_for_one_and_for_many(number: int) -> None:
    ended = dict.fromkeys(("PASS", "FAIL", "ERROR", "ABORTED"), number)
    footer = footer_of("floor", {}, None, Counted(NOW, ended, 0, 0), number)
    said = ["passed", "failed", "in error", "aborted"]
    assert list(how(footer, WORDS["en"]))[1:] == [f"{number} {each}" for each in said]
    assert f"Messages lost: {number}" in footer_lines(footer, WORDS["en"], 120)[1].text


NOTICES = st.builds(
    Notice,
    st.sampled_from([*Face, *Mark]),
    st.sampled_from(["", "SCAN AGAIN", "请重新扫描"]),
    st.lists(TEXTS, min_size=1, max_size=4).map(tuple),
    st.lists(st.sampled_from(["1   yes", "2   no"]), max_size=3).map(tuple),
)


@given(NOTICES, st.integers(0, 20), st.integers(0, 8))
def test_a_notice_is_drawn_on_the_smallest_terminal(told: Notice, width: int, most: int) -> None:
    assert len(notice.drawn(told, width, most)) <= max(most, 1)


@given(NOTICES, st.integers(20, 200), st.integers(7, 30))
def test_a_notice_fits_and_leaves_no_key_out(told: Notice, width: int, most: int) -> None:
    lines = [line.text for line in notice.drawn(told, width, most)]
    assert len(lines) <= most
    assert [line.strip() for line in lines][len(lines) - len(told.keys) :] == list(told.keys)


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("seen", [*Face, *Mark])
def test_sixteen_colours_leave_ink_and_ground_apart(name: str, seen: Seen) -> None:
    paint = PALETTES[name][seen]
    ink, ground = (
        Color.parse(each).downgrade(ColorSystem.STANDARD).number
        for each in (paint.ink, paint.ground)
    )
    assert ink != ground
