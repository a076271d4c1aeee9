"""The line in a terminal: recorded consoles and a clock that stands still."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from harness.errors import DutFault, JigFault
from harness.model.events import (
    Faulted,
    Measured,
    Recorded,
    RunEnded,
    RunStarted,
    SafeStateFailed,
    Stamped,
    StepEnded,
    StepStarted,
)
from harness.model.fault import Fault
from harness.model.fold import fold
from harness.model.limits import Equals, Limit, Range
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.station import Message, SlotClosed, SlotState, SlotView, Snapshot
from harness.ui.findings import findings, limit_words
from harness.ui.line_view import LineView
from harness.ui.live import LiveLine
from tests.station.runs import STATION, events, without_record

RUN = events()
EMPTY = Snapshot(STATION, (SlotView(1, SlotState.IDLE), SlotView(2, SlotState.IDLE)))
ODD = "température 30 °C \x1b[31m"


class StandingClock:
    """Time moves only when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s

    def utc(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


class Shown:
    """A line on a console of 80 x 24 that is recorded."""

    def __init__(self, *, terminal: bool, height: int = 24) -> None:
        self.out = io.StringIO()
        self.clock = StandingClock()
        self.line = LiveLine(
            Console(
                file=self.out,
                width=80,
                height=height,
                force_terminal=terminal,
                legacy_windows=False,
                highlight=False,
                _environ={"TERM": "xterm"},
            ),
            self.clock,
        )

    def frame(self, *messages: Message) -> str:
        """What is drawn for these messages, a while after the last time, without control codes."""
        self.clock.now_s += 1
        before = self.out.tell()
        self.line.draw(messages)
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.out.getvalue()[before:])


def failed() -> list[Stamped]:
    """A run whose second step fails in a measurement, and whose third has a fault of the unit."""
    fault = Fault.of(DutFault("IMEI-NOT-WRITTEN", ODD))
    told = []
    for stamped in events("03TEST", slot=2, serial="A57A000003"):
        event = stamped.event
        match event:
            case Measured(step="second", name="current"):
                event = replace(event, outcome=Outcome.FAIL, reason="LOW", value=-5.0)
            case StepEnded(step="third"):
                told.append(replace(stamped, event=Faulted(fault, "third", 1)))
                event = replace(event, outcome=Outcome.FAIL)
            case RunEnded():
                event = RunEnded(Outcome.FAIL, fault)
        told.append(replace(stamped, event=event))
    return told


def test_a_slot_shows_its_unit_step_progress_and_time() -> None:
    shown = Shown(terminal=True)
    with shown.line:
        frame = shown.frame(EMPTY)
        assert re.search(r" 1 +idle", frame)
        begun = RUN[: 1 + next(i for i, s in enumerate(RUN) if _starts(s, "second"))]
        frame = shown.frame(*begun)
        assert re.search(r" 1  000001 2/3 +second .* 00:00", frame)
        shown.clock.now_s += 64
        assert re.search(r" 1  000001 2/3 +second .* 01:05", shown.frame())
        assert max(len(line) for line in frame.splitlines()) <= 80


def _starts(stamped: Stamped, step: str) -> bool:
    return isinstance(stamped.event, StepStarted) and stamped.event.step == step


@pytest.mark.parametrize("terminal", [True, False])
def test_pass_is_shown_only_once_the_record_is_on_disk(terminal: bool) -> None:
    shown = Shown(terminal=terminal)
    with shown.line:
        frame = shown.frame(EMPTY, *without_record(RUN))
        assert "PASS" not in frame
        frame = shown.frame(*RUN[len(without_record(RUN)) :])
        assert "PASS" in frame


def test_where_it_is_no_terminal_there_is_no_live_area_and_all_is_ascii() -> None:
    shown = Shown(terminal=False)
    run = failed()
    with shown.line:
        assert shown.frame(EMPTY, *RUN[:4]) == ""
        assert shown.frame(*RUN[4:], *run) == "slot 1  A57A000001  PASS\nslot 2  A57A000003  FAIL\n"
    shown.line.verdicts(list(shown.line.view.ended.values()), "reports/räcords.db")
    text = shown.out.getvalue()
    assert text.isascii()
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_dumb_terminal_has_no_live_area_either() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "dumb"})
    line = LiveLine(console, StandingClock())
    with line:
        line.draw([EMPTY, *RUN])
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == "slot 1  A57A000001  PASS\n"


