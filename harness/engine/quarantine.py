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

GRACE_S = 2.0
"""How long past its deadline a step may take to come back [s]."""


def quarantine(job: Job, log: RunLog, leases: list[Lease]) -> Record:
    """Take the run over from its thread: revoke, make safe, close the record as ERROR.

    Teardown is not run: the wedged thread may still be inside a device.

    Raises: StationFault(STORE-...) as `execute` does.
    """
    wedged = StationFault(
        "SLOT-WEDGED",
        f"slot {job.started.slot} did not come back {GRACE_S:g} s after its time limit",
    )
    for lease in leases:
        lease.end(wedged)
    heir = log.take_over(wedged)
    job.halt.set(wedged)
    for step in heir.steps():
        if step.outcome is None:
            heir.emit(Faulted(Fault.of(wedged), step.id, step.attempt))
            heir.emit(StepEnded(step.id, step.attempt, Outcome.ERROR))
    begun = {step.id for step in heir.steps()}
    for planned in job.plan.steps:
        if planned.id not in begun:
            heir.emit(StepSkipped(planned.id, planned.use, planned.phase, str(wedged)))
    if secure(job, heir):
        heir.emit(SafeStateReached())
    return heir.end()
