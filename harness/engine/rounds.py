"""Steps that start together: attempted in rounds until none of them needs another attempt."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, wait
from functools import partial

from harness.clock import POLL_S, Cancel
from harness.engine.attempt import Attempt, attempt, secure
from harness.engine.group import Batch, skipped
from harness.engine.job import Job
from harness.engine.log import RunLog
from harness.engine.threads import in_thread
from harness.model.conclude import tried_again
from harness.model.events import RetryDecided
from harness.model.outcome import Outcome
from harness.model.plan import PlannedStep

Tried = tuple[PlannedStep, Attempt | None]
"""A step and its attempt; None when the run was stopped while it waited for instruments."""


def run_rounds(batch: Batch, job: Job, log: RunLog, cancel: Cancel) -> dict[str, Outcome]:
    """Attempt the steps, all at once, then again those that are to be tried again.

    The outcome of each step is its last attempt's; SKIPPED when it had none.
    """
    outcomes = dict.fromkeys((step.id for step in batch), Outcome.SKIPPED)
    number, due = 1, batch
    while due:
        tried = _round(due, number, job, log, cancel)
        outcomes.update((step.id, last.outcome) for step, last in tried if last)
        due = tuple(step for step, last in tried if last and _again(step, last, cancel))
        for step in due:
            why = f"attempt {number} ended {outcomes[step.id].name}"
            log.emit(RetryDecided(step.id, number, why))
        number += 1
    return outcomes


def _again(step: PlannedStep, last: Attempt, cancel: Cancel) -> bool:
    return not cancel.reason and tried_again(last.made, last.outcome, step.retry)


def _round(due: Batch, number: int, job: Job, log: RunLog, cancel: Cancel) -> list[Tried]:
    """One attempt of each step; then the safe state, if any of them ended in a fault.

    Not before the last has ended: it would take power and relays from under the others.
    """
    tries = [partial(attempt, step, number, job, log, cancel) for step in due]
    if len(due) == 1:
        ended = [tries[0]()]
    else:
        names = [f"slot-{job.started.slot}-{step.id}" for step in due]
        ended = _all_ended([in_thread(*each) for each in zip(names, tries, strict=True)], job, log)
    if any(last and last.made.fault for last in ended):
        secure(job, log)
    tried = list(zip(due, ended, strict=True))
    for step, last in tried:
        if last is None and number == 1:
            log.emit(skipped(step, str(cancel.reason)))
    return tried


def _all_ended(
    children: Sequence[Future[Attempt | None]], job: Job, log: RunLog
) -> list[Attempt | None]:
    """What came of every child, once the last has ended.

    Raises: what a child died of, once the bench is safe; the reason of `take_over` as soon as
    the run was taken over: a child may never end.
    """
    while wait(children, timeout=POLL_S).not_done:
        if log.refusal:
            raise log.refusal.again()
    if any(child.exception() for child in children):
        secure(job, log)
    return [child.result() for child in children]
