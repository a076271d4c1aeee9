from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.events import Faulted, Measured, Stamped
from harness.model.fold import fold
from harness.model.outcome import Outcome
from harness.records.codec import decode_event, encode_event, from_json, pack, unpack
from tests.model.strategies import NOON, any_event, runs
from tests.records.runs import as_json, lived

EVENTS = st.builds(Stamped, st.text(), st.integers(0, 9), st.just(NOON), st.integers(0), any_event)


BEGAN = st.none() | st.integers(0, 2**53)


@given(runs(), st.text(), BEGAN)
def test_a_record_comes_back_from_its_json(
    events: Sequence[Stamped], previous: str, began_after: int | None
) -> None:
    record = fold(events)
    text = as_json(record, previous, began_after)
    assert from_json(text) == (record, (previous, began_after))


@given(runs(), BEGAN)
def test_the_json_of_a_record_that_came_back_is_the_same(
    events: Sequence[Stamped], began_after: int | None
) -> None:
    text = as_json(fold(events), "p", began_after)
    record, (previous, began) = from_json(text)
    assert previous is not None
    assert as_json(record, previous, began) == text


@given(st.lists(EVENTS.filter(lambda event: event.at_ms < 2**63), max_size=4))
def test_events_come_back_from_their_lines(events: list[Stamped]) -> None:
    batch = b"".join(encode_event(event) for event in events)
    assert [decode_event(line) for line in batch.split(b"\n") if line] == events


def test_the_json_has_its_keys_in_the_order_of_the_format() -> None:
    text = as_json(lived("r1").builder.build(), "0" * 64, 7)
    assert text.startswith(b'{"schema":1,"run":"r1","previous":"0000')
    assert list(orjson.loads(text))[3:7] == ["began_after", "purpose", "process", "unit"]
    assert b'"outcome":"PASS"' in text
    assert b'"started":"2026-11-22T10:00:00.000Z"' in text


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", [lambda n: n, lambda n: [1.0, (n,)], lambda n: {"a": {"b": n}}])
def test_a_number_that_is_not_finite_is_refused(number: float, where: Any) -> None:
    life = lived("r1")
    record = life.builder.build()
    step = record.steps[0]
    made = replace(step.measurements[0], limit={"low": where(number)})
    changed = replace(record, steps=(replace(step, measurements=(made,)), *record.steps[1:]))
    with pytest.raises(ValueError, match=r"limit.low.*not a finite number"):
        as_json(changed, "")
    event = Measured("s", 1, "m", None, "V", Outcome.ERROR, "", {"low": where(number)})
    with pytest.raises(ValueError, match=r"limit.low.*not a finite number"):
        encode_event(Stamped("r1", 0, NOON, 0, event))


@pytest.mark.parametrize("value", [2**80, "\ud800", object(), {1: 2}])
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    event = Measured("s", 1, "m", None, "V", Outcome.ERROR, "", {"low": value})
    with pytest.raises(ValueError, match="no form in JSON"):
        encode_event(Stamped("r1", 0, NOON, 0, event))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "another schema"),
        ({"previous": None}, "previous"),
        ({"began_after": True}, "began_after"),
        ({"run": 7}, "run"),
        ({"extra": 1}, "extra"),
        ({"outcome": "GOOD"}, "GOOD"),
        ({"started": "2026-11-22T10:00:00"}, "started"),
    ],
)
def test_what_is_not_exactly_a_record_is_refused(change: dict[str, Any], said: str) -> None:
    plain = orjson.loads(as_json(lived("r1").builder.build(), ""))
    with pytest.raises(ValueError, match=said):
        from_json(orjson.dumps(plain | change))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_record_and_no_event_raise_value_error(text: bytes) -> None:
    for read in (from_json, decode_event, unpack):
        with pytest.raises(ValueError, match=r"."):
            read(text)


@given(st.binary())
def test_what_is_packed_comes_back(text: bytes) -> None:
    assert unpack(pack(text)) == text


def test_a_frame_that_was_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="Zstandard"):
        unpack(pack(b"record" * 1000)[:-1])


def test_faults_keep_their_evidence() -> None:
    life = lived("r1", bad=True)
    record = from_json(as_json(life.builder.build(), ""))[0]
    assert record.fault
    assert record.fault.evidence["value"] == 0.11
    assert not any(isinstance(note.event, Faulted) for note in record.notes)
