"""Reads the limit of one measurement, in the unit of the measurement."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, DecimalException
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import MappingNode, Node, Scalar
from harness.model.judgement import Limit
from harness.model.limits import Equals, ImeiRule, Matches, NotOffered, OneOf, Range, RecordOnly
from harness.model.step import Flag, Measurement, Numeric, Series
from harness.model.step import Text as TextMeasurement
from harness.model.units import EXACT, UNITS, Unit, difference_symbol
from harness.model.value import Exact
from harness.plans.limits.golden import Golden
from harness.plans.limits.hints import Hints
from harness.plans.limits.mask import Masks
from harness.plans.values import expression, quantity, text

RECORD_ONLY = "record only"
TEXTS: dict[str, Limit] = {
    RECORD_ONLY: RecordOnly(),
    "record only, may be unknown": RecordOnly(may_be_unknown=True),
    "not offered": NotOffered(),
}
"""Limits that are written as a text."""

_RANGE = "low or high"
_SINGLE = (Numeric, TextMeasurement, Flag)
_FITTING: dict[str, tuple[type[Measurement], ...]] = {
    _RANGE: (Numeric,),
    "near": (Numeric,),
    "equals": _SINGLE,
    "one_of": _SINGLE,
    "matches": (TextMeasurement,),
    "imei": (TextMeasurement,),
    "mask": (Series,),
}
_KINDS = {
    **{kind: kind for kind in _FITTING if kind != _RANGE},
    "within": "near",
    "tac": "imei",
    "low": _RANGE,
    "high": _RANGE,
}
_AMOUNTS = ("guard", "marginal")
_PERCENT = Decimal("0.01")
_WITHOUT_ZERO = {"dBm", "dB(SPL)", "dB-Hz", "dB", "degC"}
"""Units whose 0 is not nothing, so that a percentage of a value says nothing."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that a limit stands in, and what limits there refer to."""

    file: Path
    found: Problems
    golden: Golden | None
    masks: Masks
    hints: Hints


def read_limit(node: Node, key: str, measurement: Measurement, origin: Origin) -> Limit | None:
    """The limit that is written for a `step.measurement`; None when there is a problem with it.

    The key is "" where the id of the step cannot be read.
    """
    if (said := text(node)) in TEXTS:
        return TEXTS[said]
    kind = _kind_of_limit(node)
    found = origin.found
    if kind is None or not isinstance(node, MappingNode):
        return None  # a problem of shape, already told
    if not isinstance(measurement, _FITTING[kind]):
        found.error(node, f"a limit with {kind} does not fit {_named(measurement)}")
        return None
    match kind, measurement:
        case "low or high", Numeric():
            return _range(node, measurement, found)
        case "near", Numeric():
            return _near(node, key, measurement, origin)
        case "mask", Series():
            named = node.get("mask")
            return origin.masks.read(named, origin.file, measurement, found) if named else None
        case "equals", _:
            return _equals(node, measurement, found)
        case "one_of", _:
            return _one_of(node, measurement, found)
        case "matches", _:
            return _matches(node, found)
        case _:
            return _imei(node)


def _kind_of_limit(node: Node) -> str | None:
    """The first key that tells; a mapping without one, or with amounts only, is a range."""
    keys = [key.text for key, _ in node.items()]
    without = _RANGE if all(key in _AMOUNTS for key in keys) else None
    return next((_KINDS[key] for key in keys if key in _KINDS), without)


def _named(measurement: Measurement) -> str:
    kinds = {Numeric: "number", TextMeasurement: "text", Flag: "flag", Series: "curve"}
    return f"{measurement.name!r}, which is a {kinds[type(measurement)]}"


def _range(node: MappingNode, measurement: Numeric, found: Problems) -> Range | None:
    unit = UNITS[measurement.unit]
    low = _side(node, "low", unit, found)
    high = _side(node, "high", unit, found)
    if any(node.get(key) and side is None for key, side in (("low", low), ("high", high))):
        return None  # already told
    return _window(node, node.get("low") or node, (low, high), unit, found)


