"""The list of stops: each line fits, and shows by its indent that it belongs to the stop above."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.widgets import Static

from harness.model.entry import Locked
from harness.ui.board.stop import stops_of
from harness.ui.board.words import Words
from harness.ui.operator.stops import stop_text
from tests.ui.operator.pilots import Shown, shown

WORDS = {language: Words(language) for language in ("en", "zh")}
LOCK = Locked("STOP-FPY", "first-pass yield 88.0 % of the last 50, under 95 %")
(LOCKED,) = stops_of([LOCK], ())


@given(st.sampled_from(sorted(WORDS)), st.integers(12, 200))
def test_every_line_of_a_stop_fits_and_all_but_the_first_are_indented(
    language: str, width: int
) -> None:
    first, *rest = stop_text(LOCKED, WORDS[language], width).split("\n")
    assert first.startswith("■ ")
    assert all(line.startswith("   ") and line[3] != " " for line in rest)
    assert max(map(cell_len, (first, *rest))) <= width
    whole = stop_text(LOCKED, WORDS[language], 1000)
    assert "".join("".join((first, *rest)).split()) == "".join(whole.split()), "all of it"


@pytest.mark.parametrize("language", WORDS)
def test_each_text_of_a_stop_begins_a_line_of_its_own(language: str) -> None:
    words = WORDS[language]
    title, happened, told, action, who = stop_text(LOCKED, words, 1000).split("\n")
    assert title.endswith("STOP-FPY")
    assert happened.strip() == words.say(LOCKED.happened)
    assert (told.strip(),) == LOCKED.told
    assert action.strip() == "→ " + words.say(LOCKED.action)
    assert who.strip() == words.say(LOCKED.who)


@pytest.mark.parametrize("width", [46, 60, 120])
def test_the_list_keeps_its_indent_on_a_screen_of_another_size(width: int) -> None:
    text = stop_text(LOCKED, WORDS["en"], width - 6)

    async def flow(station: Shown) -> None:
        station.enter(LOCK)
        await station.says("panel", LOCK.code)
        await station.keys("f4")
        await station.asks(LOCK.code)
        stops = station.app.screen.query_one("#stops", Static)
        await station.pilot.resize_terminal(width, 24)
        await station.until(lambda: stops.content == text)
        await station.until(lambda: stops.size.height == text.count("\n") + 1)

    shown(flow, size=(80, 24))
