from __future__ import annotations

import hashlib
from decimal import Decimal

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