def _window(
    node: MappingNode,
    at: Node,
    bounds: tuple[Decimal | None, Decimal | None],
    unit: Unit,
    found: Problems,
) -> Range | None:
    """The range between bounds that are written `at` a node, with its guard and marginal."""
    amounts: list[Decimal] = []
    for key in _AMOUNTS:
        written = node.get(key)
        given = quantity(written, UNITS[difference_symbol(unit.symbol)], found) if written else None
        if written and given is None:
            return None  # already told
        amounts.append(given.amount if given else Decimal(0))
    try:
        return Range(*bounds, *amounts)
    except ValueError as error:
        culprits = (at, *(node.get(key) or node for key in _AMOUNTS))
        culprit = next(
            place for i, place in enumerate(culprits) if not _makes(*bounds, *amounts[:i])
        )
        found.error(culprit, f"{error} [{unit.symbol}]" if unit.symbol != "1" else str(error))
        return None


def _makes(low: Decimal | None, high: Decimal | None, *amounts: Decimal) -> bool:
    try:
        Range(low, high, *amounts)
    except ValueError:
        return False
    return True


def _side(node: MappingNode, side: str, unit: Unit, found: Problems) -> Decimal | None:
    written = node.get(side)
    given = quantity(written, unit, found) if written else None
    return given.amount if given else None


def _near(node: MappingNode, key: str, measurement: Numeric, origin: Origin) -> Range | None:
    """The range about the golden value."""
    written, found = node.get("within"), origin.found
    golden = _golden_value(node.get("near"), key, measurement, origin)
    if written is None or golden is None:
        return None  # already told
    unit = UNITS[measurement.unit]
    within = _within(written, golden, unit, found)
    if within is None:
        return None
    try:
        bounds = EXACT.subtract(golden, within), EXACT.add(golden, within)
    except DecimalException:
        found.error(written, "the golden value and within have too many digits")
        return None
    return _window(node, written, bounds, unit, found)


def _golden_value(
    near: Node | None, key: str, measurement: Numeric, origin: Origin
) -> Decimal | None:
    golden = origin.golden
    if near is None or text(near) != "golden":
        return None  # a problem of shape, already told
    if golden is None:
        origin.found.error(near, "no golden values: the limit set names them under 'golden'")
        return None
    if key and golden.entries is not None and key not in golden.entries:
        words = f"{golden.found.file} has no value for {key!r}"
        origin.found.error(near, words, origin.hints.nearest(key, golden.entries))
    return golden.amount(key, measurement)


def _within(node: Node, golden: Decimal, unit: Unit, found: Problems) -> Decimal | None:
    """How far from the golden value; a percentage is of that value, unless that is one itself."""
    relative = unit.symbol != "%" and (text(node) or "").endswith(" %")
    given = quantity(node, UNITS["%"] if relative else UNITS[difference_symbol(unit.symbol)], found)
    if given is None:
        return None
    if given.amount <= 0:
        found.error(node, f"within is an amount, more than 0; found {node.describe()}")
        return None
    if not relative:
        return given.amount
    if unit.symbol in _WITHOUT_ZERO:
        difference = difference_symbol(unit.symbol)
        found.error(node, f"a percentage of {unit.symbol} says nothing: write it in {difference}")
        return None
    if golden == 0:
        found.error(node, f"a percentage of the golden value 0 is 0: write it in {unit.symbol}")
        return None
    try:
        return EXACT.multiply(EXACT.multiply(golden.copy_abs(), given.amount), _PERCENT)
    except DecimalException:
        found.error(node, "the golden value and within have too many digits")
        return None


def _equals(node: MappingNode, measurement: Measurement, found: Problems) -> Equals | None:
    written = node.get("equals")
    value = _exact(written, measurement, found) if written else None
    return None if value is None else Equals(value)


def _one_of(node: MappingNode, measurement: Measurement, found: Problems) -> OneOf | None:
    written = node.get("one_of")
    values = [_exact(element, measurement, found) for element in written or ()]
    known = tuple(value for value in values if value is not None)
    if written and {True, False} <= {value for value in known if isinstance(value, bool)}:
        found.warning(written, "one of true and false: every flag passes")
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
