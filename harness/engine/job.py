"""Everything that one run is given."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from harness.clock import Cancel, Clock, Lease
from harness.engine.bench import Bench
from harness.model.events import RunStarted
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

    def overdue(self, grace_s: float) -> list[Lease]:
        """Leases whose deadline passed more than `grace_s` ago [s], or whose cancelling did."""
        with self._lock:
            return [lease for lease in self._out if lease.overdue_s() > grace_s]


@dataclass(frozen=True, slots=True)
class Job:
    """A plan, a bench, and how to stop.

    `abort` ends the setup and the steps, teardown still runs; `halt`, its parent, ends teardown
    too. The safe state is reached either way.
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
