"""One run on one slot: a thread that executes, and a supervisor that never trusts it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from harness.clock import POLL_S
from harness.engine.execute import execute
from harness.engine.job import Job
from harness.engine.log import Listener, RunLog
from harness.engine.quarantine import GRACE_S, quarantine, wedged
from harness.errors import HarnessError, OperatorStop, StationFault, unexpected
from harness.model.backing import Journal
from harness.model.outcome import Outcome
from harness.model.record import Record


@dataclass(frozen=True, slots=True)
class RunResult:
    """The record that is on disk, or why there is none."""

    record: Record | None
    failure: HarnessError | None
    refused: bool = False
    """No run was begun: `failure` says why."""
    wedged: bool = False
    """The run was closed over its thread, which is still somewhere in the slot."""
    left_changed: HarnessError | None = None
    """Why the handset may not be as it was found, when the run was cut short."""
    golden: bool = False
    """Its unit came as a golden or known-bad one, whose run was ordered as such, or refused."""

    @property
    def outcome(self) -> Outcome:
        """PASS only when the record says so and is on disk; ERROR where no run was begun."""
        if self.record is None or self.record.outcome is None:
            return Outcome.ERROR
        return self.record.outcome


class SlotRun:
    """Executes a job in a thread of its own. `supervise` belongs to another thread.

    `afterwards` is called in that thread once the record is on disk, before the slot is free; it
    says what it could not put back. `over` is called once the run has ended, however it did, or
    could not be started.
    """

    def __init__(
        self,
        job: Job,
        journal: Journal,
        listeners: tuple[Listener, ...] = (),
        afterwards: Callable[[Record], HarnessError | None] = lambda _: None,
        over: Callable[[], None] = lambda: None,
    ) -> None:
        self._job = job
        self._afterwards = afterwards
        self._over = over
        self._log = RunLog(job.started.run, journal, job.clock, listeners)
        self._done: queue.SimpleQueue[RunResult] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._execute, name=f"slot-{job.started.slot}", daemon=True
        )

    @property
    def run(self) -> str:
        """The id of its run."""
        return self._job.started.run

    def start(self) -> None:
        try:
            self._thread.start()
        except BaseException:
            self._over()
            raise

    def join(self, timeout_s: float) -> None:
        """Wait for the thread itself to be gone."""
        self._thread.join(timeout_s)

    def abort(self, by: str, why: str) -> None:
        """Stop the run; asked a second time, cut its teardown short too."""
        reason = OperatorStop("RUN-ABORTED", why, evidence={"by": by})
        (self._job.halt if self._job.abort.reason else self._job.abort).set(reason)

    def answer(self, question: str, answer: str, by: str) -> None:
        """Answer what a step asks the operator.

        Raises: ValueError when that is not asked now, or that is no answer to it.
        """
        self._job.questions.answer(question, answer, by)

    def supervise(self, each_poll: Callable[[], None] = lambda: None) -> RunResult:
        """Wait for the end of the run; close it from here if its thread ignores its deadline.

        `each_poll` is called every 50 ms: it may draw a screen or call `abort`.
        """
        try:
            return self._wait(each_poll)
        except BaseException:
            # never leave a run that may have power on: stop it, then let the error out
            self.abort("station", "the supervisor of the run failed")
            self._wait(lambda: None)
            raise
        finally:
            self._job.halt.detach()
            self._over()

    def _wait(self, each_poll: Callable[[], None]) -> RunResult:
        while True:
            try:
                return self._done.get(timeout=POLL_S)
            except queue.Empty:
                each_poll()
            if failure := self._log.store_failure:
                self._job.abort.set(failure.again())
            if self._job.watch.overdue(GRACE_S):
                reason = wedged(self._job.started.slot)
                if heir := self._log.take_over(reason):
                    closing = partial(quarantine, self._job, heir, reason)
                    return replace(_result_of(closing), wedged=True)

    def _execute(self) -> None:
        result = _result_of(partial(execute, self._job, self._log))
        if result.record:
            result = replace(result, left_changed=self._afterwards(result.record))
        self._done.put(result)


def _result_of(run: Callable[[], Record]) -> RunResult:
    try:
        return RunResult(run(), None)
    except HarnessError as error:
        return RunResult(None, error)
    except BaseException as error:  # noqa: BLE001 a slot whose thread dies must not fall silent
        bug = StationFault("ENGINE-BUG", str(error), evidence=unexpected(error))
        return RunResult(None, bug)
