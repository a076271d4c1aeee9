"""Everything that one run is given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from harness.clock import Cancel, Clock, Lease
from harness.engine.bench import Bench
from harness.engine.group import clash
from harness.engine.reserve import Instruments
from harness.errors import HarnessError, PlanError
from harness.model.events import RunStarted
from harness.model.identity import Unit
from harness.model.plan import Plan
from harness.model.step import Catalogue


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

    def __post_init__(self) -> None:
        if why := clash(self.plan, self.catalogue):
            raise PlanError("PLAN-INVALID", f"{self.plan.id}: {why}")
