from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import apsw
import pytest

from harness.errors import HarnessError
from harness.model.entry import Recalled, Reworked
from harness.model.events import Purpose
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.records.schema import APPLICATION_ID
from harness.records.store import last_record
from tests.records.runs import hand_in, leave_open, lived, tamper
from tests.short import code_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.db"
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1", bad=True))
        hand_in(recorder, lived("r2"))
        leave_open(recorder, lived("r3"))
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE run SET outcome = 'PASS' WHERE run = 'r1'",
        "UPDATE record SET body = x'00'",
        "UPDATE fail SET value = 2.0",
        "UPDATE imei SET imei = '1'",
        "UPDATE document SET body = x'00'",
        "UPDATE meta SET value = 'another station'",
        "UPDATE journal SET body = x'00'",
        "UPDATE open_run SET body = x'00'",
        "DELETE FROM run",
        "DELETE FROM record",
        "DELETE FROM fail",
        "DELETE FROM imei",
        "DELETE FROM document",
        "DELETE FROM meta",
        "DELETE FROM journal",
        "DELETE FROM open_run",
        "INSERT OR REPLACE INTO run SELECT * FROM run",
        "INSERT OR REPLACE INTO record SELECT * FROM record",
        "INSERT OR REPLACE INTO fail SELECT * FROM fail",
        "INSERT OR REPLACE INTO imei SELECT * FROM imei",
        "INSERT OR REPLACE INTO document SELECT * FROM document",
        "INSERT OR REPLACE INTO meta VALUES ('station', 'another station')",
        "INSERT OR REPLACE INTO open_run SELECT * FROM open_run",
        "INSERT OR REPLACE INTO journal(rowid, run, seq, body) SELECT rowid, * FROM journal",
    ],
)
def test_nothing_that_was_written_can_be_changed(path: Path, statement: str) -> None:
    connection = apsw.Connection(str(path))
    before = list(connection.execute("SELECT * FROM run JOIN record USING (number)"))
    with pytest.raises(apsw.ConstraintError, match="append-only"):
        connection.execute(statement)
    assert list(connection.execute("SELECT * FROM run JOIN record USING (number)")) == before
    connection.close()


def damage_garbage(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be one. " * 100)


def damage_emptied(path: Path) -> None:
    path.write_bytes(b"")


def damage_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: -4096 * 3])


def damage_foreign(path: Path) -> None:
    path.unlink()
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE t(x)")
    connection.close()


def damage_only_the_id(path: Path) -> None:
    damage_foreign(path)
    connection = apsw.Connection(str(path))
    connection.pragma("application_id", APPLICATION_ID)
    connection.execute("CREATE TABLE meta(name, value)")
    connection.close()


def damage_newer_schema(path: Path) -> None:
    tamper(path, "UPDATE meta SET value = '99' WHERE name = 'schema'")


@pytest.mark.parametrize(
    "damage",
    [
        damage_garbage,
        damage_emptied,
        damage_cut,
        damage_foreign,
        damage_only_the_id,
        damage_newer_schema,
    ],
)
def test_what_is_no_store_of_ours_is_told_by_all(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)
    assert code_of(lambda: Recorder(path)) == "STORE-DAMAGED"
    assert code_of(lambda: Reader(path).runs()) == "STORE-DAMAGED"
    assert code_of(lambda: verify(path)) == "STORE-DAMAGED"


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER run_update",
        "CREATE TRIGGER mine AFTER INSERT ON run BEGIN DELETE FROM fail; END",
        "DROP INDEX run_serial",
    ],
)
def test_a_changed_schema_is_not_written_to(path: Path, change: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(change)
    connection.close()
    assert code_of(lambda: Recorder(path)) == "STORE-DAMAGED"
    assert change.split()[2] in " ".join(verify(path))


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM run WHERE number = 2",
        "DELETE FROM record WHERE number = 2",
        "UPDATE record SET body = x'00' WHERE number = 2",
        "UPDATE record SET sha256 = 'x' WHERE number = 2",
        "UPDATE sqlite_sequence SET seq = 1",
        "DELETE FROM meta WHERE name = 'station'",
    ],
)
def test_a_changed_head_of_the_chain_is_not_written_to(path: Path, change: str) -> None:
    if change.startswith("DELETE FROM run"):
        tamper(path, "DELETE FROM record WHERE number = 2", change)
    else:
        tamper(path, change)
    assert code_of(lambda: Recorder(path)) == "STORE-DAMAGED"


def test_a_lost_database_beside_its_wal_is_not_made_anew(path: Path) -> None:
    path.unlink()
    path.with_name("records.db-wal").write_bytes(b"frames")
    assert code_of(lambda: Recorder(path)) == "STORE-DAMAGED"
    assert not path.exists()


def test_a_path_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    assert code_of(lambda: Recorder(tmp_path / "file" / "records.db")) == "STORE-READONLY"
    (tmp_path / "other.db.ballast").mkdir()
    assert code_of(lambda: Recorder(tmp_path / "other.db")) == "STORE-READONLY"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "odd.db"
    make(path)
    for use in (Recorder, Reader, verify, last_record):
        assert code_of(partial(use, path)) == "STORE-DAMAGED"
    assert not path.is_file()


@pytest.mark.parametrize("link", ["records.db", "reports"])
def test_a_store_on_a_disk_that_is_not_mounted_is_not_made_anew(tmp_path: Path, link: str) -> None:
    disk = tmp_path / "disk"
    (tmp_path / link).symlink_to(disk)
    path = tmp_path / link if link.endswith(".db") else tmp_path / link / "records.db"
    for use in (Recorder, Reader):
        assert code_of(partial(use, path)) == "STORE-ABSENT"
    assert list(tmp_path.iterdir()) == [tmp_path / link]
    if link == "reports":
        disk.mkdir()
    else:
        Recorder(disk).close()
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
    assert verify(path) == []


def test_what_was_left_half_made_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.with_name("records.db.new").write_bytes(b"half a store")
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
    assert not path.with_name("records.db.new").exists()
    assert verify(path) == []


def test_a_failed_opening_lets_the_lock_go(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(b"garbage" * 1000)
    assert code_of(lambda: Recorder(path)) == "STORE-DAMAGED"
    path.write_bytes(whole)
    with Recorder(path) as recorder:
        assert [record.run for record in recorder.recovered] == ["r3"]


@pytest.mark.parametrize("seed", range(25))
def test_any_damage_gives_a_coded_fault_or_none(path: Path, seed: int) -> None:
    with Recorder(path) as recorder:
        recorder.enter(Reworked("A57A000000", "ben", "display"))
        recorder.enter(Recalled("quinn", "worn contacts", "jig-7"))
    chance = random.Random(seed)
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 4, 50])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    for touch in (_read_all, verify, _write_one):
        try:
            touch(path)
        except HarnessError as fault:
            assert fault.code.startswith(("STORE-", "RECORD-")), fault  # noqa: PT017 (not always raised)


def _read_all(path: Path) -> None:
    with Reader(path) as reader:
        for head in reader.runs():
            reader.record(head.run)
        reader.entries()
        reader.unit_history("A57A000000", Purpose.PRODUCTION)
        reader.accepted("jig-7")
        reader.life("A57A000000")


def _write_one(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("new"))
        recorder.enter(Reworked("A57A000000", "ben", "board"))
