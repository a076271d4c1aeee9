"""The tables of a record store, and the triggers that make them append-only.

Times are UTC in milliseconds since 1970. `run` is the narrow head of a record, `record` its
native JSON; measured values are never indexed here. Runs and entries share one row of numbers, the
places in the chain, and the table `record`.
"""

from __future__ import annotations

from collections.abc import Mapping

VERSION = 1
APPLICATION_ID = 0x48524E53
"""`HRNS`, in the header of the SQLite file (sqlite.org/fileformat2.html, offset 68)."""

_TABLES = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE document(sha256 TEXT NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;
CREATE TABLE run(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL UNIQUE,
  serial TEXT NOT NULL,
  station TEXT NOT NULL,
  slot INTEGER NOT NULL,
  jig TEXT,
  plan TEXT NOT NULL,
  revision INTEGER NOT NULL,
  plan_sha256 TEXT NOT NULL,
  process TEXT NOT NULL,
  purpose TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  dut_failed INTEGER NOT NULL,
  fault TEXT,
  operator TEXT NOT NULL
) STRICT;
CREATE INDEX run_serial ON run(serial, started_ms);
CREATE INDEX run_jig ON run(jig, started_ms, serial, outcome);
CREATE INDEX run_station ON run(station, started_ms);
CREATE TABLE record(
  number INTEGER PRIMARY KEY,
  previous TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE fail(
  number INTEGER NOT NULL,
  place INTEGER NOT NULL,
  step TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  name TEXT NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT NOT NULL,
  value ANY,
  unit TEXT NOT NULL,
  PRIMARY KEY(number, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE imei(
  number INTEGER NOT NULL, imei TEXT NOT NULL, PRIMARY KEY(number, imei)
) STRICT, WITHOUT ROWID;
CREATE INDEX imei_imei ON imei(imei);
CREATE TABLE open_run(
  run TEXT NOT NULL UNIQUE,
  serial TEXT NOT NULL,
  process TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE journal(run TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX journal_run ON journal(run, seq);
"""

_CLAIM = """
CREATE TABLE claim(
  imei TEXT PRIMARY KEY, serial TEXT NOT NULL, run TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_KEYS = {
    "meta": "name = NEW.name",
    "document": "sha256 = NEW.sha256 OR rowid = NEW.rowid",
    "run": "number = NEW.number OR run = NEW.run",
    "record": "number = NEW.number",
    "fail": "number = NEW.number AND place = NEW.place",
    "imei": "number = NEW.number AND imei = NEW.imei",
    "open_run": "run = NEW.run OR rowid = NEW.rowid",
    "journal": "rowid = NEW.rowid",
}
_CLEARED_BY_RECORD = ("open_run", "journal")


def _triggers(keys: Mapping[str, str]) -> str:
    """No row is changed, deleted, or replaced: REPLACE deletes without asking a DELETE trigger."""
    made = []
    for table, same in keys.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;"
        written = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (our own names)
        cleared = "WHEN NOT EXISTS (SELECT 1 FROM run WHERE run = OLD.run)"
        when = cleared if table in _CLEARED_BY_RECORD else ""
        made += [
            f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {when} {refuse}",
            f"CREATE TRIGGER {table}_replace BEFORE INSERT ON {table} WHEN {written} {refuse}",
        ]
    return "\n".join(made)


_RELEASES = """
ALTER TABLE run ADD COLUMN release INTEGER;
CREATE INDEX run_release ON run(process, release) WHERE release IS NOT NULL;
"""
_PASSED = """
INSERT INTO claim SELECT imei, serial, run FROM (
  SELECT imei, serial, run, min(number) FROM imei JOIN run USING (number)
  WHERE purpose = 'production' AND outcome = 'PASS' AND serial <> '' GROUP BY imei
);
"""
"""What passed in production before there were claims has claimed its IMEIs, the first first."""

_ENTRIES = """
CREATE TABLE entry(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  serial TEXT,
  slot INTEGER,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX entry_kind ON entry(kind);
CREATE INDEX entry_serial ON entry(serial) WHERE serial IS NOT NULL;
CREATE INDEX run_slot ON run(process, purpose, slot);
CREATE INDEX run_first ON run(process, purpose) WHERE attempt = 1;
"""
"""What a station writes besides runs; its `number` is of the same row of numbers as theirs, and its
native JSON stands in `record`. The indexes on runs are what the rules of the line ask by."""

_PLACES = """
ALTER TABLE open_run ADD COLUMN began_after INTEGER;
ALTER TABLE run ADD COLUMN began_after INTEGER;
CREATE INDEX run_closed ON run(jig, coalesce(began_after, number));
CREATE INDEX run_ended ON run(ended_ms);
CREATE INDEX entry_at ON entry(at_ms);
"""
"""Where the chain ended when a run began: what came first is told by that, and by no clock."""

FIRST_DDL = _TABLES + _triggers(_KEYS)
ADDED = (
    _RELEASES,
    _CLAIM + _PASSED + _triggers({"claim": "imei = NEW.imei"}),
    _ENTRIES + _triggers({"entry": "number = NEW.number OR id = NEW.id"}),
    _PLACES,
)
"""What came after the first stores were made, in its order: a store that lacks it gets it, and is
as new."""
DDL = FIRST_DDL + "".join(ADDED)

READ_AS_NEW = (
    "CREATE TEMP VIEW run AS SELECT *, NULL AS release, NULL AS began_after FROM main.run",
    "CREATE TEMP VIEW claim AS SELECT '' AS imei, '' AS serial, '' AS run WHERE 0",
    """CREATE TEMP VIEW entry AS
       SELECT 0 AS number, '' AS id, '' AS kind, '' AS serial, 0 AS slot, 0 AS at_ms WHERE 0""",
    """CREATE TEMP VIEW open_run AS SELECT rowid, *, NULL AS began_after FROM main.open_run;
       CREATE TEMP VIEW IF NOT EXISTS run AS SELECT *, NULL AS began_after FROM main.run""",
)
"""Lets a connection read a store that lacks what was added, without changing it."""
