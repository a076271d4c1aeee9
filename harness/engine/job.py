"""Everything that one run is given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from harness.clock import Cancel, Clock, Lease
from harness.engine.bench import Bench
from harness.engine.expect import Outlook
from harness.engine.group import clash
from harness.engine.prompts import Questions
from harness.engine.reserve import Instruments
from harness.errors import HarnessError, PlanError
from harness.model.events import Event, RunStarted
from harness.model.identity import Unit
from harness.model.plan import Plan
from harness.model.record import StepRecord
from harness.model.rules.ports import UnitRules
from harness.model.step import Catalogue

Witness = Callable[[Sequence[StepRecord], int], Event | None]
"""Says of the steps of a run, so long after its start [ms], what became of its unit meanwhile."""


class Watch:
    """The leases that are out, so that a supervisor sees a step that ignores its deadline."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._out: list[Lease] = []

    @contextmanager
    def over(self, lease: Lease) -> Iterator[None]:
        """Watch a lease while the block runs."""
        with self._lock:
            self._out.append(lease)
        try:
            yield
        finally:
            with self._lock:
                self._out.remove(lease)

    def revoke(self, reason: HarnessError) -> None:
        """End every lease that is out."""
        with self._lock:
            out = [*self._out]
        for lease in out:
            lease.end(reason)

    def overdue(self, grace_s: float) -> list[Lease]:
        """Leases whose deadline passed more than `grace_s` ago [s], or whose cancelling did."""
        with self._lock:
            return [lease for lease in self._out if lease.overdue_s() > grace_s]


@dataclass(frozen=True, slots=True)
class Job:
    """A plan, a bench, and how to stop; `instruments` are those that slots share.

    `abort` ends the setup and the steps, teardown still runs; `halt`, its parent, ends teardown
    too. The safe state is reached either way.

    Raises: PlanError(PLAN-INVALID) when steps that run at the same time would use the same
    part of the handset or the same instrument.
    """

    plan: Plan
    started: RunStarted
    bench: Bench
    catalogue: Catalogue
    clock: Clock
    halt: Cancel
    abort: Cancel
    documents: Mapping[str, bytes] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)
    instruments: Instruments = field(default_factory=Instruments)
    require_shippable: Callable[[Unit], None] = lambda _: None
    """Raises: OperatorStop(UNIT-GOLDEN) for a unit that may not be in this run."""
    witness: Witness = lambda *_: None
    """Asked before the run is concluded: with a unit that was pulled or swapped it cannot PASS."""
    rules: UnitRules | None = None
    """Those of the line; None for a run that does not count."""
    medians: Mapping[str, float] = field(default_factory=dict)
    """How long steps took on this station by now [s]."""
    attempts: Callable[[str], int] = lambda _: 0
    """How many such runs the unit with this serial has had before."""
    questions: Questions = field(default_factory=Questions)
    """What its steps ask the operator."""
    remarks: tuple[Event, ...] = ()
    """What the rules had to say when the run was ordered."""

    @property
    def outlook(self) -> Outlook:
        """What the plan asks of shared instruments."""
        return Outlook(self.plan.steps, self.medians)

    def attempt_of(self, unit: Unit) -> int | None:
        """The number of the run for a unit that has shown who it is; None for one announced."""
        return None if self.started.unit.serial else self.attempts(unit.serial) + 1

    def admit(self, unit: Unit) -> tuple[Event, ...]:
        """What the record is to say of a unit that has shown who it is, if it may be in this run.

        One that was announced was asked for before the run.

        Raises: OperatorStop(UNIT-GOLDEN), and as UnitRules.require.
        """
        self.require_shippable(unit)
        started = self.started
        if started.unit.serial or self.rules is None:
            return ()
        jig = started.jig.id if started.jig else None
        return self.rules.require(unit, started.process, started.slot, jig, run=started.run)

    def __post_init__(self) -> None:
        if why := clash(self.plan, self.catalogue):
            raise PlanError("PLAN-INVALID", f"{self.plan.id}: {why}")