@pytest.mark.parametrize("terminal", [True, False])
def test_the_table_says_of_each_fail_what_was_found_and_what_to_do(terminal: bool) -> None:
    shown = Shown(terminal=terminal)
    shown.line.verdicts([fold(RUN), fold(failed())], "reports/records.db")
    text = shown.out.getvalue()
    words = " ".join(re.sub(r"\x1b\[[0-9;]*m|[|]", " ", text).split())
    for expected in (
        "A57A000001 PASS",
        "A57A000003 FAIL",
        "second.current = -5 A, limit 0 to 10 A",
        "second.current:LOW (DUT)",
        "-> Bin the unit for repair",
        "IMEI-NOT-WRITTEN (DUT)",
        "-> Send the unit back to the IMEI writing station.",
        "Records: reports/records.db",
    ):
        assert expected in words
    assert "\\x1b[31m" in text
    assert words.count("IMEI-NOT-WRITTEN") == 1


def test_more_slots_than_rows_are_counted() -> None:
    shown = Shown(terminal=True, height=10)
    views = tuple(SlotView(number, SlotState.IDLE) for number in range(1, 65))
    with shown.line:
        frame = shown.frame(Snapshot(STATION, views))
    assert len(frame.rstrip().splitlines()) <= 10
    assert "56 more slots" in frame


def test_a_closed_slot_says_why() -> None:
    shown = Shown(terminal=True)
    with shown.line:
        frame = shown.frame(EMPTY, SlotClosed(2, "a step ignored its time limit"))
    assert re.search(r" 2 .*closed +a step ignored its time limit", frame)


def test_a_view_that_lost_messages_goes_on_from_the_snapshot_and_says_so() -> None:
    shown = Shown(terminal=False)
    view = SlotView(1, SlotState.RUNNING, run=fold(RUN[:6]))
    with shown.line:
        shown.frame(EMPTY, *RUN[:2])
        shown.frame(Snapshot(STATION, (view,), lost=4))
        assert "PASS" in shown.frame(*RUN[6:])
    assert list(shown.line.view.ended.values()) == [fold(RUN)]
    shown.line.verdicts([], "r")
    assert "lost 4 messages" in shown.out.getvalue()


def test_a_run_that_ended_before_the_screen_came_is_shown() -> None:
    view = LineView()
    done = SlotView(1, SlotState.DONE, run=fold(RUN))
    assert _names(view.apply([Snapshot(STATION, (done,))])) == ["01TEST"]
    assert view.apply([Snapshot(STATION, (done,))]) == []
    assert view.slots[1].outcome is Outcome.PASS
    again = events("02TEST")
    assert _names(view.apply(again)) == ["02TEST"]


def _names(records: list[Record]) -> list[str]:
    return [record.run for record in records]


def test_a_snapshot_of_a_run_that_is_not_recorded_shows_no_outcome() -> None:
    view = LineView()
    run = fold(without_record(RUN))
    assert run.outcome is Outcome.PASS
    view.apply([Snapshot(STATION, (SlotView(1, SlotState.RUNNING, run=run),))])
    assert view.slots[1].outcome is None
    assert not view.ended


def test_findings_of_a_pass_are_none() -> None:
    assert findings(fold(RUN)) == []


def test_a_jig_that_was_not_safe_is_among_the_findings() -> None:
    unsafe = SafeStateFailed(Fault.of(JigFault("JIG-UNSAFE", "still 5 V")))
    end = next(stamped for stamped in RUN if isinstance(stamped.event, RunEnded))
    told = [*RUN[: RUN.index(end)], replace(end, event=unsafe), end]
    assert findings(fold(told))[0] == "JIG-UNSAFE (STATION): still 5 V"


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Range(Decimal("0.45"), Decimal("1.1"), Decimal("0.01")), "0.46 to 1.09 A"),
        (Range(low=Decimal(1)), "at least 1 A"),
        (Range(high=Decimal(2)), "at most 2 A"),
        (Equals("user"), "equals user"),
    ],
)
def test_a_limit_in_words(limit: Limit, words: str) -> None:
    (made, *_) = fold(RUN).steps[0].measurements
    assert limit_words(replace(made, limit=limit.describe())) == words


def test_the_runs_of_these_tests_are_whole() -> None:
    assert isinstance(RUN[0].event, RunStarted)
    assert isinstance(RUN[-1].event, Recorded)
    assert fold(RUN).outcome is Outcome.PASS
