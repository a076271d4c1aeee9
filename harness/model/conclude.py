"""What a run's steps add up to. Pure, so that `records verify` can conclude again years later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from harness.errors import Blame, LinkFault, OperatorStop, PlanError
from harness.errors.link import HANDSET_SIDE
from harness.model.events import (
    AbortRequested,
    Event,
    FaultConfirmed,
    Faulted,
    RunInterrupted,
    SafeStateFailed,
    UnitLost,
    UnitSwapped,
    is_of_jig,
)
from harness.model.fault import Fault, Symptom
from harness.model.limits import limit_of
from harness.model.mask import Mask, Misfit
from harness.model.outcome import Outcome, outcome_of, worst
from harness.model.plan import Retry
from harness.model.record import MeasurementRecord, Record, StepRecord
from harness.model.refs import PlanRef
from harness.model.value import ALL_DIGITS, Curve, exact, spoken
from harness.model.words import amount_words, value_words

_ERROR_CODES = {"UNKNOWN": "MEAS-UNKNOWN", "UNEXPECTED": "MEAS-UNEXPECTED"}
_MEND_JIG = "Mend the jig, then run `harness selftest` for it again."
_OWN_FAULT = "Bin the unit for rework: it does the same on two slots, and this one is good."


class Conclusion(NamedTuple):
    """The outcome of a run and the fault that decided it (None for a PASS)."""

    outcome: Outcome
    fault: Fault | None


def conclude(plan: PlanRef, steps: Sequence[StepRecord], notes: Iterable[Event]) -> Conclusion:
    """The outcome of a run whose every step that will run has run.

    PASS only if every planned step ended in PASS with every declared measurement judged PASS,
    and nothing happened to the run as a whole.
    """
    noted = tuple(notes)
    for note in noted:
        if isinstance(note, RunInterrupted):
            return Conclusion(Outcome.ABORTED, note.fault)
    final = final_attempts(steps)
    faults = [step_fault(step) for step in final.values() if not _fine(step)]
    faults += [fault for note in noted if (fault := fault_of_note(note))]
    if any(isinstance(note, FaultConfirmed) for note in noted):
        faults = [_of_the_unit(fault) for fault in faults]
    faults.sort(key=lambda fault: fault.code == "RUN-INCOMPLETE")  # a cause comes before a gap
    if not faults:
        faults += _gaps(plan, final)
    if not faults:
        return Conclusion(Outcome.PASS, None)
    decisive = max(faults, key=lambda fault: outcome_of(fault.blame))  # the first of the worst
    return Conclusion(outcome_of(decisive.blame), decisive)


def conclude_again(record: Record) -> Conclusion:
    """What the record's own parts add up to."""
    return conclude(record.plan, record.steps, (note.event for note in record.notes))


def symptom_of(fault: Fault | None, symptoms: Mapping[str, Symptom]) -> Symptom | None:
    """What a line calls the fault that decided a run, and its bin; None unless it is the unit's.

    So a code of the handset's side has one only where a second slot has confirmed it.
    """
    return symptoms.get(fault.code) if fault and fault.blame is Blame.DUT else None


def dut_failed(steps: Iterable[StepRecord], notes: Iterable[Event] = ()) -> bool:
    """Whether any step found the unit bad and no later attempt of that step passed it.

    A failed measurement counts even if its attempt then ended in ERROR or ABORTED, so nobody
    can abort a fail away. A fault of the run as a whole that blames the unit counts too.
    """
    bad: dict[str, bool] = {}
    for step in steps:
        if shows_bad(step):
            bad[step.id] = True
        elif step.outcome is Outcome.PASS:
            bad[step.id] = False
    faults = (fault_of_note(note) for note in notes)
    return any(bad.values()) or any(fault.blame is Blame.DUT for fault in faults if fault)


def attempt_outcome(made: Iterable[MeasurementRecord], fault: Fault | None) -> Outcome:
    """The outcome of an attempt that measured this and ended in this fault.

    A measurement that was not judged (SKIPPED) is as good as an unreadable one.
    """
    outcomes: list[Outcome] = [
        Outcome.ERROR if m.outcome is Outcome.SKIPPED else m.outcome for m in made
    ]
    if fault:
        outcomes.append(outcome_of(fault.blame))
    return worst([Outcome.PASS, *outcomes])


def final_attempts(steps: Iterable[StepRecord]) -> dict[str, StepRecord]:
    """The last attempt of each step, in the order of their first start."""
    return {step.id: step for step in steps}


def tried_again(made: StepRecord, outcome: Outcome | None, retry: Retry) -> bool:
    """Whether a plan has an attempt made again; an ERROR washes no bad reading away."""
    if made.attempt > retry.times or outcome not in retry.on:
        return False
    return Outcome.FAIL in retry.on or not shows_bad(made)


def step_fault(step: StepRecord) -> Fault:
    """The fault that made this attempt end as it did."""
    found = [
        measurement_fault(step.id, m) for m in step.measurements if m.outcome is not Outcome.PASS
    ]
    if step.fault:
        found.append(step.fault)
    for fault in found:
        if outcome_of(fault.blame) is step.outcome:
            return fault
    return _plan_fault("RUN-INCOMPLETE", f"step {step.id} has no outcome that its parts explain")


def measurement_fault(step: str, made: MeasurementRecord) -> Fault:
    """The fault of a measurement that is not PASS."""
    evidence = {"value": made.value, "unit": made.unit, "limit": dict(made.limit)}
    code = measurement_code(step, made)
    if made.outcome is Outcome.FAIL:
        return Fault(
            code=code,
            blame=Blame.DUT,
            message=_out_of_limit(made),
            remedy="Bin the unit for repair of this function.",
            evidence=evidence,
        )
    error = PlanError(code, f"{step}.{made.name}: {value_words(made)}", evidence=evidence)
    return Fault.of(error)


