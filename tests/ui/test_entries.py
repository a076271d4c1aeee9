"""What a station entered, in words."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime
from enum import Enum
from typing import Any

import pytest

from harness.model.entry import Entered, Entry, Locked, Recalled, SignInRefused
from harness.model.refs import StationRef
from harness.ui.entries import entry_words, recall_words
from tests.records.chain_of import EVERY_KIND
from tests.records.runs import MORNING


def words(what: Entered) -> str:
    return entry_words(Entry("01E", MORNING, StationRef("ft-03", "uuid"), what))


@pytest.mark.parametrize("what", EVERY_KIND, ids=lambda what: type(what).__name__)
def test_a_line_says_all_that_was_entered(what: Entered) -> None:
    if isinstance(what, SignInRefused):
        what = SignInRefused("4711", what.why)
    line = words(what)
    assert line.startswith("2026-11-22 10:00:00 UTC  ")
    values: tuple[Any, ...] = astuple(what)
    for value in values:
        if isinstance(value, datetime):
            assert f"{value:%Y-%m-%d %H:%M:%S} UTC" in line
        elif value is not None:
            assert str(value.value if isinstance(value, Enum) else value) in line


def test_what_was_scanned_moves_no_cursor() -> None:
    assert "\x1b" not in words(SignInRefused("4711\x1b[2J\n", "no such badge"))
    assert words(SignInRefused("4711\x1b[2J\n", "no such badge")).isprintable()


def test_a_lock_says_whether_it_is_of_a_slot_or_the_station() -> None:
    assert "  slot 2 LOCKED by STOP-STREAK: words" in words(Locked("STOP-STREAK", "words", 2))
    assert "  station LOCKED by STOP-FPY: words" in words(Locked("STOP-FPY", "words"))


def test_a_recall_names_what_it_is_of() -> None:
    assert recall_words(Recalled("q", "why", slot=3, plan_sha256="ab" * 32)) == (
        "passes in slot 3, by plan abababababab"
    )
    of_plan = Recalled("q", "why", plan="a57-final", revision=3)
    assert recall_words(of_plan) == "passes by plan a57-final revision 3"
    assert recall_words(Recalled("q", "why")) == "passes of every run"
