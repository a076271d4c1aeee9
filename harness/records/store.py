"""Opening a store file: making it, and making sure that it is ours and whole."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import apsw

from harness.errors import StationFault
from harness.files.disk import sync
from harness.records.codec import sha256, unpack
from harness.records.faults import coded, damaged
from harness.records.schema import (
    ADDED,
    APPLICATION_ID,
    DDL,
    FIRST_DDL,
    READ_AS_NEW,
    VERSION,
)

_BUSY_MS = 2000


@dataclass(frozen=True, slots=True)
class Identity:
    """Which station's chain a store holds; a restored store begins a new epoch."""

    station: str
    epoch: str

    @property
    def genesis(self) -> str:
        """What stands as `previous` in the first record: it ties the chain to its station."""
        return sha256(f"harness records {self.station} {self.epoch}".encode())


def open_for_writing(path: Path, now: datetime) -> apsw.Connection:
    """The connection that writes the store; the store is made if it is not there.

    Raises: StationFault(STORE-DAMAGED) when it is not a whole store of this harness.
    """
    with coded(path, "cannot open"):
        if path.exists():
            _check_file(path)
        else:
            _create(path, now)
        connection = _connect(path, apsw.SQLITE_OPEN_READWRITE)
        try:
            _check_ours(path, connection)
            _check_whole(path, connection)
            if lacking := ADDED[_additions(connection) :]:
                with connection:
                    connection.execute("".join(lacking))
            connection.pragma("journal_mode", "wal")
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(path: Path, *, or_empty: bool = False) -> apsw.Connection:
    """A connection that cannot write; it has every column, also of a store from before some.

    With `or_empty` a store that is still to be made is read as the empty one that it will be.

    Raises: StationFault(STORE-ABSENT | STORE-DAMAGED).
    """
    with coded(path, "cannot read"):
        if not path.exists():
            if or_empty:
                check_no_link_hangs(path)
                return _empty()
            raise StationFault("STORE-ABSENT", f"no store at {path}", evidence={"path": str(path)})
        _check_file(path)
        connection = _connect(path, apsw.SQLITE_OPEN_READONLY)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        try:
            _check_ours(path, connection)
            for view in READ_AS_NEW[_additions(connection) :]:
                connection.execute(view)
        except BaseException:
            connection.close()
            raise
    return connection


def _empty() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute(DDL)
    return connection


def check_no_link_hangs(path: Path) -> None:
    """What the path of a store goes through is there: a store on a lost disk is not made anew.

    Raises: StationFault(STORE-ABSENT) naming the link that leads nowhere.
    """
    for place in (path, *path.parents):
        if place.is_symlink() and not place.exists():
            words = f"{path}: the link {place} leads to {place.readlink()}, which is not there"
            evidence = {"path": str(path), "link": str(place)}
            remedy = "Mount the disk that it is on, or correct the link."
            raise StationFault("STORE-ABSENT", words, evidence=evidence, remedy=remedy)


@dataclass(frozen=True, slots=True)
class LastRecord:
    """The end of a chain; number 0 and time 0 in a store without records [ms since 1970].

    It may be an entry: then it ended when it was made.
    """

    number: int
    ended_ms: int


def last_record(path: Path) -> LastRecord:
    """The last record of a store that is ours, complete, and unchanged at its end.

    Raises: StationFault(STORE-ABSENT | STORE-DAMAGED).
    """
    connection = open_for_reading(path)
    try:
        with coded(path, "cannot read"):
            connection.execute("BEGIN")  # one state of the store, also while a station writes it
            _check_whole(path, connection)
            newest = (
                "SELECT number, ended_ms FROM run UNION ALL SELECT number, at_ms FROM entry"
                " ORDER BY 1 DESC LIMIT 1"
            )
            return LastRecord(*(connection.execute(newest).fetchone() or (0, 0)))
    finally:
        connection.close()


def identity(connection: apsw.Connection) -> Identity:
    """Whose chain it is."""
    said = dict(connection.execute("SELECT name, value FROM meta"))
    return Identity(said["station"], said["epoch"])


