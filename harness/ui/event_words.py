"""What happened in a run, a line an event: the console and the engineer's log say it alike."""

from __future__ import annotations

from harness.model.events import (
    AbortRequested,
    Answered,
    Attached,
    Event,
    FaultConfirmed,
    Faulted,
    Measured,
    Prompted,
    Recorded,
    Released,
    Reserved,
    RetryDecided,
    RouteCheckedLocally,
    RunEnded,
    RunInterrupted,
    RunStarted,
    SafeStateFailed,
    SafeStateReached,
    StepEnded,
    StepSkipped,
    StepStarted,
    UnitIdentified,
    UnitLost,
    UnitSwapped,
    Waiting,
)
from harness.model.fault import Fault
from harness.model.record import MeasurementRecord
from harness.model.refs import PlanRef
from harness.ui.limits import judged_words
from harness.ui.text import printable, short_hash
from harness.ui.verdict import fault_words, symptom_words

_OfRun = (
    RunStarted
    | UnitIdentified
    | AbortRequested
    | UnitLost
    | UnitSwapped
    | RouteCheckedLocally
    | FaultConfirmed
    | SafeStateReached
    | SafeStateFailed
    | RunEnded
    | RunInterrupted
    | Recorded
)


def event_words(event: Event) -> str:
    """A word for what happened, the step, and what is to be said of it; printable, on one line."""
    match event:
        case StepStarted(step=step, use=use, attempt=attempt, parent=parent):
            return _line("starts", step, f"{use}{_which(attempt)}{_inside(parent)}")
        case Waiting() | Reserved() | Released():
            return _of_instrument(event)
        case Measured(step=step, outcome=outcome, reason=reason):
            why = f", {reason}" if reason else ""
            return _line(outcome.name, step, f"{judged_words(_made(event))}{why}")
        case Attached(step=step, name=name, bytes=size):
            return _line("keeps", step, f"{name}, {size} bytes")
        case Prompted(step=step, text=text, answers=answers, within_s=within_s):
            within = f", within {within_s:.0f} s" if within_s else ""
            return _line("asks", step, f"{text}  [{' / '.join(answers)}{within}]")
        case Answered(step=step, answer=answer, by=by):
            return _line("answer", step, f"{answer}, said {by}")
        case Faulted(fault=fault, step=step):
            return _line("fault", step or "", fault_words(fault))
        case RetryDecided(step=step, attempt=attempt, why=why):
            return _line("again", step, f"after attempt {attempt}: {why}")
        case StepEnded(step=step, outcome=outcome, attempt=attempt):
            return _line(outcome.name, step, f"ended{_which(attempt)}")
        case StepSkipped(step=step, reason=reason, parent=parent):
            return _line("SKIPPED", step, f"{reason}{_inside(parent)}")
        case _:
            return _of_run(event)


def run_words(plan: PlanRef, unit: str, slot: int, attempt: int, variant: str = "") -> str:
    """Which plan on which unit, by its serial, where, and for the how manieth time."""
    of = f" ({variant})" if variant else ""
    who = unit or "an unannounced unit"
    return f"{plan.id} revision {plan.revision}{of} on {who}, slot {slot}, attempt {attempt}"


def _of_instrument(event: Waiting | Reserved | Released) -> str:
    match event:
        case Waiting(step=step, instrument=instrument):
            return _line("waits", step, f"for {instrument}")
        case Reserved(step=step, instrument=instrument):
            return _line("has", step, instrument)
        case Released(step=step, instrument=instrument):
            return _line("frees", step, instrument)


def _of_run(event: _OfRun) -> str:
    match event:
        case RunStarted(plan=plan, unit=unit, slot=slot, attempt=attempt, purpose=purpose):
            what = run_words(plan, unit.serial, slot, attempt, unit.variant)
            return _line("begins", "", f"{what}, {purpose}, run {event.run}")
        case UnitIdentified(unit=unit):
            imei = f", IMEI {' '.join(unit.imei)}" if unit.imei else ""
            return _line("unit", "", f"it says that it is {unit.serial or 'nobody'}{imei}")
        case AbortRequested(by=by, why=why):
            return _line("abort", "", f"by {by}: {why}")
        case UnitLost(why=why):
            return _line("lost", "", why)
        case UnitSwapped(why=why):
            return _line("swapped", "", why)
        case RouteCheckedLocally(why=why):
            return _line("route", "", f"checked at this station alone: {why}")
        case FaultConfirmed(code=code, before=before, slot=slot):
            return _line("unit's", "", f"{code} came on slot {slot} as well, in run {before}")
        case SafeStateReached():
            return _line("safe", "", "every device of the slot is safe")
        case SafeStateFailed(fault=fault):
            return _line("NOT SAFE", "", f"{fault.code}: {fault.message}")
        case RunEnded() | RunInterrupted() | Recorded():
            return _of_end(event)


def _of_end(event: RunEnded | RunInterrupted | Recorded) -> str:
    """Only of a record that is on disk anyone may say PASS: that it is, the last line says."""
    match event:
        case RunEnded(outcome=outcome, fault=fault, symptom=symptom):
            bin_ = f", {symptom_words(symptom)}" if symptom else ""
            stands = f"{outcome.name}, once its record is on disk"
            return _line("ends", "", f"{stands}{_because(fault)}{bin_}")
        case RunInterrupted(fault=fault):
            return _line("broke", "", fault_words(fault))
        case Recorded(sha256=sha256):
            return _line("on disk", "", f"the record, SHA-256 {short_hash(sha256)}")


def _line(head: str, step: str, words: str) -> str:
    place = f"{head:8}{step:16}" if step else f"{head:7}"
    return printable(f"{place} {words}")


def _which(attempt: int) -> str:
    return f", attempt {attempt}" if attempt > 1 else ""


def _inside(parent: str | None) -> str:
    return f", in {parent}" if parent else ""


def _because(fault: Fault | None) -> str:
    return f": {fault_words(fault)}" if fault else ""


def _made(event: Measured) -> MeasurementRecord:
    return MeasurementRecord(
        name=event.name,
        at_ms=0,
        value=event.value,
        unit=event.unit,
        outcome=event.outcome,
        reason=event.reason,
        limit=event.limit,
        raw=event.raw,
    )
