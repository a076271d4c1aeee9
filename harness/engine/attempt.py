"""One attempt of a step, under a lease of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from harness.clock import Cancel, Deadline, Lease
from harness.engine.attach import Attachments, SoFar
from harness.engine.group import parent_of
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.engine.measure import Measurements, Registry
from harness.engine.prompts import Prompts
from harness.engine.reserve import reserved
from harness.errors import HarnessError, StepBug, unexpected
from harness.model.conclude import attempt_outcome
from harness.model.events import Faulted, SafeStateFailed, StepEnded, StepStarted
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.plan import PlannedStep
from harness.model.ports import (
    Attach,
    Measure,
    Prompt,
    RunSoFar,
    Stopwatch,
    UnitRegistry,
    Wait,
    WallClock,
)
from harness.model.record import StepRecord
from harness.model.step import StepSpec
from harness.model.units import Quantity


class Attempt(NamedTuple):
    """An attempt that was made, and what it adds up to."""

    made: StepRecord
    outcome: Outcome


def attempt(
    step: PlannedStep, number: int, job: Job, log: RunLog, cancel: Cancel
) -> Attempt | None:
    """Attempt a step once its shared instruments are free; what came of it.

    None when the run was stopped while it waited for them. Whoever calls makes the bench safe
    after an attempt that ended in a fault: it may have left something on.
    """
    with reserved(step, job.started.run, job.outlook, job.instruments, log, cancel) as ready:
        return _attempt(step, number, job, log, cancel) if ready else None


def secure(job: Job, log: RunLog) -> bool:
    """Bring the bench to its safe state; whether it is."""
    if log.refusal:
        raise log.refusal.again()
    faults = job.bench.make_safe(job.clock)
    for fault in faults:
        log.emit(SafeStateFailed(fault))
    return not faults


def _attempt(step: PlannedStep, number: int, job: Job, log: RunLog, cancel: Cancel) -> Attempt:
    lease = Lease(Deadline(float(step.timeout_s), job.clock), cancel.child())
    log.emit(StepStarted(step.id, step.use, step.phase, number, parent_of(step)))
    with job.watch.over(lease):
        fault = _run_body(step, number, job, log, lease)
    if fault:
        log.emit(Faulted(fault, step.id, number))
    made = log.attempt(step.id, number)
    outcome = attempt_outcome(made.measurements, made.fault)
    log.emit(StepEnded(step.id, number, outcome))
    return Attempt(made, outcome)


def _run_body(step: PlannedStep, number: int, job: Job, log: RunLog, lease: Lease) -> Fault | None:
    """Call the step's function; the fault it ended in, or None."""
    spec = job.catalogue[step.use]
    measure = Measurements(log, lease, spec, step, number)
    attach = Attachments(log, lease, step.id, number)
    own: dict[type, object] = {
        Measure: measure,
        Attach: attach,
        RunSoFar: SoFar(log, lease),
        Prompt: Prompts(log, lease, step.id, job.questions),
        UnitRegistry: Registry(log, job),
        Wait: lease.sleep,
        Stopwatch: lambda: lease.deadline.limit_s - lease.deadline.left_s(),
        WallClock: job.clock.utc,
    }

    def body() -> None:
        spec.body(**_ports(spec, job, lease, own), **_arguments(step))
        lease.check()
        lease.check_time()
        measure.check_complete()

    try:
        fault = _fault_of(step, body)
        made = log.attempt(step.id, number)
        if attempt_outcome(made.measurements, fault) is not Outcome.PASS:
            late = _fault_of(step, attach.keep_evidence)
            fault = fault or late
        return fault
    finally:
        lease.end()


def _fault_of(step: PlannedStep, work: Callable[[], None]) -> Fault | None:
    """The fault in which the step's own code ends, or None."""
    try:
        work()
    except HarnessError as error:
        return Fault.of(error)
    except BaseException as error:  # noqa: BLE001 a step that calls sys.exit() is a bug like any
        words = f"{step.use} raised {type(error).__name__}: {error}"
        return Fault.of(StepBug("STEP-BUG", words, evidence=unexpected(error)))
    return None


def _ports(spec: StepSpec, job: Job, lease: Lease, own: Mapping[type, object]) -> Mapping[str, Any]:
    """What the step asks for, of the engine's own ports and the devices of the bench."""
    return {
        name: own[kind] if kind in own else job.bench.port(kind, lease)
        for name, kind in spec.ports.items()
    }


def _arguments(step: PlannedStep) -> Mapping[str, Any]:
    return {
        name: float(value.amount) if isinstance(value, Quantity) else value
        for name, value in step.arguments.items()
    }
