"""Runs to conclude: steps and measurements in short forms, and any at all."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from harness.errors import Blame
from harness.model.fault import Fault
from harness.model.outcome import Outcome
from harness.model.plan import Phase
from harness.model.record import MeasurementRecord, StepRecord
from harness.model.refs import PlannedRef, PlanRef
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
notes_of_a_run = st.lists(free_events, max_size=1)
