from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import apsw
import pytest

from harness.model.fault import Symptom
from harness.model.limits import Range
from harness.model.outcome import Outcome
from harness.model.record import Record
from harness.records.chain import verify
from harness.records.codec import pack, sha256, unpack
from harness.records.head import HEAD_COLUMNS, fail_rows, head_row, imeis
from harness.records.recorder import Recorder
from tests.records.runs import (
    EXPLAINED,
    SYMPTOM,
    Life,
    as_json,
    hand_in,
    leave_open,
    lived,
    tamper,
)

RUNS = 5
BAD = 3


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of RUNS runs, number BAD of them failed; number n is run `run-n`."""
    path = tmp_path_factory.mktemp("chain") / "clean.db"
    with Recorder(path) as recorder:
        for n in range(1, RUNS + 1):
            hand_in(recorder, lived(f"run-{n}", seed=n, bad=n == BAD))
    return path


@pytest.fixture
def path(clean: Path, tmp_path: Path) -> Path:
    """A copy of it to tamper with."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(clean.read_bytes())
    return copy


def body_of(path: Path, number: int) -> bytes:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    rows = connection.execute("SELECT body FROM record WHERE number = ?", (number,)).fetchall()
    connection.close()
    ((body,),) = rows
    assert isinstance(body, bytes)
    return body


def literal(body: bytes | bytearray) -> str:
    return f"x'{body.hex()}'"


def put_record(number: int, record: Record, previous: str, *, honest: bool = True) -> list[str]:
    """Statements that write this record as record `number`, with a true hash if `honest`."""
    text = as_json(record, previous)
    sha = sha256(text) if honest else "0" * 64
    head = ", ".join(apsw.format_sql_value(value) for value in head_row(record))
    return [
        f"INSERT INTO run (number, {HEAD_COLUMNS}) VALUES ({number}, {head})",
        f"INSERT INTO record VALUES ({number}, '{previous}', '{sha}', {literal(pack(text))})",
        *(f"INSERT INTO imei VALUES ({number}, '{imei}')" for imei in imeis(record)),
    ]


def delete(*numbers: int) -> list[str]:
    tables = ("run", "record", "fail", "imei")
    return [f"DELETE FROM {table} WHERE number = {n}" for n in numbers for table in tables]


def test_a_store_that_nobody_touched_is_clean(path: Path) -> None:
    assert verify(path) == []
    tamper(path)
    assert verify(path) == []


def test_an_empty_store_is_clean(tmp_path: Path) -> None:
    Recorder(tmp_path / "new.db").close()
    assert verify(tmp_path / "new.db") == []


def test_a_store_is_verified_while_it_is_written(path: Path) -> None:
    with Recorder(path) as recorder:
        leave_open(recorder, lived("open"))
        hand_in(recorder, lived("new"))
        assert verify(path) == []


