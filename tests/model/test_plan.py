from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from harness.model.identity import Unit
from harness.model.label import Label
from harness.model.plan import GoldenRef, Phase, Plan, PlannedStep, Product, Variants
from harness.model.scan import Expression


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
    label = Label("a57", 1, (Expression.of_fields(["serial", "part"], ";"),))
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


def two_variants() -> Variants:
    plan = plan_of(None)
    return Variants(
        {name: replace(plan, variant=name, sku=f"A57-{name.upper()}") for name in ("pk", "ae")}
    )


def test_the_sku_of_the_label_says_the_variant() -> None:
    plans = two_variants()
    assert plans.of(Unit("A57A000001", sku="A57-AE")).variant == "ae"
    assert plans.named("pk").variant == "pk"
    assert plans.any.id == "demo"
    for unit, why in {
        Unit("A57A000001"): "the label says no SKU; the plan demo has A57-PK",
        Unit("A57A000001", sku="A57-XX"): "the label says SKU 'A57-XX'; the plan demo has",
    }.items():
        with pytest.raises(ValueError, match=why):
            plans.of(unit)
    for name, why in {"": "a variant has to be named", "xx": "no variant 'xx'"}.items():
        with pytest.raises(ValueError, match=f"demo has the variants pk, ae: {why}"):
            plans.named(name)


def test_a_plan_without_variants_is_for_every_sku() -> None:
    plan = plan_of(None)
    plans = Variants({"": plan})
    assert plans.of(Unit("A57A000001", sku="A57-AE")) is plan
    assert plans.named("") is plan
    with pytest.raises(ValueError, match="the plan demo has no variants, so none called ae"):
        plans.named("ae")


def test_golden_values_hold_until_the_end_of_their_last_day() -> None:
    plan = replace(plan_of(None), golden=GoldenRef("a57", 3, date(2026, 12, 31)))
    assert plan.expired(date(2026, 12, 31)) == ""
    words = "the golden values a57 revision 3 held until 2026-12-31"
    assert plan.expired(date(2027, 1, 1)) == words
    assert plan_of(None).expired(date(2099, 1, 1)) == ""
