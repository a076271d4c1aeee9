"""What a station enters besides runs stands in the same chain, for good."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import apsw
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import entry as n
from harness.model.refs import StationRef
from harness.records.chain import verify
from harness.records.codec import chained_entry, entry_content, entry_from_json, pack, sha256
from harness.records.entries import entry_row
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.records.store import last_record, open_for_reading
from tests.records.chain_of import EVERY_KIND, SERIAL
from tests.records.disk import SmallDisk
from tests.records.runs import (
    MORNING,
    StillClock,
    forget_places,
    hand_in,
    leave_open,
    lived,
    tamper,
)
from tests.short import code_of

REWORKED = n.Reworked(SERIAL, "ben", "new charging board")
REFUSED = n.UnitRefused(SERIAL, "final-test", 2, "RETEST-LIMIT", "3 runs without rework")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


def row(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_every_kind_is_read_as_it_was_entered(path: Path) -> None:
    assert {type(what) for what in EVERY_KIND} == set(get_args(n.Entered))
    clock = StillClock()
    with Recorder(path, clock=clock, name="ft-03", location="hall-2") as recorder:
        made = [recorder.enter(what) for what in EVERY_KIND]
        uuid = recorder.station.uuid
        with Reader(path) as reader:
            assert reader.entries() == made[::-1]
    assert [entry.what for entry in made] == list(EVERY_KIND)
    assert {entry.station for entry in made} == {StationRef("ft-03", uuid, "hall-2")}
    assert {entry.at for entry in made} == {clock.now}
    assert len({entry.id for entry in made}) == len(made)
    assert verify(path) == []


def test_runs_and_entries_share_one_chain_without_a_gap(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
        recorder.enter(REWORKED)
        leave_open(recorder, lived("r2", seed=1))
        recorder.enter(EVERY_KIND[0])
        hand_in(recorder, lived("r3", seed=2))
    with Recorder(path) as recorder:
        recorder.enter(EVERY_KIND[1])
    runs = [number for (number,) in row(path, "SELECT number FROM run ORDER BY 1")]
    entries = [number for (number,) in row(path, "SELECT number FROM entry ORDER BY 1")]
    assert (runs, entries) == ([1, 4, 5], [2, 3, 6])
    links = row(path, "SELECT previous, sha256 FROM record ORDER BY number")
    assert [previous for previous, _ in links[1:]] == [sha for _, sha in links[:-1]]
    assert verify(path) == []


def test_its_json_says_what_it_is_and_what_it_follows(path: Path) -> None:
    with Recorder(path, name="ft-03") as recorder:
        sha = hand_in(recorder, lived("r1"))
        entry = recorder.enter(REWORKED)
    text = chained_entry("Reworked", entry.id, sha, entry_content(entry))
    (kept,) = row(path, "SELECT sha256 FROM record WHERE number = 2")
    assert kept == (sha256(text),)
    said = orjson.loads(text)
    assert list(said) == ["schema", "is", "id", "previous", "at", "station", "what"]
    assert (said["schema"], said["is"], said["previous"]) == (1, "Reworked", sha)
    assert said["what"] == {
        "serial": SERIAL,
        "by": "ben",
        "note": "new charging board",
        "process": "",
    }
    assert entry.number == 2
    assert entry_from_json(text) == (replace(entry, number=0), sha)


def test_entries_are_asked_for_by_kind_unit_and_slot(path: Path) -> None:
    with Recorder(path) as recorder:
        for what in EVERY_KIND:
            recorder.enter(what)
        recorder.enter(n.Unlocked("anna", "done", 3))
        recorder.enter(n.Reworked("A57A000009", "ben", "display"))
        with Reader(path) as reader:
            of_unit = reader.entries(serial=SERIAL)
            assert [type(entry.what) for entry in of_unit] == [n.Reworked, n.UnitRefused]
            (rework,) = reader.entries(kinds=[n.Reworked], serial="A57A000009")
            assert rework.what == n.Reworked("A57A000009", "ben", "display")
            locks = reader.entries(kinds=(n.Locked, n.Unlocked), slot=2)
            assert [entry.what for entry in locks] == [EVERY_KIND[5], EVERY_KIND[4], EVERY_KIND[3]]
            (last,) = reader.entries(1, kinds=(n.Locked, n.Unlocked), slot=1)
            assert last.what == EVERY_KIND[4]  # of the whole station
            assert not reader.entries(kinds=(n.SignedIn,), slot=2)
            kinds = {type(entry.what) for entry in reader.entries(slot=2)}
            assert kinds == {n.Locked, n.Unlocked, n.UnitRefused, n.Recalled}
            assert len(reader.entries(3)) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET kind = 'Unlocked'",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry",
        "INSERT OR REPLACE INTO entry SELECT number + 9, id, kind, serial, slot, at_ms FROM entry",
    ],
)
def test_an_entry_is_for_good(path: Path, statement: str) -> None:
    with Recorder(path) as recorder:
        recorder.enter(REFUSED)
    connection = apsw.Connection(str(path))
    with pytest.raises(apsw.ConstraintError, match="entry is append-only"):
        connection.execute(statement)
    connection.close()


@pytest.fixture
def mixed(path: Path) -> Path:
    """A run, a refusal, a rework, a run; numbers 1 to 4."""
    with Recorder(path, clock=StillClock()) as recorder:
        hand_in(recorder, lived("r1"))
        recorder.enter(REFUSED)
        recorder.enter(REWORKED)
        hand_in(recorder, lived("r2", seed=1))
    return path


def delete(*numbers: int) -> list[str]:
    tables = ("run", "entry", "record", "imei")
    return [f"DELETE FROM {table} WHERE number = {at}" for at in numbers for table in tables]


def forged(number: int, what: n.Entered, previous: str) -> list[str]:
    """Statements that write an entry as record `number`, every hash and row true to it."""
    entry = n.Entry("01FORGED", MORNING, StationRef("ft-03", "uuid"), what)
    text = chained_entry(type(what).__name__, entry.id, previous, entry_content(entry))
    values = ", ".join(apsw.format_sql_value(value) for value in entry_row(entry))
    body = apsw.format_sql_value(pack(text))
    return [
        f"INSERT INTO entry VALUES ({number}, {values})",
        f"INSERT INTO record VALUES ({number}, '{previous}', '{sha256(text)}', {body})",
    ]


def sha_of(path: Path, number: int) -> str:
    ((sha,),) = row(path, f"SELECT sha256 FROM record WHERE number = {number}")
    return str(sha)


def test_a_refusal_that_was_taken_out_is_found(mixed: Path) -> None:
    tamper(mixed, *delete(2))
    findings = verify(mixed)
    assert findings[0].startswith("record 2 is missing between record 1 (run r1) and record 3 (Rew")
    assert any("does not follow" in finding for finding in findings)


def test_a_cut_tail_of_entries_is_found_and_not_written_to(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
        recorder.enter(REFUSED)
        recorder.enter(REFUSED)
    tamper(path, *delete(2, 3))
    assert verify(path) == ["records 2 to 3 missing after record 1 (run r1)"]
    assert code_of(lambda: Recorder(path)) == "STORE-DAMAGED"
    assert code_of(lambda: last_record(path)) == "STORE-DAMAGED"


def test_a_rework_that_was_put_in_is_found(mixed: Path) -> None:
    tamper(mixed, *forged(5, REWORKED, sha_of(mixed, 3)))
    (finding,) = verify(mixed)
    assert finding.startswith("record 5 (Reworked 01FORGED): does not follow record 4 (run r2)")


def test_a_rework_in_the_place_of_a_refusal_is_found(mixed: Path) -> None:
    tamper(mixed, *delete(2), *forged(2, REWORKED, sha_of(mixed, 1)))
    (finding,) = verify(mixed)
    assert "record 3 (Reworked" in finding
    assert "does not follow record 2 (Reworked 01FORGED)" in finding


def test_entries_that_changed_places_are_found(mixed: Path) -> None:
    swap = [
        f"UPDATE {table} SET number = {there} WHERE number = {here}"
        for here, there in ((2, -1), (3, 2), (-1, 3))
        for table in ("entry", "record")
    ]
    tamper(mixed, *swap)
    assert sum("does not follow" in finding for finding in verify(mixed)) == 3


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'Reworked'",
        "serial = 'A57A000009'",
        "serial = NULL",
        "slot = 3",
        "at_ms = at_ms + 1",
        "id = '01OTHER'",
    ],
)
def test_a_changed_row_of_an_entry_is_found(mixed: Path, change: str) -> None:
    tamper(mixed, f"UPDATE entry SET {change} WHERE number = 2")
    (finding,) = verify(mixed)
    assert f"column {change.split(maxsplit=1)[0]} of its head" in finding


def test_a_run_and_an_entry_of_one_number_are_found(mixed: Path) -> None:
    tamper(mixed, "INSERT INTO entry VALUES (4, '01TWIN', 'SignedOut', NULL, NULL, 0)")
    findings = verify(mixed)
    assert any("has the same number" in finding for finding in findings)


def test_a_head_without_json_and_json_without_a_head_are_found(mixed: Path) -> None:
    tamper(mixed, "DELETE FROM record WHERE number = 2")
    assert any("its JSON is missing" in finding for finding in verify(mixed))
    with Reader(mixed) as reader:
        assert code_of(reader.entries) == "STORE-DAMAGED"
    tamper(mixed, "DELETE FROM entry WHERE number = 3")
    assert any("record 3: table record has rows of it" in f for f in verify(mixed))


@pytest.mark.parametrize("seed", range(5))
def test_a_changed_byte_of_an_entry_is_found_by_verify_and_by_who_reads_it(
    mixed: Path, seed: int
) -> None:
    chance = random.Random(seed)
    ((packed,),) = row(mixed, "SELECT body FROM record WHERE number = 3")
    assert isinstance(packed, bytes)
    body = bytearray(packed)
    body[chance.randrange(12, len(body))] ^= 1 << chance.randrange(8)
    tamper(mixed, f"UPDATE record SET body = x'{body.hex()}' WHERE number = 3")
    assert any("record 3 (Reworked" in finding for finding in verify(mixed))
    with Reader(mixed) as reader:
        assert code_of(reader.entries) == "STORE-DAMAGED"
        assert code_of(lambda: reader.life(SERIAL)) == "STORE-DAMAGED"


@pytest.mark.parametrize(
    "what",
    [n.Reworked(SERIAL, "ben", "\udcff"), n.Locked("STOP-STREAK", "words", 2**63)],
    ids=["no Unicode", "no slot"],
)
def test_what_the_store_has_no_form_for_is_refused_alone(path: Path, what: n.Entered) -> None:
    with Recorder(path) as recorder:
        assert code_of(lambda: recorder.enter(what)) == "STORE-UNFIT"
        recorder.enter(REWORKED)
    assert verify(path) == []


def test_the_last_entry_is_the_end_of_the_chain(path: Path) -> None:
    clock = StillClock()
    with Recorder(path, clock=clock) as recorder:
        hand_in(recorder, lived("r1"))
        clock.now += timedelta(hours=1)
        recorder.enter(REWORKED)
    last = last_record(path)
    assert (last.number, last.ended_ms) == (2, int(clock.now.timestamp() * 1000))


def test_a_full_disk_refuses_entries_and_closes_open_runs(path: Path, tmp_path: Path) -> None:
    with SmallDisk(tmp_path) as disk, Recorder(path) as recorder:
        life = lived("r1", steps=20)
        leave_open(recorder, life)
        disk.fill_up()
        for _ in range(3):
            assert code_of(lambda: recorder.enter(REWORKED)) == "STORE-FULL"
        assert recorder.failure is None
        recorder.seal(life.builder.build())
        disk.capacity = 1 << 30
        recorder.enter(REWORKED)
    assert verify(path) == []
    with Reader(path) as reader:
        assert len(reader.entries()) == 1


KILLED = """
import os, signal, sys, pathlib
from harness.model.entry import Reworked
from harness.records.recorder import Recorder
recorder = Recorder(pathlib.Path(sys.argv[1]))
for number in range(20):
    print(recorder.enter(Reworked("A57A000002", "ben", f"{number}")).id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_entered_is_there_after_a_kill(path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)], capture_output=True, text=True, check=False
    )
    with Reader(path) as reader:
        assert [entry.id for entry in reader.entries()] == ran.stdout.split()[::-1]
    assert verify(path) == []


