from decimal import Decimal
from pathlib import Path

import pytest

from harness.errors import Blame, PlanError
from harness.files.problems import Severity
from harness.model.limits import Equals, ImeiRule, OneOf, Range
from harness.model.outcome import Outcome
from harness.model.plan import OnFail, Phase, Product, Retry
from harness.model.units import Quantity
from harness.plans.resolve import load_plans, resolve
from tests.plans.catalogue import CATALOGUE, PLAN
from tests.plans.told import changed, resolved


def test_the_head_of_a_plan(path: Path) -> None:
    plan, problems = resolved(path, PLAN)
    assert not problems
    assert plan
    assert (plan.id, plan.revision, plan.title) == ("a57-final", 14, "A57 4G final test")
    assert plan.process == "final-test"
    assert plan.product == Product("A57-4G", "A57-4G", "A57[A-Z][0-9]{6}")
    assert [(step.id, step.phase) for step in plan.steps] == [
        ("shut", Phase.SETUP),
        ("charge", Phase.STEPS),
        ("radio", Phase.STEPS),
        ("off", Phase.TEARDOWN),
    ]


def test_limits_are_in_the_unit_of_the_measurement(path: Path) -> None:
    plan, _ = resolved(path, PLAN)
    assert plan
    charge, radio = plan.of(Phase.STEPS)
    assert charge.limits == {
        "current": Range(Decimal("0.45"), Decimal("1.1"), Decimal("0.01")),
        "level": Range(Decimal(20)),
        "cycles": OneOf((Decimal(1), Decimal(2))),
        "charging": Equals(value=True),
    }
    assert radio.limits == {
        "imei": ImeiRule(("86012345",)),
        "power": Range(Decimal(-70), guard=Decimal(1)),
    }


def test_arguments_are_in_the_unit_of_the_parameter_with_defaults(path: Path) -> None:
    plan, _ = resolved(path, changed("{vbus: 5.0 V}", "{vbus: 5000 mV, samples: 5, fast: true}"))
    assert plan
    charge, radio = plan.of(Phase.STEPS)
    assert charge.arguments == {
        "vbus": Quantity.of(5, "V"),
        "most": Quantity.of("1.1", "A"),
        "settle": Quantity.of("0.5", "s"),
        "samples": 5,
        "fast": True,
    }
    assert radio.arguments == {"band": "mid", "ssid": "REF-5G"}


def test_defaults_of_a_step(path: Path) -> None:
    plan, _ = resolved(path, PLAN)
    assert plan
    shut, _, radio, off = plan.steps
    assert (shut.retry, shut.on_fail) == (Retry(), OnFail.STOP)
    assert (radio.retry, radio.on_fail) == (Retry(1, frozenset({Outcome.ERROR})), OnFail.CONTINUE)
    assert off.timeout_s == Decimal("0.5")


def test_setup_teardown_and_serial_may_be_left_out(path: Path) -> None:
    text = PLAN[: PLAN.index("setup:")] + PLAN[PLAN.index("steps:") : PLAN.index("teardown:")]
    plan, problems = resolved(path, changed(", serial: 'A57[A-Z][0-9]{6}'", "", text))
    assert not problems
    assert plan
    assert {step.phase for step in plan.steps} == {Phase.STEPS}
    assert plan.product.serial == ""


def test_a_plan_without_steps_is_no_plan(path: Path) -> None:
    text = PLAN[: PLAN.index("steps:")]
    assert resolved(path, text)[0] is None
    assert resolved(path, text + "steps: []\n")[0] is None
    assert resolved(path, text + "steps:\n")[0] is None


def test_a_warning_does_not_prevent_a_plan(path: Path) -> None:
    plan, problems = resolved(path, changed("on: [error]", "on: [error, fail]"))
    assert plan
    assert [problem.severity for problem in problems] == [Severity.WARNING]
    assert plan.steps[2].retry.on == {Outcome.ERROR, Outcome.FAIL}


def test_load_plan_gives_the_plan(path: Path) -> None:
    path.write_text(PLAN)
    assert load_plans(path, CATALOGUE) == resolve(path, CATALOGUE)[0]


def test_load_plan_raises_all_problems(path: Path) -> None:
    path.write_text(changed("timeout: 500 ms", "timeout: 0 s", changed("low: 450 mA", "low: 450")))
    with pytest.raises(PlanError) as raised:
        load_plans(path, CATALOGUE).named("")
    assert raised.value.code == "PLAN-INVALID"
    assert raised.value.blame is Blame.PLAN
    told = raised.value.evidence["problems"]
    assert [line.split(": ")[0] for line in told] == [f"{path}:15:22", f"{path}:29:46"]
    assert str(raised.value).endswith(f"{told[0]} (and 1 more)")


def test_a_plan_that_cannot_be_read_is_a_plan_error(path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be read: No such file"):
        load_plans(path, CATALOGUE).named("")
