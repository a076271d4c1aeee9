"""A connection that reads a store: one state of it at a time, and what it holds, unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from harness.errors import StationFault
from harness.model.head import RunHead
from harness.model.record import Record
from harness.records.codec import from_json, sha256, unpack
from harness.records.faults import coded, damaged
from harness.records.head import head_of_row
from harness.records.journal import replay
from harness.records.store import open_for_reading
from harness.records.writer import journal_of, open_runs

_MATCHES_TOLD = 5


class StoreReader:
    """Reads the store at `path`. For one thread at a time.

    With `or_empty` one that nobody has made yet is an empty one.

    Raises: StationFault(STORE-ABSENT | STORE-DAMAGED).
    """

    def __init__(self, path: Path, *, or_empty: bool = False) -> None:
        self._path = path
        self._connection = open_for_reading(path, or_empty=or_empty)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """One state of the store for several statements."""
        with coded(self._path, "cannot read"):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def _heads(self, rows: Iterable[tuple[Any, ...]]) -> list[RunHead]:
        try:
            return [head_of_row(row) for row in rows]
        except (KeyError, TypeError, OverflowError) as error:
            raise damaged(self._path, f"the head of a run cannot be read: {error}") from None

    def _open_records(self) -> list[Record]:
        """Those that can be read: one that cannot hides no other, and is told as RUN-STUCK."""
        opened = []
        for left in reversed(open_runs(self._connection)):
            with suppress(ValueError):
                opened.append(replay(left.first, left.batches).builder.build())
        return opened

    def _open_record(self, run: str) -> Record:
        (first,) = self._one("SELECT CAST(body AS BLOB) FROM open_run WHERE run = ?", run)
        try:
            return replay(first, journal_of(self._connection, run)).builder.build()
        except ValueError as error:
            raise damaged(self._path, f"the start of open run {run}: {error}") from None

    def _record(self, run: str) -> Record:
        if self._one("SELECT 1 FROM open_run WHERE run = ?", run):
            return self._open_record(run)
        return self._sealed_record(run)

    def _sealed_record(self, run: str) -> Record:
        text = self._json(run)
        try:
            return from_json(text)[0]
        except ValueError as error:
            raise damaged(self._path, f"the record of run {run}: {error}") from None

    def _find(self, run: str, nothing: str = "no such run") -> str:
        """The id of the one run whose id is, or begins with, `run`."""
        every = "SELECT run FROM {} WHERE run = ?1 OR (run > ?1 AND run < ?1 || char(0x10FFFF))"
        both = f"{every.format('run')} UNION ALL {every.format('open_run')} ORDER BY 1 LIMIT ?2"
        found = [name for (name,) in self._connection.execute(both, (run, _MATCHES_TOLD))]
        if run and found and (found[0] == run or len(found) == 1):
            return str(found[0])
        problem = "which run is meant" if found else nothing
        raise StationFault(
            "RECORD-UNKNOWN",
            f"{problem}: {run!r}",
            evidence={"path": str(self._path), "run": run, "begin so": found},
        )

    def _json(self, run: str) -> bytes:
        links = "SELECT sha256, body FROM run JOIN record USING (number) WHERE run = ?"
        row = self._one(links, run)
        if row is None and self._one("SELECT 1 FROM open_run WHERE run = ?", run):
            raise StationFault("RECORD-UNKNOWN", f"run {run} is open: it has no record yet")
        sha, body = row or ("", None)
        return self._unpacked(body, sha, f"the record of run {run}")

    def _unpacked(self, body: bytes | None, sha: str, what: str) -> bytes:
        """What was packed, if it is what was written."""
        if body is None:
            raise damaged(self._path, f"{what} is missing")
        try:
            text = unpack(body)
        except ValueError as error:
            raise damaged(self._path, f"{what}: {error}") from None
        if sha256(text) != sha:
            raise damaged(self._path, f"{what} has been changed", sha256=sha, found=sha256(text))
        return text

    def _one(self, sql: str, *values: str) -> Any:
        return self._connection.execute(sql, values).fetchone()
