"""All reading SQL. Reading never writes: open runs are folded as they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from harness.errors import StationFault
from harness.model.events import Purpose, ReleaseRef
from harness.model.record import Record
from harness.model.selftest import SelfTestRow
from harness.records.attachments import AttachmentFiles
from harness.records.codec import from_json, sha256, unpack
from harness.records.faults import coded, damaged
from harness.records.head import HEAD_COLUMNS, RunHead, imeis
from harness.records.journal import replay
from harness.records.selftests import selftest_row
from harness.records.store import open_for_reading
from harness.records.writer import journal_of, open_runs

if TYPE_CHECKING:
    from harness.records.life import Life

_MATCHES_TOLD = 5


class Reader:
    """Reads the store at `path`, also while a station writes it or after one was killed.

    A run is named by its id or by the beginning of its id, if only one run begins so.

    Raises: StationFault(STORE-ABSENT | STORE-DAMAGED).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = open_for_reading(path)

    def runs(
        self, limit: int = 50, *, serial: str | None = None, imei: str | None = None
    ) -> list[RunHead]:
        """The newest runs, all or those of one unit: open ones first, then by their end."""
        with self._snapshot():
            opened = [
                head
                for record in self._open_records()
                if serial in (None, (head := RunHead.of(record)).serial)
                and (imei is None or imei in (*record.unit.imei, *record.scanned.imei))
            ]
            return [*opened, *self._sealed_heads(limit, serial, imei)][:limit]

    def record(self, run: str) -> Record:
        """The record of a run; of an open one as it stands, with no outcome.

        Raises: StationFault(RECORD-UNKNOWN).
        """
        with self._snapshot():
            return self._record(self._find(run))

    def life(self, asked: str) -> Life:
        """All runs of the unit with this serial or IMEI, or of a run, in the order of their start.

        Raises: StationFault(RECORD-UNKNOWN); StationFault(STORE-DAMAGED) when one of its records
        cannot be read.
        """
        from harness.records.life import Life

        with self._snapshot():
            opened = self._open_records()
            serials = self._serials_of(asked, opened)
            found = [] if serials else [self._record(self._find(asked, "no such unit or run"))]
            serials |= {record.unit.serial for record in found} - {""}
            for serial in serials:
                found = [r for r in found if r.unit.serial != serial]
                sealed = self._connection.execute("SELECT run FROM run WHERE serial = ?", (serial,))
                found += [self._sealed_record(run) for (run,) in sealed]
                found += [record for record in opened if record.unit.serial == serial]
            shown = {imei for record in found for imei in imeis(record)}
            claims = {imei: self._claimants(imei, opened) for imei in shown}
        return Life.of(asked, found, claims)

    def newest_release(self, process: str) -> ReleaseRef | None:
        """The release with the highest number that a run of the process was made by.

        Raises: StationFault(STORE-DAMAGED) when the record of that run cannot be read.
        """
        last = (
            "SELECT run FROM run WHERE process = ? AND release IS NOT NULL"
            " ORDER BY release DESC LIMIT 1"
        )
        with self._snapshot():
            sealed = self._one(last, process)
            records = self._open_records() + ([self._sealed_record(sealed[0])] if sealed else [])
        ran = [record.release for record in records if record.process == process]
        return max((r for r in ran if r), key=lambda ref: ref.number, default=None)

    def self_tests(self, jigs: Collection[str], limit: int = 100) -> list[RunHead]:
        """The newest self-tests of jigs with these names: open ones first, then by their end.

        A name that is no serial number, such as a long port, stands in no unit.
        """
        names = tuple(jigs)
        some = ", ".join("?" * len(names))
        begun = (
            f"SELECT run FROM open_run WHERE serial IN ('', {some})"  # noqa: S608 (our own names)
            " ORDER BY started_ms DESC"
        )
        ended = (
            f"SELECT {HEAD_COLUMNS} FROM run WHERE serial IN ('', {some}) AND +jig IN ({some})"  # noqa: S608
            " AND purpose = 'selftest' ORDER BY +number DESC LIMIT ?"
        )
        with self._snapshot():
            heads = list[RunHead]()
            for (run,) in self._connection.execute(begun, names):
                with suppress(StationFault):  # told as RUN-STUCK
                    heads.append(RunHead.of(self._open_record(run)))
            rows = self._connection.execute(ended, (*names, *names, limit))
            tests = [h for h in heads if h.purpose == Purpose.SELFTEST and h.jig in names]
            return [*tests, *self._heads(rows)][:limit]

    def golden_runs(self, serial: str, jig: str, limit: int = 20) -> list[Record]:
        """The newest runs of a golden or known-bad unit on a jig, newest by their end first."""
        newest = (
            "SELECT run FROM run WHERE serial = ? AND jig = ? AND purpose = 'golden'"
            " AND number IS NOT NULL ORDER BY +number DESC LIMIT ?"
        )
        with self._snapshot():
            found = self._connection.execute(newest, (serial, jig, limit)).fetchall()
            return [self._sealed_record(str(run)) for (run,) in found]

    def last_golden(self, serial: str, jig: str, after: str) -> Record | None:
        """The newest run of a golden or known-bad unit on a jig that ended after the run `after`.

        None too while that one is open. What any clock said counts for nothing.
        """
        newest = (
            "SELECT run FROM run WHERE serial = ? AND jig = ? AND purpose = 'golden'"
            " AND +number > (SELECT number FROM run WHERE run = ?) ORDER BY +number DESC LIMIT 1"
        )
        with self._snapshot():
            found = self._one(newest, serial, jig, after)
            return self._sealed_record(found[0]) if found else None

    def history(self, jig: str, limit: int = 100) -> list[SelfTestRow]:
        """The newest self-tests of the jig with this serial that have ended, oldest first.

        Raises: StationFault(STORE-DAMAGED) when one of them cannot be read.
        """
        newest = (
            "SELECT run FROM run WHERE serial = ? AND purpose = 'selftest'"
            " ORDER BY started_ms DESC, number DESC LIMIT ?"
        )
        with self._snapshot():
            runs = [run for (run,) in self._connection.execute(newest, (jig, limit))]
            return [self._selftest_row(run) for run in reversed(runs)]

    def json(self, run: str) -> bytes:
        """The native JSON of a finished run, byte by byte as it was written.

        Raises: StationFault(RECORD-UNKNOWN), also while the run is open.
        """
        with self._snapshot():
            return self._json(self._find(run))

    def document(self, name: str) -> bytes:
        """The document with this SHA-256, such as the resolved plan of a run.

        Raises: StationFault(STORE-DAMAGED) when the store has not got it.
        """
        with self._snapshot():
            row = self._one("SELECT body FROM document WHERE sha256 = ?", name)
        return self._unpacked(row and row[0], name, f"document {name}")

    def documents(self, beginning: str) -> list[str]:
        """The SHA-256 of each document that begins with these digits."""
        beginning_so = "SELECT sha256 FROM document WHERE substr(sha256, 1, ?) = ? ORDER BY 1"
        with self._snapshot():
            found = self._connection.execute(beginning_so, (len(beginning), beginning))
            return [name for (name,) in found]

    def attachment(self, sha: str) -> bytes:
        """The file with this SHA-256 that a record or an event names.

        Raises: StationFault(STORE-DAMAGED) when it is missing or has been changed.
        """
        with coded(self._path, "cannot read an attachment of"):
            return AttachmentFiles(self._path).read(sha)

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

    def _sealed_heads(self, limit: int, serial: str | None, imei: str | None) -> list[RunHead]:
        where, values = ["number > 0"], []
        if serial is not None:
            where.append("serial = ?")
            values.append(serial)
        if imei is not None:
            where.append("number IN (SELECT number FROM imei WHERE imei = ?)")
            values.append(imei)
        order = "number" if not values else "+number"  # the few rows of a unit are sorted instead
        rows = self._connection.execute(
            f"SELECT {HEAD_COLUMNS} FROM run WHERE {' AND '.join(where)}"  # noqa: S608 (our own names)
            f" ORDER BY {order} DESC LIMIT ?",
            (*values, limit),
        )
        return self._heads(rows)

    def _heads(self, rows: Iterable[tuple[Any, ...]]) -> list[RunHead]:
        try:
            return [RunHead.from_row(row) for row in rows]
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

    def _selftest_row(self, run: str) -> SelfTestRow:
        text = self._json(run)
        try:
            return selftest_row(text)
        except ValueError as error:
            raise damaged(self._path, f"the record of run {run}: {error}") from None

    def _serials_of(self, asked: str, opened: list[Record]) -> set[str]:
        """The serials of the units that have this serial or IMEI; no serial is ''."""
        known = self._one("SELECT 1 FROM run WHERE serial = ?", asked)
        if asked and (known or any(record.unit.serial == asked for record in opened)):
            return {asked}
        return self._claimants(asked, opened) - {""}

    def _claimants(self, imei: str, opened: list[Record]) -> set[str]:
        """The serials of all units that showed this IMEI, or whose label did."""
        claimed = "SELECT DISTINCT serial FROM run JOIN imei USING (number) WHERE imei = ?"
        serials = {serial for (serial,) in self._connection.execute(claimed, (imei,))}
        return serials | {record.unit.serial for record in opened if imei in imeis(record)}

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
