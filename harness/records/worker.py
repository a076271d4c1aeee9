"""The one thread that writes: it gathers what many threads hand in and commits it together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from harness.errors import HarnessError, StationFault
from harness.model.events import Stamped
from harness.records.writer import Answer, Group, Request

LAG_S = 0.04
"""How long an event may wait for others to share its commit [s]."""

Commit = Callable[[Group], Sequence[Answer]]


class Worker:
    """Hands groups to `commit` on a thread of its own.

    Once a commit fails nothing is written any more: whoever waits, and whoever comes, is told.
    """

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._lock = threading.Lock()  # entered without a frame of Python, unlike a Condition
        self._changed = threading.Condition(self._lock)
        self._group = Group()
        self._waiting: list[Future[Answer]] = []
        self._urgent = False
        self._closing = False
        self._failure: HarnessError | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def failure(self) -> HarnessError | None:
        return self._failure

    def ask(self, request: Request) -> Answer:
        """The answer to a request, once it is on disk.

        Raises: HarnessError when it was refused or the store cannot be written.
        """
        waiter: Future[Answer] = Future()
        with self._changed:
            if self._failure:
                raise self._failure.again()
            self._group.requests.append(request)
            self._group.durable = True
            self._waiting.append(waiter)
            self._wake(urgent=True)
        answer = waiter.result()
        if isinstance(answer, HarnessError):
            raise answer.again()
        return answer

    def add_event(self, event: Stamped, *, urgent: bool) -> None:
        """Queue an event for its run's journal; an urgent one is committed at once, and synced."""
        with self._lock:
            if self._failure:
                return
            idle = not self._group.events
            self._group.events.setdefault(event.run, []).append(event)
            self._group.durable |= urgent
            if idle or urgent:
                self._wake(urgent)

    def close(self) -> None:
        """Write what is queued, then end the thread."""
        with self._changed:
            self._failure = self._failure or StationFault("STORE-FAILED", "the store is closed")
            self._closing = True
            self._wake(urgent=True)
        self._thread.join()

    def _wake(self, urgent: bool) -> None:
        self._urgent |= urgent
        self._changed.notify()

    def _run(self) -> None:
        taken: list[Future[Answer]] = []
        try:
            while True:
                group, taken = self._take()
                if not (group.requests or group.events):
                    return
                answers = self._commit(group)
                for waiter, answer in zip(taken, answers, strict=True):
                    waiter.set_result(answer)
        except HarnessError as fault:
            self._give_up(fault, taken)
        except BaseException as error:  # whatever it is, nobody may be left waiting
            words = f"{type(error).__name__}: {error}"
            self._give_up(StationFault("STORE-FAILED", f"the recorder failed: {words}"), taken)
            raise

    def _take(self) -> tuple[Group, list[Future[Answer]]]:
        """All that is queued: at once when urgent, else when it has waited for LAG_S."""
        with self._changed:
            self._changed.wait_for(lambda: self._urgent or self._group.events)
            self._changed.wait_for(lambda: self._urgent, timeout=LAG_S)
            group, self._group = self._group, Group()
            taken, self._waiting = self._waiting, []
            self._urgent = self._closing
            return group, taken

    def _give_up(self, fault: HarnessError, taken: list[Future[Answer]]) -> None:
        with self._changed:
            self._failure = fault
            waiting = [*taken, *self._waiting]
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(fault)