def _confirmed(note: FaultConfirmed) -> Fault:
    words = f"the same as on slot {note.slot} in run {note.before}, and this slot is good"
    message = f"{words}: it has passed another unit since, in run {note.good}"
    return Fault(note.code, Blame.DUT, message, _OWN_FAULT)


def _of_the_unit(fault: Fault) -> Fault:
    """A fault of a run in which one of the link was confirmed to be the unit's.

    So are all that a handset brings about: its slot and its link are good.
    """
    if fault.code not in HANDSET_SIDE:
        return fault
    return replace(fault, blame=Blame.DUT, remedy=_OWN_FAULT)


def as_told(fault: Fault, of: Record) -> Fault:
    """A fault of a run as people are told it: whom a bad measurement of a jig blames.

    The unit of a self-test is the jig, which the station mends and no bin takes. The record keeps
    the fault as it was concluded.
    """
    if not is_of_jig(of.purpose, of.process) or ":" not in fault.code:
        return fault  # a code with one is of a measurement
    return replace(fault, blame=Blame.STATION, remedy=_MEND_JIG)


def measurement_code(step: str, made: MeasurementRecord) -> str:
    """The fault code of a measurement that is not PASS."""
    if made.outcome is Outcome.FAIL:
        return f"{step}.{made.name}:{made.reason}"
    return _ERROR_CODES.get(made.reason, "MEAS-UNREADABLE")


def _fine(step: StepRecord) -> bool:
    """Passed or skipped, with nothing in it that says otherwise."""
    parts = attempt_outcome(step.measurements, step.fault)
    return parts is Outcome.PASS and step.outcome in (Outcome.PASS, Outcome.SKIPPED)


def shows_bad(step: StepRecord) -> bool:
    """Whether an attempt found the unit bad, however it then ended."""
    failed = any(made.outcome is Outcome.FAIL for made in step.measurements)
    return failed or (step.fault is not None and step.fault.blame is Blame.DUT)


def fault_of_note(note: Event) -> Fault | None:
    """What an event says against the run as a whole; None for one that does not."""
    match note:
        case Faulted(fault=fault) | SafeStateFailed(fault=fault):
            return fault
        case AbortRequested(by=by, why=why):
            return Fault.of(OperatorStop("RUN-ABORTED", f"{by}: {why}"))
        case UnitLost(why=why):
            return Fault.of(LinkFault("ADB-LOST", why))
        case FaultConfirmed():
            return _confirmed(note)
        case UnitSwapped(why=why):
            return Fault.of(OperatorStop("UNIT-SWAPPED", why))
        case _:
            return None


def _gaps(plan: PlanRef, final: Mapping[str, StepRecord]) -> Iterator[Fault]:
    """What is missing for a PASS, where nothing that is there stands against it."""
    if not plan.steps or all(step.outcome is Outcome.SKIPPED for step in final.values()):
        yield _plan_fault("RUN-EMPTY", "no step was run")
    for planned in plan.steps:
        made = final.get(planned.id)
        if plan.leaves_out(planned.id, planned.phase):
            words = f"only {', '.join(plan.only)} of the plan was run, and passed"
            yield Fault.of(OperatorStop("RUN-PARTIAL", words))
        elif made is None or made.outcome is Outcome.SKIPPED:
            yield _plan_fault("RUN-INCOMPLETE", f"step {planned.id} was not run")
        elif missing := set(planned.measures) - {m.name for m in made.measurements}:
            words = ", ".join(sorted(missing))
            yield _plan_fault("RUN-INCOMPLETE", f"step {planned.id} did not measure {words}")


def _plan_fault(code: str, message: str) -> Fault:
    return Fault.of(PlanError(code, message))


def _out_of_limit(made: MeasurementRecord) -> str:
    if isinstance(made.value, Curve):
        return _out_of_mask(made, made.value)
    seen = value_words(made)
    match made.reason:
        case "LOW":
            return f"{seen} is below the acceptance limit {_bound(made, 'accept_low')}"
        case "HIGH":
            return f"{seen} is above the acceptance limit {_bound(made, 'accept_high')}"
        case _:
            seen = repr(seen) if isinstance(made.value, str) else seen
            parts = (f"{kind} {_spelt(v, made.unit)}" for kind, v in made.limit.items())
            return f"{seen} does not meet: {', '.join(parts)}"


def _spelt(value: object, unit: str) -> str:
    """A text in quotes, so that its blanks show; a list with its words."""
    if isinstance(value, list):
        return " or ".join(_spelt(each, unit) for each in value)
    return repr(value) if isinstance(value, str) else amount_words(value, unit)


def _bound(made: MeasurementRecord, name: str) -> str:
    return amount_words(exact(made.limit.get(name)), made.unit)


def _out_of_mask(made: MeasurementRecord, curve: Curve) -> str:
    misfit = _misfit(made, curve)
    if misfit is None:
        return f"{spoken(curve)} does not meet its limit"
    side = "below" if misfit.judgement.reason == "LOW" else "above"
    seen = amount_words(misfit.y, made.unit, beside=[Decimal(repr(misfit.bound))])
    bound = amount_words(misfit.bound, made.unit, ALL_DIGITS)
    return f"at {amount_words(misfit.x, curve.x_unit)} it is {seen}, {side} the mask's {bound}"


def _misfit(made: MeasurementRecord, curve: Curve) -> Misfit | None:
    try:
        mask = limit_of(made.limit)
    except ValueError:
        return None  # a record is concluded whatever is wrong with its limits
    if not isinstance(mask, Mask) or mask.judge(curve).outcome is not Outcome.FAIL:
        return None
    return mask.misfit(curve)
