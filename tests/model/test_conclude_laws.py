"""Any run against an oracle of PASS that is written down the other way round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from hypothesis import assume, event, given
from hypothesis import strategies as st

from harness.model import events as e
from harness.model.conclude import conclude, dut_failed, final_attempts
from harness.model.outcome import Outcome, outcome_of
from harness.model.record import StepRecord
from harness.model.refs import PlanRef
from tests.model.concluding import FAULTS, made, notes_of_a_run, plan_of, plans, ran, step_records

HARMLESS_KINDS = (
    e.UnitIdentified,
    e.Waiting,
    e.Reserved,
    e.Released,
    e.Prompted,
    e.Answered,
    e.RetryDecided,
    e.RouteCheckedLocally,
    e.SafeStateReached,
)


def _clean(step: StepRecord) -> bool:
    return step.fault is None and all(m.outcome is Outcome.PASS for m in step.measurements)


def deserves_pass(plan: PlanRef, steps: Sequence[StepRecord], notes: Iterable[e.Event]) -> bool:
    last = {step.id: step for step in steps}
    done = {name: step for name, step in last.items() if step.outcome is Outcome.PASS}
    return (
        bool(plan.steps)
        and all(isinstance(note, HARMLESS_KINDS) for note in notes)
        and all(step.outcome in (Outcome.PASS, Outcome.SKIPPED) for step in last.values())
        and all(_clean(step) for step in last.values())
        and all(
            ref.id in done and set(ref.measures) <= {m.name for m in done[ref.id].measurements}
            for ref in plan.steps
        )
    )


@given(plans, st.lists(step_records, max_size=4), notes_of_a_run)
def test_pass_comes_out_exactly_when_it_is_deserved(
    plan: PlanRef, steps: list[StepRecord], notes: list[e.Event]
) -> None:
    outcome, fault = conclude(plan, steps, notes)
    event(outcome.name)
    assert (outcome is Outcome.PASS) is deserves_pass(plan, steps, notes)
    assert outcome is not Outcome.SKIPPED
    assert (fault is None) is (outcome is Outcome.PASS)


@given(plans, st.lists(step_records, max_size=4), notes_of_a_run)
def test_the_fault_explains_the_outcome(
    plan: PlanRef, steps: list[StepRecord], notes: list[e.Event]
) -> None:
    outcome, fault = conclude(plan, steps, notes)
    assume(fault)
    assert fault
    assert outcome_of(fault.blame) is outcome
    assert outcome >= max((s.outcome or outcome for s in final_attempts(steps).values()), default=0)


@given(plans, st.lists(step_records, max_size=4), notes_of_a_run)
def test_a_run_that_fails_has_a_unit_that_failed(
    plan: PlanRef, steps: list[StepRecord], notes: list[e.Event]
) -> None:
    if conclude(plan, steps, notes).outcome is Outcome.FAIL:
        assert dut_failed(steps, notes)


MUTATIONS: list[Callable[[StepRecord], StepRecord]] = [
    lambda step: replace(step, outcome=None),
    lambda step: replace(step, outcome=Outcome.SKIPPED),
    lambda step: replace(step, outcome=Outcome.FAIL),
    lambda step: replace(step, outcome=Outcome.ABORTED),
    lambda step: replace(step, outcome=Outcome.ERROR),
    *(lambda step, f=fault: replace(step, fault=f) for fault in FAULTS.values()),
    *(
        lambda step, o=bad: replace(step, measurements=(*step.measurements, made("n", o)))
        for bad in Outcome
        if bad is not Outcome.PASS
    ),
]


@given(st.integers(1, 6), st.integers(0, 5), st.sampled_from(MUTATIONS))
def test_one_wrong_thing_in_a_good_run_is_enough(
    size: int, place: int, mutate: Callable[[StepRecord], StepRecord]
) -> None:
    plan = plan_of(*((f"s{n}", "m") for n in range(size)))
    good = [ran(f"s{n}", Outcome.PASS, made("m")) for n in range(size)]
    assert conclude(plan, good, []).outcome is Outcome.PASS
    place %= size
    assert conclude(plan, good[:place] + good[place + 1 :], []).outcome is Outcome.ERROR
    worse = [*good[:place], mutate(good[place]), *good[place + 1 :]]
    assert conclude(plan, worse, []).outcome > Outcome.PASS
