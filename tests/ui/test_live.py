"""The line in a terminal: recorded consoles and a clock that stands still."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from harness.errors import DutFault, JigFault
from harness.model.events import (
    Event,
    Faulted,
    Measured,
    Purpose,
    Recorded,
    Reserved,
    RunEnded,
    RunStarted,
    SafeStateFailed,
    Stamped,
    StepEnded,
    StepSkipped,
    StepStarted,
    Waiting,
)
from harness.model.fault import Fault
from harness.model.fold import fold
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.record import Record
from harness.model.slot_state import SlotState
from harness.model.station import Message, SlotChanged, SlotView, Snapshot
from harness.ui.findings import findings
from harness.ui.line_view import LineView
from harness.ui.live import LiveLine, at_work
from tests.station.runs import STATION, events, without_record

RUN = events()
EMPTY = Snapshot(STATION, (SlotView(1, SlotState.EMPTY), SlotView(2, SlotState.EMPTY)))
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


def begun(*steps: str) -> list[Stamped]:
    """A run in which these steps have begun, one after another, and none has ended."""
    first = RUN[0]
    started = [StepStarted(step, "x.y", Phase.STEPS, 1, "both") for step in steps]
    return [first, *(_next(first, at, event) for at, event in enumerate(started, start=1))]


def _next(first: Stamped, number: int, event: Event) -> Stamped:
    return replace(first, seq=number, at_ms=number, event=event)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (["wifi"], "wifi"),
        (["wifi", "rear"], "wifi, rear"),
        (
            ["a_long_name_of_a_step", "another_long_name"],
            "2 at once, longest a_long_name_of_a_step",
        ),
        (["first", "a_long_name_of_a_step", "another_long_name"], "3 at once, longest first"),
    ],
)
def test_the_steps_at_work_are_all_named_or_counted(steps: list[str], words: str) -> None:
    view = LineView()
    view.apply([EMPTY, *begun(*steps)])
    shown = at_work(view.slots[1])
    assert shown == (words if len(words) <= 36 else f"{words[:33]}...")
    assert len(shown) <= 36


def test_a_step_that_has_ended_is_no_longer_named() -> None:
    view = LineView()
    run = begun("wifi", "rear")
    view.apply([EMPTY, *run, _next(RUN[0], 3, StepEnded("wifi", 1, Outcome.PASS))])
    assert at_work(view.slots[1]) == "rear"


def test_a_step_that_waits_for_an_instrument_says_so() -> None:
    view = LineView()
    view.apply([EMPTY, RUN[0], _next(RUN[0], 1, Waiting("attach", "callbox"))])
    assert at_work(view.slots[1]) == "attach waits for callbox"
    view.apply([_next(RUN[0], 2, Reserved("attach", "callbox"))])
    assert at_work(view.slots[1]) == "attach"


def test_skipped_steps_do_not_count_as_done() -> None:
    shown = Shown(terminal=True)
    end = next(stamped for stamped in RUN if isinstance(stamped.event, RunEnded))
    skips = [
        StepSkipped(step, "x.y", Phase.STEPS, "first ended FAIL") for step in ("second", "third")
    ]
    events_: list[Event] = [
        StepStarted("first", "x.y", Phase.STEPS, 1),
        StepEnded("first", 1, Outcome.FAIL),
        *skips,
    ]
    events_ += [RunEnded(Outcome.FAIL, None), Recorded(end.run, "0" * 64)]
    told = [RUN[0], *(_next(RUN[0], number, event) for number, event in enumerate(events_, 1))]
    with shown.line:
        frame = shown.frame(EMPTY, *told)
    assert re.search(r" 1/3 +FAIL \(engineering\)  2 skipped", frame)


def test_the_table_marks_runs_that_do_not_count_and_what_was_marginal() -> None:
    shown = Shown(terminal=False)
    shown.line.verdicts([fold(RUN), fold(counting(RUN))], "r")
    text = shown.out.getvalue()
    assert text.count("engineering") == 1
    assert "1 of 2 runs do not count" in text
    assert text.count("MARGINAL: first.current = ") == 1


def counting(run: list[Stamped]) -> list[Stamped]:
    """The same run made in production, its first measurement marginal."""
    told, marginal = [], False
    for stamped in run:
        event = stamped.event
        if isinstance(event, RunStarted):
            event = replace(event, purpose=Purpose.PRODUCTION)
        elif isinstance(event, Measured) and not marginal:
            event, marginal = replace(event, reason="MARGINAL"), True
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


def test_a_slot_in_which_a_golden_unit_is_run_says_so() -> None:
    first = RUN[0]
    assert isinstance(first.event, RunStarted)
    golden = replace(first, event=replace(first.event, purpose=Purpose.GOLDEN))
    shown = Shown(terminal=True)
    with shown.line:
        shown.frame(EMPTY)
        assert "golden: second" in shown.frame(golden, *begun("second")[1:])


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
        said = shown.frame(*RUN[4:], *run).splitlines()
    assert said == [
        "slot 1  A57A000001  PASS (engineering)",
        "slot 2  A57A000003  FAIL (engineering)",
    ]
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
    assert console.file.getvalue() == "slot 1  A57A000001  PASS (engineering)\n"


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
    views = tuple(SlotView(number, SlotState.EMPTY) for number in range(1, 65))
    with shown.line:
        frame = shown.frame(Snapshot(STATION, views))
    assert len(frame.rstrip().splitlines()) <= 10
    assert "56 more slots" in frame


def test_a_closed_slot_says_why() -> None:
    shown = Shown(terminal=True)
    with shown.line:
        frame = shown.frame(
            EMPTY, SlotChanged(2, SlotState.QUARANTINED, "a step ignored its limit")
        )
    assert re.search(r" 2 .*closed +a step ignored its limit", frame)


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


def test_the_runs_of_these_tests_are_whole() -> None:
    assert isinstance(RUN[0].event, RunStarted)
    assert isinstance(RUN[-1].event, Recorded)
    assert fold(RUN).outcome is Outcome.PASS
