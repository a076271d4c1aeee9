"""A run that is on, as the items of its steps see it."""

from __future__ import annotations

import queue
from collections.abc import Callable

from harness.clock import POLL_S
from harness.engine.execute import stops
from harness.engine.threads import in_thread
from harness.model.conclude import tried_again
from harness.model.events import Stamped, StepEnded, StepSkipped
from harness.model.fold import RecordBuilder
from harness.model.plan import Phase
from harness.model.record import Record
from harness.station.slot import RunResult
from harness.station.station import Order, Slot, Station
from harness.station.stopping import stopping


class PlanRun:
    """Starts a run. All else belongs to pytest's thread: whoever waits also hears a Ctrl-C."""

    def __init__(self, station: Station, order: Order, slot: Slot) -> None:
        """Raises: PlanError(PLAN-DEVICE); OperatorStop(UNIT-GOLDEN)."""
        self._plan = {step.id: step for step in order.plan.steps}
        self._events = queue.SimpleQueue[Stamped]()
        self._builder = RecordBuilder()
        self._over: set[str] = set()
        """The steps that have had their last attempt, or have none."""
        self._stops = self._interrupted = False
        self._run = station.run(order, slot, (self._events.put,))
        self._run.start()
        self._result = in_thread("supervise", self._run.supervise)

    def after(self, step: str) -> Record:
        """The record as it stands once a step has had its last attempt.

        Raises: what kept the run from being recorded; KeyboardInterrupt as `heed`.
        """
        self._wait(lambda: step in self._over)
        self.heed()
        if step not in self._over and (failure := self._result.result().failure):
            raise failure.again()
        return self._builder.build()

    @property
    def goes_on(self) -> bool:
        """Whether it has steps left beside its teardown, and has no reason to skip them."""
        left = self._plan.keys() - self._over
        return not self._stops and any(
            self._plan[step].phase is not Phase.TEARDOWN for step in left
        )

    def stop(self, by: str, why: str) -> None:
        """Abort it, unless it has ended; its teardown still runs."""
        if not self._result.done():
            self._run.abort(by, why)

    def end(self) -> RunResult:
        """What came of it, once it has ended."""
        self._wait(lambda: False)
        return self._result.result()

    def heed(self) -> None:
        """Raise KeyboardInterrupt when somebody has stopped the run since the last time."""
        interrupted, self._interrupted = self._interrupted, False
        if interrupted:
            raise KeyboardInterrupt

    def _abort(self, by: str, why: str) -> None:
        self._interrupted = True
        self._run.abort(by, why)

    def _wait(self, until: Callable[[], bool]) -> None:
        """Wait until something is so, or the run has ended.

        One that somebody stops is waited for to its end; a second time cuts its teardown short.
        """
        with stopping(self._abort) as poll:
            while not self._result.done() and (self._interrupted or not until()):
                self._take(POLL_S)
                poll()
            while not self._events.empty():
                self._take(0)
            poll()

    def _take(self, timeout_s: float) -> None:
        try:
            stamped = self._events.get(timeout=timeout_s)
        except queue.Empty:
            return
        event = stamped.event
        if isinstance(event, StepEnded):
            made, step = self._builder.attempt(event.step, event.attempt), self._plan[event.step]
            if not tried_again(made, event.outcome, step.retry):
                self._over.add(event.step)
                self._stops = self._stops or stops(step, event.outcome)
        elif isinstance(event, StepSkipped):
            self._over.add(event.step)
        self._builder.apply(stamped)