def chain_head(connection: apsw.Connection) -> tuple[int, str]:
    """The number and the SHA-256 of the last record; number 0 and the genesis in a new store."""
    newest = "SELECT number, sha256 FROM record ORDER BY number DESC LIMIT 1"
    number, sha = connection.execute(newest).fetchone() or (0, identity(connection).genesis)
    return number, sha


def numbers_given(connection: apsw.Connection) -> int:
    """The last number that a record, of a run or of an entry, was ever given."""
    highest = "SELECT max(seq) FROM sqlite_sequence WHERE name IN ('run', 'entry')"
    (given,) = connection.execute(highest).fetchone() or (None,)
    return int(given or 0)


def schema_differences(connection: apsw.Connection) -> list[str]:
    """Names of tables, indexes and triggers that are missing, changed or added.

    A store that lacks what was added later is held against what it was made with.
    """
    pristine = apsw.Connection(":memory:")
    try:
        pristine.execute(FIRST_DDL + "".join(ADDED[: _additions(connection)]))
        wanted, found = _objects(pristine), _objects(connection)
    finally:
        pristine.close()
    return sorted({name for name, _ in wanted ^ found})


def _objects(connection: apsw.Connection) -> set[tuple[str, str]]:
    return set(connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_schema"))


def _connect(path: Path, flags: int) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(_BUSY_MS)
    return connection


def _create(path: Path, now: datetime) -> None:
    """Make the store under another name, so that half a store never stands at its path."""
    if path.with_name(path.name + "-wal").exists():
        raise damaged(path, "the store is gone, but its -wal file is there")
    new = path.with_name(path.name + ".new")
    for leftover in ("", "-wal", "-shm", "-journal"):
        new.with_name(new.name + leftover).unlink(missing_ok=True)
    connection = _connect(new, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    try:
        connection.pragma("journal_mode", "wal")
        connection.pragma("application_id", APPLICATION_ID)
        with connection:
            connection.execute(DDL)
            connection.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [
                    ("schema", str(VERSION)),
                    ("station", str(uuid.uuid4())),
                    ("epoch", "1"),
                    ("created", now.isoformat()),
                ],
            )
    finally:
        connection.close()
    new.rename(path)
    sync(path.parent)


def _check_file(path: Path) -> None:
    """It is a file: SQLite would wait for ever for the other end of a FIFO."""
    if not path.is_file():
        raise damaged(path, "it is no file, so no record store")


def _check_ours(path: Path, connection: apsw.Connection) -> None:
    if connection.pragma("application_id") != APPLICATION_ID:
        raise damaged(path, "not a record store of this harness")
    said = dict(connection.execute("SELECT name, value FROM meta"))
    if missing := {"schema", "station", "epoch"} - said.keys():
        raise damaged(path, f"it does not say its {', '.join(sorted(missing))}")
    if said["schema"] != str(VERSION):
        raise damaged(path, f"its schema is {said['schema']}, this harness knows {VERSION}")


def _additions(connection: apsw.Connection) -> int:
    """How many of ADDED the store has; all, when what they are added to is not there."""
    if not (columns := _columns(connection, "run")):
        return len(ADDED)
    if "release" not in columns:
        return 0
    if not _columns(connection, "claim"):
        return 1
    if not _columns(connection, "entry"):
        return 2
    return 4 if "began_after" in columns else 3


def _columns(connection: apsw.Connection, table: str) -> set[str]:
    return {name for _, name, *_ in connection.execute(f"PRAGMA main.table_info({table})")}


def _check_whole(path: Path, connection: apsw.Connection) -> None:
    """What can be known without reading it all; `harness records verify` reads it all."""
    _check_ours(path, connection)
    if odd := schema_differences(connection):
        raise damaged(path, f"missing or changed: {', '.join(odd)}", objects=odd)
    number, sha = chain_head(connection)
    given = numbers_given(connection)
    if number != given:
        raise damaged(path, f"the last record is number {number}, it should be {given}")
    last = connection.execute("SELECT body FROM record WHERE number = ?", (number,)).fetchone()
    if last and _sha_of(last[0]) != sha:
        raise damaged(path, f"record {number}, the last one, has been changed")


def _sha_of(body: bytes) -> str:
    try:
        return sha256(unpack(body))
    except ValueError as error:
        return str(error)
