"""The recorder: where the events of every run go to stay.

A started run is never lost: opening the store closes what a killed process left open.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.clock import Clock, SystemClock
from harness.errors import HarnessError, StationFault
from harness.model.events import Faulted, Measured, RunStarted, SafeStateFailed, Stamped
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.records.attachments import AttachmentFiles
from harness.records.ballast import Ballast
from harness.records.codec import content, encode_event, sha256
from harness.records.faults import bug, coded, damaged, store_fault
from harness.records.head import fail_rows, head_row, imeis, unix_ms
from harness.records.journal import close_interrupted
from harness.records.lock import StoreLock
from harness.records.store import open_for_writing
from harness.records.truth import conclude_again
from harness.records.worker import Worker
from harness.records.writer import Answer, Begin, CountAttempts, Group, Request, Seal, Writer


class Recorder:
    """Writes runs into the store at `path`, which is made if it is not there.

    Any thread may call it; none of them ever holds a lock of the database.

    Raises: StationFault(STORE-LOCKED | STORE-DAMAGED | STORE-READONLY | STORE-FULL |
    STORE-FAILED) when the store cannot be written.
    """

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        path = Path(os.path.realpath(path))  # a link is another name: its lock would be another
        self._path = path
        self._clock = clock or SystemClock()
        self._ballast = Ballast(path)
        self._files = AttachmentFiles(path)
        with coded(path, "cannot open"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = StoreLock(path)
        try:
            self._writer = Writer(path, open_for_writing(path, self._clock.utc()))
            try:
                self._lock.watch()
                self._take_ballast()
                self._files.clear_unfinished()
                self.recovered = self._recover()
            except BaseException:
                self._writer.close()
                raise
        except BaseException:
            self._lock.release()
            raise
        self._worker = Worker(self._commit)
        self._closed = False

    @property
    def failure(self) -> HarnessError | None:
        """Why the store can no longer be written, or None."""
        return self._worker.failure

    @property
    def station_uuid(self) -> str:
        """The UUID that the store was given when it was made."""
        return self._writer.station_uuid

    def begin(self, started: Stamped, documents: Mapping[str, bytes]) -> None:
        """Store RunStarted and the documents it names, by their SHA-256; returns once on disk.

        Raises: StationFault(STORE-...) and nothing may be tested; StationFault(ENGINE-BUG) when
        the run was begun before, or its plan is neither given nor stored.
        """
        event = started.event
        if not isinstance(event, RunStarted):
            raise bug(f"a run begins with RunStarted, not with {type(event).__name__}")
        for name, body in documents.items():
            if sha256(body) != name:
                raise bug(f"document {name} has another SHA-256: {sha256(body)}")
        try:
            line = encode_event(started)
        except ValueError as error:
            raise bug(f"run {event.run} cannot be written: {error}") from None
        with coded(self._path, "no room for the attachments of"):
            self._files.check_room()
            self._lock.check()
        self._worker.ask(
            Begin(
                run=event.run,
                serial=event.unit.serial,
                process=event.process,
                started_ms=unix_ms(started.utc),
                line=line,
                plan_sha256=event.plan.sha256,
                documents=documents,
            )
        )

    def write(self, event: Stamped) -> None:
        """Queue an event; on disk at most 50 ms later. Does not raise: see `failure`.

        A fault, and a measurement that is not PASS, is committed at once. Events of a run that
        is not open are not kept.
        """
        self._worker.add_event(event, urgent=_urgent(event))

    def keep(self, content_: bytes) -> str:
        """Put a file beside the store; its SHA-256, once the file and its folder are on disk.

        The same content is kept once. On a full disk the ballast stays: it is for the records.

        Raises: StationFault(STORE-...); nothing may name the file then.
        """
        if self.failure:
            raise self.failure.again()
        with coded(self._path, "cannot keep an attachment of"):
            return self._files.keep(content_)

    def seal(self, record: Record) -> str:
        """Store the finished record; returns its SHA-256 in the chain once it is on disk.

        Sealing the same record again returns the same SHA-256.

        Raises: StationFault(STORE-...) and nothing may be shown as passed; StationFault(ENGINE-BUG)
        when the run was never begun, is sealed with another record, has not ended, or says
        PASS where its parts do not.
        """
        sha = self._worker.ask(_sealing(record))
        assert isinstance(sha, str)
        with coded(self._path, "cannot find"):
            self._lock.check()
        return sha

    def attempts(self, serial: str, process: str) -> int:
        """How many runs this unit has had in this process, open ones too."""
        count = self._worker.ask(CountAttempts(serial, process))
        assert isinstance(count, int)
        return count

    def close(self) -> None:
        """Write what is queued and let another process have the store."""
        if self._closed:
            return
        self._closed = True
        self._worker.close()
        self._writer.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _recover(self) -> tuple[Record, ...]:
        """Close the runs that a killed process left open."""
        try:
            now = self._clock.utc()
            records = tuple(close_interrupted(left, now) for left in self._writer.open_runs())
        except ValueError as error:
            raise damaged(self._path, f"the start of an open run cannot be read: {error}") from None
        if records:
            group = Group([_sealing(record) for record in records], durable=True)
            for answer in self._commit(group):
                if isinstance(answer, HarnessError):
                    raise answer
        return records

    def _commit(self, group: Group) -> Sequence[Answer]:
        """Commit; on a full disk once more, without new runs, on the space of the ballast."""
        full = None
        if any(isinstance(request, Begin) for request in group.requests):
            full = self._take_ballast()
        if full is None:
            try:
                return self._writer.commit(group)
            except StationFault as fault:
                if fault.code != "STORE-FULL" or not self._ballast.give_up():
                    raise
                full = fault
        kept: list[Request] = [
            request for request in group.requests if not isinstance(request, Begin)
        ]
        answers = iter(self._writer.commit(Group(kept, group.events, group.durable)))
        return [full if isinstance(r, Begin) else next(answers) for r in group.requests]

    def _take_ballast(self) -> StationFault | None:
        """Hold the ballast; the fault STORE-FULL when the disk has not got it.

        Raises: StationFault(STORE-READONLY | STORE-FAILED).
        """
        try:
            self._ballast.keep()
        except OSError as error:
            fault = store_fault(self._path, "no room for the ballast of", error)
            if fault.code != "STORE-FULL":
                raise fault from error
            return fault
        return None


def _sealing(record: Record) -> Seal:
    """What is written for a finished record, all but its place in the chain."""
    if record.ended is None or record.outcome is None:
        raise bug(f"run {record.run} has not ended")
    if record.outcome is Outcome.PASS and (known := conclude_again(record)).fault:
        raise bug(f"run {record.run} says PASS, its parts do not: {known.fault.message}")
    try:
        rest = content(record)
    except ValueError as error:
        raise bug(f"the record of run {record.run} cannot be written: {error}") from None
    return Seal(record.run, rest, head_row(record), fail_rows(record), imeis(record))


def _urgent(stamped: Stamped) -> bool:
    match stamped.event:
        case Measured(outcome=outcome):
            return outcome is not Outcome.PASS
        case event:
            return isinstance(event, Faulted | SafeStateFailed)