@pytest.mark.parametrize("seed", range(10))
def test_a_changed_byte_of_a_body_is_found(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    body = bytearray(body_of(path, 2))
    place = chance.randrange(12, len(body))  # past the frame header: it has bits without meaning
    body[place] ^= 1 << chance.randrange(8)
    tamper(path, f"UPDATE record SET body = {literal(body)} WHERE number = 2")
    assert any("run-2" in finding for finding in verify(path))


def test_a_changed_text_in_a_body_is_found(path: Path) -> None:
    body = pack(unpack(body_of(path, 2)).replace(b'"operator":"4711"', b'"operator":"0815"'))
    tamper(path, f"UPDATE record SET body = {literal(body)} WHERE number = 2")
    assert "run-2" in verify(path)[0]
    assert "has been changed" in verify(path)[0]


@pytest.mark.parametrize(
    "change",
    [
        "outcome = 'PASS'",
        "dut_failed = 0",
        "serial = 'A57A999999'",
        "jig = 'jig-8'",
        "fault = NULL",
        "started_ms = started_ms + 1",
        "operator = '0815'",
        "began_after = 0",
        "began_after = NULL",
    ],
)
def test_a_changed_head_is_found(path: Path, change: str) -> None:
    tamper(path, f"UPDATE run SET {change} WHERE number = {BAD}")
    (finding,) = verify(path)
    assert f"run-{BAD}" in finding
    assert change.split(maxsplit=1)[0] in finding


def test_a_record_deleted_from_the_middle_is_found(path: Path) -> None:
    tamper(path, *delete(2))
    findings = verify(path)
    assert "record 2 is missing between record 1 (run run-1) and record 3 (run run-3)" in findings
    assert any("run-3" in f and "does not follow" in f for f in findings)


def test_a_cut_tail_is_found(path: Path) -> None:
    tamper(path, *delete(4, 5))
    assert verify(path) == ["records 4 to 5 missing after record 3 (run run-3)"]


def test_a_deleted_body_is_found(path: Path) -> None:
    tamper(path, "DELETE FROM record WHERE number = 4")
    assert any("run-4" in f and "missing" in f for f in verify(path))


def test_a_deleted_head_is_found(path: Path) -> None:
    tamper(path, "DELETE FROM run WHERE number = 4")
    findings = " ".join(verify(path))
    for table in ("record", "imei"):
        assert f"record 4: table {table} has rows of it" in findings


@pytest.mark.parametrize("honest", [True, False])
def test_a_forged_record_at_the_end_is_found(path: Path, honest: bool) -> None:
    forged = lived("forged", seed=9).builder.build()
    tamper(path, *put_record(RUNS + 1, forged, "f" * 64, honest=honest))
    assert any("run forged" in finding for finding in verify(path))


def test_a_forged_record_in_the_place_of_another_is_found(path: Path) -> None:
    forged = lived(f"run-{BAD}", seed=BAD).builder.build()
    before = sha256(unpack(body_of(path, BAD - 1)))
    tamper(path, *delete(BAD), *put_record(BAD, forged, before))
    (finding,) = verify(path)
    assert f"run-{BAD + 1}" in finding
    assert "does not follow" in finding


def test_a_value_that_is_judged_against_its_own_limit_is_found(path: Path) -> None:
    """The last record written anew, with every hash and row true to the forged text."""
    bad = lived("run-6", seed=9, bad=True).builder.build()
    first, *others = bad.steps
    low, *rest = first.measurements
    judged = (replace(low, outcome=Outcome.PASS, reason=""), *rest)
    steps = (replace(first, outcome=Outcome.PASS, measurements=judged), *others)
    liar = replace(bad, outcome=Outcome.PASS, fault=None, dut_failed=False, steps=steps)
    with Recorder(path) as recorder:
        hand_in(recorder, lived("run-6", seed=9, bad=True))
    before = sha256(unpack(body_of(path, 5)))
    tamper(path, *delete(6), *put_record(6, liar, before))
    (finding,) = verify(path)
    assert "it says PASS of step_0.rail_0, its limit says FAIL" in finding


def forged(path: Path, life: Life, change: Callable[[Record], Record]) -> list[str]:
    """What is found when this run's record is written changed, every hash and row true to it."""
    record = life.builder.build()
    assert verify(path) == []
    before = sha256(unpack(body_of(path, RUNS)))
    written = change(record)
    fails = (
        f"INSERT INTO fail VALUES ({RUNS + 1}, {', '.join(map(apsw.format_sql_value, row))})"
        for row in fail_rows(written)
    )
    tamper(path, *put_record(RUNS + 1, written, before), *fails)
    given = f"UPDATE sqlite_sequence SET seq = {RUNS + 1} WHERE name = 'run'"
    tamper(path, given)
    return verify(path)


def ended(life: Life, first: Sequence[float], second: Sequence[float]) -> Life:
    life.start()
    life.together(first, second)
    life.end()
    return life


def same(record: Record) -> Record:
    return record


def test_a_record_that_is_true_to_its_parts_and_its_plan_is_clean(path: Path) -> None:
    life = ended(Life("run-6"), [2.0, 2.0], [2.0, 5.0])
    assert life.builder.build().symptom == SYMPTOM
    assert forged(path, life, same) == []


@pytest.mark.parametrize("reason", ["MARGINAL", "UNKNOWN", "LOW"])
def test_a_pass_with_a_word_that_its_limit_does_not_say_is_found(path: Path, reason: str) -> None:
    def with_word(record: Record) -> Record:
        first, *others = record.steps
        made = replace(first.measurements[0], reason=reason)
        whole = replace(first, measurements=(made, *first.measurements[1:]))
        return replace(record, steps=(whole, *others))

    life = ended(Life("run-6"), [2.0, 2.0], [2.0, 2.0])
    (finding,) = forged(path, life, with_word)
    assert f"it says PASS {reason} of step_0.rail_0, its limit says PASS" in finding


def test_a_marginal_pass_that_hides_it_is_found(path: Path) -> None:
    def without_word(record: Record) -> Record:
        (step,) = record.steps
        (made,) = step.measurements
        assert made.reason == "MARGINAL"
        return replace(record, steps=(replace(step, measurements=(replace(made, reason=""),)),))

    life = Life("run-6")
    life.start(steps=1, measures=1)
    life.begin("step_0")
    life.measure("step_0", "rail_0", 1.1, Range(Decimal(1), Decimal(4), marginal=Decimal("0.2")))
    life.finish("step_0")
    life.end()
    (finding,) = forged(path, life, without_word)
    assert "it says PASS of step_0.rail_0, its limit says PASS MARGINAL" in finding


@pytest.mark.parametrize(
    ("symptom", "said"),
    [
        (None, "it says no symptom, its plan says symptom PWR-07 of bin B"),
        (replace(SYMPTOM, bin="A"), "it says symptom PWR-07 of bin A, its plan says symptom"),
        (replace(SYMPTOM, words="nothing"), "it says symptom PWR-07 of bin B, its plan says"),
    ],
)
def test_a_symptom_that_the_plan_does_not_give_is_found(
    path: Path, symptom: Symptom | None, said: str
) -> None:
    life = ended(Life("run-6"), [2.0, 2.0], [2.0, 5.0])
    (finding,) = forged(path, life, lambda record: replace(record, symptom=symptom))
    assert said in finding
    assert EXPLAINED in finding


def test_a_symptom_of_a_pass_is_found(path: Path) -> None:
    life = ended(Life("run-6"), [2.0, 2.0], [2.0, 2.0])
    (finding,) = forged(path, life, lambda record: replace(record, symptom=SYMPTOM))
    assert "its plan says no symptom for no fault" in finding


@pytest.mark.parametrize("plan", [b"another plan", b"[]", b'{"symptoms": {"a": 1}}'])
def test_a_plan_that_cannot_be_read_is_found(path: Path, plan: bytes) -> None:
    tamper(path, f"UPDATE document SET body = {literal(pack(plan))}")
    findings = verify(path)
    assert "has been changed" in findings[0]
    assert sum("cannot be read" in finding for finding in findings) == RUNS


def test_a_pass_that_its_parts_do_not_show_is_found(path: Path) -> None:
    bad = lived("liar", seed=9, bad=True).builder.build()
    liar = replace(bad, outcome=Outcome.PASS, fault=None, dut_failed=False)
    with Recorder(path) as recorder:
        last = hand_in(recorder, lived("run-6"))
    fail = (
        "INSERT INTO fail VALUES"
        " (7, 0, 'step_0', 1, 'rail_0', 'FAIL', 'step_0.rail_0:LOW', 0.11, 'V')"
    )
    tamper(path, *put_record(7, liar, last), fail)
    findings = verify(path)
    assert all("liar" in finding for finding in findings)
    assert any("it says PASS, its parts say FAIL" in finding for finding in findings)
    assert any("dut_failed" in finding for finding in findings)


def test_two_records_that_changed_places_are_found(path: Path) -> None:
    tamper(
        path,
        *(f"UPDATE {t} SET number = -1 WHERE number = 2" for t in ("run", "record", "imei")),
        *(f"UPDATE {t} SET number = 2 WHERE number = 4" for t in ("run", "record", "imei")),
        *(f"UPDATE {t} SET number = 4 WHERE number = -1" for t in ("run", "record", "imei")),
    )
    findings = " ".join(verify(path))
    assert "record 2 (run run-4): does not follow" in findings
    assert "record 4 (run run-2): does not follow" in findings


@pytest.mark.parametrize(
    "change",
    [
        f"DELETE FROM fail WHERE number = {BAD}",
        f"UPDATE fail SET value = 2.0 WHERE number = {BAD}",
        f"UPDATE fail SET code = 'other' WHERE number = {BAD}",
        f"DELETE FROM imei WHERE number = {BAD}",
        f"INSERT INTO imei VALUES ({BAD}, '860123450000038')",
    ],
)
def test_changed_rows_beside_a_record_are_found(path: Path, change: str) -> None:
    tamper(path, change)
    (finding,) = verify(path)
    assert f"run-{BAD}" in finding


def test_a_changed_and_a_missing_plan_are_found(path: Path) -> None:
    tamper(path, f"UPDATE document SET body = {literal(pack(b'another plan'))}")
    assert "document" in verify(path)[0]
    tamper(path, "DELETE FROM document")
    assert sum("its plan" in finding for finding in verify(path)) == RUNS


def test_the_chain_of_another_station_is_found(path: Path) -> None:
    tamper(path, "UPDATE meta SET value = 'another' WHERE name = 'station'")
    (finding,) = verify(path)
    assert "run-1" in finding
