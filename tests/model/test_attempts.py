"""What an attempt of a step comes to, and the fault that explains it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from harness.errors import Blame
from harness.model.conclude import attempt_outcome, final_attempts, measurement_fault, step_fault
from harness.model.fault import Fault
from harness.model.outcome import Outcome, outcome_of
from harness.model.record import MeasurementRecord
from harness.model.value import Curve
from tests.model.concluding import BAD_UNIT, FAULTS, LINK_GONE, made, measurements, ran

judged = st.lists(measurements, max_size=3)
some_fault = st.none() | st.sampled_from(list(FAULTS.values()))


@given(judged, some_fault)
def test_an_attempt_passes_only_if_all_its_measurements_do_and_no_fault_came(
    parts: list[MeasurementRecord], fault: Fault | None
) -> None:
    clean = fault is None and all(m.outcome is Outcome.PASS for m in parts)
    assert (attempt_outcome(parts, fault) is Outcome.PASS) is clean
    assert attempt_outcome(parts, fault) >= max((m.outcome for m in parts), default=Outcome.PASS)
    if fault:
        assert attempt_outcome(parts, fault) >= outcome_of(fault.blame)


def test_the_last_attempt_counts() -> None:
    first, other, second = ran("x", attempt=1), ran("y"), ran("x", Outcome.FAIL, attempt=2)
    assert final_attempts([first, other, second]) == {"x": second, "y": other}
    assert list(final_attempts([first, other, second])) == ["x", "y"]


def test_the_code_of_a_failed_measurement_says_where_and_which_way() -> None:
    low = measurement_fault("power", made("voltage", Outcome.FAIL, "LOW"))
    high = measurement_fault("power", made("voltage", Outcome.FAIL, "HIGH"))
    other = measurement_fault("power", made("voltage", Outcome.FAIL, "MISMATCH"))
    assert [f.code for f in (low, high, other)] == [
        "power.voltage:LOW",
        "power.voltage:HIGH",
        "power.voltage:MISMATCH",
    ]
    assert {f.blame for f in (low, high, other)} == {Blame.DUT}
    assert low.message == "1.5 V is below the acceptance limit 1.1 V"
    assert high.message == "1.5 V is above the acceptance limit 1.9 V"
    assert "low 1 V" in other.message
    assert low.evidence["value"] == 1.5


def test_a_measurement_fault_needs_nothing_of_its_limit() -> None:
    bare = replace(made("voltage", Outcome.FAIL, "LOW"), limit={})
    assert measurement_fault("power", bare).code == "power.voltage:LOW"


def test_the_fault_of_a_step_is_the_one_that_made_its_outcome() -> None:
    failed = made("voltage", Outcome.FAIL, "LOW")
    assert step_fault(ran("p", Outcome.ERROR, failed, fault=LINK_GONE)) == LINK_GONE
    assert step_fault(ran("p", Outcome.FAIL, failed, fault=BAD_UNIT)).code == "p.voltage:LOW"


def test_a_value_that_should_not_be_there_is_an_error_with_its_own_code() -> None:
    appeared = replace(made("current", Outcome.ERROR, "UNEXPECTED"), limit={"not_offered": True})
    fault = measurement_fault("charge", appeared)
    assert (fault.code, fault.message) == ("MEAS-UNEXPECTED", "charge.current: 1.5 V")


def test_the_fault_of_a_curve_says_where_it_leaves_its_mask() -> None:
    mask = {"mask": {"x": [0.0, 10.0], "low": [1.0, 2.0], "high": [None, None]}}
    curve = Curve((0.0, 5.0, 10.0), (1.0, 1.25, 2.0), "%")
    low = replace(made("luma", Outcome.FAIL, "LOW"), value=curve, limit=mask)
    fault = measurement_fault("rear", low)
    assert fault.code == "rear.luma:LOW"
    assert fault.message == "at 5 % it is 1.25 V, below the mask's 1.5 V"
