"""What the recorder refuses, and that it goes on afterwards."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.model import events as e
from harness.model.outcome import Outcome
from harness.model.refs import ReleaseRef
from harness.records.chain import verify
from harness.records.query import Reader
from harness.records.recorder import Recorder
from tests.records.runs import (
    DOCUMENTS,
    PLAN_SHA256,
    Life,
    hand_in,
    leave_open,
    lived,
    rows_of_open_runs,
)


def refused(recorder: Recorder, code: str, do: Callable[[], object]) -> HarnessError:
    with pytest.raises(HarnessError) as caught:
        do()
    assert caught.value.code == code
    assert recorder.failure is None
    hand_in(recorder, lived("after the refusal"))
    return caught.value


def test_another_record_of_a_sealed_run_is_refused(path: Path, recorder: Recorder) -> None:
    life = lived("r1")
    hand_in(recorder, life)
    other = replace(life.builder.build(), operator="0815")
    refused(recorder, "ENGINE-BUG", lambda: recorder.seal(other))
    with Reader(path) as reader:
        assert reader.record("r1").operator == "4711"


def test_a_run_that_was_never_begun_is_refused(recorder: Recorder) -> None:
    record = lived("r1").builder.build()
    assert "never begun" in refused(recorder, "ENGINE-BUG", lambda: recorder.seal(record)).message


def test_a_run_that_has_not_ended_is_refused(recorder: Recorder) -> None:
    life = Life("r1")
    recorder.begin(life.start(), DOCUMENTS)
    refused(recorder, "ENGINE-BUG", lambda: recorder.seal(life.builder.build()))


def test_a_pass_that_its_parts_do_not_show_is_refused(path: Path, recorder: Recorder) -> None:
    life = lived("r1", bad=True)
    leave_open(recorder, life)
    good = replace(life.builder.build(), outcome=Outcome.PASS, fault=None, dut_failed=False)
    refused(recorder, "ENGINE-BUG", lambda: recorder.seal(good))
    with Reader(path) as reader:
        assert reader.record("r1").outcome is None


def test_beginning_twice_is_refused(recorder: Recorder) -> None:
    life = lived("r1")
    started = life.events[0]
    recorder.begin(started, DOCUMENTS)
    refused(recorder, "ENGINE-BUG", lambda: recorder.begin(started, DOCUMENTS))
    recorder.seal(life.builder.build())
    with pytest.raises(HarnessError, match="begun before"):
        recorder.begin(started, DOCUMENTS)


def test_a_document_under_another_hash_is_refused(recorder: Recorder) -> None:
    started = Life("r1").start()
    refused(recorder, "ENGINE-BUG", lambda: recorder.begin(started, {PLAN_SHA256: b"another"}))


def test_a_run_without_its_plan_is_refused(recorder: Recorder) -> None:
    started = Life("r1").start()
    with pytest.raises(HarnessError, match="nobody gave the plan"):
        recorder.begin(started, {})
    recorder.begin(started, DOCUMENTS)
    recorder.begin(Life("r2").start(), {})  # the store has it by now


def test_a_record_that_json_cannot_hold_is_refused(recorder: Recorder) -> None:
    life = lived("r1", bad=True)
    leave_open(recorder, life)
    record = life.builder.build()
    assert record.fault
    nan = replace(record, fault=replace(record.fault, evidence={"volts": math.nan}))
    fault = refused(recorder, "ENGINE-BUG", lambda: recorder.seal(nan))
    assert "volts" in fault.message


NUMBERS: dict[str, Callable[[e.RunStarted], e.RunStarted]] = {
    "revision": lambda said: replace(said, plan=replace(said.plan, revision=2**63)),
    "slot": lambda said: replace(said, slot=2**63),
    "attempt": lambda said: replace(said, attempt=2**63),
    "release": lambda said: replace(said, release=ReleaseRef("p", 2**63, "ab", ())),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_run_that_could_never_be_sealed_does_not_begin(path: Path, name: str) -> None:
    start = Life("r1").start()
    assert isinstance(start.event, e.RunStarted)
    with Recorder(path) as recorder:
        with pytest.raises(HarnessError, match=f"{name} {2**63}") as caught:
            recorder.begin(replace(start, event=NUMBERS[name](start.event)), DOCUMENTS)
        assert caught.value.code == "STORE-UNFIT"
        hand_in(recorder, lived("r2"))
    assert rows_of_open_runs(path) == []
    assert verify(path) == []


def test_a_second_process_is_told_who_holds_the_store(path: Path, recorder: Recorder) -> None:
    with pytest.raises(HarnessError) as caught:
        Recorder(path)
    assert caught.value.code == "STORE-LOCKED"
    assert caught.value.evidence["pid"] == str(os.getpid())


def test_a_closed_recorder_refuses_at_once(path: Path) -> None:
    recorder = Recorder(path)
    life = lived("r1")
    leave_open(recorder, life)
    recorder.close()
    recorder.close()
    recorder.write(life.events[-1])
    with pytest.raises(HarnessError) as caught:
        recorder.seal(life.builder.build())
    assert caught.value.code == "STORE-FAILED"
