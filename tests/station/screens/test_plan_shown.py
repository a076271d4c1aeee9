"""What screens are told of a plan: its steps, its groups, what they took, its release."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.durations import durations
from harness.model.events import Purpose, Recorded, Stamped
from harness.model.fold import fold
from harness.model.plan import Group, GroupKind, Phase
from harness.model.refs import ReleaseRef
from harness.model.station import PlanStep
from harness.station.screens.plan_shown import shown_by, shown_of
from harness.station.station import Order
from tests.engine.rig import Rig, planned, spec_of
from tests.station.runs import events, probe

SPEC = spec_of(probe)
GROUP = Group("both", GroupKind.ANY_ORDER)
PLAN = Rig(
    [
        (SPEC, planned(SPEC, "first")),
        (SPEC, planned(SPEC, "second", group=GROUP)),
        (SPEC, planned(SPEC, "open", phase=Phase.TEARDOWN)),
    ]
).job.plan


def slowed(run: list[Stamped]) -> list[Stamped]:
    """A run as it is, each event 100 ms after the one before."""
    return [replace(each, at_ms=at * 100) for at, each in enumerate(run)]


def test_a_plan_of_which_no_run_is_known() -> None:
    shown = shown_of(PLAN, None)
    assert (shown.sha256, shown.id, shown.revision) == (PLAN.sha256, "p", 1)
    assert (shown.release, shown.takes_s) == ("", None)
    assert shown.steps == (
        PlanStep("first", SPEC.name, Phase.STEPS),
        PlanStep("second", SPEC.name, Phase.STEPS, "both"),
        PlanStep("open", SPEC.name, Phase.TEARDOWN),
    )


def test_what_it_took_by_now_and_its_release() -> None:
    record = fold(e for e in slowed(events()) if not isinstance(e.event, Recorded))
    took = {PLAN.sha256: durations([record, replace(record, duration_s=100.0)])}
    release = ReleaseRef("final", 8, "a" * 64, ("anna",))
    shown = shown_by(took, {PLAN.sha256}, Order(PLAN, release=release))
    assert shown.release == "8"
    assert record.duration_s
    assert shown.takes_s == (record.duration_s + 100) / 2
    first, second, last = shown.steps
    assert first.takes_s == second.takes_s == record.steps[0].duration_s
    assert last.takes_s is None, "no run has had it"
    assert shown_by({}, {PLAN.sha256}, Order(PLAN)) == shown_of(PLAN, None)


@pytest.mark.parametrize("purpose", Purpose)
def test_whether_units_are_tested_by_a_plan_the_station_says_and_no_order(
    purpose: Purpose,
) -> None:
    order = Order(PLAN, purpose)
    assert shown_by({}, {PLAN.sha256}, order).of_units
    assert not shown_by({}, (), order).of_units
