"""Lines for a terminal are cut between words; for a pipe they stay whole."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from harness.ui.text import say

WORDS = st.lists(st.text("abcdefgh:,.", min_size=1, max_size=9), min_size=1, max_size=40)


def said(line: str, width: int, hang: int, *, terminal: bool = True) -> list[str]:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=terminal,
        color_system=None,
        highlight=False,
        _environ={"TERM": "xterm"},
    )
    say(console, Text(line), hang)
    return out.getvalue().splitlines()


@given(WORDS, st.integers(20, 100), st.integers(0, 10))
def test_every_word_is_there_whole_and_in_its_place(
    words: list[str], width: int, hang: int
) -> None:
    line = " " * hang + " ".join(words)
    lines = said(line, width, hang)
    assert max(map(len, lines)) <= width
    assert " ".join(lines).split() == words
    assert all(text.startswith(" " * hang) for text in lines)


@given(WORDS, st.integers(20, 100))
def test_in_a_pipe_a_line_stays_a_line(words: list[str], width: int) -> None:
    assert said(" ".join(words), width, 4, terminal=False) == [" ".join(words)]


def test_what_fits_is_not_touched() -> None:
    assert said("  -> a  b", 20, 5) == ["  -> a  b"]


def test_a_word_that_is_longer_than_the_terminal_is_cut_after_all() -> None:
    assert said("  -> " + "x" * 30, 20, 5) == ["  -> " + "x" * 15, "     " + "x" * 15]
