"""Whether the unit failed, whatever became of its run: nobody aborts a fail away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import Blame
from harness.model import events as e
from harness.model.conclude import conclude, dut_failed
from harness.model.fault import Fault
from harness.model.outcome import Outcome, outcome_of
from tests.model.concluding import BAD_UNIT, FAULTS, GOOD, PLAN, STOPPED, made, ran, skipped

FAILED = made("voltage", Outcome.FAIL, "LOW")


@pytest.mark.parametrize("end", [Outcome.FAIL, Outcome.ERROR, Outcome.ABORTED, None])
def test_a_failed_measurement_counts_however_its_attempt_ended(end: Outcome | None) -> None:
    assert dut_failed([ran("power", end, FAILED, fault=STOPPED)])
    assert dut_failed([ran("power", end, FAILED), skipped("close")])


def test_a_unit_that_says_it_cannot_counts() -> None:
    assert dut_failed([ran("power", Outcome.FAIL, fault=BAD_UNIT)])
    assert dut_failed([], [e.Faulted(BAD_UNIT)])


@pytest.mark.parametrize("blame", [b for b in Blame if b is not Blame.DUT])
def test_what_is_not_the_units_doing_does_not_count(blame: Blame) -> None:
    step = ran("power", outcome_of(FAULTS[blame].blame), made("voltage"), fault=FAULTS[blame])
    assert not dut_failed([step], [e.Faulted(FAULTS[blame]), e.AbortRequested("4711", "smoke")])


def test_a_retry_that_passes_clears_only_its_own_step() -> None:
    bad, good = ran("power", Outcome.FAIL, FAILED), ran("power", attempt=2)
    assert not dut_failed([bad, good])
    assert dut_failed([bad, ran("close")])
    assert dut_failed([good, bad])


@pytest.mark.parametrize("end", [Outcome.ERROR, Outcome.ABORTED, Outcome.SKIPPED, None])
def test_a_retry_that_does_not_pass_clears_nothing(end: Outcome | None) -> None:
    assert dut_failed([ran("power", Outcome.FAIL, FAILED), ran("power", end, attempt=2)])


def test_a_pass_over_a_failed_measurement_clears_nothing() -> None:
    assert dut_failed([ran("power", Outcome.PASS, FAILED)])


HANG = Fault("ADB-HANG", Blame.LINK, "it fell silent", "test again")
CONFIRMED = e.FaultConfirmed("ADB-HANG", "run-1", 1, "run-2")


def test_a_link_fault_that_is_confirmed_fails_the_unit_with_all_that_came_of_it() -> None:
    absent = replace(HANG, code="ADB-ABSENT")
    hung = [ran("close", Outcome.ERROR, fault=HANG), ran("power", Outcome.ERROR, fault=absent)]
    assert conclude(PLAN, hung, []) == (Outcome.ERROR, HANG)
    assert not dut_failed(hung)
    outcome, fault = conclude(PLAN, hung, [CONFIRMED])
    assert fault
    assert (outcome, fault.code, fault.blame) == (Outcome.FAIL, "ADB-HANG", Blame.DUT)
    assert fault.message == HANG.message
    assert dut_failed(hung, [CONFIRMED])


def test_what_is_not_of_the_handset_stays_an_error_beside_it() -> None:
    steps = [
        ran("close", Outcome.ERROR, fault=HANG),
        ran("power", Outcome.ERROR, fault=FAULTS[Blame.STATION]),
    ]
    assert conclude(PLAN, steps, [CONFIRMED]) == (Outcome.ERROR, FAULTS[Blame.STATION])
    assert dut_failed(steps, [CONFIRMED])


def test_a_confirmation_of_a_fault_that_is_not_there_passes_nobody() -> None:
    outcome, fault = conclude(PLAN, GOOD, [CONFIRMED])
    assert fault
    assert (outcome, fault.code) == (Outcome.FAIL, "ADB-HANG")
    assert "in run run-1, and this slot is good" in fault.message
    assert dut_failed(GOOD, [CONFIRMED])
