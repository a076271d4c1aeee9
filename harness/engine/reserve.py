"""Instruments that slots share: taken all or nothing, for one attempt, by ticket.

A step asks for all that an attempt needs at once and gives all of it back at the attempt's end,
so that nobody who holds something waits for more: no deadlock can be built. Whose turn it is
decides `dispatch.decide`, which also says how often a ticket may be overtaken.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from harness.clock import Cancel, Clock, SystemClock
from harness.engine.dispatch import NO_REST, Asking, Doing, Rest, Task, Tasks, decide
from harness.engine.expect import Outlook
from harness.engine.log import RunLog
from harness.model.events import Released, Reserved, Waiting
from harness.model.plan import PlannedStep


class Ticket:
    """A place in the queue for one of some tasks, and the one that it is served with.

    `rest` is what the run still has to do after all of them; `missing` is what was not free when
    it came, while it waits.
    """

    def __init__(self, run: str, choices: Tasks, rest: Rest = NO_REST) -> None:
        self.run, self.choices, self.rest = run, choices, rest
        self.missing = frozenset[str]()
        self.overtaken = 0
        self.awake = threading.Event()
        self._task: Task | None = None
        self._until = math.inf

    @property
    def served(self) -> bool:
        return self._task is not None

    @property
    def step(self) -> str:
        """The step that it is served for; until then, the first that it could be."""
        return (self._task or self.choices[0]).step

    @property
    def names(self) -> frozenset[str]:
        """What it holds."""
        return self._task.names if self._task else frozenset()

    def serve(self, task: Task, now: float) -> None:
        self._task, self._until = task, now + task.seconds
        self.missing = frozenset()
        self.awake.set()

    def asking(self) -> Asking:
        return Asking(self.choices, self.rest, self.overtaken)

    def doing(self) -> Doing:
        assert self._task, "nobody does anything under a ticket that waits"
        after = tuple(task for task in self.choices if task is not self._task)
        return Doing(self._task, self._until, after, self.rest)


class Instruments:
    """The shared instruments of a station, by name. Any thread may call it."""

    def __init__(self, names: Collection[str] = (), clock: Clock | None = None) -> None:
        self._names = frozenset(names)
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._tickets: list[Ticket] = []  # those served and those that wait, as they came
        self._again = math.inf  # when to decide again though nothing has happened

    def shared(self, needs: Iterable[str]) -> frozenset[str]:
        """Those of a step's needs that other slots may use too."""
        return self._names.intersection(needs)

    def held(self) -> frozenset[str]:
        """What somebody holds."""
        with self._lock:
            return _names(self._tickets)

    def idle(self) -> bool:
        """Whether nobody holds anything or waits for it."""
        with self._lock:
            return not self._tickets

    def ask(self, run: str, choices: Tasks, rest: Rest = NO_REST) -> Ticket:
        """A ticket for all that one of these tasks needs.

        It is the one that the run already holds for the task, when it chose that before.
        """
        with self._lock:
            for held in self._of(run):
                if held.names and [task.step for task in choices] == [held.step]:
                    return held
                if held.served and not held.names:
                    self._tickets.remove(held)  # a task of its own, which has ended
            ticket = Ticket(run, choices, rest)
            self._tickets.append(ticket)
            self._decide()
            if not ticket.served:
                wanted = frozenset[str]().union(*(task.names for task in choices))
                ticket.missing = wanted & _names(self._tickets) or wanted
        return ticket

    def wait(self, ticket: Ticket, cancel: Cancel) -> bool:
        """Wait for the ticket's turn; False when cancelled first."""
        with cancel.waking(ticket.awake.set):
            while not ticket.awake.wait(self._patience_s()):
                with self._lock:
                    self._decide()
        return ticket.served

    def give_back(self, ticket: Ticket) -> None:
        """Take a ticket out, served or not; again does nothing."""
        with self._lock:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                self._decide()

    def abandon(self, run: str) -> list[Ticket]:
        """Give back all that a run holds or waits for; what it held."""
        with self._lock:
            of_run = self._of(run)
            if of_run:
                self._tickets = [ticket for ticket in self._tickets if ticket.run != run]
                self._decide()
        return [ticket for ticket in of_run if ticket.names]

    def _of(self, run: str) -> list[Ticket]:
        return [ticket for ticket in self._tickets if ticket.run == run]

    def _patience_s(self) -> float | None:
        """How long to wait before deciding again [s]; None for as long as nothing happens."""
        with self._lock:
            again = self._again
        return None if again == math.inf else max(0.0, again - self._clock.monotonic())

    def _decide(self) -> None:
        waiting = [ticket for ticket in self._tickets if not ticket.served]
        doing = [ticket.doing() for ticket in self._tickets if ticket.served]
        now = self._clock.monotonic()
        decided = decide([ticket.asking() for ticket in waiting], doing, now)
        self._again = decided.again
        for place in decided.overtaken:
            waiting[place].overtaken += 1
        for place, task in decided.served.items():
            waiting[place].serve(task, now)


@contextmanager
def reserved(
    step: PlannedStep,
    run: str,
    outlook: Outlook,
    instruments: Instruments,
    log: RunLog,
    cancel: Cancel,
) -> Iterator[bool]:
    """Hold what a step shares with other slots while the block runs.

    Waits for it first; gives False when the run is stopped meanwhile.
    """
    names = instruments.shared(step.needs)
    if not names:
        yield True
        return
    ticket = instruments.ask(run, *outlook.of([step], instruments.shared))
    try:
        _tell_missing(ticket, log)
        if not instruments.wait(ticket, cancel):
            yield False
            return
        for name in sorted(names):
            log.emit(Reserved(step.id, name))
        try:
            yield True
        finally:
            for name in sorted(names):
                log.emit(Released(step.id, name))
    finally:
        instruments.give_back(ticket)


def choose(
    left: Sequence[PlannedStep],
    run: str,
    outlook: Outlook,
    instruments: Instruments,
    log: RunLog,
    cancel: Cancel,
) -> int:
    """Which of these steps starts next, its instruments held; waits until one may.

    The first of them when the run is stopped meanwhile.
    """
    choices, rest = outlook.of(left, instruments.shared)
    if not any(task.names for task in choices):
        return 0
    ticket = instruments.ask(run, choices, rest)
    _tell_missing(ticket, log)
    if instruments.wait(ticket, cancel):
        return [task.step for task in choices].index(ticket.step)
    instruments.give_back(ticket)
    return 0


def _tell_missing(ticket: Ticket, log: RunLog) -> None:
    for task in ticket.choices:
        for name in sorted(task.names & ticket.missing):
            log.emit(Waiting(task.step, name))


def _names(tickets: Iterable[Ticket]) -> frozenset[str]:
    return frozenset(name for ticket in tickets for name in ticket.names)
