"""The events of one run: numbered and timed under one lock, folded, journaled, published."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from harness.clock import Clock
from harness.errors import HarnessError
from harness.model.backing import Journal
from harness.model.conclude import Conclusion, symptom_of
from harness.model.events import Event, Recorded, RunEnded, RunStarted, Stamped
from harness.model.fault import Symptom
from harness.model.fold import RecordBuilder
from harness.model.identity import Claim
from harness.model.record import Record, StepRecord

Listener = Callable[[Stamped], None]
"""Is called under the run's lock, in the order of the events: it only hands on."""


class _Core:
    """What the handles of one run share."""

    def __init__(self, run: str, journal: Journal, clock: Clock, listeners: Sequence[Listener]):
        self.run, self.journal, self.clock, self.listeners = run, journal, clock, listeners
        self.lock = threading.RLock()
        self.builder = RecordBuilder()
        self.seq = 0
        self.ended = False
        self.began = clock.monotonic()

    def at_ms(self) -> int:
        return round((self.clock.monotonic() - self.began) * 1000)

    def stamp(self, event: Event) -> Stamped:
        stamped = Stamped(self.run, self.seq, self.clock.utc(), self.at_ms(), event)
        self.builder.apply(stamped)
        self.seq += 1
        return stamped

    def publish(self, stamped: Stamped) -> None:
        for listener in self.listeners:
            listener(stamped)


class RunLog:
    """A handle on the events of one run. After `take_over` the old handle refuses everything."""

    def __init__(
        self, run: str, journal: Journal, clock: Clock, listeners: Sequence[Listener] = ()
    ) -> None:
        self._core = _Core(run, journal, clock, listeners)
        self._refusal: HarnessError | None = None

    @property
    def refusal(self) -> HarnessError | None:
        """Why this handle may write no more, or None."""
        return self._refusal

    @property
    def run(self) -> str:
        """Which run it is."""
        return self._core.run

    @property
    def identified(self) -> bool:
        """Whether the handset has said who it is."""
        with self._core.lock:
            return self._core.builder.identified

    @property
    def at_ms(self) -> int:
        """How long ago the run began [ms]."""
        return self._core.at_ms()

    @property
    def store_failure(self) -> HarnessError | None:
        """Why events no longer reach the disk, or None."""
        return self._core.journal.failure

    def begin(self, started: RunStarted, documents: Mapping[str, bytes]) -> None:
        """Write the first event; returns once it is on disk.

        Raises: StationFault(STORE-...) and nothing may be tested.
        """
        with self._core.lock:
            stamped = self._core.stamp(started)
            self._core.journal.begin(stamped, documents)
            self._core.publish(stamped)

    def emit(self, event: Event) -> None:
        """Write an event.

        Raises: the reason of `take_over` when this handle has been taken over.
        """
        with self._core.lock:
            if self._refusal:
                raise self._refusal.again()
            stamped = self._core.stamp(event)
            self._core.journal.write(stamped)
            self._core.publish(stamped)

    def keep(self, content: bytes) -> str:
        """Put a file beside the store; its SHA-256, once it is on disk.

        Outside the run's lock: a slow disk must not keep the supervisor from taking over.

        Raises: StationFault(STORE-...).
        """
        return self._core.journal.keep(content)

    def read(self, sha256: str) -> bytes:
        """A file that was kept.

        Raises: StationFault(STORE-...).
        """
        return self._core.journal.read(sha256)

    def claim(self, serial: str, imeis: Sequence[str], *, own: bool) -> Claim | None:
        """The claim of another unit to one of these IMEIs, or None; outside the run's lock too.

        Raises: StationFault(STORE-...); the reason of `take_over`.
        """
        if self._refusal:
            raise self._refusal.again()
        return self._core.journal.claim(self._core.run, serial, imeis, own=own)

    def record(self) -> Record:
        """The record as it stands."""
        with self._core.lock:
            return self._core.builder.build()

    def attempt(self, step: str, number: int) -> StepRecord:
        """One running attempt as it stands."""
        with self._core.lock:
            return self._core.builder.attempt(step, number)

    def steps(self) -> tuple[StepRecord, ...]:
        """All attempts as they stand."""
        with self._core.lock:
            return self._core.builder.steps()

    def concluded(self) -> Conclusion:
        """What the run so far adds up to."""
        with self._core.lock:
            return self._core.builder.conclude()

    def end(self, symptoms: Mapping[str, Symptom]) -> Record:
        """Conclude, write the record, and only then say that it is recorded.

        `symptoms` says what a fault code means on this line.

        Raises: StationFault(STORE-...) when it is not on disk: nothing may be shown as passed.
        """
        with self._core.lock:
            if self._refusal:
                raise self._refusal.again()
            outcome, fault = self._core.builder.conclude()
            self.emit(RunEnded(outcome, fault, symptom_of(fault, symptoms)))
            self._core.ended = True
            record = self._core.builder.build()
            sha256 = self._core.journal.seal(record)
            self._core.publish(self._core.stamp(Recorded(record.run, sha256)))
            return record

    def take_over(self, reason: HarnessError) -> RunLog | None:
        """A new handle on the same run; this one raises `reason` from now on.

        None when the run has ended meanwhile: there is nothing left to take over.
        """
        with self._core.lock:
            if self._refusal:
                raise self._refusal.again()
            if self._core.ended:
                return None
            heir = RunLog.__new__(RunLog)
            heir._core, heir._refusal = self._core, None
            self._refusal = reason
            return heir
