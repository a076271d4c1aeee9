"""Reads a plan back from its canonical form, without the steps that it uses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Any, TypeVar

from harness.model.fault import Symptom
from harness.model.judgement import Limit
from harness.model.outcome import Outcome
from harness.model.plan import (
    Argument,
    Group,
    GroupKind,
    OnFail,
    Phase,
    Plan,
    PlannedStep,
    Product,
    Retest,
    Retry,
)
from harness.model.step import Flag, Measurement, Numeric, Series, Text
from harness.model.units import Quantity
from harness.plans.canonical import Measures, canonical_of
from harness.plans.limits.form import limit_from

T = TypeVar("T")


def read_canonical(form: str) -> Plan:
    """The plan of a canonical form, all but its label, files and what its limits are called.

    Raises: ValueError when the text is no canonical form: what is read must give it again.
    """
    try:
        tree = json.loads(form)
        measures = {_is(str, step["id"]): _measures(step) for step in tree["steps"]}
        plan = _plan(tree, form, measures)
        again = canonical_of(plan, measures)
    except (ValueError, KeyError, TypeError, AttributeError, DecimalException) as error:
        raise ValueError(f"no canonical form of a plan: {type(error).__name__} {error}") from None
    except RecursionError:
        raise ValueError("no canonical form of a plan: nested too deep") from None
    if again != form:
        raise ValueError("no canonical form of a plan: it is spelt in another way")
    return plan


def _is(kind: type[T], value: object) -> T:
    if type(value) is not kind:
        raise TypeError(f"{value!r:.60} is no {kind.__name__}")
    return value


def _texts(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: _is(str, value) for name, value in said.items()}


def _plan(tree: Mapping[str, Any], form: str, measures: Measures) -> Plan:
    retest = tree["retest"]
    groups: dict[Group, Group] = {}
    return Plan(
        id=_is(str, tree["plan"]),
        revision=_is(int, tree["revision"]),
        title=_is(str, tree["title"]),
        process=_is(str, tree["process"]),
        product=Product(**_texts(tree["product"])),
        steps=tuple(_step(step, measures[step["id"]], groups) for step in tree["steps"]),
        canonical=form,
        variant=_is(str, tree["variant"]),
        sku=_is(str, tree["sku"]),
        ships=_is(bool, tree.get("ships", True)),
        retest=Retest(
            _is(int, retest["max_runs"]),
            _is(int, retest["other_slot_after"]),
            _is(str, retest["then"]),
        ),
        symptoms={code: Symptom(**_texts(said)) for code, said in tree["symptoms"].items()},
    )


def _step(
    said: Mapping[str, Any], measures: Mapping[str, Measurement], groups: dict[Group, Group]
) -> PlannedStep:
    group = said["group"]
    if group is not None:
        read = Group(_is(str, group["id"]), GroupKind(group["kind"]))
        group = groups.setdefault(read, read)
    return PlannedStep(
        id=_is(str, said["id"]),
        use=_is(str, said["use"]),
        phase=Phase(said["phase"]),
        timeout_s=_seconds(said["timeout"]),
        arguments={name: _argument(value) for name, value in said["with"].items()},
        limits=_limits(said["limits"], measures),
        retry=Retry(
            _is(int, said["retry"]["times"]),
            frozenset(Outcome[_is(str, name)] for name in said["retry"]["on"]),
        ),
        on_fail=OnFail(said["on_fail"]),
        group=group,
        needs=tuple(_is(str, name) for name in said["needs"]),
        expect_s=None if said["expect"] is None else _seconds(said["expect"]),
    )


def _limits(said: Mapping[str, Any], measures: Mapping[str, Measurement]) -> dict[str, Limit]:
    if said.keys() != measures.keys():
        raise ValueError("each measurement has one limit")
    return {name: limit_from(limit, measures[name]) for name, limit in said.items()}


def _quantity(said: object) -> Quantity:
    """A quantity whose number may be longer than anybody writes it."""
    amount, _, symbol = _is(str, said).partition(" ")
    return Quantity.of(Decimal(amount), symbol)


def _seconds(said: object) -> Decimal:
    return _quantity(said).amount


def _argument(said: object) -> Argument:
    match said:
        case {"quantity": written, **others} if not others:
            return _quantity(written)
        case str() | bool() | int():
            return said
        case _:
            raise TypeError(f"{said!r:.60} is no argument")


def _measures(said: Mapping[str, Any]) -> dict[str, Measurement]:
    return {name: _measurement(name, kind) for name, kind in said["measures"].items()}


def _measurement(name: str, said: Mapping[str, Any]) -> Measurement:
    match said:
        case {"is": "Numeric", "unit": str(unit)}:
            return Numeric(name, unit)
        case {"is": "Series", "unit": str(unit), "x": str(x)}:
            return Series(name, unit, x)
        case {"is": "Text"}:
            return Text(name)
        case {"is": "Flag"}:
            return Flag(name)
        case _:
            raise TypeError(f"{said!r:.60} is no measurement")
