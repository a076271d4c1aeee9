"""Ends a run whose thread ignores its deadline: its threads keep nothing that moves anything."""

from __future__ import annotations

from harness.engine.attempt import secure
from harness.engine.group import left_out, skipped
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.errors import StationFault
from harness.model.events import Faulted, Released, SafeStateReached, StepEnded
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.record import Record

GRACE_S = 5.0
"""How long past its deadline, or after an abort, a step may take to come back [s]."""


def wedged(slot: int) -> StationFault:
    """Why a run is taken over from its thread."""
    message = f"slot {slot} did not come back {GRACE_S:g} s after its time limit or an abort"
    return StationFault("SLOT-WEDGED", message)


def quarantine(job: Job, heir: RunLog, reason: StationFault) -> Record:
    """End a run that was taken over: revoke, make safe, close the record as ERROR.

    Steps that ran beside the wedged one are cut with it. Teardown is not run: the wedged thread
    may still be inside a device.

    Raises: StationFault(STORE-...) as `execute` does.
    """
    job.halt.set(reason)
    job.watch.revoke(reason)
    _close_steps(job, heir, reason)
    try:
        if secure(job, heir):
            heir.emit(SafeStateReached())
    finally:
        held = job.instruments.abandon(job.started.run)
    for ticket in held:
        for name in sorted(ticket.names):
            heir.emit(Released(ticket.step, name))
    return heir.end(job.plan.symptoms)


def _close_steps(job: Job, heir: RunLog, reason: StationFault) -> None:
    """End the attempts that are open, skip the steps that had none."""
    for step in heir.steps():
        if step.outcome is None:
            heir.emit(Faulted(Fault.of(reason), step.id, step.attempt))
            heir.emit(StepEnded(step.id, step.attempt, Outcome.ERROR))
    begun = {step.id for step in heir.steps()}
    for planned in job.plan.steps:
        if planned.id not in begun:
            why = left_out(planned, job.started.plan) or str(reason)
            heir.emit(skipped(planned, why))
