"""PASS only when everything planned was done and judged PASS, and nothing spoke against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.errors import Blame
from harness.model import events as e
from harness.model.conclude import conclude
from harness.model.outcome import Outcome
from harness.model.record import StepRecord
from tests.model.concluding import (
    BAD_UNIT,
    FAULTS,
    GOOD,
    LINK_GONE,
    PLAN,
    STOPPED,
    made,
    plan_of,
    ran,
    skipped,
)
from tests.model.strategies import NOON

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


def _instead(step: StepRecord) -> list[StepRecord]:
    """The good run, with this step in place of its own of that name."""
    return [*_without(step.id), step]


BROKEN_STEPS: dict[str, tuple[Outcome, str, Sequence[StepRecord]]] = {
    "no steps at all": (Outcome.ERROR, "RUN-EMPTY", []),
    "all skipped": (Outcome.ERROR, "RUN-EMPTY", [skipped(step.id) for step in GOOD]),
    "a step missing": (Outcome.ERROR, "RUN-INCOMPLETE", _without("close")),
    "a step skipped": (Outcome.ERROR, "RUN-INCOMPLETE", [*_without("close"), skipped("close")]),
    "skipped after it ran": (Outcome.ERROR, "RUN-INCOMPLETE", [*GOOD, skipped("close")]),
    "a step that never ended": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        _instead(ran("close", None)),
    ),
    "an extra step that never ended": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        [*GOOD, ran("extra", None)],
    ),
    "a measurement missing": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        _instead(ran("power", Outcome.PASS, made("voltage"))),
    ),
    "a measurement out of its limit": (
        Outcome.FAIL,
        "power.voltage:LOW",
        _instead(ran("power", Outcome.FAIL, made("voltage", Outcome.FAIL, "LOW"), made("current"))),
    ),
    "a measurement that was not judged": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        _instead(ran("identity", Outcome.PASS, made("serial", Outcome.SKIPPED))),
    ),
    "an unreadable measurement": (
        Outcome.ERROR,
        "MEAS-UNREADABLE",
        _instead(ran("identity", Outcome.ERROR, made("serial", Outcome.ERROR, "UNREADABLE"))),
    ),
    "an unknown measurement": (
        Outcome.ERROR,
        "MEAS-UNKNOWN",
        _instead(ran("identity", Outcome.ERROR, made("serial", Outcome.ERROR, "UNKNOWN"))),
    ),
    "PASS said over a failed measurement": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        _instead(ran("identity", Outcome.PASS, made("serial", Outcome.FAIL))),
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
        _instead(ran("close", Outcome.FAIL, made("more", Outcome.FAIL, "HIGH"))),
    ),
    "PASS said over a fault": (
        Outcome.ERROR,
        "RUN-INCOMPLETE",
        _instead(ran("close", Outcome.PASS, fault=LINK_GONE)),
    ),
    "a link fault": (
        Outcome.ERROR,
        LINK_GONE.code,
        _instead(ran("close", Outcome.ERROR, fault=LINK_GONE)),
    ),
    "a unit that says it cannot": (
        Outcome.FAIL,
        BAD_UNIT.code,
        _instead(ran("close", Outcome.FAIL, fault=BAD_UNIT)),
    ),
    "a stopped step": (
        Outcome.ABORTED,
        STOPPED.code,
        _instead(ran("close", Outcome.ABORTED, fault=STOPPED)),
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
        _instead(ran("close", Outcome.FAIL)),
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
