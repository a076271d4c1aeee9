from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from harness.model.identity import Unit
from harness.model.label import Label
from harness.model.plan import Phase, Plan, PlannedStep, Product


def test_a_plan_is_named_by_its_canonical_form_and_split_by_phase() -> None:
    steps = tuple(
        PlannedStep(name, "demo.step", phase, Decimal(1))
        for name, phase in [("b", Phase.STEPS), ("x", Phase.TEARDOWN), ("a", Phase.STEPS)]
    )
    plan = Plan("demo", 1, "Demo", "final", Product("A57", "A57-4G"), steps, '{"id":"d\u00e9mo"}')
    assert plan.sha256 == hashlib.sha256(b'{"id":"d\xc3\xa9mo"}').hexdigest()
    assert [step.id for step in plan.of(Phase.STEPS)] == ["b", "a"]
    assert [step.id for step in plan.of(Phase.TEARDOWN)] == ["x"]
    assert plan.of(Phase.SETUP) == ()


def plan_of(label: Label | None, serial: str = "A57[A-Z][0-9]{6}") -> Plan:
    return Plan("demo", 1, "Demo", "final", Product("A57", "A57-4G", serial), (), "", label=label)


def test_a_scan_announces_a_unit_of_the_plans_product_only() -> None:
    label = Label.of_fields("a57", 1, ["serial", "part"], ";")
    plan = plan_of(label)
    assert plan.unit_of("A57A000001;A57-4G") == Unit("A57A000001", part="A57-4G")
    for scan, why in {
        "A57A000001;A57-5G": "the label is of part A57-5G, the plan tests A57-4G",
        "B57A000001;A57-4G": "the label's B57A000001 is no serial of A57",
        "A57A000001": "is no label of a57",
    }.items():
        with pytest.raises(ValueError, match=why):
            plan.unit_of(scan)
    assert plan_of(label, serial="").unit_of("B57A000001;A57-4G").serial == "B57A000001"


def test_a_plan_without_a_label_reads_no_scan() -> None:
    with pytest.raises(ValueError, match="demo names no label file"):
        plan_of(None).unit_of("A57A000001")
