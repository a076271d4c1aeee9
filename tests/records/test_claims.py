"""One IMEI, one unit: the first in production to say it owns it, whatever happens then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import apsw
import pytest

from harness.model.events import Purpose
from harness.model.identity import Claim
from harness.records.chain import verify
from harness.records.recorder import Recorder
from harness.records.schema import FIRST_DDL
from harness.records.store import open_for_reading
from tests.records.runs import (
    DOCUMENTS,
    IMEIS,
    Life,
    forget_places,
    hand_in,
    leave_open,
    lived,
    tamper,
)

ONE, TWO = IMEIS
OTHER = "860123450000038"
A, B = "A57A000001", "A57A000002"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


def opened(recorder: Recorder, run: str, serial: str = A) -> str:
    """A run of a unit that has begun."""
    life = Life(run)
    life.start(serial=serial)
    recorder.begin(life.events[0], DOCUMENTS)
    return run


def claims(path: Path) -> list[tuple[object, ...]]:
    connection = open_for_reading(path)
    try:
        return connection.execute("SELECT imei, serial, run FROM claim ORDER BY imei").fetchall()
    finally:
        connection.close()


def test_the_first_unit_owns_its_imeis_and_no_other_gets_one(path: Path) -> None:
    with Recorder(path) as recorder:
        assert recorder.claim(opened(recorder, "r1"), A, IMEIS, own=True) is None
        other = opened(recorder, "r2", B)
        assert recorder.claim(other, B, (OTHER, TWO), own=True) == Claim(TWO, A, "r1")
        assert recorder.claim(opened(recorder, "r3"), A, IMEIS, own=True) is None
        assert recorder.claim(other, B, (OTHER,), own=True) is None
        assert recorder.claim(other, B, (OTHER, OTHER), own=True) is None
    assert claims(path) == [(ONE, A, "r1"), (TWO, A, "r1"), (OTHER, B, "r2")]


def test_who_only_looks_sees_the_clash_and_owns_nothing(path: Path) -> None:
    with Recorder(path) as recorder:
        run = opened(recorder, "r1")
        assert recorder.claim(run, A, IMEIS, own=False) is None
        assert recorder.claim("no such run", A, IMEIS, own=True) is None
        assert claims(path) == []
        assert recorder.claim(run, A, IMEIS, own=True) is None
        assert recorder.claim("r2", B, IMEIS, own=False) == Claim(ONE, A, "r1")


def test_of_slots_that_claim_at_the_same_time_one_gets_it(path: Path) -> None:
    with Recorder(path) as recorder, ThreadPoolExecutor(8) as slots:
        serials = [f"A57A0001{n:02}" for n in range(8)]
        runs = [opened(recorder, f"r{n}", serial) for n, serial in enumerate(serials)]
        together = Barrier(8)

        def claim(n: int) -> Claim | None:
            together.wait(30)
            return recorder.claim(runs[n], serials[n], IMEIS, own=True)

        answers = list(slots.map(claim, range(8)))
    (winner,) = [n for n, answer in enumerate(answers) if answer is None]
    losers = {answer for answer in answers if answer}
    assert losers == {Claim(ONE, serials[winner], runs[winner])}
    assert claims(path) == [(imei, serials[winner], runs[winner]) for imei in IMEIS]


def test_a_claim_outlives_its_run_and_its_process(path: Path) -> None:
    recorder = Recorder(path)
    life = lived("r1")
    leave_open(recorder, life)
    serial = life.builder.build().unit.serial
    recorder.claim("r1", serial, IMEIS, own=True)
    recorder.close()
    with Recorder(path) as recorder:
        assert [record.run for record in recorder.recovered] == ["r1"]
        other = opened(recorder, "r2", B)
        assert recorder.claim(other, B, IMEIS, own=True) == Claim(ONE, serial, "r1")
    assert verify(path) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE claim SET serial = 'A57A000009'",
        "DELETE FROM claim",
        "INSERT OR REPLACE INTO claim SELECT imei, 'A57A000009', run FROM claim",
    ],
)
def test_a_claim_is_for_good(path: Path, statement: str) -> None:
    with Recorder(path) as recorder:
        recorder.claim(opened(recorder, "r1"), A, IMEIS, own=True)
    connection = apsw.Connection(str(path))
    with pytest.raises(apsw.ConstraintError, match="claim is append-only"):
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "claim",
    [f"'{OTHER}', 'A57A000000', 'r1'", f"'{ONE}', 'A57A000009', 'r1'", f"'{ONE}', '{A}', 'r9'"],
    ids=["imei", "serial", "run"],
)
def test_a_claim_that_no_run_made_is_found(path: Path, claim: str) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
    assert verify(path) == []
    tamper(path, f"INSERT INTO claim VALUES ({claim})")
    (finding,) = verify(path)
    assert finding.startswith("claim of ")
    assert finding.endswith("has not made it")


def test_an_engineering_run_makes_no_claim_that_verify_believes(path: Path) -> None:
    with Recorder(path) as recorder:
        life = Life("r1")
        life.start(serial=A, purpose=Purpose.ENGINEERING)
        life.step(0, [2.0, 2.0])
        life.step(1, [2.0, 2.0])
        life.end()
        hand_in(recorder, life)
    tamper(path, f"INSERT INTO claim VALUES ('{ONE}', '{A}', 'r1')")
    assert verify(path) == [f"claim of {A} to IMEI {ONE}: run r1 has not made it"]


@pytest.fixture
def earlier(path: Path) -> Path:
    """A store from before there were claims: a unit that failed, one that passed, its twin."""
    with Recorder(path) as recorder:
        for number, bad in enumerate((True, False, False)):
            hand_in(recorder, lived(f"r{number}", seed=number, bad=bad))
    forget_places(path)
    rows = {}
    connection = open_for_reading(path)
    for table in ("meta", "document", "run", "record", "fail", "imei"):
        rows[table] = connection.execute(f"SELECT * FROM {table}").fetchall()
    pragma = connection.pragma("application_id")
    connection.close()
    path.unlink()
    old = apsw.Connection(str(path))
    old.pragma("journal_mode", "wal")
    old.pragma("application_id", pragma)
    old.execute(FIRST_DDL)
    rows["run"] = [row[:-2] for row in rows["run"]]
    for table, written in rows.items():
        old.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(written[0]))})", written)
    old.close()
    return path


def test_what_passed_before_there_were_claims_has_claimed(earlier: Path) -> None:
    assert claims(earlier) == []
    assert verify(earlier) == []
    with Recorder(earlier) as recorder:
        run = opened(recorder, "r9", "A57A000002")
        assert recorder.claim(run, "A57A000002", IMEIS, own=True) == Claim(ONE, "A57A000001", "r1")
    assert claims(earlier) == [(ONE, "A57A000001", "r1"), (TWO, "A57A000001", "r1")]
    assert verify(earlier) == []


def test_a_store_with_releases_and_without_claims_gets_them(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1"))
    forget_places(path)
    connection = apsw.Connection(str(path))
    for later in ("TABLE entry", "INDEX run_slot", "INDEX run_first", "TABLE claim"):
        connection.execute(f"DROP {later}")
    connection.close()
    assert verify(path) == []
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r2"))
    assert {row[2] for row in claims(path)} == {"r1"}
    assert verify(path) == []
