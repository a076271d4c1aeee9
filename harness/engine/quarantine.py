"""Ends a run whose thread ignores its deadline: the thread keeps nothing that moves anything."""

from __future__ import annotations

from harness.clock import Lease
from harness.engine.attempt import secure
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.errors import StationFault
from harness.model.events import Faulted, SafeStateReached, StepEnded, StepSkipped
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.record import Record

GRACE_S = 5.0
"""How long past its deadline, or after an abort, a step may take to come back [s]."""


def wedged(slot: int) -> StationFault:
    """Why a run is taken over from its thread."""
    message = f"slot {slot} did not come back {GRACE_S:g} s after its time limit or an abort"
    return StationFault("SLOT-WEDGED", message)


def quarantine(job: Job, heir: RunLog, leases: list[Lease], reason: StationFault) -> Record:
    """End a run that was taken over: revoke, make safe, close the record as ERROR.

    Teardown is not run: the wedged thread may still be inside a device.

    Raises: StationFault(STORE-...) as `execute` does.
    """
    for lease in leases:
        lease.end(reason)
    job.halt.set(reason)
    for step in heir.steps():
        if step.outcome is None:
            heir.emit(Faulted(Fault.of(reason), step.id, step.attempt))
            heir.emit(StepEnded(step.id, step.attempt, Outcome.ERROR))
    begun = {step.id for step in heir.steps()}
    for planned in job.plan.steps:
        if planned.id not in begun:
            heir.emit(StepSkipped(planned.id, planned.use, planned.phase, str(reason)))
    if secure(job, heir):
        heir.emit(SafeStateReached())
    return heir.end()
