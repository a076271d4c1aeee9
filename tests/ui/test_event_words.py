"""What happened in a run, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from harness.errors import LinkFault
from harness.model import events as e
from harness.model.fault import Fault, Symptom
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.refs import PlanRef, StationRef
from harness.ui.event_words import event_words

FAULT = Fault.of(LinkFault("ADB-HANG", "it fell silent"))
PLAN = PlanRef("a57", 3, "ab" * 32, ())
UNIT = Unit("A57A000001")
STARTED = e.RunStarted(
    *("01R", e.Purpose.GOLDEN, "final", UNIT, StationRef("s", "u"), 2, "mei", 4, PLAN),
    *(None, None, "1.0"),
)
LIMIT = {"low": 1.0, "high": 2.0, "accept_low": 1.0, "accept_high": 2.0}
JUDGED = {"guard": 0.0, "marginal": 0.0, **LIMIT}
SAID: list[tuple[e.Event, str]] = [
    (STARTED, "begins a57 revision 3 on A57A000001, slot 2, attempt 4, golden, run 01R"),
    (replace(STARTED, unit=Unit()), "begins a57 revision 3 on an unannounced unit"),
    (e.UnitIdentified(UNIT), "unit it says that it is A57A000001"),
    (e.StepStarted("s", "jig.rails", Phase.STEPS, 2, "g"), "starts s jig.rails, attempt 2, in g"),
    (e.Waiting("s", "callbox"), "waits s for callbox"),
    (e.Reserved("s", "callbox"), "has s callbox"),
    (e.Released("s", "callbox"), "frees s callbox"),
    (e.Attached("s", 1, "photo.png", "ab" * 32, 512), "keeps s photo.png, 512 bytes"),
    (e.Prompted("s", "White?", ("yes", "no"), 60), "asks s White? [yes / no, within 60 s]"),
    (e.Answered("s", "no", "mei"), "answer s no, said mei"),
    (e.RetryDecided("s", 1, "ADB-HANG"), "again s after attempt 1: ADB-HANG"),
    (e.StepEnded("s", 2, Outcome.FAIL), "FAIL s ended, attempt 2"),
    (e.StepSkipped("s", "jig.rails", Phase.STEPS, "left out"), "SKIPPED s left out"),
    (e.AbortRequested("mei", "wrong cable"), "abort by mei: wrong cable"),
    (e.UnitLost("unplugged"), "lost unplugged"),
    (e.UnitSwapped("another serial"), "swapped another serial"),
    (e.RouteCheckedLocally("no network"), "route checked at this station alone: no network"),
    (e.FaultConfirmed("ADB-HANG", "01A", 3, "01B"), "unit's ADB-HANG came on slot 3 as well, in"),
    (e.SafeStateReached(), "safe every device of the slot is safe"),
    (e.RunEnded(Outcome.PASS, None), "ends PASS, once its record is on disk"),
    (e.Recorded("01R", "ab" * 32), "on disk the record, SHA-256 abababababab"),
    (
        e.Measured("s", 1, "rail", 0.5, "V", Outcome.FAIL, "LOW", JUDGED),
        "FAIL s rail = 0.5 V, limit 1 to 2 V, LOW",
    ),
    (e.Faulted(FAULT, "s", 1), "fault s ADB-HANG (LINK): it fell silent"),
    (e.Faulted(FAULT), "fault ADB-HANG (LINK): it fell silent"),
    (e.SafeStateFailed(FAULT), "NOT SAFE ADB-HANG: it fell silent"),
    (
        e.RunEnded(Outcome.FAIL, FAULT, Symptom("BAT-07", "too slow", "R2")),
        "ends FAIL, once its record is on disk: ADB-HANG (LINK): it fell silent, bin R2",
    ),
    (e.RunInterrupted(datetime(2026, 11, 23, tzinfo=UTC), FAULT), "broke ADB-HANG (LINK)"),
]


@pytest.mark.parametrize(("event", "words"), SAID, ids=lambda each: type(each).__name__)
def test_an_event_is_a_line_of_words(event: e.Event, words: str) -> None:
    line = event_words(event)
    assert " ".join(line.split()).startswith(words)


def test_every_kind_of_event_has_its_words() -> None:
    assert {type(event) for event, _ in SAID} == set(get_args(e.Event))


def test_what_a_device_said_moves_no_cursor_and_makes_no_line_of_its_own() -> None:
    line = event_words(e.UnitLost("gone\n\x1b[2J\u202ePASS"))
    assert line.isprintable()
    assert "gone\\n\\x1b[2J\\u202ePASS" in line
