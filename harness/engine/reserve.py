"""Instruments that slots share: taken all or nothing, by ticket, in the order of arrival.

A step asks for all that an attempt needs at once and gives all of it back at the attempt's end,
so that nobody who holds something waits for more: no deadlock can be built. A ticket is served
once nothing that it names is held or named by an earlier one: nobody is passed over for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from harness.clock import Cancel
from harness.engine.log import RunLog
from harness.model.events import Released, Reserved, Waiting
from harness.model.plan import PlannedStep

Choices = Mapping[str, frozenset[str]]
"""What each of some steps needs, by the id of the step."""


class Ticket:
    """A place in the queue for one of some steps, and what it holds once it is served.

    Until then it keeps its place for the first of them.
    """

    def __init__(self, run: str, choices: Choices) -> None:
        self.run, self.choices = run, choices
        self.step, self.names = next(iter(choices.items()))
        self.served = False
        self._awake = threading.Event()

    def serve(self, taken: frozenset[str]) -> None:
        """Take the first choice that needs nothing which is taken, if there is one."""
        for step, names in self.choices.items():
            if taken.isdisjoint(names):
                self.step, self.names, self.served = step, names, True
                self._awake.set()
                return

    def wait(self, cancel: Cancel) -> bool:
        """Wait for one's turn; False when cancelled first."""
        with cancel.waking(self._awake.set):
            self._awake.wait()
        return self.served


class Instruments:
    """The shared instruments of a station, by name. Any thread may call it."""

    def __init__(self, names: Collection[str] = ()) -> None:
        self._names = frozenset(names)
        self._lock = threading.Lock()
        self._tickets: list[Ticket] = []  # those served and those that wait, as they came

    def shared(self, needs: Iterable[str]) -> frozenset[str]:
        """Those of a step's needs that other slots may use too."""
        return self._names.intersection(needs)

    def busy(self) -> frozenset[str]:
        """What is held, or waited for by somebody."""
        with self._lock:
            return _named(self._tickets)

    def ask(self, run: str, choices: Choices) -> tuple[Ticket, frozenset[str]]:
        """A ticket for all that one of these steps needs, and what was not free when it came.

        It is the one that the run already holds for the step, when it chose that before.
        """
        with self._lock:
            for held in self._tickets:
                if held.served and held.run == run and choices.keys() == {held.step}:
                    return held, frozenset()
            ahead = _named(self._tickets)
            ticket = Ticket(run, choices)
            self._tickets.append(ticket)
            self._serve()
        return ticket, ahead.intersection(frozenset().union(*choices.values()))

    def give_back(self, ticket: Ticket) -> None:
        """Take a ticket out, served or not; again does nothing."""
        with self._lock:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                self._serve()

    def abandon(self, run: str) -> list[Ticket]:
        """Give back all that a run holds or waits for; what it held."""
        with self._lock:
            of_run = [ticket for ticket in self._tickets if ticket.run == run]
            self._tickets = [ticket for ticket in self._tickets if ticket.run != run]
            self._serve()
        return [ticket for ticket in of_run if ticket.served]

    def _serve(self) -> None:
        taken = _named(ticket for ticket in self._tickets if ticket.served)
        for ticket in self._tickets:
            if not ticket.served:
                ticket.serve(taken)
            taken |= ticket.names


@contextmanager
def reserved(
    step: PlannedStep, run: str, instruments: Instruments, log: RunLog, cancel: Cancel
) -> Iterator[bool]:
    """Hold what a step shares with other slots while the block runs.

    Waits for it first; gives False when the run is stopped meanwhile.
    """
    names = instruments.shared(step.needs)
    if not names:
        yield True
        return
    ticket, ahead = instruments.ask(run, {step.id: names})
    try:
        for name in sorted(names & ahead):
            log.emit(Waiting(step.id, name))
        if not ticket.wait(cancel):
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
    left: Sequence[PlannedStep], run: str, instruments: Instruments, log: RunLog, cancel: Cancel
) -> int:
    """Which of these steps may start first, its instruments held; waits until one may.

    The first of them when the run is stopped meanwhile.
    """
    choices = {step.id: instruments.shared(step.needs) for step in left}
    ticket, ahead = instruments.ask(run, choices)
    if not ticket.served:
        for step, names in choices.items():
            for name in sorted(names & ahead):
                log.emit(Waiting(step, name))
    served = ticket.wait(cancel)
    if not served or not ticket.names:
        instruments.give_back(ticket)
    return list(choices).index(ticket.step) if served else 0


def _named(tickets: Iterable[Ticket]) -> frozenset[str]:
    return frozenset(name for ticket in tickets for name in ticket.names)
