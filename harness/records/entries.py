"""Entries of the chain: the row of one, and how they are read again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields, replace
from typing import Any, get_args

import apsw

from harness.model.entry import Entered, Entry, Recalled, Reworked, UnitRefused
from harness.records.codec import entry_from_json, sha256, unpack
from harness.records.head import unix_ms

ENTRY_COLUMNS = "id, kind, serial, slot, at_ms"
OF_UNITS = (UnitRefused, Reworked)
"""The kinds of which each entry is of one unit."""
_OF_SLOTS = tuple(kind for kind in get_args(Entered) if "slot" in {f.name for f in fields(kind)})


def entry_row(entry: Entry) -> tuple[Any, ...]:
    """The row of an entry, in the order of ENTRY_COLUMNS."""
    what = entry.what
    serial, slot = getattr(what, "serial", None), getattr(what, "slot", None)
    return entry.id, type(what).__name__, serial, slot, unix_ms(entry.at)


def read_entry(sha: str | None, body: bytes | None) -> Entry:
    """The entry whose native JSON was packed.

    Raises: ValueError when it is missing, or is not what was written.
    """
    if body is None:
        raise ValueError("its JSON is missing")
    text = unpack(body)
    if sha256(text) != sha:
        raise ValueError(f"it has been changed: SHA-256 {sha256(text)}, written was {sha}")
    return entry_from_json(text)[0]


def entries_in(
    connection: apsw.Connection,
    limit: int = -1,
    *,
    kinds: Collection[type] = (),
    serial: str | None = None,
    slot: int | None = None,
) -> Iterator[Entry]:
    """Entries, newest first; all of them with a `limit` of -1.

    Raises: ValueError naming the one that is missing or has been changed.
    """
    where, values = ["TRUE"], list[Any]()
    if slot is not None:
        kinds = [kind for kind in kinds or _OF_SLOTS if kind in _OF_SLOTS]
        where.append("(slot = ? OR slot IS NULL)")
        values.append(slot)
    if kinds or slot is not None:
        where.append(f"kind IN ({', '.join('?' * len(kinds))})")
        values += [kind.__name__ for kind in kinds]
    if serial is not None:
        where.append("serial = ?")
        values.append(serial)
    return _read(connection, " AND ".join(where), (*values, limit))


def locks_in(connection: apsw.Connection, slot: int | None = None) -> Iterator[Entry]:
    """The newest lock and the newest unlock of each slot and of the station, newest first.

    However long ago that was. With a `slot` those of this one, and of the station.

    Raises: ValueError naming the one that is missing or has been changed.
    """
    newest = (
        "number IN (SELECT max(number) FROM entry WHERE kind IN ('Locked', 'Unlocked')"
        " AND (?1 IS NULL OR slot IS NULL OR slot = ?1) GROUP BY slot, kind)"
    )
    return _read(connection, newest, (slot, -1))


def _read(connection: apsw.Connection, where: str, values: tuple[Any, ...]) -> Iterator[Entry]:
    """The entries for which this holds, newest first; the last of the values is how many."""
    found = (
        f"SELECT number, sha256, body FROM entry LEFT JOIN record USING (number)"  # noqa: S608
        f" WHERE {where} ORDER BY number DESC LIMIT ?"
    )
    for number, sha, body in connection.execute(found, values):
        try:
            yield replace(read_entry(sha, body), number=number)
        except ValueError as error:
            raise ValueError(f"entry {number}: {error}") from None


def recalls_in(connection: apsw.Connection) -> list[Entry]:
    """Every recall of the line, oldest first.

    Raises: ValueError naming the one that is missing or has been changed.
    """
    return list(entries_in(connection, kinds=(Recalled,)))[::-1]
