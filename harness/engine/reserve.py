"""Instruments that slots share: taken all or nothing, by ticket, in the order of arrival.

A step asks for all that an attempt needs at once and gives all of it back at the attempt's end,
so that nobody who holds something waits for more: no deadlock can be built. A ticket is served
once nothing that it names is held or named by an earlier one: nobody is passed over for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from harness.clock import Cancel
from harness.engine.log import RunLog
from harness.model.events import Released, Reserved, Waiting
from harness.model.plan import PlannedStep


class Ticket:
    """A step's place in the queue, and what it holds once it is served."""

    def __init__(self, run: str, step: str, names: frozenset[str]) -> None:
        self.run, self.step = run, step
        self.names = names
        self.served = False
        self._awake = threading.Event()

    def serve(self) -> None:
        self.served = True
        self._awake.set()

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

    def ask(self, run: str, step: str, names: frozenset[str]) -> tuple[Ticket, frozenset[str]]:
        """A ticket for all of these at once, and which of them it has to wait for."""
        ticket = Ticket(run, step, names)
        with self._lock:
            ahead = _named(self._tickets)
            self._tickets.append(ticket)
            self._serve()
        return ticket, names & ahead

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
            if not ticket.served and taken.isdisjoint(ticket.names):
                ticket.serve()
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
    ticket, ahead = instruments.ask(run, step.id, names)
    try:
        for name in sorted(ahead):
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


def _named(tickets: Iterable[Ticket]) -> frozenset[str]:
    return frozenset(name for ticket in tickets for name in ticket.names)
