"""The laws of the fold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import event as seen
from hypothesis import given

from harness.errors import Blame
from harness.model import events as e
from harness.model.codec import decode, encode
from harness.model.conclude import conclude
from harness.model.fault import Fault
from harness.model.fold import RecordBuilder, fold, unfold
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.record import Attachment
from harness.model.refs import PlannedRef, PlanRef, StationRef
from tests.model.strategies import NOON, OTHER_RUN, RUN, any_event, runs

BAD_UNIT = Fault("SOME-DUT", Blame.DUT, "it cannot", "rework")
LINK_GONE = Fault("ADB-LOST", Blame.LINK, "gone", "seat it again")
CUT = Fault("RUN-INTERRUPTED", Blame.STATION, "killed", "test again")
PLAN = PlanRef(
    "demo",
    1,
    "00",
    (
        PlannedRef("power", "p.rail", Phase.STEPS, ("voltage",)),
        PlannedRef("close", "jig.close", Phase.STEPS, ()),
    ),
)
STARTED = e.RunStarted(
    run=RUN,
    purpose=e.Purpose.PRODUCTION,
    process="final",
    unit=Unit("A57"),
    station=StationRef("ft-03", "uuid"),
    slot=2,
    operator="4711",
    attempt=1,
    plan=PLAN,
    limits=None,
    jig=None,
    harness="0.1.0",
)


def begin(step: str, attempt: int = 1) -> e.StepStarted:
    return e.StepStarted(step, "p.rail", Phase.STEPS, attempt)


def measured(step: str, outcome: Outcome = Outcome.PASS, attempt: int = 1) -> e.Measured:
    reason = "" if outcome is Outcome.PASS else "LOW"
    return e.Measured(step, attempt, "voltage", 3.8, "V", outcome, reason, {"low": 3.6})


def end(step: str, outcome: Outcome = Outcome.PASS, attempt: int = 1) -> e.StepEnded:
    return e.StepEnded(step, attempt, outcome)


def skip(step: str) -> e.StepSkipped:
    return e.StepSkipped(step, "p.rail", Phase.STEPS, "stopped")


def timeline(*events: e.Event, step_ms: int = 10) -> list[e.Stamped]:
    """The events as a run stamps them, one each `step_ms`."""
    return [
        e.Stamped(RUN, n, NOON + timedelta(milliseconds=n * step_ms), n * step_ms, event)
        for n, event in enumerate(events)
    ]


GOOD: list[e.Event] = [
    STARTED,
    e.UnitIdentified(Unit("A57", ("490154203237518",))),
    begin("power"),
    begin("close"),
    measured("power"),
    end("close"),
    e.Attached("power", 1, "rail.csv", "00", 300),
    end("power"),
    e.SafeStateReached(),
]
ENDED: list[e.Event] = [*GOOD, e.RunEnded(Outcome.PASS, None)]


# ---- laws


@given(runs())
def test_any_prefix_folds(events: list[e.Stamped]) -> None:
    for length in range(1, len(events) + 1):
        record = fold(events[:length])
        assert record.run == RUN
    assert sum(len(step.measurements) for step in record.steps) == sum(
        isinstance(stamped.event, e.Measured) for stamped in events
    )


@given(runs())
def test_a_live_fold_equals_a_replay(events: list[e.Stamped]) -> None:
    live = RecordBuilder()
    for length, event in enumerate(events, 1):
        live.apply(event)
        assert live.build() == fold(events[:length])


@given(runs())
def test_a_live_fold_equals_a_replay_through_the_codec(events: list[e.Stamped]) -> None:
    written = [json.dumps(encode(event)) for event in events]
    replayed = fold(decode(e.Stamped, json.loads(line)) for line in written)
    assert replayed == fold(events)
    assert json.dumps(encode(replayed)) == json.dumps(encode(fold(events)))


@given(runs())
def test_unfolding_and_folding_gives_the_record_again(events: list[e.Stamped]) -> None:
    record = fold(events)
    again = unfold(record)
    assert fold(again) == record
    assert [stamped.seq for stamped in again] == list(range(len(again)))
    assert [s.at_ms for s in again] == sorted(s.at_ms for s in again)
    assert unfold(fold(again)) == again


@given(runs())
def test_no_fault_is_lost(events: list[e.Stamped]) -> None:
    record = fold(events)
    kept = [step.fault for step in record.steps if step.fault]
    kept += [n.event.fault for n in record.notes if isinstance(n.event, e.Faulted)]
    came = [s.event.fault for s in events if isinstance(s.event, e.Faulted)]
    assert sorted(map(repr, kept)) == sorted(map(repr, came))


@given(runs(ended=False))
def test_a_run_that_has_not_ended_has_no_outcome(events: list[e.Stamped]) -> None:
    record = fold(events)
    assert (record.outcome, record.ended, record.duration_s, record.fault) == (None,) * 4


@given(runs())
def test_the_outcome_is_the_one_that_was_concluded(events: list[e.Stamped]) -> None:
    outcome = fold(events).outcome
    seen(str(outcome and outcome.name))
    said = [s.event.outcome for s in events if isinstance(s.event, e.RunEnded)]
    cut = any(isinstance(s.event, e.RunInterrupted) for s in events)
    assert outcome is (Outcome.ABORTED if cut else said[0] if said else None)


@given(runs(ended=False))
def test_recovery_closes_an_open_run_and_keeps_all_of_it(events: list[e.Stamped]) -> None:
    record = fold(events)
    closing = e.RunInterrupted(NOON, CUT)
    last = e.Stamped(RUN, len(events), NOON, events[-1].at_ms, closing)
    closed = fold([*events, last])
    assert (closed.outcome, closed.fault, closed.ended) == (Outcome.ABORTED, CUT, NOON)
    assert closed.steps == record.steps
    assert closed.attachments == record.attachments
    assert closed.notes[:-1] == record.notes
    assert closed.notes[-1].event == closing
    assert closed.dut_failed is record.dut_failed
    assert fold(unfold(closed)) == closed
    notes = (note.event for note in closed.notes)
    assert conclude(closed.plan, closed.steps, notes) == (Outcome.ABORTED, CUT)


@given(runs(ended=False))
def test_the_builder_concludes_what_its_record_concludes(events: list[e.Stamped]) -> None:
    builder = RecordBuilder()
    for event in events:
        builder.apply(event)
    record = builder.build()
    notes = (note.event for note in record.notes)
    assert builder.conclude() == conclude(record.plan, record.steps, notes)


@given(runs(ended=False), any_event)
def test_a_stray_event_is_taken_or_refused_and_spoils_nothing(
    events: list[e.Stamped], stray: e.Event
) -> None:
    builder = RecordBuilder()
    for stamped in events:
        builder.apply(stamped)
    before = builder.build()
    try:
        builder.apply(e.Stamped(RUN, len(events), NOON, events[-1].at_ms, stray))
    except ValueError:
        assert builder.build() == before


# ---- examples


def test_a_good_run() -> None:
    record = fold(timeline(*ENDED, e.Recorded(RUN, "00")))
    power, close = record.steps
    assert (record.outcome, record.fault, record.dut_failed) == (Outcome.PASS, None, False)
    assert (record.started, record.ended) == (NOON, NOON + timedelta(milliseconds=90))
    assert record.duration_s == 0.09
    assert (power.id, power.at_ms, power.duration_s) == ("power", 20, 0.05)
    assert (close.id, close.at_ms, close.duration_s) == ("close", 30, 0.02)
    assert [m.at_ms for m in power.measurements] == [20]
    assert record.attachments == (Attachment("rail.csv", "00", 300, "power", 1, 40),)
    assert (record.scanned, record.unit.imei) == (Unit("A57"), ("490154203237518",))


def test_attempts_side_by_side_keep_their_own() -> None:
    record = fold(
        timeline(
            STARTED,
            begin("power"),
            begin("close"),
            e.Attached("close", 1, "second.log", "02", 2),
            e.Attached("power", 1, "first.log", "01", 1),
            measured("close", Outcome.FAIL),
            measured("power"),
            end("power"),
            end("close", Outcome.FAIL),
            begin("close", 2),
            measured("close", attempt=2),
            end("close", attempt=2),
            step_ms=0,
        )
    )
    assert [(s.id, s.attempt, s.outcome) for s in record.steps] == [
        ("power", 1, Outcome.PASS),
        ("close", 1, Outcome.FAIL),
        ("close", 2, Outcome.PASS),
    ]
    assert [m.outcome for step in record.steps for m in step.measurements] == [
        Outcome.PASS,
        Outcome.FAIL,
        Outcome.PASS,
    ]
    assert [file.name for file in record.attachments] == ["first.log", "second.log"]
    assert fold(unfold(record)) == record
    assert not record.dut_failed


def test_a_killed_run_keeps_its_fail() -> None:
    events = timeline(STARTED, begin("power"), measured("power", Outcome.FAIL))
    closed = fold([*events, e.Stamped(RUN, 3, NOON, 20, e.RunInterrupted(NOON, CUT))])
    assert closed.dut_failed
    assert (closed.outcome, closed.steps[0].outcome) == (Outcome.ABORTED, None)
    assert closed.duration_s == 0.02


def test_the_first_fault_of_an_attempt_stays_and_the_next_is_noted() -> None:
    first, second = e.Faulted(BAD_UNIT, "power", 1), e.Faulted(LINK_GONE, "power", 1)
    record = fold(timeline(STARTED, begin("power"), first, second))
    assert record.steps[0].fault == BAD_UNIT
    assert [note.event for note in record.notes] == [e.Faulted(LINK_GONE)]
    assert record.dut_failed


def test_a_fault_of_the_run_that_blames_the_unit_counts_against_it() -> None:
    assert fold(timeline(STARTED, e.Faulted(BAD_UNIT))).dut_failed
    assert not fold(timeline(STARTED, e.Faulted(LINK_GONE))).dut_failed


def test_a_skipped_step_is_no_attempt() -> None:
    record = fold(timeline(STARTED, skip("close")))
    step = record.steps[0]
    assert (step.attempt, step.outcome, step.skipped) == (0, Outcome.SKIPPED, "stopped")


def test_a_running_attempt_can_be_looked_at() -> None:
    builder = RecordBuilder()
    for event in timeline(STARTED, begin("power"), measured("power")):
        builder.apply(event)
    assert [m.name for m in builder.attempt("power", 1).measurements] == ["voltage"]
    with pytest.raises(ValueError, match="attempt 2 of step power is not running"):
        builder.attempt("power", 2)


OUT_OF_ORDER: dict[str, list[e.Event]] = {
    "nothing": [],
    "before the start": [begin("power")],
    "recorded before the start": [e.Recorded(RUN, "00")],
    "recorded before the end": [STARTED, e.Recorded(RUN, "00")],
    "a second start": [STARTED, STARTED],
    "a start after the end": [*ENDED, STARTED],
    "a step after the end": [*ENDED, begin("late")],
    "a note after the end": [*ENDED, e.SafeStateReached()],
    "a second end": [*ENDED, e.RunEnded(Outcome.FAIL, None)],
    "an interruption after the end": [*ENDED, e.RunInterrupted(NOON, CUT)],
    "an end after an interruption": [
        *GOOD,
        e.RunInterrupted(NOON, CUT),
        e.RunEnded(Outcome.PASS, None),
    ],
    "an attempt twice": [STARTED, begin("power"), end("power"), begin("power")],
    "attempt 0": [STARTED, begin("power", 0)],
    "skipped twice": [STARTED, skip("close"), skip("close")],
    "a measurement outside a step": [STARTED, measured("power")],
    "a measurement of a skipped step": [STARTED, skip("power"), measured("power", attempt=0)],
    "a measurement after the step": [*GOOD, measured("power")],
    "a measurement of another attempt": [STARTED, begin("power"), measured("power", attempt=2)],
    "a file after the step": [*GOOD, e.Attached("power", 1, "x", "00", 1)],
    "a fault after the step": [*GOOD, e.Faulted(LINK_GONE, "power", 1)],
    "an end without a start": [STARTED, end("power")],
    "an end twice": [*GOOD, end("power")],
}


@pytest.mark.parametrize("events", OUT_OF_ORDER.values(), ids=OUT_OF_ORDER)
def test_events_out_of_order_are_refused(events: list[e.Event]) -> None:
    if events:
        fold(timeline(*events[:-1])) if events[:-1] else None
    with pytest.raises(ValueError, match=r".+"):
        fold(timeline(*events))


def test_an_event_of_another_run_is_refused() -> None:
    start, stranger = timeline(STARTED, e.SafeStateReached())
    for wrong in ([replace(start, run=OTHER_RUN)], [start, replace(stranger, run=OTHER_RUN)]):
        with pytest.raises(ValueError, match=r".+"):
            fold(wrong)


def test_time_does_not_go_back_in_a_run() -> None:
    events = timeline(STARTED, begin("power"), measured("power"))
    with pytest.raises(ValueError, match="before the last event"):
        fold([*events, e.Stamped(RUN, 3, NOON, 19, end("power"))])
    assert fold([*events, e.Stamped(RUN, 3, NOON, 20, end("power"))]).steps[0].duration_s == 0.01
