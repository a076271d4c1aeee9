"""Reads a whole store again: whether every record is there, unchanged, and true to its parts.

A record's SHA-256 is taken over its native JSON, which holds the SHA-256 of the record before; of
runs and of entries alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from pathlib import Path
from typing import Any

import apsw

from harness.model.record import Record
from harness.records.attachments import AttachmentFiles
from harness.records.codec import Link, entry_from_json, from_json, sha256, unpack
from harness.records.entries import ENTRY_COLUMNS, entry_row
from harness.records.faults import coded
from harness.records.head import FAIL_COLUMNS, HEAD_COLUMNS, fail_rows, head_row, imeis
from harness.records.sealing import stuck_in
from harness.records.store import (
    identity,
    numbers_given,
    open_for_reading,
    schema_differences,
)
from harness.records.truth import (
    PlanSaid,
    ReadPlan,
    conclusion_problems,
    judgement_problems,
    plan_problems,
    plan_said,
)

_RUN_COLUMNS = f"{HEAD_COLUMNS}, began_after"


def verify(path: Path, read_plan: ReadPlan | None = None) -> list[str]:
    """Everything in the store that is not as it was written, one line each; empty when clean.

    `read_plan` reads the plans that the records are held against; without it, and with plans of
    an earlier form, only their symptoms are.

    A tail that was cut off together with SQLite's count of it shows only against a head of the
    chain that was kept elsewhere.

    Raises: StationFault(STORE-ABSENT | STORE-DAMAGED) when it cannot be read at all.
    """
    connection = open_for_reading(path)
    files = AttachmentFiles(path)
    try:
        with coded(path, "cannot read"):
            connection.execute("BEGIN")  # one state of the store, also while a station writes it
            return list(_findings(_Store(connection, files, read_plan)))
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class _Store:
    """What is read again. `plans` has what those plans say that were read before."""

    connection: apsw.Connection
    files: AttachmentFiles
    read_plan: ReadPlan | None
    plans: dict[str, PlanSaid] = field(default_factory=dict)

    def said(self, plan: str) -> PlanSaid:
        """What a plan says of its runs.

        Raises: KeyError when the store has not got it; ValueError when it cannot be read.
        """
        if plan not in self.plans:
            found = "SELECT body FROM document WHERE sha256 = ?"
            row: Any = self.connection.execute(found, (plan,)).fetchone()
            if row is None:
                raise KeyError(plan)
            self.plans[plan] = plan_said(unpack(row[0]), self.read_plan)
        return self.plans[plan]


@dataclass(frozen=True, slots=True)
class _Row:
    """A record of a run or an entry as the tables hold it; what is None is missing."""

    number: int
    previous: str | None
    sha256: str | None
    body: bytes | None
    head: tuple[Any, ...]
    is_run: bool

    @property
    def name(self) -> str:
        what = f"run {self.head[0]}" if self.is_run else f"{self.head[1]} {self.head[0]}"
        return f"record {self.number} ({what})"


def _findings(store: _Store) -> Iterator[str]:
    connection = store.connection
    for name in schema_differences(connection):
        yield f"schema: {name} is missing, changed or added"
    yield from _document_findings(connection)
    last_sha, last_name, number = identity(connection).genesis, "the beginning", 0
    for row in _rows(connection):
        if row.number == number:
            yield f"{row.name}: {last_name} has the same number"
        elif row.number != number + 1:
            yield f"{_missing(number + 1, row.number - 1)} between {last_name} and {row.name}"
        if row.previous is not None and row.previous != last_sha and row.number != number:
            yield f"{row.name}: does not follow {last_name}: previous is not its SHA-256"
        for problem in _row_problems(store, row):
            yield f"{row.name}: {problem}"
        last_sha, last_name, number = row.sha256 or "", row.name, row.number
    if (given := numbers_given(connection)) != number:
        yield f"{_missing(number + 1, given)} after {last_name}"
    yield from _orphans(connection)
    yield from _claim_findings(connection)
    for fault in stuck_in(connection):
        yield f"{fault.code}: {fault.message}"


def _rows(connection: apsw.Connection) -> Iterator[_Row]:
    """What stands in the chain, in the order of its numbers."""
    of_runs, of_entries = (_rows_of(connection, table) for table in ("run", "entry"))
    return merge(of_runs, of_entries, key=lambda row: row.number)


def _rows_of(connection: apsw.Connection, table: str) -> Iterator[_Row]:
    is_run = table == "run"
    columns = f"number, previous, sha256, body, {_RUN_COLUMNS if is_run else ENTRY_COLUMNS}"
    every = f"SELECT {columns} FROM {table} LEFT JOIN record USING (number) ORDER BY number"  # noqa: S608 (our own names)
    for number, previous, sha, body, *head in connection.execute(every):
        yield _Row(number, previous, sha, body, tuple(head), is_run)


def _missing(first: int, last: int) -> str:
    return f"record {first} is missing" if first >= last else f"records {first} to {last} missing"


def _row_problems(store: _Store, row: _Row) -> Iterator[str]:
    if row.body is None:
        yield "its JSON is missing"
        return
    try:
        text = unpack(row.body)
    except ValueError as error:
        yield f"its JSON has been changed: {error}"
        return
    if sha256(text) != row.sha256:
        yield f"its JSON has been changed: SHA-256 {sha256(text)}, written was {row.sha256}"
    try:
        if row.is_run:
            record, link = from_json(text)
            previous, problems = link.previous, _run_problems(store, row, record, link)
        else:
            entry, previous = entry_from_json(text)
            problems = _column_problems(ENTRY_COLUMNS, row.head, entry_row(entry))
    except ValueError as error:
        yield f"its JSON is none of this harness: {error}"
        return
    if previous != row.previous:
        yield "its JSON names another previous record than its row"
    yield from problems


def _run_problems(store: _Store, row: _Row, record: Record, link: Link) -> Iterator[str]:
    yield from _side_row_problems(store.connection, row, record, link)
    yield from judgement_problems(record)
    yield from conclusion_problems(record)
    yield from _plan_problems(record, store)
    yield from _attachment_problems(record, store.files)


def _side_row_problems(
    connection: apsw.Connection, row: _Row, record: Record, link: Link
) -> Iterator[str]:
    """Where the rows drawn from a record differ from it."""
    if record.ended is None or record.outcome is None:
        yield "it has not ended"
        return
    yield from _column_problems(_RUN_COLUMNS, row.head, (*head_row(record), link.began_after))
    key = (row.number,)
    fails = f"SELECT {FAIL_COLUMNS} FROM fail WHERE number = ? ORDER BY place"  # noqa: S608 (our own names)
    if connection.execute(fails, key).fetchall() != fail_rows(record):
        yield "its rows of failed measurements are not those of the record"
    owned = "SELECT imei FROM imei WHERE number = ? ORDER BY imei"
    if [imei for (imei,) in connection.execute(owned, key)] != imeis(record):
        yield "its rows of IMEIs are not those of the record"


def _column_problems(
    columns: str, found: tuple[Any, ...], written: tuple[Any, ...]
) -> Iterator[str]:
    for name, there, said in zip(columns.split(", "), found, written, strict=True):
        if there != said:
            yield f"column {name} of its head is {there!r}, the record says {said!r}"


def _plan_problems(record: Record, store: _Store) -> Iterator[str]:
    """Where a record differs from the plan that it names."""
    plan = f"its plan, document {record.plan.sha256},"
    try:
        said = store.said(record.plan.sha256)
    except KeyError:
        yield f"{plan} is missing"
    except ValueError as error:
        yield f"{plan} cannot be read: {error}"
    else:
        yield from plan_problems(record, said)


def _attachment_problems(record: Record, files: AttachmentFiles) -> Iterator[str]:
    for kept in record.attachments:
        if problem := files.problem(kept.sha256, kept.bytes):
            yield f"its attachment {kept.name} of step {kept.step}, {kept.sha256}, {problem}"


def _document_findings(connection: apsw.Connection) -> Iterator[str]:
    for name, body in connection.execute("SELECT sha256, body FROM document"):
        try:
            changed = sha256(unpack(body)) != name
        except ValueError:
            changed = True
        if changed:
            yield f"document {name} has been changed"


def _orphans(connection: apsw.Connection) -> Iterator[str]:
    """Rows that belong to no run, and JSON that belongs to no entry either."""
    entries = " UNION ALL SELECT number FROM entry"
    for table, more in (("record", entries), ("fail", ""), ("imei", "")):
        heads = f"SELECT number FROM run{more}"  # noqa: S608 (our own names)
        orphans = f"SELECT DISTINCT number FROM {table} WHERE number NOT IN ({heads})"  # noqa: S608
        for (number,) in connection.execute(orphans):
            yield f"record {number}: table {table} has rows of it, but it has no head"


def _claim_findings(connection: apsw.Connection) -> Iterator[str]:
    """Claims that no run has made: not in production, not by that unit, or not of its IMEI."""
    unfounded = """
        SELECT imei, serial, run FROM claim
        WHERE run NOT IN (SELECT run FROM open_run) AND NOT EXISTS (
          SELECT 1 FROM run JOIN imei USING (number)
          WHERE run.run = claim.run AND imei.imei = claim.imei
          AND run.serial = claim.serial AND run.purpose = 'production'
        ) ORDER BY imei"""
    for imei, serial, run in connection.execute(unfounded):
        yield f"claim of {serial} to IMEI {imei}: run {run} has not made it"
