"""The shipped plans: whatever can be found bad has words and a bin for the operator."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from harness.errors import Blame, all_codes
from harness.errors.link import HANDSET_SIDE
from harness.model.limits import Range
from harness.model.mask import Mask
from harness.model.plan import GroupKind, Plan, Variants
from harness.plans.limits.symptoms import reasons
from harness.plans.resolve import load_plans, resolve
from harness.steps import catalogue

TESTPLANS = Path(__file__).parents[2] / "testplans"
PLANS = [*TESTPLANS.glob("*.yaml"), *TESTPLANS.glob("selftest/*.yaml")]
STEPS = catalogue()
FINAL, FUNCTIONAL = (
    load_plans(TESTPLANS / f"a57-{n}.yaml", STEPS) for n in ("final", "functional")
)
OF_THE_LINE = [
    pytest.param(plan, plans, id=f"{plan.id} {plan.variant}".strip())
    for plans in (FINAL, FUNCTIONAL)
    for plan in plans.plans.values()
]
CODE = re.compile(r"[A-Z]+(?:-[A-Z]+)+")


@pytest.mark.parametrize("path", sorted(PLANS), ids=lambda path: path.stem)
def test_the_shipped_plans_are_right_without_a_warning(path: Path) -> None:
    plans, problems = resolve(path, STEPS)
    assert plans
    assert problems == []


@pytest.mark.parametrize(("plan", "plans"), OF_THE_LINE)
def test_every_fail_of_a_test_of_the_line_has_a_symptom(plan: Plan, plans: Variants) -> None:
    by_limit = {
        f"{step.id}.{name}:{reason}"
        for step in plan.steps
        for name, limit in step.limits.items()
        for reason in reasons(limit)
    }
    dut = {name for name, blame, _ in all_codes() if blame is Blame.DUT}
    steps = [step for each in plans.plans.values() for step in each.steps]  # codes are of them all
    raised = {code for step in steps for code in CODE.findall(STEPS[step.use].doc)} & dut
    assert len(by_limit) > 30
    assert len(raised) > 9
    of_link = {code for code in HANDSET_SIDE if not code.startswith("AT-")}  # no step asks a modem
    assert by_limit | raised | of_link == plan.symptoms.keys()


def test_a_symptom_means_the_same_in_each_test_of_the_line() -> None:
    final = FINAL.named("pk").symptoms.items()
    assert FUNCTIONAL.any.symptoms.items() <= final


def test_the_symptoms_of_the_final_test_are_told_apart_by_their_codes() -> None:
    for plan in FINAL.plans.values():
        codes = [symptom.code for symptom in plan.symptoms.values()]
        assert len(codes) == len(set(codes))


def test_the_final_test_runs_in_groups_and_knows_its_variants() -> None:
    home, export = FINAL.named("pk"), FINAL.named("ae")
    grouped = {step.id: step.group for step in home.steps if step.group}
    assert {name: (group.id, group.kind) for name, group in grouped.items()} == {
        "wifi": ("wireless_and_rear", GroupKind.PARALLEL),
        "rear_flat": ("wireless_and_rear", GroupKind.PARALLEL),
        "bluetooth": ("short_range", GroupKind.PARALLEL),
        "gnss": ("short_range", GroupKind.PARALLEL),
        "attach": ("bench", GroupKind.ANY_ORDER),
        "charge": ("bench", GroupKind.ANY_ORDER),
    }
    assert {step.id for step in export.steps} - {step.id for step in home.steps} == {
        "identity_at_the_end",
        "nfc",
    }
    assert [limit_of(plan, "attach", "time") for plan in (home, export)] == [
        Range(high=Decimal(15)),
        Range(high=Decimal(12)),
    ]
    assert limit_of(home, "wifi", "rssi") == Range(Decimal(-52), Decimal(-42), marginal=Decimal(1))
    assert isinstance(limit_of(home, "rear_flat", "luma_across"), Mask)
    assert isinstance(limit_of(home, "rear", "sfr"), Mask)
    assert set(home.files) == {
        "plan",
        "limits",
        "golden",
        "label",
        "mask:../masks/rear-luma.csv",
        "mask:../masks/front-luma.csv",
        "mask:../masks/rear-sfr.csv",
        "mask:../masks/front-sfr.csv",
    }


def limit_of(plan: Plan, step: str, name: str) -> object:
    (found,) = (each for each in plan.steps if each.id == step)
    return found.limits[name]
