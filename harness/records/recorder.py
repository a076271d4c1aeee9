"""The recorder: where the events of every run, and what befalls the line, go to stay.

A started run is never lost: opening the store closes what a killed process left open.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from harness.clock import Clock, SystemClock
from harness.errors import HarnessError, StationFault
from harness.model.entry import Entered, Entry
from harness.model.events import Faulted, Measured, Purpose, RunStarted, SafeStateFailed, Stamped
from harness.model.fold import RecordBuilder
from harness.model.identity import Claim
from harness.model.ids import new_run_id
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.model.refs import StationRef
from harness.records.attachments import AttachmentFiles
from harness.records.ballast import Ballast
from harness.records.codec import encode_event, sha256
from harness.records.faults import bug, coded, store_fault
from harness.records.head import unix_ms
from harness.records.lock import StoreLock
from harness.records.sealing import check_fits, entering, seal_interrupted, sealing, stuck
from harness.records.store import check_no_link_hangs, open_for_writing
from harness.records.worker import Worker
from harness.records.writer import (
    Answer,
    Begin,
    CountAttempts,
    Enter,
    Group,
    MakeClaim,
    Request,
    Writer,
)


class Recorder:
    """Writes runs and entries into the store at `path`, which is made if it is not there.

    Any thread may call it; none of them ever holds a lock of the database. `name` and `location`
    are those of the station, which its entries say.

    Raises: StationFault(STORE-LOCKED | STORE-DAMAGED | STORE-READONLY | STORE-FULL |
    STORE-FAILED) when the store cannot be written; StationFault(STORE-ABSENT) when the path is
    a link that leads nowhere.
    """

    def __init__(
        self, path: Path, *, clock: Clock | None = None, name: str = "", location: str = ""
    ) -> None:
        check_no_link_hangs(path)
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
                recovered, kept = self._recover()
            except BaseException:
                self._writer.close()
                raise
        except BaseException:
            self._lock.release()
            raise
        self.station = StationRef(name, self._writer.station_uuid, location)
        self.recovered = tuple(recovered)
        self.stuck = tuple(kept)
        """RUN-STUCK for each run that was left open and cannot be sealed: it stays as it is."""
        self._worker = Worker(self._commit)
        self._closed = False

    @property
    def path(self) -> Path:
        """Where the store is, for those who read it."""
        return self._path

    @property
    def failure(self) -> HarnessError | None:
        """Why the store can no longer be written, or None."""
        return self._worker.failure

    def begin(self, started: Stamped, documents: Mapping[str, bytes]) -> None:
        """Store RunStarted and the documents it names, by their SHA-256; returns once on disk.

        Raises: StationFault(STORE-...) and nothing may be tested, STORE-UNFIT when the run could
        never be sealed; StationFault(ENGINE-BUG) when the run was begun before, or its plan is
        neither given nor stored.
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
        builder = RecordBuilder()
        builder.apply(started)
        check_fits(builder.build())
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

    def read(self, sha256: str) -> bytes:
        """A file that was kept.

        Raises: StationFault(STORE-DAMAGED) when it is missing or has been changed.
        """
        with coded(self._path, "cannot read an attachment of"):
            return self._files.read(sha256)

    def claim(self, run: str, serial: str, imeis: Sequence[str], *, own: bool) -> Claim | None:
        """The claim of another unit to one of these IMEIs; None when there is none.

        If the unit is to `own` them, none is another's, and the run is open, they are its own from
        now on, and on disk. The first unit in the queue has them, whichever slots ask.

        Raises: StationFault(STORE-...).
        """
        found = self._worker.ask(MakeClaim(run, serial, imeis, own))
        assert found is None or isinstance(found, Claim)
        return found

    def seal(self, record: Record) -> str:
        """Store the finished record; returns its SHA-256 in the chain once it is on disk.

        Sealing the same record again returns the same SHA-256.

        Raises: StationFault(STORE-...) and nothing may be shown as passed; StationFault(ENGINE-BUG)
        when the run was never begun, is sealed with another record, has not ended, or says
        PASS where its parts do not.
        """
        sha = self._worker.ask(sealing(record))
        assert isinstance(sha, str)
        with coded(self._path, "cannot find"):
            self._lock.check()
        return sha

    def enter(self, what: Entered) -> Entry:
        """Put what happened into the chain; the entry, once it is on disk.

        On a full disk it is refused, as the start of a run is: the ballast is for open runs.

        Raises: StationFault(STORE-...) and it has not happened; STORE-UNFIT when the store has no
        form for it.
        """
        now = self._clock.utc()
        entry = Entry(new_run_id(now), now, self.station, what)
        number = self._worker.ask(entering(entry))
        assert isinstance(number, int)
        with coded(self._path, "cannot find"):
            self._lock.check()
        return replace(entry, number=number)

    def attempts(self, serial: str, process: str, purpose: Purpose) -> int:
        """How many runs of this purpose the unit has had in this process, open ones too."""
        count = self._worker.ask(CountAttempts(serial, process, purpose))
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

    def __exit__(self, *_: object) -> None:
        self.close()

    def _recover(self) -> tuple[list[Record], list[StationFault]]:
        """Close the runs that a killed process left open; what is told of those that cannot be.

        One that cannot is left as it is: it must not keep the others, and the station, waiting.
        """
        now = self._clock.utc()
        recovered, kept = [], []
        for left in self._writer.open_runs():
            try:
                record, seal = seal_interrupted(left, now)
            except StationFault as fault:
                kept.append(fault)
                continue
            (answer,) = self._commit(Group([seal], durable=True))
            if isinstance(answer, HarnessError):
                kept.append(stuck(left.run, answer))
            else:
                recovered.append(record)
        return recovered, kept

    def _commit(self, group: Group) -> Sequence[Answer]:
        """Commit; on a full disk once more, on the space of the ballast, without what is new."""
        full = None
        if any(isinstance(request, _NEW) for request in group.requests):
            full = self._take_ballast()
        if full is None:
            try:
                return self._writer.commit(group)
            except StationFault as fault:
                if fault.code != "STORE-FULL" or not self._ballast.give_up():
                    raise
                full = fault
        kept: list[Request] = [
            request for request in group.requests if not isinstance(request, _NEW)
        ]
        answers = iter(self._writer.commit(Group(kept, group.events, group.durable)))
        return [full if isinstance(r, _NEW) else next(answers) for r in group.requests]

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


_NEW = (Begin, Enter)
"""What is not begun on a full disk."""


def _urgent(stamped: Stamped) -> bool:
    match stamped.event:
        case Measured(outcome=outcome):
            return outcome is not Outcome.PASS
        case event:
            return isinstance(event, Faulted | SafeStateFailed)