@pytest.fixture
def earlier(path: Path) -> Path:
    """A store from before there were entries."""
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
    forget_places(path)
    connection = apsw.Connection(str(path))
    for later in ("TABLE entry", "INDEX run_slot", "INDEX run_first"):
        connection.execute(f"DROP {later}")
    connection.close()
    return path


def test_a_store_from_before_there_were_entries_is_read_as_one_without(earlier: Path) -> None:
    before = earlier.read_bytes()
    with Reader(earlier) as reader:
        assert reader.entries() == reader.recalls() == []
        assert reader.life("A57A000000").entries == ()
        assert reader.station().name == "ft-03"
    assert verify(earlier) == []
    assert last_record(earlier).number == 1
    assert earlier.read_bytes() == before


def test_a_store_from_before_there_were_entries_gets_them(earlier: Path) -> None:
    with Recorder(earlier) as recorder:
        recorder.enter(REWORKED)
        hand_in(recorder, lived("r2", seed=1))
    with Reader(earlier) as reader:
        assert [entry.what for entry in reader.entries()] == [REWORKED]
    assert verify(earlier) == []
    connection = open_for_reading(earlier)
    assert connection.execute("SELECT number FROM record").fetchall() == [(1,), (2,), (3,)]
    connection.close()


@given(st.binary(max_size=200))
def test_what_is_no_entry_is_told_as_such(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        entry_from_json(text)


@given(
    st.fixed_dictionaries(
        {"schema": st.sampled_from([1, 2]), "previous": st.just("0" * 64)},
        optional={
            "is": st.sampled_from(["Reworked", "Entry", 7]),
            "id": st.text(),
            "at": st.sampled_from(["2026-11-22T10:00:00.000Z", "today"]),
            "station": st.just({"name": "a", "uuid": "b"}),
            "what": st.dictionaries(st.sampled_from(["is", "serial", "by", "note"]), st.text()),
        },
    )
)
def test_an_entry_is_read_only_when_it_is_whole(plain: dict[str, object]) -> None:
    what = plain.get("what")
    whole = (
        plain.keys() >= {"is", "id", "at", "station", "what"}
        and (plain["schema"], plain["is"], plain["at"])
        == (1, "Reworked", "2026-11-22T10:00:00.000Z")
        and isinstance(what, dict)
        and what.keys() == {"serial", "by", "note"}
    )
    try:
        text = orjson.dumps(plain)
        entry, _ = entry_from_json(text)
    except ValueError:
        assert not whole
    else:
        assert whole
        assert isinstance(entry.what, n.Reworked)
