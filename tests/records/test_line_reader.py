"""What the rules of the line are told of a store."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.model.entry import Recalled, Reworked, UnitRefused
from harness.model.events import Purpose, UnitIdentified
from harness.model.identity import Unit
from harness.model.outcome import Outcome
from harness.model.rules.recalls import recalls
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.records.runs import (
    MORNING,
    PLAN_SHA256,
    Life,
    StillClock,
    forget_places,
    hand_in,
    leave_open,
    lived,
    tamper,
)
from tests.short import code_of

REAL, PLAY = Purpose.PRODUCTION, Purpose.REHEARSAL
UNIT = "A57A000005"


def after(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def recorder(path: Path) -> Iterator[Recorder]:
    with Recorder(path, clock=StillClock()) as recorder:
        yield recorder


def unit_runs(path: Path, serial: str, purpose: Purpose, process: str | None = None) -> list[str]:
    with Reader(path) as reader:
        return [head.run for head in reader.unit_history(serial, purpose, process).runs]


def test_attempts_count_the_runs_of_one_purpose(recorder: Recorder) -> None:
    purposes = (REAL, REAL, PLAY, Purpose.ENGINEERING, Purpose.GOLDEN, Purpose.SELFTEST)
    for number, purpose in enumerate(purposes):
        life = lived(f"r{number}", purpose=purpose, serial=UNIT)
        (hand_in if number % 2 else leave_open)(recorder, life)
    counted = {purpose: recorder.attempts(UNIT, "final-test", purpose) for purpose in Purpose}
    assert counted == {purpose: 2 if purpose is REAL else 1 for purpose in Purpose}
    assert recorder.attempts(UNIT, "repair", REAL) == 0
    assert recorder.attempts("A57A000006", "final-test", REAL) == 0


def test_a_run_that_cannot_be_read_counts_as_an_attempt(path: Path) -> None:
    with Recorder(path) as recorder:
        leave_open(recorder, lived("r1", serial=UNIT, purpose=Purpose.ENGINEERING))
    tamper(path, "UPDATE open_run SET body = x'00'")
    with Recorder(path) as recorder:
        assert recorder.stuck
        assert recorder.attempts(UNIT, "final-test", REAL) == 1


def test_a_history_has_the_runs_of_the_unit_for_one_purpose(path: Path, recorder: Recorder) -> None:
    hand_in(recorder, lived("r1", serial=UNIT, bad=True, started=MORNING + after(9)))
    hand_in(recorder, lived("r2", serial=UNIT))
    hand_in(recorder, lived("r3", serial=UNIT, purpose=PLAY))
    hand_in(recorder, lived("r4", serial=UNIT, purpose=Purpose.ENGINEERING))
    hand_in(recorder, lived("r5", serial=UNIT, process="camera"))
    hand_in(recorder, lived("r6", serial="A57A000006"))
    leave_open(recorder, lived("r7", serial=UNIT))
    assert unit_runs(path, UNIT, REAL) == ["r1", "r2", "r5", "r7"]  # as they ended, not began
    assert unit_runs(path, UNIT, REAL, "final-test") == ["r1", "r2", "r7"]
    assert unit_runs(path, UNIT, PLAY) == ["r3"]
    assert unit_runs(path, "A57A000099", REAL) == []
    with Reader(path) as reader:
        heads = reader.unit_history(UNIT, REAL).runs
    assert [head.outcome for head in heads] == [Outcome.FAIL, Outcome.PASS, Outcome.PASS, None]


def test_nobody_has_no_history(path: Path, recorder: Recorder) -> None:
    hand_in(recorder, lived("r1", serial=""))
    assert unit_runs(path, "", REAL) == []


def test_an_open_run_of_a_unit_that_nobody_announced_is_there(
    path: Path, recorder: Recorder
) -> None:
    life = Life("r1")
    life.start(serial="")
    life.add(UnitIdentified(Unit(UNIT)))
    leave_open(recorder, life)
    assert unit_runs(path, UNIT, REAL) == ["r1"]


def test_a_history_has_the_reworks_for_a_process_and_all_recalls(
    path: Path, recorder: Recorder
) -> None:
    for_all = recorder.enter(Reworked(UNIT, "ben", "display"))
    of_camera = recorder.enter(Reworked(UNIT, "ben", "camera", "camera"))
    recorder.enter(Reworked("A57A000006", "ben", "another unit"))
    recorder.enter(UnitRefused(UNIT, "final-test", 1, "RETEST-LIMIT", "words"))
    recalled = [recorder.enter(Recalled("quinn", "why", jig=jig)) for jig in ("j1", "j2")]
    with Reader(path) as reader:
        every = reader.unit_history(UNIT, REAL)
        of_final = reader.unit_history(UNIT, REAL, "final-test")
        assert list(every.reworks) == [for_all, of_camera]
        assert list(of_final.reworks) == [for_all]
        assert list(reader.unit_history(UNIT, REAL, "camera").reworks) == [for_all, of_camera]
        assert list(every.recalls) == recalled == reader.recalls()


def test_the_last_runs_on_a_slot_newest_first(path: Path, recorder: Recorder) -> None:
    for number in range(6):
        hand_in(recorder, lived(f"r{number}", seed=number, slot=number % 2))
    hand_in(recorder, lived("rx", slot=1, purpose=PLAY))
    hand_in(recorder, lived("ry", slot=1, process="camera"))
    leave_open(recorder, lived("rz", slot=1))
    with Reader(path) as reader:
        heads = reader.slot_runs(1, REAL, "final-test", 2)
        assert [head.run for head in heads] == ["r5", "r3"]
        assert [head.run for head in reader.slot_runs(1, PLAY, "final-test", 9)] == ["rx"]
        assert reader.slot_runs(7, REAL, "final-test", 9) == []


def test_first_runs_are_the_first_attempts_of_their_units(path: Path, recorder: Recorder) -> None:
    for number in range(5):
        attempt = 2 if number == 2 else 1
        hand_in(recorder, lived(f"r{number}", seed=number, attempt=attempt, bad=number == 1))
    hand_in(recorder, lived("rx", purpose=PLAY))
    hand_in(recorder, lived("ry", process="camera"))
    with Reader(path) as reader:
        heads = reader.first_runs(REAL, "final-test", 3)
    assert [head.run for head in heads] == ["r4", "r3", "r1"]
    assert heads[-1].dut_failed


def test_closings_are_all_runs_on_a_jig(path: Path, recorder: Recorder) -> None:
    for number in range(4):
        hand_in(recorder, lived(f"r{number}", seed=number, started=MORNING + after(number)))
    hand_in(recorder, lived("rx", jig="jig-8"))
    hand_in(recorder, lived("ry", purpose=Purpose.SELFTEST, started=MORNING + after(9)))
    leave_open(recorder, lived("rz", started=MORNING + after(9)))
    leave_open(recorder, lived("r9", jig="jig-8", started=MORNING + after(9)))
    with Reader(path) as reader:
        assert reader.closings("jig-7") == 6
        assert reader.closings("jig-7", 2) == 4
        assert reader.closings("jig-8") == 2
        assert reader.closings("jig-9") == 0


def test_a_run_knows_where_the_chain_ended_when_it_began(path: Path, recorder: Recorder) -> None:
    hand_in(recorder, lived("r1", serial=UNIT))
    leave_open(recorder, lived("r2", serial=UNIT))
    rework = recorder.enter(Reworked(UNIT, "ben", "display"))
    leave_open(recorder, lived("r3", serial=UNIT))
    with Reader(path) as reader:
        heads = reader.unit_history(UNIT, REAL).runs
    assert [(head.number, head.began_after) for head in heads] == [(1, 0), (None, 1), (None, 2)]
    assert [head.begun_since(rework) for head in heads] == [False, False, True]


def test_runs_from_before_that_go_by_their_ends_before_and_after_they_get_it(path: Path) -> None:
    with Recorder(path) as recorder:
        hand_in(recorder, lived("r1", serial=UNIT))
        rework = recorder.enter(Reworked(UNIT, "ben", "display"))
        hand_in(recorder, lived("r2", serial=UNIT))
        leave_open(recorder, lived("r3", serial=UNIT))
    forget_places(path)

    def seen() -> tuple[object, ...]:
        with Reader(path) as reader:
            heads = reader.unit_history(UNIT, REAL).runs
            since = [head.begun_since(rework) for head in heads]
            return since, reader.closings("jig-7", rework.number), reader.latest() is not None

    assert seen() == ([False, True, True], 2, True)
    assert verify(path) == []
    with Recorder(path):
        assert seen() == ([False, True, True], 2, True)
    assert verify(path) == []


@pytest.mark.parametrize("seed", range(3))
def test_sql_and_rule_agree_on_what_a_recall_revokes(
    path: Path, recorder: Recorder, seed: int
) -> None:
    chance = random.Random(seed)
    for number in range(12):
        life = lived(
            f"r{number:02}",
            seed=number,
            bad=chance.random() < 0.3,
            slot=chance.randrange(2),
            jig=chance.choice(["j1", "j2"]),
            plan=chance.choice(["a57-final", "p2"]),
            started=MORNING + timedelta(milliseconds=chance.randrange(4)),
        )
        hand_in(recorder, life)
    leave_open(recorder, lived("open"))

    def some(*values: Any) -> Any:
        return chance.choice(values)

    with Reader(path) as reader:
        heads = reader.runs(100)
        for _ in range(60):
            times: list[datetime | None] = [
                None,
                *(MORNING + timedelta(milliseconds=n) for n in range(5)),
            ]
            asked = Recalled(
                "q",
                "why",
                some("", "j1", "j2"),
                some(None, 0, 1),
                some("", PLAN_SHA256, "ff"),
                some(*times),
                some(*times),
                some("", "", "a57-final", "p2"),
                some(None, None, 14, 13),
            )
            revoked = {head.run for head in heads if recalls(head, asked)}
            assert {head.run for head in reader.passes(asked)} == revoked


def test_accepted_passes_of_a_jig_and_where_their_units_went(
    path: Path, recorder: Recorder
) -> None:
    def made(run: str, serial: str, minute: int, **more: Any) -> None:
        hand_in(recorder, lived(run, serial=serial, started=MORNING + after(minute), **more))

    made("a1", "A57A000001", 0)
    made("a2", "A57A000001", 5, process="camera", jig="jig-9", bad=True)
    made("a3", "A57A000001", 6, process="camera", jig="jig-9")
    made("b1", "A57A000002", 1)
    made("b2", "A57A000002", 2, bad=True)  # its verdict rests on this one
    made("c1", "A57A000003", 3, bad=True, jig="jig-9")
    made("c2", "A57A000003", 4)
    made("d1", "A57A000004", 5, purpose=Purpose.ENGINEERING)
    made("e1", "A57A000005", 6, jig="jig-9")
    entry = recorder.enter(Recalled("q", "why", "jig-7", until=MORNING + after(1)))
    with Reader(path) as reader:
        found = reader.accepted("jig-7")
        assert [made.head.run for made in found] == ["a1", "c2"]
        assert [made.next and made.next.run for made in found] == ["a2", None]
        assert [made.recalls for made in found] == [(entry.id,), ()]
        late = reader.accepted("jig-7", MORNING + after(1), MORNING + after(4))
        assert late == []
        assert [m.head.run for m in reader.accepted("jig-7", MORNING + after(4))] == ["c2"]


def test_runs_are_listed_by_the_time_of_their_start(path: Path, recorder: Recorder) -> None:
    for number in range(4):
        hand_in(recorder, lived(f"r{number}", seed=number, started=MORNING + after(number)))
    leave_open(recorder, lived("r9", started=MORNING + after(9)))
    with Reader(path) as reader:
        window = reader.runs(since=MORNING + after(1), until=MORNING + after(3))
        assert [head.run for head in window] == ["r2", "r1"]
        assert [head.run for head in reader.runs(since=MORNING + after(3))] == ["r9", "r3"]
        assert reader.runs(serial="A57A000000", since=MORNING + after(1), until=MORNING) == []


def test_of_many_runs_the_few_that_are_asked_for_are_found_by_an_index(
    path: Path, recorder: Recorder
) -> None:
    hand_in(recorder, lived("r1", serial=UNIT))
    recorder.enter(Reworked(UNIT, "ben", "display"))
    asked: list[str] = []

    def trace(_: object, sql: str, __: object) -> bool:
        asked.append(sql)
        return True

    with Reader(path) as reader:
        reader._connection.exec_trace = trace
        reader.unit_history(UNIT, REAL)
        reader.slot_runs(1, REAL, "final-test", 9)
        reader.first_runs(REAL, "final-test", 9)
        reader.closings("jig-7", 1)
        reader.telling_runs(1, REAL, "final-test", UNIT, "ADB-HANG")
        reader.latest()
        reader.accepted("jig-7", MORNING, MORNING + after(1))
        reader.entries(1, kinds=(Reworked,), serial=UNIT)
        reader._connection.exec_trace = None
        plans = [
            (sql, str(step[3]))
            for sql in asked
            if sql.startswith("SELECT")
            for step in reader._connection.execute(
                f"EXPLAIN QUERY PLAN {sql}", (0,) * _values(sql), can_cache=False
            )
        ]
    assert len(plans) >= 6
    assert [sql for sql, step in plans if step.startswith("SCAN") and "open_run" not in sql] == []
    assert "SEARCH later USING INDEX run_serial (serial=?)" in [step for _, step in plans]


def _values(sql: str) -> int:
    return 1 if "?1" in sql else sql.count("?")


def test_a_changed_entry_keeps_a_history_from_being_told(path: Path) -> None:
    with Recorder(path) as recorder:
        recorder.enter(Reworked(UNIT, "ben", "display"))
    tamper(path, "UPDATE record SET body = x'00'")
    with Reader(path) as reader:
        assert code_of(lambda: reader.unit_history(UNIT, REAL)) == "STORE-DAMAGED"
