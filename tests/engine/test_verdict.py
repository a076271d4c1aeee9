"""PASS means PASS: whole runs of drawn plans and misbehaving steps, held against an oracle.

The real engine, the real store, real threads; the steps act out scripts (tests/engine/oracle.py)
whose values were judged by hand (tests/engine/cases.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.clock import Cancel
from harness.engine.execute import execute
from harness.engine.reserve import Instruments
from harness.model.fault import Symptom
from harness.model.fold import fold, unfold
from harness.model.outcome import Outcome
from harness.model.plan import Group, GroupKind, OnFail, Phase, Retry
from harness.model.record import Record
from harness.records.chain import verify
from harness.records.recorder import Recorder
from tests.engine.cases import CASES, GOOD, Case
from tests.engine.oracle import MISDEEDS, Actor, Attempt, Manner, Oracle, Stage
from tests.engine.rig import Rig

Draw = Callable[[st.SearchStrategy[Any]], Any]
SYMPTOMS = {
    "s0.value:HIGH": Symptom("A-01", "too high", "B"),
    "MEAS-UNREADABLE": Symptom("X-01", "unreadable", "hold"),
    "RUN-PARTIAL": Symptom("X-02", "not the whole plan", "hold"),
}
retries = st.builds(
    Retry, st.integers(0, 2), st.frozensets(st.sampled_from([Outcome.ERROR, Outcome.FAIL]))
)


@dataclass(frozen=True)
class Script:
    """A plan as it is acted out, and what somebody chose of it."""

    actors: tuple[Actor, ...]
    only: tuple[str, ...]


@st.composite
def scripts(draw: Draw) -> Script:
    """Phases of lone steps and groups of both kinds; half of them without any trouble."""
    troubled = draw(st.booleans())
    actors: list[Actor] = []
    for phase in Phase:
        for _ in range(draw(st.integers(phase is Phase.STEPS, 2))):
            actors += _stage(draw, phase, len(actors), troubled)
    ids = [actor.id for actor in actors if actor.phase is Phase.STEPS]
    chosen = st.just(()) if draw(st.integers(0, 3)) else st.lists(st.sampled_from(ids), unique=True)
    return Script(tuple(actors), tuple(draw(chosen)))


def _stage(draw: Draw, phase: Phase, place: int, troubled: bool) -> list[Actor]:
    kind = draw(st.sampled_from([None, GroupKind.PARALLEL, GroupKind.ANY_ORDER]))
    group = Group(f"g{place}", kind) if kind else None
    actors = [
        _actor(draw, f"s{place + n}", phase, group, troubled)
        for n in range(draw(st.integers(1, 3)) if group else 1)
    ]
    actors[0].needs = draw(st.sampled_from([(), ("callbox",), ("callbox", "own")]))
    return actors


def _actor(draw: Draw, name: str, phase: Phase, group: Group | None, troubled: bool) -> Actor:
    first = draw(attempts(phase, troubled, None))
    more = st.lists(attempts(phase, troubled, first.case), max_size=2)
    rest = [attempt for attempt in draw(more) if not (first.slow or attempt.slow)]
    script = (first, *rest)
    return Actor(name, script, phase, group, draw(retries), draw(st.sampled_from(OnFail)))


def attempts(phase: Phase, troubled: bool, like: Case | None) -> st.SearchStrategy[Attempt]:
    """Attempts; those of one step hand in values of one kind, for one limit."""

    def fitting(cases: tuple[Case, ...]) -> list[Case]:
        key = like and (like.declared, like.limit)
        return [case for case in cases if key in (None, (case.declared, case.limit))]

    good = fitting(GOOD)
    well = st.builds(Attempt, st.sampled_from(good or fitting(CASES)))
    if not troubled:
        return well
    any_case = st.sampled_from(fitting(CASES))
    misdeeds = [m for m in MISDEEDS if phase is not Phase.TEARDOWN or m is not Manner.ABORTED]
    odd = st.builds(Attempt, any_case)
    misbehaved = st.builds(Attempt, any_case, st.sampled_from(misdeeds))
    return st.one_of(well, well, well, odd, misbehaved)


RUNS = count()


def acted(script: Script, recorder: Recorder) -> tuple[Record, Oracle, Rig]:
    """The record of a script that was acted out, and the oracle that read the books of it."""

    def abort() -> Cancel:
        return rig.job.abort

    stage = Stage(script.actors, abort)
    rig = Rig(
        [stage.step(actor) for actor in script.actors],
        store=recorder,
        only=script.only,
        instruments=Instruments(("callbox",)),
        symptoms=SYMPTOMS,
        run=f"01RUN{next(RUNS):06}",
    )
    record = execute(rig.job, rig.log)
    return record, Oracle(script.actors, script.only, stage.aborted), rig


def check(script: Script, recorder: Recorder) -> Record:
    """Act a script out, and hold what came of it against the oracle."""
    record, oracle, rig = acted(script, recorder)
    assert oracle.objections() == []
    assert (record.outcome is Outcome.PASS) == oracle.passes
    assert record.outcome is not Outcome.SKIPPED
    if oracle.aborted:  # a good attempt may have been cut at its very end
        assert oracle.bad() <= record.dut_failed <= oracle.bad(cleared=False)
    else:
        assert record.dut_failed == oracle.bad()
    assert (record.fault is None) == oracle.passes
    code = record.fault.code if record.fault and record.outcome is Outcome.FAIL else ""
    assert record.symptom == SYMPTOMS.get(code)
    assert fold(unfold(record)) == record
    assert rig.replay() == record
    assert rig.job.instruments.idle()
    assert rig.jig.calls[-1] == "safe"
    return record


def alone(manner: Manner) -> Script:
    """A plan of one step, which behaves so."""
    return Script((Actor("s0", (Attempt(GOOD[0], manner),), Phase.STEPS),), ())


def test_a_run_is_a_pass_exactly_when_everything_planned_was_done_and_good(tmp_path: Path) -> None:
    store, seen = tmp_path / "records.db", Counter[Outcome | None]()
    with Recorder(store) as recorder:

        @settings(max_examples=200)
        @example(alone(Manner.WELL))
        @example(alone(Manner.ABORTED))
        @given(scripts())
        def holds(script: Script) -> None:
            seen[check(script, recorder).outcome] += 1

        holds()
    assert verify(store) == []
    assert min(seen[outcome] for outcome in (Outcome.PASS, Outcome.ERROR, Outcome.ABORTED)) > 0


@pytest.mark.parametrize("group", [None, Group("g", GroupKind.PARALLEL)])
def test_every_value_leads_to_what_was_written_down_for_it(
    group: Group | None, tmp_path: Path
) -> None:
    store = tmp_path / "records.db"
    with Recorder(store) as recorder:
        for case in CASES:
            actors = [Actor(f"s{n}", [Attempt(each)], group=group) for n, each in pair(case, group)]
            record = check(Script(tuple(actors), ()), recorder)
            assert record.outcome is Attempt(case).outcome, case
    assert verify(store) == []


def pair(case: Case, group: Group | None) -> list[tuple[int, Case]]:
    """The case alone, or beside a good one."""
    return [(0, case), (1, GOOD[0])] if group else [(0, case)]


@pytest.mark.parametrize("manner", MISDEEDS)
@pytest.mark.parametrize("kind", [None, *GroupKind])
def test_no_misdeed_of_a_step_ever_passes(
    manner: Manner, kind: GroupKind | None, tmp_path: Path
) -> None:
    store, group = tmp_path / "records.db", Group("g", kind) if kind else None
    with Recorder(store) as recorder:
        actors = (
            Actor("s0", [Attempt(GOOD[0])], group=group),
            Actor("s1", [Attempt(GOOD[0], manner)], group=group),
            Actor("s2", [Attempt(GOOD[0])]),
        )
        record = check(Script(actors, ()), recorder)
        outcomes = {step.id: step.outcome for step in record.steps}
        assert outcomes["s1"] is Attempt(GOOD[0], manner).outcome
        assert outcomes["s2"] is Outcome.SKIPPED
    assert verify(store) == []
