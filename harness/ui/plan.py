"""A plan in words: what runs, with defaults written out, and what each step must meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from harness.engine.bench import OF_THE_RUN
from harness.model.plan import (
    Argument,
    GroupKind,
    OnFail,
    Phase,
    Plan,
    PlannedStep,
    Retest,
    Variants,
)
from harness.model.step import Catalogue, Param
from harness.model.units import UNITS, Quantity
from harness.plans.diff.compare import differences
from harness.plans.words import Form, limit_words, symptom_words

_TOGETHER = {GroupKind.PARALLEL: "at the same time", GroupKind.ANY_ORDER: "in any order"}


def variants_lines(variants: Variants, catalogue: Catalogue) -> Iterator[str]:
    """The plan of the first variant, and where each other one differs from it."""
    first, *others = variants.plans.values()
    yield from plan_lines(first, catalogue)
    for other in others:
        yield ""
        yield f"variant {_named(other)} {other.sha256}, unlike {first.variant}:"
        found = differences(json.loads(first.canonical), json.loads(other.canonical))
        words = [
            difference.words for difference in found if difference.where not in ("variant", "sku")
        ]
        yield from (f"  {line}" for line in words or ["nothing but its name"])
        yield f"  --variant {other.variant} shows it whole"


def plan_lines(plan: Plan, catalogue: Catalogue) -> Iterator[str]:
    """The whole plan, a line each."""
    yield from _head(plan)
    forms = {step["id"]: step for step in json.loads(plan.canonical)["steps"]}
    for phase in Phase:
        if steps := plan.of(phase):
            yield ""
            yield phase.value
            yield from _steps(steps, forms, catalogue)
    if plan.symptoms:
        yield ""
        yield "symptoms"
        for code, symptom in plan.symptoms.items():
            yield f"  {code}: {symptom_words(symptom.code, symptom.words, symptom.bin)}"


def _named(plan: Plan) -> str:
    return f"{plan.variant} (SKU {plan.sku})"


def _head(plan: Plan) -> Iterator[str]:
    yield f"{plan.id} revision {plan.revision}: {plan.title}"
    product = plan.product
    serial = f", serial {product.serial}" if product.serial else ""
    yield f"process {plan.process}, product {product.model}, part {product.part}{serial}"
    if plan.variant:
        yield f"variant {_named(plan)}"
    if plan.label:
        yield f"label   {plan.label.id} revision {plan.label.revision}: {plan.label.words}"
    if plan.limits:
        yield f"limits  {plan.limits.id} revision {plan.limits.revision} {plan.limits.sha256}"
    if golden := plan.golden:
        yield f"golden  {golden.id} revision {golden.revision}, until {golden.until}"
    yield f"retest  {_retest(plan.retest)}"
    yield f"sha256  {plan.sha256}"


def _retest(retest: Retest) -> str:
    runs = "1 run" if retest.max_runs == 1 else f"{retest.max_runs} runs"
    moves = f", on another slot after {retest.other_slot_after}"
    return f"at most {runs}{moves if retest.max_runs > 1 else ''}, then {retest.then}"


def _steps(
    steps: tuple[PlannedStep, ...], forms: dict[str, Form], catalogue: Catalogue
) -> Iterator[str]:
    for group, members in groupby(steps, key=lambda step: step.group):
        if group:
            yield f"  {group.id}, {_TOGETHER[group.kind]}"
        for step in members:
            lines = _step(step, forms[step.id], catalogue)
            yield from (f"  {line}" if group else line for line in lines)


def _step(step: PlannedStep, form: Form, catalogue: Catalogue) -> Iterator[str]:
    spec = catalogue[step.use]
    yield f"  {step.id:12} {step.use}, {_time(step)}{_on_trouble(step)}"
    devices = [kind.__name__.lower() for kind in spec.ports.values() if kind not in OF_THE_RUN]
    if needs := dict.fromkeys([*devices, *step.needs]):
        yield f"    needs   {', '.join(needs)}"
    for name, argument in step.arguments.items():
        yield f"    with    {name:20} {_argument(argument, spec.params[name])}"
    for name in step.limits:
        words = limit_words(form["limits"][name], form["measures"][name])
        yield f"    limit   {name:20} {words}"


def _time(step: PlannedStep) -> str:
    most = f"at most {Quantity(step.timeout_s, UNITS['s'])}"
    if step.expect_s is None:
        return most
    return f"{most}, expected {Quantity(step.expect_s, UNITS['s'])}"


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
