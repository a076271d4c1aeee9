"""One run from its first event to its record. Every way out passes teardown and safe state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.engine.attempt import run_step, secure
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.errors import StationFault, unexpected
from harness.model.events import AbortRequested, Faulted, SafeStateReached, StepSkipped
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, Phase, PlannedStep
from harness.model.record import Record


def execute(job: Job, log: RunLog) -> Record:
    """Run the plan on the bench; the record, once it is on disk.

    A step that does not pass stops the steps after it (a FAIL unless it says `on_fail:
    continue`). Teardown is attempted whatever happened, each of its steps.

    Raises: StationFault(STORE-...) when nothing could be recorded: before anything moved, or
    at the end, when the unit must not be shown as passed. SLOT-WEDGED when the run was taken
    over from this thread.
    """
    log.begin(job.started, job.documents)
    with job.abort.waking(lambda: _note_abort(job, log)):
        with _our_bugs_are_faults(log):
            stop = _perform(job, log, Phase.SETUP, "")
            _perform(job, log, Phase.STEPS, stop)
        with _our_bugs_are_faults(log):
            for step in job.plan.of(Phase.TEARDOWN):
                run_step(step, job, log, job.halt)
        if secure(job, log):
            log.emit(SafeStateReached())
    return log.end()


def _perform(job: Job, log: RunLog, phase: Phase, stop: str) -> str:
    """Run the steps of a phase until one of them stops the run; why it is stopped, or ''."""
    for step in job.plan.of(phase):
        stop = stop or _stopped_from_outside(job, log)
        if stop:
            log.emit(StepSkipped(step.id, step.use, step.phase, stop))
            continue
        outcome = run_step(step, job, log, job.abort)
        if _stops(step, outcome):
            stop = f"{step.id} ended {outcome.name}"
    return stop


def _stops(step: PlannedStep, outcome: Outcome) -> bool:
    if outcome is Outcome.FAIL:
        return step.on_fail is OnFail.STOP
    return outcome is not Outcome.PASS


def _stopped_from_outside(job: Job, log: RunLog) -> str:
    if job.abort.reason:
        return str(job.abort.reason)
    if log.store_failure:
        log.emit(Faulted(Fault.of(log.store_failure)))
        return str(log.store_failure)
    return ""


def _note_abort(job: Job, log: RunLog) -> None:
    reason = job.abort.reason
    if reason and not log.refusal:
        log.emit(AbortRequested(str(reason.evidence.get("by", "station")), reason.message))


@contextmanager
def _our_bugs_are_faults(log: RunLog) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if log.refusal:
            raise
        bug = StationFault("ENGINE-BUG", str(error), evidence=unexpected(error))
        log.emit(Faulted(Fault.of(bug)))
