"""Reads what a plan gives to the parameters of a step, and adds the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from harness.files.collect import Problems
from harness.files.keys import KeyMistakes
from harness.files.nodes import MappingNode, Node, Scalar
from harness.files.problems import nearest
from harness.model.plan import Argument
from harness.model.step import Param, StepSpec
from harness.model.units import Quantity, Unit
from harness.plans.values import quantity

_KINDS = {str: "a text", bool: "true or false", int: "a whole number"}


def read_arguments(
    given: Node | None, step: Node, spec: StepSpec, found: Problems
) -> dict[str, Argument]:
    """One argument for each parameter that is given or has a default."""
    written = dict(given.entries) if isinstance(given, MappingNode) else {}
    if given is None or isinstance(given, MappingNode):
        KeyMistakes.of(
            unknown=[name for name in written if name not in spec.params],
            missing=[p.name for p in spec.params.values() if p.required and p.name not in written],
            free=[name for name in spec.params if name not in written],
        ).tell(
            found,
            given,
            step,
            unknown=f"step {spec.name} has no parameter",
            missing=f"step {spec.name} needs the parameter",
        )
    arguments = _defaults(spec.params)
    for name, param in spec.params.items():
        if name in written and (argument := _argument(written[name][1], param, found)) is not None:
            arguments[name] = argument
    return arguments


def _defaults(params: Mapping[str, Param]) -> dict[str, Argument]:
    arguments: dict[str, Argument] = {}
    for param in params.values():
        if param.default is None:
            continue
        if isinstance(param.kind, Unit):
            arguments[param.name] = Quantity(Decimal(repr(param.default)), param.kind)
        else:
            arguments[param.name] = param.kind(param.default)
    return arguments


def _argument(node: Node, param: Param, found: Problems) -> Argument | None:
    if isinstance(param.kind, Unit):
        return quantity(node, param.kind, found)
    if not isinstance(node, Scalar):
        return None  # a problem of shape, already told
    value = node.value
    if value is None or type(value) is not param.kind:
        message = f"parameter {param.name!r}: expected {_KINDS[param.kind]}"
        found.error(node, f"{message}; found {node.describe()}")
        return None
    if param.choices and value not in param.choices:
        message = f"parameter {param.name!r}: expected {' or '.join(param.choices)}"
        found.error(node, f"{message}; found {node.describe()}", nearest(str(value), param.choices))
        return None
    assert isinstance(value, param.kind)
    return value
