"""The canonical form of a plan: one text for all ways to write the same plan.

Keys are sorted, quantities stand in their base unit, defaults are written out. Only the order of
the steps has a meaning. Its SHA-256 names the plan in every record, so the form must not change.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from harness.model.limits import Equals, Exact, ImeiRule, Limit, Matches, OneOf, Range, RecordOnly
from harness.model.plan import Argument, Plan, PlannedStep
from harness.model.step import Catalogue
from harness.model.units import UNITS, Quantity, Unit
from harness.plans.limits import RECORD_ONLY, guard_unit

_SCHEMA = 1


def canonical(plan: Plan, catalogue: Catalogue) -> str:
    """The canonical text of a plan whose steps are all in the catalogue (JSON, RFC 8259)."""
    form = {
        "schema": _SCHEMA,
        "plan": plan.id,
        "revision": plan.revision,
        "title": plan.title,
        "process": plan.process,
        "product": {
            "model": plan.product.model,
            "part": plan.product.part,
            "serial": plan.product.serial,
        },
        "steps": [_step(step, catalogue) for step in plan.steps],
    }
    return _text(form)


def canonical_limits(name: str, revision: int, keys: Collection[str], form: str) -> str:
    """The canonical text of a limit set: those limits of a plan's canonical form that it gave."""
    limits = {
        f"{step['id']}.{measurement}": limit
        for step in json.loads(form)["steps"]
        for measurement, limit in step["limits"].items()
    }
    values = {key: limits[key] for key in keys}
    return _text({"schema": _SCHEMA, "limits": name, "revision": revision, "values": values})


def _text(form: dict[str, Any]) -> str:
    return json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _step(step: PlannedStep, catalogue: Catalogue) -> dict[str, Any]:
    measures = catalogue[step.use].measures
    return {
        "id": step.id,
        "use": step.use,
        "phase": step.phase,
        "timeout": Quantity(step.timeout_s, UNITS["s"]).canonical(),
        "with": {name: _argument(value) for name, value in step.arguments.items()},
        "limits": {name: _limit(limit, measures[name].unit) for name, limit in step.limits.items()},
        "retry": {
            "times": step.retry.times,
            "on": sorted(outcome.name for outcome in step.retry.on),
        },
        "on_fail": step.on_fail,
    }


def _argument(value: Argument) -> str | bool | int:
    return value.canonical() if isinstance(value, Quantity) else value


def _limit(limit: Limit, symbol: str) -> Any:
    match limit:
        case Range(low, high, guard):
            unit = UNITS[symbol]
            return {
                "low": _amount(low, unit),
                "high": _amount(high, unit),
                "guard": _amount(guard, guard_unit(symbol)),
            }
        case Equals(value):
            return {"equals": _exact(value, symbol)}
        case OneOf(values):
            return {"one_of": _set(_exact(value, symbol) for value in values)}
        case Matches(pattern):
            return {"matches": pattern}
        case ImeiRule(tac):
            return {"imei": True, "tac": _set(tac)}
        case RecordOnly():
            return RECORD_ONLY
        case _:
            raise TypeError(f"no canonical form of {limit!r}")


def _amount(amount: Decimal | None, unit: Unit) -> str | None:
    return None if amount is None else Quantity(amount, unit).canonical()


def _exact(value: Exact, symbol: str) -> str | bool:
    return Quantity(value, UNITS[symbol]).canonical() if isinstance(value, Decimal) else value


def _set(values: Iterable[str | bool]) -> list[str | bool]:
    return sorted(set(values))
