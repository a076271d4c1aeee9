"""One step of the plan: its attempts, each under a lease of its own."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from harness.clock import Cancel, Deadline, Lease
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.engine.measure import Measurements, Registry
from harness.errors import HarnessError, StepBug
from harness.model.conclude import attempt_outcome
from harness.model.events import Faulted, RetryDecided, SafeStateFailed, StepEnded, StepStarted
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.plan import PlannedStep
from harness.model.ports import Measure, UnitRegistry, Wait
from harness.model.step import StepSpec
from harness.model.units import Quantity


def run_step(step: PlannedStep, job: Job, log: RunLog, cancel: Cancel) -> Outcome:
    """Attempt a step until it needs no retry; the outcome is its last attempt's."""
    attempts = step.retry.times + 1
    for number in range(1, attempts + 1):
        outcome = _attempt(step, number, job, log, cancel)
        if outcome not in step.retry.on or cancel.reason or number == attempts:
            break
        log.emit(RetryDecided(step.id, number, f"attempt {number} ended {outcome.name}"))
    return outcome


def secure(job: Job, log: RunLog) -> bool:
    """Bring the bench to its safe state; whether it is."""
    if log.refusal:
        raise log.refusal.again()
    faults = job.bench.make_safe(job.clock)
    for fault in faults:
        log.emit(SafeStateFailed(fault))
    return not faults


def _attempt(step: PlannedStep, number: int, job: Job, log: RunLog, cancel: Cancel) -> Outcome:
    lease = Lease(Deadline(float(step.timeout_s), job.clock), cancel.child())
    log.emit(StepStarted(step.id, step.use, step.phase, number))
    with job.watch.over(lease):
        fault = _run_body(step, number, job, log, lease)
    if fault:
        log.emit(Faulted(fault, step.id, number))
        secure(job, log)  # a step that raised may have left something on
    outcome = attempt_outcome(log.attempt(step.id, number).measurements, fault)
    log.emit(StepEnded(step.id, number, outcome))
    return outcome


def _run_body(step: PlannedStep, number: int, job: Job, log: RunLog, lease: Lease) -> Fault | None:
    """Call the step's function; the fault it ended in, or None."""
    spec = job.catalogue[step.use]
    measure = Measurements(log, lease, spec, step, number)
    try:
        spec.body(**_ports(spec, job, log, lease, measure), **_arguments(step))
        lease.check()
        lease.check_time()
        measure.check_complete()
    except HarnessError as error:
        return Fault.of(error)
    except Exception as error:  # noqa: BLE001 whatever a step raises is evidence against the step
        return Fault.of(_bug(step, error))
    finally:
        lease.end()
    return None


def _ports(
    spec: StepSpec, job: Job, log: RunLog, lease: Lease, measure: Measurements
) -> Mapping[str, Any]:
    own: dict[type, object] = {
        Measure: measure,
        UnitRegistry: Registry(log, job.started.unit, job.plan.product),
        Wait: lease.sleep,
    }
    return {
        name: own[kind] if kind in own else job.bench.port(kind, lease)
        for name, kind in spec.ports.items()
    }


def _arguments(step: PlannedStep) -> Mapping[str, Any]:
    return {
        name: float(value.amount) if isinstance(value, Quantity) else value
        for name, value in step.arguments.items()
    }


def _bug(step: PlannedStep, error: Exception) -> StepBug:
    lines = traceback.format_exception(error)[-6:]
    words = f"{step.use} raised {type(error).__name__}: {error}"
    return StepBug("STEP-BUG", words, evidence={"traceback": "".join(lines)})
