"""One run from its first event to its record. Every way out passes teardown and safe state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from harness.engine.attempt import secure
from harness.engine.group import Batch, batches, left_out, skipped
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.engine.reserve import choose
from harness.engine.rounds import run_rounds
from harness.errors import HarnessError, OperatorStop, StationFault, unexpected
from harness.model.events import AbortRequested, Faulted, SafeStateReached, is_of_jig
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
    for remark in job.remarks:
        log.emit(remark)
    with job.abort.waking(lambda: _note_abort(job, log)):
        with job.bench.watched(until=job.halt, stop=job.abort) as settle:
            with _our_bugs_are_faults(log):
                stop = _perform(job, log, Phase.SETUP, "")
                _perform(job, log, Phase.STEPS, stop)
                settle()
            for batch in batches(job.plan.of(Phase.TEARDOWN), lambda _: 0):
                with _our_bugs_are_faults(log):
                    run_rounds(batch, job, log, job.halt)
        if secure(job, log):
            log.emit(SafeStateReached())
    with _our_bugs_are_faults(log):
        if gone := job.witness(log.steps(), log.at_ms):
            log.emit(gone)
    with _our_bugs_are_faults(log):
        _weigh(job, log)
    return log.end(job.plan.symptoms)


def _perform(job: Job, log: RunLog, phase: Phase, stop: str) -> str:
    """Run the steps of a phase until one of them stops the run; why it is stopped, or ''."""

    def upcoming(left: Sequence[PlannedStep]) -> int:
        for place, step in enumerate(left):
            if stop or left_out(step, job.started.plan):
                return place  # needs no instruments: it is skipped
        return choose(left, job.started.run, job.outlook, job.instruments, log, job.abort)

    try:
        for batch in batches(job.plan.of(phase), upcoming):
            stop = stop or _stopped_from_outside(job, log)
            stop = _start(batch, job, log, stop) or stop
    finally:
        job.instruments.abandon(job.started.run)  # what was chosen and then not started
    return stop


def _start(batch: Batch, job: Job, log: RunLog, stop: str) -> str:
    """Run the steps of a batch, or skip those that are not to be run; why they stop the run."""
    to_run = []
    for step in batch:
        if reason := left_out(step, job.started.plan) or stop:
            log.emit(skipped(step, reason))
        else:
            to_run.append(step)
    outcomes = run_rounds(tuple(to_run), job, log, job.abort)
    stopping = [step for step in to_run if stops(step, outcomes[step.id])]
    if not stopping:
        return ""
    worst = max(stopping, key=lambda step: outcomes[step.id])
    return f"{worst.id} ended {outcomes[worst.id].name}"


def stops(step: PlannedStep, outcome: Outcome) -> bool:
    """Whether this end of a step has the steps after it skipped."""
    if outcome is Outcome.FAIL:
        return step.on_fail is OnFail.STOP
    return outcome not in (Outcome.PASS, Outcome.SKIPPED)  # it is skipped when the run is stopped


def _stopped_from_outside(job: Job, log: RunLog) -> str:
    if job.abort.reason:
        return str(job.abort.reason)
    if log.store_failure:
        log.emit(Faulted(Fault.of(log.store_failure)))
        return str(log.store_failure)
    return ""


def _weigh(job: Job, log: RunLog) -> None:
    """Say what only the rules of the line can say of a run that is about to end."""
    try:
        _require_known(job, log)
        fault = log.concluded().fault
        if job.rules and fault and (said := job.rules.confirmed(fault.code, log.record())):
            log.emit(said)
    except HarnessError as error:
        if log.refusal:
            raise
        log.emit(Faulted(Fault.of(error)))


def _require_known(job: Job, log: RunLog) -> None:
    """Hold it against a run that counts that no handset has said who it is.

    A unit that was announced keeps its FAIL, because a dead one says nothing; what is worse keeps
    its reason.

    Raises: OperatorStop(UNIT-UNKNOWN).
    """
    started = job.started
    if log.identified or not started.purpose.ruled or is_of_jig(started.purpose, started.process):
        return
    announced = started.unit.serial
    if log.concluded().outcome <= (Outcome.PASS if announced else Outcome.FAIL):
        label = f"{announced} was announced" if announced else "no label was scanned"
        raise OperatorStop("UNIT-UNKNOWN", f"{label}, and no step asked the handset who it is")


def _note_abort(job: Job, log: RunLog) -> None:
    reason = job.abort.reason
    if not reason or log.refusal:
        return
    if reason.code == "RUN-ABORTED":
        log.emit(AbortRequested(str(reason.evidence.get("by", "station")), reason.message))
    else:
        log.emit(Faulted(Fault.of(reason)))


@contextmanager
def _our_bugs_are_faults(log: RunLog) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if log.refusal:
            raise
        bug = StationFault("ENGINE-BUG", str(error), evidence=unexpected(error))
        log.emit(Faulted(Fault.of(bug)))
