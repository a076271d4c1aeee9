"""A fault always becomes something that a record can hold."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.errors import Blame, JigFault
from harness.model.fault import Fault
from tests.model.strategies import objects

odd = st.one_of(
    st.binary(),
    st.floats(),
    st.integers(),
    st.complex_numbers(),
    st.text(st.characters(), max_size=5),
    st.sampled_from([Blame.DUT, b"\xff", "\ud800", 10**400, {1, 2}, (1, b"x"), {1: b"y"}]),
)


def fault_of(evidence: dict[str, Any], message: str = "silent") -> Fault:
    return Fault.of(JigFault("JIG-TIMEOUT", message, evidence=evidence))


def test_a_fault_says_what_the_error_says() -> None:
    error = JigFault("JIG-TIMEOUT", "silent", evidence={"sent": "MEAS?"}, remedy="kick it")
    assert Fault.of(error) == Fault(
        "JIG-TIMEOUT", Blame.STATION, "silent", "kick it", {"sent": "MEAS?"}
    )


@given(objects)
def test_evidence_of_json_values_is_kept_as_it_is(evidence: dict[str, Any]) -> None:
    assert fault_of(evidence).evidence == evidence


@given(st.dictionaries(st.text(max_size=3), odd | st.lists(odd, max_size=2), max_size=2))
def test_no_evidence_costs_a_record(evidence: dict[str, Any]) -> None:
    kept = fault_of(evidence).evidence
    text = json.dumps(kept, allow_nan=False, ensure_ascii=False)
    assert json.loads(text.encode()) == kept


def test_what_json_cannot_hold_is_kept_in_words() -> None:
    kept = fault_of({"received": b"\xff", "value": math.nan, "text": "a\ud800", "n": 2**70})
    assert kept.evidence == {
        "received": "b'\\xff'",
        "value": "nan",
        "text": "a\\ud800",
        "n": str(2**70),
    }
    edges = {"least": -(2**63), "most": 2**63 - 1}
    assert fault_of(edges).evidence == edges
    assert fault_of({"less": -(2**63) - 1, "more": 2**63}).evidence == {
        "less": str(-(2**63) - 1),
        "more": str(2**63),
    }
    assert fault_of({}, "heard \udcff").message == "heard \\udcff"


def test_the_fault_does_not_change_with_the_error_it_came_from() -> None:
    lines = ["one"]
    fault = fault_of({"lines": lines})
    lines.append("two")
    assert fault.evidence == {"lines": ["one"]}
