"""Reads the limit of one measurement, in the unit of the measurement."""

from __future__ import annotations

from decimal import Decimal

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node, Scalar
from harness.model.limits import (
    Equals,
    Exact,
    ImeiRule,
    Limit,
    Matches,
    OneOf,
    Range,
    RecordOnly,
)
from harness.model.step import Flag, Measurement, Numeric
from harness.model.step import Text as TextMeasurement
from harness.model.units import UNITS, Unit
from harness.plans.values import expression, quantity, text

RECORD_ONLY = "record only"
_SIDES = ("low", "high", "guard")
_RANGE = "low or high"
_OF_TEXT = ("matches", "imei")
_OF_ALL = ("equals", "one_of")
_KINDS = {
    **dict.fromkeys(_SIDES, _RANGE),
    **{kind: kind for kind in (*_OF_TEXT, *_OF_ALL)},
    "tac": "imei",
}
_LEVELS = {"dBm": "dB", "dB(SPL)": "dB"}


def guard_unit(symbol: str) -> Unit:
    """The unit of a difference between two values: levels differ by decibels."""
    return UNITS[_LEVELS.get(symbol, symbol)]


def read_limit(node: Node, measurement: Measurement, found: Problems) -> Limit | None:
    """The limit that is written; None when there is a problem with it."""
    if text(node) == RECORD_ONLY:
        return RecordOnly()
    kind = _kind_of_limit(node)
    if kind is None or not isinstance(node, MappingNode):
        return None  # a problem of shape, already told
    if not _fits(kind, measurement):
        found.error(node, f"a limit with {kind} does not fit {_named(measurement)}")
        return None
    match kind:
        case "equals":
            return _equals(node, measurement, found)
        case "one_of":
            return _one_of(node, measurement, found)
        case "matches":
            return _matches(node, found)
        case "imei":
            return _imei(node)
        case _:
            assert isinstance(measurement, Numeric)
            return _range(node, measurement, found)


def _kind_of_limit(node: Node) -> str | None:
    """The first key that tells; an empty mapping is a range without bounds."""
    keys = [key.text for key, _ in node.items()]
    return next((_KINDS[key] for key in keys if key in _KINDS), None if keys else _RANGE)


def _fits(kind: str, measurement: Measurement) -> bool:
    if kind in _OF_TEXT:
        return isinstance(measurement, TextMeasurement)
    return kind in _OF_ALL or isinstance(measurement, Numeric)


def _named(measurement: Measurement) -> str:
    kinds = {Numeric: "number", TextMeasurement: "text", Flag: "flag"}
    return f"{measurement.name!r}, which is a {kinds[type(measurement)]}"


def _range(node: MappingNode, measurement: Numeric, found: Problems) -> Range | None:
    unit = UNITS[measurement.unit]
    low = _side(node, "low", unit, found)
    high = _side(node, "high", unit, found)
    guard = _side(node, "guard", guard_unit(unit.symbol), found)
    read = {"low": low, "high": high, "guard": guard}
    if any(read.get(key.text) is None for key, _ in node.items()):
        return None  # a bound that is unreadable or misspelt, already told
    at = node.get("low") or node
    try:
        Range(low, high)
        at = node.get("guard") or node
        return Range(low, high, guard or Decimal(0))
    except ValueError as error:
        found.error(at, f"{error} [{unit.symbol}]" if unit.symbol != "1" else str(error))
        return None


def _side(node: MappingNode, side: str, unit: Unit, found: Problems) -> Decimal | None:
    written = node.get(side)
    given = quantity(written, unit, found) if written else None
    return given.amount if given else None


def _equals(node: MappingNode, measurement: Measurement, found: Problems) -> Equals | None:
    written = node.get("equals")
    value = _exact(written, measurement, found) if written else None
    return None if value is None else Equals(value)


def _one_of(node: MappingNode, measurement: Measurement, found: Problems) -> OneOf | None:
    values = [_exact(written, measurement, found) for written in node.get("one_of") or ()]
    known = tuple(value for value in values if value is not None)
    return OneOf(known) if known and len(known) == len(values) else None


def _exact(node: Node, measurement: Measurement, found: Problems) -> Exact | None:
    if isinstance(measurement, Numeric):
        given = quantity(node, UNITS[measurement.unit], found)
        return given.amount if given else None
    if not isinstance(node, Scalar):
        return None  # a problem of shape, already told
    wanted: type[str | bool] = str if isinstance(measurement, TextMeasurement) else bool
    if isinstance(node.value, wanted):
        return node.value
    words = "a text, in quotes" if wanted is str else "true or false"
    found.error(node, f"{_named(measurement)}: expected {words}; found {node.describe()}")
    return None


def _matches(node: MappingNode, found: Problems) -> Matches | None:
    written = node.get("matches")
    pattern = expression(written, found) if written else None
    return None if pattern is None else Matches(pattern)


def _imei(node: MappingNode) -> ImeiRule | None:
    try:
        return ImeiRule(tuple(text(tac) or "" for tac in node.get("tac") or ()))
    except ValueError:
        return None  # a problem of shape, already told
