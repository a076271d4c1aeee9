"""PASS only when everything planned was done and judged PASS, and nothing spoke against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from harness.errors import Blame
from harness.model import events as e
from harness.model.conclude import (
    attempt_outcome,
    conclude,
    dut_failed,
    final_attempts,
    measurement_fault,
    step_fault,
)
from harness.model.fault import Fault
from harness.model.outcome import Outcome, outcome_of
from harness.model.plan import Phase
from harness.model.record import MeasurementRecord, StepRecord
from harness.model.refs import PlannedRef, PlanRef
from harness.model.value import Curve
from tests.model.strategies import NOON, free_events

FAULTS = {blame: Fault(f"SOME-{blame}", blame, "it happened", "mend it") for blame in Blame}
BAD_UNIT, LINK_GONE, STOPPED = FAULTS[Blame.DUT], FAULTS[Blame.LINK], FAULTS[Blame.OPERATOR]


def made(name: str, outcome: Outcome = Outcome.PASS, reason: str = "") -> MeasurementRecord:
    limit = {"low": 1.0, "accept_low": 1.1, "high": 2.0, "accept_high": 1.9, "guard": 0.1}
    return MeasurementRecord(name, 5, 1.5, "V", outcome, reason, limit, "")


def ran(
    name: str,
    outcome: Outcome | None = Outcome.PASS,
    *measurements: MeasurementRecord,
    fault: Fault | None = None,
    attempt: int = 1,
) -> StepRecord:
    return StepRecord(
        id=name,
        use="demo.step",
        phase=Phase.STEPS,
        attempt=attempt,
        started=NOON,
        at_ms=0,
        duration_s=None if outcome is None else 0.1,
        outcome=outcome,
        skipped="",
        measurements=measurements,
        fault=fault,
    )


def skipped(name: str) -> StepRecord:
    return replace(ran(name, Outcome.SKIPPED, attempt=0), skipped="stopped")


def plan_of(*steps: tuple[str, ...]) -> PlanRef:
    """Each step as its id and the names of its measurements."""
    refs = (PlannedRef(name, "demo.step", Phase.STEPS, tuple(m)) for name, *m in steps)
    return PlanRef("demo", 1, "00", tuple(refs))


PLAN = plan_of(("power", "voltage", "current"), ("close",), ("identity", "serial"))
GOOD = [
    ran("close"),
    ran("power", Outcome.PASS, made("voltage"), made("current")),
    ran("identity", Outcome.PASS, made("serial")),
]
HARMLESS: list[e.Event] = [
    e.SafeStateReached(),
    e.RetryDecided("power", 1, "again"),
    e.Prompted("power", "look"),
    e.Answered("power", "yes", "4711"),
]


def test_a_good_run_passes() -> None:
    assert conclude(PLAN, GOOD, HARMLESS) == (Outcome.PASS, None)


def _without(name: str) -> list[StepRecord]:
    return [step for step in GOOD if step.id != name]


BROKEN_STEPS: dict[str, tuple[Outcome, str, Sequence[StepRecord]]] = {
    "no steps at all": (Outcome.ERROR, "RUN-EMPTY", []),
    "all skipped": (Outcome.ERROR, "RUN-EMPTY", [skipped(step.id) for step in GOOD]),
    "a step missing": (Outcome.ERROR, "RUN-INCOMPLETE", _without("close")),
    "a step skipped": (Outcome.ERROR, "RUN-INCOMPLETE", [*_without("close"), skipped("close")]),
    "skipped after it ran": (Outcome.ERROR, "RUN-INCOMPLETE", [*GOOD, skipped("close")]),
    "a step that never ended": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [*_without("close"), ran("close", None)],
    ),
    "an extra step that never ended": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [*GOOD, ran("extra", None)],
    ),
    "a measurement missing": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [*_without("power"), ran("power", Outcome.PASS, made("voltage"))],
    ),
    "a measurement out of its limit": (
        Outcome.FAIL,
        "power.voltage:LOW",
        [
            *_without("power"),
            ran("power", Outcome.FAIL, made("voltage", Outcome.FAIL, "LOW"), made("current")),
        ],
    ),
    "a measurement that was not judged": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [
            *_without("identity"),
            ran("identity", Outcome.PASS, made("serial", Outcome.SKIPPED)),
        ],
    ),
    "an unreadable measurement": (
        Outcome.ERROR,
        "MEAS-UNREADABLE",
        [
            *_without("identity"),
            ran("identity", Outcome.ERROR, made("serial", Outcome.ERROR, "UNREADABLE")),
        ],
    ),
    "an unknown measurement": (
        Outcome.ERROR,
        "MEAS-UNKNOWN",
        [
            *_without("identity"),
            ran("identity", Outcome.ERROR, made("serial", Outcome.ERROR, "UNKNOWN")),
        ],
    ),
    "PASS said over a failed measurement": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [*_without("identity"), ran("identity", Outcome.PASS, made("serial", Outcome.FAIL))],
    ),
    "PASS said over an extra step's failed measurement": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [*GOOD, ran("extra", Outcome.PASS, made("more", Outcome.FAIL, "HIGH"))],
    ),
    "SKIPPED said over an extra step's failed measurement": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [*GOOD, ran("extra", Outcome.SKIPPED, made("more", Outcome.FAIL, "HIGH"))],
    ),
    "an undeclared measurement that failed": (
        Outcome.FAIL,
        "close.more:HIGH",
        [*_without("close"), ran("close", Outcome.FAIL, made("more", Outcome.FAIL, "HIGH"))],
    ),
    "PASS said over a fault": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [*_without("close"), ran("close", Outcome.PASS, fault=LINK_GONE)],
    ),
    "a link fault": (
        Outcome.ERROR,
        LINK_GONE.code,
        [*_without("close"), ran("close", Outcome.ERROR, fault=LINK_GONE)],
    ),
    "a unit that says it cannot": (
        Outcome.FAIL,
        BAD_UNIT.code,
        [*_without("close"), ran("close", Outcome.FAIL, fault=BAD_UNIT)],
    ),
    "a stopped step": (
        Outcome.ABORTED,
        STOPPED.code,
        [*_without("close"), ran("close", Outcome.ABORTED, fault=STOPPED)],
    ),
    "an extra step that failed": (
        Outcome.FAIL,
        BAD_UNIT.code,
        [*GOOD, ran("extra", Outcome.FAIL, fault=BAD_UNIT)],
    ),
    "a fail that stopped the rest": (
        Outcome.FAIL,
        BAD_UNIT.code,
        [ran("close", Outcome.FAIL, fault=BAD_UNIT), skipped("power"), skipped("identity")],
    ),
    "an error after a fail": (
        Outcome.ERROR,
        LINK_GONE.code,
        [
            ran("close", Outcome.FAIL, fault=BAD_UNIT),
            ran("power", Outcome.ERROR, fault=LINK_GONE),
            skipped("identity"),
        ],
    ),
    "a pass that a later attempt took back": (
        Outcome.FAIL,
        BAD_UNIT.code,
        [*GOOD, ran("close", Outcome.FAIL, fault=BAD_UNIT, attempt=2)],
    ),
    "FAIL said, and nothing in the step explains it": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [*_without("close"), ran("close", Outcome.FAIL)],
    ),
}


@pytest.mark.parametrize(("outcome", "code", "steps"), BROKEN_STEPS.values(), ids=BROKEN_STEPS)
def test_a_broken_run_never_passes(
    outcome: Outcome, code: str, steps: Sequence[StepRecord]
) -> None:
    concluded, fault = conclude(PLAN, steps, HARMLESS)
    assert fault
    assert (concluded, fault.code) == (outcome, code)


BAD_NOTES: dict[str, tuple[Outcome, str, e.Event]] = {
    "aborted": (Outcome.ABORTED, "RUN-ABORTED", e.AbortRequested("4711", "smoke")),
    "unsafe": (Outcome.ERROR, "SOME-STATION", e.SafeStateFailed(FAULTS[Blame.STATION])),
    "faulted": (Outcome.ERROR, "SOME-PLAN", e.Faulted(FAULTS[Blame.PLAN])),
    "a bad unit": (Outcome.FAIL, "SOME-DUT", e.Faulted(BAD_UNIT)),
    "lost": (Outcome.ERROR, "ADB-LOST", e.UnitLost("gone from the bus")),
    "swapped": (Outcome.ABORTED, "UNIT-SWAPPED", e.UnitSwapped("another serial")),
    "interrupted": (
        Outcome.ABORTED,
        "SOME-STATION",
        e.RunInterrupted(NOON, FAULTS[Blame.STATION]),
    ),
}


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


@pytest.mark.parametrize(("outcome", "code", "note"), BAD_NOTES.values(), ids=BAD_NOTES)
def test_what_happens_to_the_run_as_a_whole_keeps_it_from_passing(
    outcome: Outcome, code: str, note: e.Event
) -> None:
    concluded, fault = conclude(PLAN, GOOD, iter([*HARMLESS, note]))
    assert fault
    assert (concluded, fault.code) == (outcome, code)


def test_an_empty_plan_does_not_pass_on_a_step_that_was_not_planned() -> None:
    outcome, fault = conclude(plan_of(), GOOD, [])
    assert fault
    assert (outcome, fault.code) == (Outcome.ERROR, "RUN-EMPTY")


def test_a_retry_that_passes_clears_a_step() -> None:
    first = ran("close", Outcome.ERROR, fault=LINK_GONE)
    steps = [first, replace(GOOD[0], attempt=2), *GOOD[1:]]
    assert conclude(PLAN, steps, HARMLESS).outcome is Outcome.PASS


# ---- arbitrary runs against an oracle that is written down the other way round

outcomes = st.sampled_from([Outcome.PASS, Outcome.PASS, Outcome.PASS, *Outcome])
measurements = st.builds(
    made, st.sampled_from("mn"), outcomes, st.sampled_from(["", "LOW", "HIGH", "UNKNOWN"])
)
step_records = st.builds(
    lambda name, outcome, parts, fault: ran(name, outcome, *parts, fault=fault),
    st.sampled_from("xyz"),
    st.one_of(outcomes, outcomes, st.none()),
    st.lists(measurements, max_size=3),
    st.one_of(st.none(), st.none(), st.none(), st.sampled_from(list(FAULTS.values()))),
)
plans = st.lists(
    st.tuples(st.sampled_from("xyz")) | st.tuples(st.sampled_from("xyz"), st.just("m")),
    max_size=3,
    unique_by=lambda step: step[0],
).map(lambda steps: plan_of(*steps))
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
notes_of_a_run = st.lists(free_events, max_size=1)


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


# ---- attempts

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


# ---- dut_failed: nobody aborts a fail away

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


@given(plans, st.lists(step_records, max_size=4), notes_of_a_run)
def test_a_run_that_fails_has_a_unit_that_failed(
    plan: PlanRef, steps: list[StepRecord], notes: list[e.Event]
) -> None:
    if conclude(plan, steps, notes).outcome is Outcome.FAIL:
        assert dut_failed(steps, notes)


def test_a_part_of_a_plan_is_no_pass_however_well_it_went() -> None:
    chosen = replace(PLAN, only=("power", "close"))
    left_out = [*GOOD[:2], skipped("identity")]
    outcome, fault = conclude(chosen, left_out, [])
    assert (outcome, fault and fault.code) == (Outcome.ABORTED, "RUN-PARTIAL")
    assert fault
    assert fault.message == "only power, close of the plan was run, and passed"
    assert conclude(replace(PLAN, only=("power", "close", "identity")), GOOD, []) == (
        Outcome.PASS,
        None,
    )


def test_a_part_that_went_badly_says_so() -> None:
    chosen = replace(PLAN, only=("power",))
    bad = ran("power", Outcome.FAIL, made("voltage", Outcome.FAIL, "LOW"), made("current"))
    outcome, fault = conclude(chosen, [bad, skipped("close"), skipped("identity")], [])
    assert (outcome, fault and fault.code) == (Outcome.FAIL, "power.voltage:LOW")
    cut = conclude(chosen, [skipped("power"), ran("close"), skipped("identity")], [])
    assert (cut.outcome, cut.fault and cut.fault.code) == (Outcome.ERROR, "RUN-INCOMPLETE")


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
