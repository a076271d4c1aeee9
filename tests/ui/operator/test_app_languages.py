"""What the station refuses, and what it tells of a command, in the operator's language."""

from __future__ import annotations

import re

import pytest

from harness.errors import CommandRefused
from harness.model.screen import IN_TERMINALS
from harness.model.sentence import Says, Sentence, Sentences
from harness.model.station import Obeyed, Refused, Scanned, ScanOrder, SignOut
from harness.station.screens.obeying import Obeying
from harness.station.seating.scans import Scans
from harness.station.seating.seat import Seat
from harness.ui.board.stop import OF_COMMAND, answer_to
from harness.ui.board.words import LANGUAGES, Said, Words, happened
from harness.ui.operator import notice
from tests.ui.operator.pilots import LABEL, Shown, plans, shown

OTHER = LABEL.replace("A57A000001", "A57A000002")
OWN = "slot 7 of 9"
"""The station's own words."""


def station_of(*slots: int) -> Obeying:
    """It knows no badges, and all its slots are empty."""
    scans = Scans(slots, ScanOrder.SCAN_THEN_INSERT, 15.0, lambda _: Seat(), lambda *_: False)

    def scanned(command: Scanned) -> Sentences:
        return scans.scan(plans().any.unit_of(*command.scans), command.slot, 0.0)

    return Obeying(scanned=scanned)


def english(station: Shown, *but: str) -> list[str]:
    """The English words in the panel, without these; wherever its lines break."""
    left = station.text("panel").replace(" ", "")
    for each in but:
        assert each.replace(" ", "") in left
        left = left.replace(each.replace(" ", ""), " ")
    return re.findall("[A-Za-z]{2,}", left)


def test_a_refusal_is_shown_in_chinese_but_for_the_stations_own_detail() -> None:
    words, code = Words("zh"), "COMMAND-NOT-HERE"
    action = answer_to(code)
    assert action

    async def flow(station: Shown) -> None:
        station.answer = station_of(1, 2)
        await station.keys("f3")
        await station.says("panel", code)
        assert station.sent == [SignOut()]
        own = "nobody can sign in: the station file names no badges"
        assert english(station, code, words.say(happened(code)), words.say(action), own) == []

    shown(flow, language="zh")


def test_what_to_do_after_a_scan_is_shown_in_chinese() -> None:
    words = Words("zh")

    async def flow(station: Shown) -> None:
        station.answer = station_of(1, 2)
        await station.scan(LABEL)
        put_in = words.say(Said("told.put_in"))
        await station.says("panel", put_in)
        assert english(station) == []
        await station.scan(OTHER)
        over = words.say(Said("told.scan_over", {"unit": "A57A000001"}))
        await station.says("panel", put_in, over)
        assert english(station, "A57A000001") == []

    shown(flow, language="zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CommandRefused.codes)
def test_each_refusal_of_a_command_has_its_sentence_and_its_action(
    code: str, language: str
) -> None:
    words, remedy, action = Words(language), CommandRefused.codes[code].remedy, answer_to(code)
    assert action == Said(OF_COMMAND[code])
    said = words.say(happened(code))
    texts = notice.of_refused(Refused(f"{code}: {OWN}", code, remedy), words).texts
    assert texts == (f"{code}: {said}", words.say(action), OWN)
    texts = notice.of_refused(Refused(f"{code}: {OWN}", code, "Kick it."), words).texts
    assert texts[2:] == (OWN, "Kick it."), "a remedy of its own is detail too"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_that_a_station_tells_is_a_line_that_names_its_values(language: str) -> None:
    told = tuple(Sentence(says, {name: f"<{name}>" for name in says.names}) for says in Says)
    lines = notice.of_obeyed(Obeyed("Scanned", told), Words(language))
    for says, line in zip(Says, lines, strict=True):
        assert set(re.findall("<([a-z]+)>", line)) == says.names
    if language in IN_TERMINALS:
        assert notice.told(*lines).texts == lines
