"""All reading SQL. Reading never writes: open runs are folded as they stand."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from harness.errors import StationFault
from harness.files.problems import nearest
from harness.model.durations import Durations, durations
from harness.model.entry import Entry
from harness.model.events import Purpose
from harness.model.head import RunHead
from harness.model.record import Record
from harness.model.refs import ReleaseRef
from harness.model.selftest import SelfTestRow
from harness.records.attachments import AttachmentFiles
from harness.records.codec import Link, chained, content
from harness.records.entries import OF_UNITS, entries_in, recalls_in
from harness.records.faults import coded, damaged
from harness.records.head import READ_COLUMNS, imeis, unix_ms
from harness.records.line_reader import LineReader
from harness.records.selftests import selftest_row

if TYPE_CHECKING:
    from harness.records.life import Life

_LATELY = 10_000
_NEAR = 50
"""How many serials on either side of one are looked at for what was meant."""


class Reader(LineReader):
    """Reads the store at `path`, also while a station writes it or after one was killed.

    A run is named by its id or by the beginning of its id, if only one run begins so.

    Raises: StationFault(STORE-ABSENT | STORE-DAMAGED).
    """

    def runs(
        self,
        limit: int = 50,
        *,
        serial: str | None = None,
        imei: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[RunHead]:
        """The newest runs, all or those of one unit: open ones first, then by their end.

        Those alone that were started from `since` on, and before `until`.
        """
        with self._snapshot():
            opened = [
                head
                for record in self._open_records()
                if serial in (None, (head := RunHead.of(record)).serial)
                and (imei is None or imei in (*record.unit.imei, *record.scanned.imei))
                and (since is None or since <= head.started)
                and (until is None or head.started < until)
            ]
            return [*opened, *self._sealed_heads(limit, serial, imei, since, until)][:limit]

    def record(self, run: str) -> Record:
        """The record of a run; of an open one as it stands, with no outcome.

        Raises: StationFault(RECORD-UNKNOWN).
        """
        with self._snapshot():
            return self._record(self._find(run))

    def life(self, asked: str) -> Life:
        """The whole life of the unit with this serial or IMEI, or of the unit of a run.

        Raises: StationFault(RECORD-UNKNOWN); StationFault(STORE-DAMAGED) when one of its records
        cannot be read.
        """
        from harness.records.life import Life

        with self._snapshot(), self._entries_read():
            opened = self._open_records()
            serials = self._serials_of(asked, opened)
            found = [] if serials else [self._record(self._named(asked))]
            serials |= {record.unit.serial for record in found} - {""}
            for serial in serials:
                found = [r for r in found if r.unit.serial != serial]
                sealed = self._connection.execute("SELECT run FROM run WHERE serial = ?", (serial,))
                found += [self._sealed_record(run) for (run,) in sealed]
                found += [record for record in opened if record.unit.serial == serial]
            shown = {imei for record in found for imei in imeis(record)}
            claims = {imei: self._claimants(imei, opened) for imei in shown}
            entries = [entry for serial in sorted(serials) for entry in self._of_unit(serial)]
            entries += recalls_in(self._connection)
            heads = [head for record in found for head in self._heads(self._head_of(record.run))]
        return Life.of(asked, found, claims, entries, heads)

    def serial_of(self, asked: str) -> str:
        """The serial of the one unit that has this serial or IMEI, or that a run was of.

        Raises: StationFault(RECORD-UNKNOWN), also when several units showed the IMEI, or the run
        does not know its unit.
        """
        with self._snapshot():
            opened = self._open_records()
            serials = self._serials_of(asked, opened)
            if not serials:
                serials = {self._record(self._named(asked)).unit.serial} - {""}
        if len(serials) == 1:
            return serials.pop()
        why = f"units {', '.join(sorted(serials))} showed it" if serials else "it has no serial"
        raise StationFault(
            "RECORD-UNKNOWN",
            f"which unit is meant by {asked!r}: {why}",
            evidence={"asked": asked, "serials": sorted(serials)},
            remedy="Name the unit by its serial.",
        )

    def processes(self, serial: str) -> list[str]:
        """The processes that a unit has had runs of, open ones too, sorted."""
        every = "SELECT process FROM {} WHERE serial = ?1"
        both = f"{every.format('run')} UNION {every.format('open_run')} ORDER BY 1"
        with self._snapshot():
            return [str(process) for (process,) in self._connection.execute(both, (serial,))]

    def jigs(self) -> list[str]:
        """The jigs that runs were on which have ended, sorted."""
        every = "SELECT DISTINCT jig FROM run WHERE jig IS NOT NULL ORDER BY jig"
        with self._snapshot():
            return [str(jig) for (jig,) in self._connection.execute(every)]

    def slots(self) -> list[int]:
        """The slots that runs were in which have ended, sorted."""
        with self._snapshot():
            every = self._connection.execute("SELECT DISTINCT slot FROM run ORDER BY slot")
            return [slot for (slot,) in every]

    def plans(self) -> list[tuple[str, int]]:
        """The ids and revisions of the plans that runs were made by which have ended, sorted."""
        every = "SELECT DISTINCT plan, revision FROM run ORDER BY plan, revision"
        with self._snapshot():
            return [(str(plan), revision) for plan, revision in self._connection.execute(every)]

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
            f"SELECT {READ_COLUMNS} FROM run WHERE serial IN ('', {some}) AND +jig IN ({some})"  # noqa: S608
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

    def step_medians(self, plan_sha256: str, limit: int = 100) -> Durations:
        """How long the newest runs of a plan took, among the newest `_LATELY` runs of the store.

        Raises: StationFault(STORE-DAMAGED) when one of them cannot be read.
        """
        newest = (
            "SELECT run FROM run WHERE plan_sha256 = ?"
            " AND number > (SELECT max(number) FROM run) - ? ORDER BY number DESC LIMIT ?"
        )
        with self._snapshot():
            found = self._connection.execute(newest, (plan_sha256, _LATELY, limit)).fetchall()
            return durations(self._sealed_record(str(run)) for (run,) in found)

    def json(self, run: str) -> bytes:
        """The native JSON of a finished run, byte by byte as it was written.

        Raises: StationFault(RECORD-UNKNOWN), also while the run is open.
        """
        with self._snapshot():
            return self._json(self._find(run))

    def open_json(self, run: str) -> bytes:
        """An open run in the form of the native JSON, as it stands; no `previous` yet.

        Raises: StationFault(RECORD-UNKNOWN) when no run with this id is open.
        """
        with self._snapshot():
            row = self._one("SELECT began_after FROM open_run WHERE run = ?", run)
            if row is None:
                raise StationFault("RECORD-UNKNOWN", f"no run {run} is open")
            return chained(run, Link(None, row[0]), content(self._open_record(run)))

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

    def _sealed_heads(
        self,
        limit: int,
        serial: str | None,
        imei: str | None,
        since: datetime | None,
        until: datetime | None,
    ) -> list[RunHead]:
        where, values = ["number > 0"], list[Any]()
        if serial is not None:
            where.append("serial = ?")
            values.append(serial)
        if imei is not None:
            where.append("number IN (SELECT number FROM imei WHERE imei = ?)")
            values.append(imei)
        of_all = not values
        if since is not None:
            where.append("started_ms >= ?")
            values.append(unix_ms(since))
        if until is not None:
            where.append("started_ms < ?")
            values.append(unix_ms(until))
        order = "number" if of_all else "+number"  # the few rows of a unit are sorted instead
        rows = self._connection.execute(
            f"SELECT {READ_COLUMNS} FROM run WHERE {' AND '.join(where)}"  # noqa: S608 (our own names)
            f" ORDER BY {order} DESC LIMIT ?",
            (*values, limit),
        )
        return self._heads(rows)

    def _of_unit(self, serial: str) -> list[Entry]:
        return list(entries_in(self._connection, kinds=OF_UNITS, serial=serial))

    def _named(self, asked: str) -> str:
        """The id of the run that is named so, where no unit is.

        Raises: StationFault(RECORD-UNKNOWN), with the serial that was most likely meant.
        """
        meant = nearest(asked, self._serials_near(asked))
        hint = f" (did you mean {meant!r}?)" if meant else ""
        return self._find(asked, f"no such unit or run{hint}")

    def _serials_near(self, asked: str) -> list[str]:
        """Serials that stand next to this one in order, and those of the newest runs."""
        lists = (
            "SELECT DISTINCT serial FROM run WHERE serial < ?1 ORDER BY serial DESC LIMIT ?2",
            "SELECT DISTINCT serial FROM run WHERE serial > ?1 ORDER BY serial LIMIT ?2",
            "SELECT serial FROM run WHERE ?1 <> serial ORDER BY number DESC LIMIT ?2",
        )
        found = (self._connection.execute(one, (asked, _NEAR)) for one in lists)
        return [serial for rows in found for (serial,) in rows if serial]

    def _selftest_row(self, run: str) -> SelfTestRow:
        text = self._json(run)
        try:
            return selftest_row(text)
        except ValueError as error:
            raise damaged(self._path, f"the record of run {run}: {error}") from None

    def _serials_of(self, asked: str, opened: list[Record]) -> set[str]:
        """The serials of the units that have this serial or IMEI; no serial is ''."""
        every = "SELECT 1 FROM {} WHERE serial = ?"
        known = self._one(every.format("run"), asked) or self._one(every.format("entry"), asked)
        if asked and (known or any(record.unit.serial == asked for record in opened)):
            return {asked}
        return self._claimants(asked, opened) - {""}

    def _claimants(self, imei: str, opened: list[Record]) -> set[str]:
        """The serials of all units that showed this IMEI, or whose label did."""
        claimed = "SELECT DISTINCT serial FROM run JOIN imei USING (number) WHERE imei = ?"
        serials = {serial for (serial,) in self._connection.execute(claimed, (imei,))}
        return serials | {record.unit.serial for record in opened if imei in imeis(record)}
