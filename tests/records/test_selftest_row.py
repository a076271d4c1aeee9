"""The narrow row of a self-test, held against the whole record."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.codec import encode
from harness.model.conclude import final_attempts
from harness.model.record import Record
from harness.model.selftest import SelfTestRow
from harness.model.value import Curve, Value
from harness.records.selftests import selftest_row
from tests.quality.nights import CENT, Night

CURVE = Curve((0.0, 1.0), (2.0, 3.0))


def row(record: Record) -> SelfTestRow:
    return selftest_row(orjson.dumps(encode(record)))


def test_it_says_what_the_record_says() -> None:
    record = Night(3, {"rail.error": 2.5, "echo.errors": 0.0}, {"rail.error": CENT}).record()
    made = row(record)
    assert (made.run, made.started) == (record.run, record.started)
    assert (made.plan, made.revision) == (record.plan.id, record.plan.revision)
    assert (made.plan_sha256, made.jig_sha256) == (record.plan.sha256, record.inputs["jig"])
    assert (made.firmware, made.simulated) == ("1.4", False)
    rail, echo = made.numbers
    assert (rail.step, rail.use, rail.name, rail.unit) == ("rail", "jig_health.rail", "error", "%")
    assert (rail.value, rail.failed, rail.limit) == (2.5, True, CENT.describe())
    assert rail.at == record.steps[0].started
    assert (echo.value, echo.failed) == (0.0, False)


def test_only_numbers_stand_in_it() -> None:
    values: dict[str, Value] = {
        "identity.serial": "7",
        "interlock.holds": True,
        "light.curve": CURVE,
        "x.y": 1.0,
    }
    assert [number.step for number in row(Night(0, values).record()).numbers] == ["x"]


def test_what_could_not_be_read_is_no_number() -> None:
    record = Night(0, {"rail.error": 0.1}).record()
    (step,) = record.steps
    unread = replace(step.measurements[0], value=None, raw="garbage")
    assert row(replace(record, steps=(replace(step, measurements=(unread,)),))).numbers == ()


def test_the_last_attempt_of_a_step_counts() -> None:
    record = Night(0, {"rail.error": 0.1}).record()
    (first,) = record.steps
    better = replace(first.measurements[0], value=0.2)
    second = replace(
        first, attempt=2, started=first.started + timedelta(seconds=9), measurements=(better,)
    )
    again = replace(record, steps=(first, second))
    (number,) = row(again).numbers
    assert (number.value, number.at) == (0.2, second.started)
    assert list(final_attempts(again.steps).values()) == [second]


def test_a_jig_that_was_not_asked_and_a_simulated_one() -> None:
    record = Night(0, {"rail.error": 0.1}, inputs={"scenario": "s" * 64}).record()
    assert row(replace(record, jig=None)).firmware is None
    assert row(record).simulated
    assert row(record).jig_sha256 is None


def test_what_is_no_record_is_a_coded_fault_away() -> None:
    for text in (b"", b"[]", b"{}", b'{"plan": null}', b"\xff"):
        with pytest.raises(ValueError):  # noqa: PT011 (what it says is for whoever debugs)
            selftest_row(text)


@given(st.data())
def test_damaged_json_is_a_row_or_a_value_error(data: st.DataObject) -> None:
    text = bytearray(orjson.dumps(encode(Night(0, {"rail.error": 0.1}).record())))
    at = data.draw(st.integers(0, len(text) - 1))
    text[at] = data.draw(st.integers(0, 255))
    with suppress(ValueError):
        assert selftest_row(bytes(text))
