"""What the rules of the line ask of the runs in a store: SQL over their heads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import apsw

from harness.model.entry import Recalled
from harness.model.events import Purpose, RunStarted
from harness.records.codec import decode_event
from harness.records.head import READ_COLUMNS, unix_ms

Rows = Iterator[tuple[Any, ...]]
_HEADS = f"SELECT {READ_COLUMNS} FROM run WHERE"  # noqa: S608 (our own names)

_RULED = ", ".join(f"'{each.value}'" for each in Purpose if each.ruled)
_SHOWS = "(outcome IN ('PASS', 'FAIL') OR dut_failed)"


class Asked(NamedTuple):
    """A statement and its values; what it answers are rows of READ_COLUMNS."""

    sql: str
    values: tuple[Any, ...]

    def of(self, connection: apsw.Connection) -> Rows:
        return connection.execute(self.sql, self.values)


def of_unit(serial: str, purpose: Purpose, process: str | None) -> Asked:
    """The runs of a unit, oldest first by their end."""
    where, values = "serial = ? AND purpose = ?", (serial, purpose.value)
    if process is None:
        return Asked(f"{_HEADS} {where} ORDER BY +number", values)
    return Asked(f"{_HEADS} {where} AND process = ? ORDER BY +number", (*values, process))


def shown_on_slot(slot: int, purpose: Purpose, process: str, limit: int) -> Asked:
    """The last runs on a slot that show whether a unit is good, newest first by their end."""
    where = f"process = ? AND purpose = ? AND slot = ? AND {_SHOWS}"
    values = (process, purpose.value, slot, limit)
    return Asked(f"{_HEADS} {where} ORDER BY number DESC LIMIT ?", values)


def telling_on_slot(slot: int, purpose: Purpose, process: str, serial: str, fault: str) -> Asked:
    """The last run of another unit on a slot that passed there, or had this fault."""
    where = (
        "process = ? AND purpose = ? AND slot = ? AND serial <> ?"
        " AND (outcome = 'PASS' OR fault = ?) ORDER BY number DESC LIMIT 1"
    )
    return Asked(f"{_HEADS} {where}", (process, purpose.value, slot, serial, fault))


def shown_first(purpose: Purpose, process: str, limit: int) -> Asked:
    """The last first attempts that show whether their unit is good, newest first by their end."""
    where = f"process = ? AND purpose = ? AND attempt = 1 AND {_SHOWS}"
    return Asked(f"{_HEADS} {where} ORDER BY number DESC LIMIT ?", (process, purpose.value, limit))


def passes(recall: Recalled) -> Asked:
    """The passes that a recall revokes, oldest first by their start."""
    asked = (
        ("jig = ?", recall.jig or None),
        ("slot = ?", recall.slot),
        ("plan_sha256 = ?", recall.plan_sha256 or None),
        ("plan = ?", recall.plan or None),
        ("revision = ?", recall.revision),
        ("started_ms >= ?", recall.since and unix_ms(recall.since)),
        ("started_ms < ?", recall.until and unix_ms(recall.until)),
    )
    where = ["outcome = 'PASS'", *(sql for sql, value in asked if value is not None)]
    values = tuple(value for _, value in asked if value is not None)
    return Asked(f"{_HEADS} {' AND '.join(where)} ORDER BY started_ms, number", values)


def accepted_on(jig: str, since: datetime | None, until: datetime | None) -> Asked:
    """The passes on a jig in a window that are the last word of their process on their unit."""
    where = (
        f"jig = ? AND outcome = 'PASS' AND purpose IN ({_RULED})"  # noqa: S608 (our own names)
        " AND started_ms >= ? AND started_ms < ? AND NOT EXISTS ("
        "SELECT 1 FROM run AS later WHERE later.serial = run.serial"
        " AND +later.process = run.process AND +later.purpose = run.purpose"
        " AND later.number > run.number) ORDER BY started_ms, number"
    )
    window = (
        -(2**63) if since is None else unix_ms(since),
        2**63 - 1 if until is None else unix_ms(until),
    )
    return Asked(f"{_HEADS} {where}", (jig, *window))


def next_of(run: str) -> Asked:
    """The run that its unit had next, in whatever process, of the same purpose."""
    where = (
        "(serial, purpose) = (SELECT serial, purpose FROM run WHERE run = ?1)"
        " AND +number > (SELECT number FROM run WHERE run = ?1)"
        " ORDER BY +number LIMIT 1"
    )
    return Asked(f"{_HEADS} {where}", (run,))


def of_run(run: str) -> Asked:
    """The one run with this id."""
    return Asked(f"{_HEADS} run = ?", (run,))


def processes(connection: apsw.Connection) -> list[str]:
    """The processes that the store has runs of that have ended, sorted."""
    every = (
        "WITH RECURSIVE each(name) AS (SELECT min(process) FROM run UNION ALL"
        " SELECT (SELECT min(process) FROM run WHERE process > name) FROM each"
        " WHERE name IS NOT NULL) SELECT name FROM each WHERE name IS NOT NULL"
    )
    return [str(name) for (name,) in connection.execute(every)]


def closings(connection: apsw.Connection, jig: str, since: int) -> int:
    """How many runs were begun on a jig, open ones too, since this place in the chain."""
    counted = "SELECT count(*) FROM run WHERE jig = ? AND coalesce(began_after, number) >= ?"
    row: Any = connection.execute(counted, (jig, since)).fetchone()
    opened = "SELECT CAST(body AS BLOB) FROM open_run WHERE coalesce(began_after, ?1) >= ?1"
    return int(row[0]) + sum(_on(jig, line) for (line,) in connection.execute(opened, (since,)))


def latest(connection: apsw.Connection) -> datetime | None:
    """The latest end of a run, or time of an entry, of the whole chain."""
    ends = (
        "SELECT max(ms) FROM (SELECT max(ended_ms) AS ms FROM run"
        " UNION ALL SELECT max(at_ms) FROM entry)"
    )
    row: Any = connection.execute(ends).fetchone()
    return None if row[0] is None else datetime.fromtimestamp(row[0] / 1000, UTC)


def _on(jig: str, line: bytes) -> bool:
    """Whether the run that starts so is on this jig; one that cannot be read is told elsewhere."""
    try:
        started = decode_event(line).event
    except ValueError:
        return False
    return isinstance(started, RunStarted) and started.jig is not None and started.jig.id == jig
