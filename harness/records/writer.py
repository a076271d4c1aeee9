"""All writing SQL. One connection, one thread, one transaction for a group of requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from harness.errors import HarnessError
from harness.model.events import Purpose, RunStarted, Stamped
from harness.model.identity import Claim
from harness.records.codec import Link, chained, chained_entry, decode_event, pack, sha256
from harness.records.entries import ENTRY_COLUMNS
from harness.records.faults import ERRORS, bug, coded, store_fault
from harness.records.head import FAIL_COLUMNS, HEAD_COLUMNS
from harness.records.journal import line_of
from harness.records.store import chain_head, identity


@dataclass(frozen=True, slots=True)
class Begin:
    """Open a run: the line of its RunStarted, and the documents that it names by hash."""

    run: str
    serial: str
    process: str
    started_ms: int
    line: bytes
    plan_sha256: str
    documents: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Seal:
    """Close a run with its record: the JSON but for its place in the chain, and the rows."""

    run: str
    content: bytes
    head: tuple[Any, ...]
    fails: Sequence[tuple[Any, ...]]
    imeis: Sequence[str]


@dataclass(frozen=True, slots=True)
class Enter:
    """Put an entry into the chain: its JSON but for its place there, and its row."""

    id: str
    kind: str
    content: bytes
    row: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class CountAttempts:
    """How many runs of one purpose a unit has had in a process, open ones too."""

    serial: str
    process: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class MakeClaim:
    """Whose these IMEIs are; if nobody else's, this unit's from now on if it is to `own` them."""

    run: str
    serial: str
    imeis: Sequence[str]
    own: bool


Request = Begin | Seal | Enter | CountAttempts | MakeClaim
Answer = str | int | Claim | HarnessError | None


@dataclass(slots=True)
class Group:
    """What goes into one transaction. `events` are for the journals of their runs, in order."""

    requests: list[Request] = field(default_factory=list)
    events: dict[str, list[Stamped]] = field(default_factory=dict)
    durable: bool = False


class Writer:
    """The writing side of an open store. Not for more than one thread at a time."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        self._path = path
        self._connection = connection
        self._durable = True
        self.station_uuid = identity(connection).station
        self._number, self._head = chain_head(connection)

    def commit(self, group: Group) -> list[Answer]:
        """Do it all or none of it; one answer for each request, a fault where it was refused.

        Raises: StationFault(STORE-...) when the store cannot be written.
        """
        end = self._number, self._head
        try:
            self._set_durable(group.durable)
            with self._transaction():
                answers = [self._do(request) for request in group.requests]
                self._write_events(group)
        except ERRORS as error:
            self._number, self._head = end
            number = self._connection.system_errno
            raise store_fault(self._path, "cannot write", error, number) from error
        return answers

    def open_runs(self) -> list[LeftOpen]:
        """The runs that a process left open.

        Raises: StationFault(STORE-...) when they cannot be read.
        """
        with coded(self._path, "cannot read"):
            return open_runs(self._connection)

    def close(self) -> None:
        """Let the file go. A checkpoint that fails now loses nothing: the -wal file has it."""
        with suppress(apsw.Error):
            self._connection.close()

    def _set_durable(self, durable: bool) -> None:
        """FULL syncs at each commit, NORMAL only before a checkpoint."""
        if durable != self._durable:
            self._connection.pragma("synchronous", "FULL" if durable else "NORMAL")
            self._durable = durable

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _do(self, request: Request) -> Answer:
        try:
            match request:
                case Begin():
                    self._begin(request)
                    return None
                case Seal():
                    return self._seal(request)
                case Enter():
                    return self._enter(request)
                case CountAttempts():
                    return self._count(request)
                case MakeClaim():
                    return self._claim(request)
        except HarnessError as refused:
            return refused

    def _begin(self, begin: Begin) -> None:
        if self._is_open(begin.run) or self._sealed(begin.run):
            raise bug(f"run {begin.run} was begun before")
        if begin.plan_sha256 not in begin.documents and not self._has_document(begin.plan_sha256):
            raise bug(f"run {begin.run}: nobody gave the plan {begin.plan_sha256} that it names")
        for name, body in begin.documents.items():
            if not self._has_document(name):
                row = (name, pack(body))
                self._connection.execute("INSERT INTO document VALUES (?, ?)", row)
        self._connection.execute(
            "INSERT INTO open_run VALUES (?, ?, ?, ?, ?, ?)",
            (begin.run, begin.serial, begin.process, begin.started_ms, begin.line, self._number),
        )

    def _seal(self, seal: Seal) -> str:
        if before := self._sealed(seal.run):
            link, sha = before
            if sha256(chained(seal.run, link, seal.content)) == sha:
                return sha
            raise bug(f"run {seal.run} is sealed already, with another record", sha256=sha)
        if not self._is_open(seal.run):
            raise bug(f"run {seal.run} was never begun")
        (began,) = self._one("SELECT began_after FROM open_run WHERE run = ?", seal.run)
        text = chained(seal.run, Link(self._head, began), seal.content)
        number = self._insert("run", f"{HEAD_COLUMNS}, began_after", (*seal.head, began))
        self._insert_rows(number, seal)
        self._connection.execute("DELETE FROM journal WHERE run = ?", (seal.run,))
        self._connection.execute("DELETE FROM open_run WHERE run = ?", (seal.run,))
        return self._link(number, text)

    def _enter(self, enter: Enter) -> int:
        number = self._insert("entry", ENTRY_COLUMNS, enter.row)
        self._link(number, chained_entry(enter.kind, enter.id, self._head, enter.content))
        return number

    def _insert(self, table: str, columns: str, row: tuple[Any, ...]) -> int:
        """Put a head at the next place of the chain, which runs and entries share; its number."""
        number = self._number + 1
        marks = ", ?" * len(row)
        self._connection.execute(
            f"INSERT INTO {table} (number, {columns}) VALUES (?{marks})",  # noqa: S608
            (number, *row),
        )
        return number

    def _link(self, number: int, text: bytes) -> str:
        """Make this text, whose head has been put there, the end of the chain; its SHA-256."""
        sha = sha256(text)
        row = (number, self._head, sha, pack(text))
        self._connection.execute("INSERT INTO record VALUES (?, ?, ?, ?)", row)
        self._number, self._head = number, sha
        return sha

    def _insert_rows(self, number: int, seal: Seal) -> None:
        for row in seal.fails:
            self._connection.execute(
                f"INSERT INTO fail (number, {FAIL_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (number, *row),
            )
        for imei in seal.imeis:
            self._connection.execute("INSERT INTO imei VALUES (?, ?)", (number, imei))

    def _count(self, count: CountAttempts) -> int:
        sealed = "SELECT count(*) FROM run WHERE serial = ? AND process = ? AND purpose = ?"
        total: int = self._one(sealed, count.serial, count.process, count.purpose.value)[0]
        opened = "SELECT CAST(body AS BLOB) FROM open_run WHERE serial = ? AND process = ?"
        lines = self._connection.execute(opened, (count.serial, count.process))
        return total + sum(_may_be(line, count.purpose) for (line,) in lines)

    def _claim(self, claim: MakeClaim) -> Claim | None:
        """The transaction is the one of the writer, so nobody claims in between."""
        free = []
        for imei in sorted(set(claim.imeis)):
            made = self._one("SELECT imei, serial, run FROM claim WHERE imei = ?", imei)
            if made is None:
                free.append((imei, claim.serial, claim.run))
            elif made[1] != claim.serial:
                return Claim(*made)
        if claim.own and self._is_open(claim.run):
            self._connection.executemany("INSERT INTO claim VALUES (?, ?, ?)", free)
        return None

    def _write_events(self, group: Group) -> None:
        """Events of runs that are not open are left out: a sealed record has them already."""
        for run, events in group.events.items():
            if self._is_open(run):
                row = (run, events[0].seq, b"".join(map(line_of, events)))
                self._connection.execute("INSERT INTO journal VALUES (?, ?, ?)", row)

    def _is_open(self, run: str) -> bool:
        return self._one("SELECT 1 FROM open_run WHERE run = ?", run) is not None

    def _sealed(self, run: str) -> tuple[Link, str] | None:
        """Where a run's record stands in the chain, and its SHA-256."""
        links = (
            "SELECT previous, began_after, sha256 FROM run JOIN record USING (number) WHERE run = ?"
        )
        found = self._one(links, run)
        return (Link(*found[:2]), found[2]) if found else None

    def _has_document(self, name: str) -> bool:
        return self._one("SELECT 1 FROM document WHERE sha256 = ?", name) is not None

    def _one(self, sql: str, *values: str) -> Any:
        return self._connection.execute(sql, values).fetchone()


def _may_be(line: bytes, purpose: Purpose) -> bool:
    """Whether the run that starts so has this purpose; one that cannot be read counts as if."""
    try:
        started = decode_event(line).event
    except ValueError:
        return True
    return not isinstance(started, RunStarted) or started.purpose is purpose


class LeftOpen(NamedTuple):
    """A run that has not been sealed: the line of its RunStarted, and its journal."""

    run: str
    first: bytes
    batches: list[bytes]


def open_runs(connection: apsw.Connection) -> list[LeftOpen]:
    """The open runs in the order of their start."""
    every = "SELECT run, CAST(body AS BLOB) FROM open_run ORDER BY started_ms, rowid"
    opened: list[Any] = connection.execute(every).fetchall()
    return [LeftOpen(run, first, journal_of(connection, run)) for run, first in opened]


def journal_of(connection: apsw.Connection, run: str) -> list[bytes]:
    """The batches of journal lines of an open run, in order."""
    batches = "SELECT CAST(body AS BLOB) FROM journal WHERE run = ? ORDER BY seq, rowid"
    return [body for (body,) in connection.execute(batches, (run,))]
