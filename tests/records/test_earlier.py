"""A record of an earlier harness is read, shown and verified as before.

`earlier/` holds one as it was written before records knew of variants, symptoms, releases, groups
and marginal bands, with its plan.
"""

from __future__ import annotations

import json
from pathlib import Path

import apsw

from harness.model.limits import Range, RecordOnly, limit_of
from harness.records.chain import verify
from harness.records.codec import from_json, pack, sha256
from harness.records.head import HEAD_COLUMNS, fail_rows, head_row, imeis
from harness.records.query import Reader
from harness.records.recorder import Recorder
from harness.records.store import identity, open_for_reading
from tests.records.runs import hand_in, lived, tamper

FOLDER = Path(__file__).parent / "earlier"
RECORD, PLAN = (FOLDER / name for name in ("record.json", "plan.json"))


def store_with_it(path: Path, *, swap: tuple[bytes, bytes] = (b"", b"")) -> None:
    """A store whose first record it is, linked to the beginning of this chain."""
    Recorder(path).close()
    connection = open_for_reading(path)
    genesis = identity(connection).genesis
    connection.close()
    text = RECORD.read_bytes().replace(*swap)
    text = text.replace(json.loads(text)["previous"].encode(), genesis.encode())
    record, _ = from_json(text)
    say = apsw.format_sql_value
    rows = [
        f"INSERT INTO run ({HEAD_COLUMNS}) VALUES ({', '.join(map(say, head_row(record)))})",
        f"INSERT INTO record VALUES (1, '{genesis}', '{sha256(text)}', {say(pack(text))})",
        f"INSERT INTO document VALUES ('{record.plan.sha256}', {say(pack(PLAN.read_bytes()))})",
        *(f"INSERT INTO imei VALUES (1, '{imei}')" for imei in imeis(record)),
        *(f"INSERT INTO fail VALUES (1, {', '.join(map(say, row))})" for row in fail_rows(record)),
    ]
    tamper(path, *rows)


def test_it_is_read_with_what_it_does_not_say_left_empty() -> None:
    record, _ = from_json(RECORD.read_bytes())
    assert record.fault and record.fault.code == "charge.current_jig:LOW"
    assert (record.symptom, record.release, record.plan.only) == (None, None, ())
    assert {step.parent for step in record.steps} == {None}
    assert (record.unit.serial, record.unit.sku) == ("A57A000006", "")


def test_its_limits_judge_as_they_did() -> None:
    record, _ = from_json(RECORD.read_bytes())
    limits = {m.name: limit_of(m.limit) for step in record.steps for m in step.measurements}
    current = limits["current_jig"]
    assert isinstance(current, Range) and not current.marginal
    assert limits["current_handset"] == RecordOnly()


def test_it_is_clean_and_a_new_record_follows_it(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    store_with_it(path)
    assert verify(path) == []
    with Recorder(path) as recorder:
        hand_in(recorder, lived("run-2"))
    assert verify(path) == []
    with Reader(path) as reader:
        assert [head.run for head in reader.runs()] == [
            "run-2",
            json.loads(RECORD.read_bytes())["run"],
        ]


def test_a_change_in_it_is_found(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    store_with_it(
        path,
        swap=(
            b'"value":0.21,"unit":"A","outcome":"FAIL"',
            b'"value":0.5,"unit":"A","outcome":"FAIL"',
        ),
    )
    assert any("it says FAIL LOW of charge.current_jig" in finding for finding in verify(path))
