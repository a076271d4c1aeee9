"""A plan in words: what runs, with defaults written out, and what each step must meet."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from harness.engine.bench import OF_THE_RUN
from harness.model.limits import Equals, Exact, ImeiRule, Limit, Matches, OneOf, Range, RecordOnly
from harness.model.plan import Argument, OnFail, Phase, Plan, PlannedStep
from harness.model.step import Catalogue, Measurement, Param, StepSpec
from harness.model.units import UNITS, Quantity
from harness.plans.limits import RECORD_ONLY, guard_unit


def plan_lines(plan: Plan, catalogue: Catalogue) -> Iterator[str]:
    """The whole plan, a line each."""
    yield f"{plan.id} revision {plan.revision}: {plan.title}"
    product = plan.product
    serial = f", serial {product.serial}" if product.serial else ""
    yield f"process {plan.process}, product {product.model}, part {product.part}{serial}"
    if plan.label:
        yield f"label   {plan.label.id} revision {plan.label.revision}: {plan.label.form}"
    if plan.limits:
        yield f"limits  {plan.limits.id} revision {plan.limits.revision} {plan.limits.sha256}"
    yield f"sha256  {plan.sha256}"
    for phase in Phase:
        if steps := plan.of(phase):
            yield ""
            yield phase.value
            for step in steps:
                yield from _step(step, catalogue[step.use])


def _step(step: PlannedStep, spec: StepSpec) -> Iterator[str]:
    time = Quantity(step.timeout_s, UNITS["s"])
    yield f"  {step.id:12} {step.use}, at most {time}{_on_trouble(step)}"
    if needs := [kind.__name__ for kind in spec.ports.values() if kind not in OF_THE_RUN]:
        yield f"    needs   {', '.join(needs).lower()}"
    for name, argument in step.arguments.items():
        yield f"    with    {name:20} {_argument(argument, spec.params[name])}"
    for name, limit in step.limits.items():
        yield f"    limit   {name:20} {limit_words(limit, spec.measures[name])}"


def _on_trouble(step: PlannedStep) -> str:
    """What happens after an attempt that does not pass, where it is not simply the end."""
    words = ""
    if step.retry.times:
        on = " or ".join(sorted(outcome.name for outcome in step.retry.on))
        words = f", {step.retry.times} more on {on}"
    return words + (", goes on after FAIL" if step.on_fail is OnFail.CONTINUE else "")


def _argument(value: Argument, param: Param) -> str:
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    plain = float(value.amount) if isinstance(value, Quantity) else value
    return shown if param.required or plain != param.default else f"{shown} (default)"


def limit_words(limit: Limit, measurement: Measurement) -> str:
    """What passes, in the unit of the measurement."""
    unit = measurement.unit
    match limit:
        case Range():
            return _range(limit, unit)
        case Equals(value):
            return f"equals {_exact(value, unit)}"
        case OneOf(values):
            return "one of " + ", ".join(_exact(value, unit) for value in values)
        case Matches(pattern):
            return f"matches {pattern}"
        case ImeiRule(tac):
            return "an IMEI" + (f" of TAC {', '.join(tac)}" if tac else "")
        case RecordOnly():
            return RECORD_ONLY
        case _:
            raise TypeError(f"no words for {limit!r}")


def _range(limit: Range, symbol: str) -> str:
    low, high = (
        b if b is None else str(Quantity(b, UNITS[symbol])) for b in (limit.low, limit.high)
    )
    window = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
    if not limit.guard:
        return window
    return f"{window}, guard {Quantity(limit.guard, guard_unit(symbol))}"


def _exact(value: Exact, symbol: str) -> str:
    if isinstance(value, Decimal):
        return str(Quantity(value, UNITS[symbol]))
    return str(value).lower() if isinstance(value, bool) else repr(value)
