"""The canonical form of a plan: one text for all ways to write the same plan.

JSON (RFC 8259) with sorted keys; quantities stand in their base unit, defaults are written out.
Only the order of the steps has a meaning. Its SHA-256 names the plan in every record, so the form
must not change. It says in which units the steps measure, so that it is read without them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from harness.model.fault import Symptom
from harness.model.plan import Argument, Group, Plan, PlannedStep
from harness.model.step import Catalogue, Measurement, Series
from harness.model.units import UNITS, Quantity
from harness.plans.limits.form import form as limit_form

_SCHEMA = 1
Form = Mapping[str, Any]
"""A JSON object."""
Measures = Mapping[str, Mapping[str, Measurement]]
"""What each step of a plan measures, by the ids of the steps."""


def canonical(plan: Plan, catalogue: Catalogue) -> str:
    """The canonical text of a plan whose steps are all in the catalogue."""
    return canonical_of(plan, {step.id: catalogue[step.use].measures for step in plan.steps})


def canonical_of(plan: Plan, measures: Measures) -> str:
    """The canonical text of a plan whose steps measure this."""
    return canonical_text(plan, [step_form(step, measures[step.id]) for step in plan.steps])


def canonical_text(plan: Plan, steps: Sequence[Form]) -> str:
    """The canonical text of a plan whose steps have these forms."""
    kept = {} if plan.ships else {"ships": False}
    return canonical_json(
        {
            **kept,
            "schema": _SCHEMA,
            "plan": plan.id,
            "revision": plan.revision,
            "title": plan.title,
            "process": plan.process,
            "variant": plan.variant,
            "sku": plan.sku,
            "product": asdict(plan.product),
            "retest": asdict(plan.retest),
            "symptoms": _symptoms(plan.symptoms),
            "steps": steps,
        }
    )


def canonical_limits(
    name: str, revision: int, limits: Form, symptoms: Mapping[str, Symptom]
) -> str:
    """The canonical text of a limit set: what it gives to a plan.

    `limits` are the forms of its limits by `step.measurement`.
    """
    return canonical_json(
        {
            "schema": _SCHEMA,
            "limits": name,
            "revision": revision,
            "values": limits,
            "symptoms": _symptoms(symptoms),
        }
    )


def canonical_json(plain: object) -> str:
    """JSON values as the one text in which they are hashed and signed: keys sorted, no spaces."""
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _symptoms(symptoms: Mapping[str, Symptom]) -> Form:
    return {code: asdict(symptom) for code, symptom in symptoms.items()}


def step_form(step: PlannedStep, measures: Mapping[str, Measurement]) -> Form:
    """One step of the form."""
    return {
        "id": step.id,
        "use": step.use,
        "phase": step.phase,
        "group": _group(step.group),
        "timeout": _time(step.timeout_s),
        "expect": None if step.expect_s is None else _time(step.expect_s),
        "needs": sorted(step.needs),
        "with": {name: _argument(value) for name, value in step.arguments.items()},
        "measures": {name: _measurement(kind) for name, kind in measures.items()},
        "limits": {name: limit_form(limit, measures[name]) for name, limit in step.limits.items()},
        "retry": {
            "times": step.retry.times,
            "on": sorted(outcome.name for outcome in step.retry.on),
        },
        "on_fail": step.on_fail,
    }


def _group(group: Group | None) -> dict[str, str] | None:
    return None if group is None else {"id": group.id, "kind": group.kind}


def _time(amount_s: Decimal) -> str:
    return Quantity(amount_s, UNITS["s"]).canonical()


def _argument(value: Argument) -> dict[str, str] | str | bool | int:
    return {"quantity": value.canonical()} if isinstance(value, Quantity) else value


def _measurement(measurement: Measurement) -> dict[str, str]:
    said = {"is": type(measurement).__name__, "unit": measurement.unit}
    return said | {"x": measurement.x} if isinstance(measurement, Series) else said
