"""The parts of a plan's canonical form in words, in the units in which steps measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.model.units import UNITS, Quantity

Form = Mapping[str, Any]
"""A part of the canonical form: a JSON object."""


def limit_words(limit: Any, measure: Form) -> str:
    """What passes, for a person; `measure` is the measurement's part of the form."""
    match limit:
        case {"low": low, "high": high}:
            return _range(
                limit, quantity_words(low, measure), quantity_words(high, measure), measure
            )
        case {"equals": value}:
            return f"equals {_value(value, measure)}"
        case {"one_of": values}:
            return "one of " + ", ".join(_value(value, measure) for value in values)
        case {"matches": pattern}:
            return f"matches {pattern}"
        case {"imei": True, "tac": tacs}:
            return "an IMEI" + (f" of TAC {', '.join(tacs)}" if tacs else "")
        case {"mask": corners}:
            return _mask(corners)
        case _:
            return str(limit)


def quantity_words(amount: str | None, measure: Form) -> str:
    """A quantity of a measurement in the unit that it is measured in; "none" where there is none.

    A difference of levels stays in decibels.
    """
    if amount is None:
        return "none"
    quantity, unit = _quantity(amount), UNITS.get(measure.get("unit", ""))
    if unit is None or unit.measures != quantity.unit.measures:
        return str(quantity)
    try:
        return str(quantity.to(unit))
    except ValueError:  # it would have to be rounded
        return str(quantity)


def argument_words(value: Any) -> str:
    """What is given for a parameter."""
    match value:
        case {"quantity": str(amount)}:
            return str(_quantity(amount))
        case str():
            return repr(value)
        case _:
            return plain_words(value)


def plain_words(value: Any) -> str:
    """A value that has no words of its own."""
    if value in (None, "", [], {}):
        return "none"
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(map(plain_words, value))
        case Mapping():
            return ", ".join(f"{name} {plain_words(each)}" for name, each in value.items())
        case _:
            return str(value)


def retry_words(retry: Form | None) -> str:
    """How often an attempt is made again, and after what."""
    if not retry or not retry.get("times"):
        return "none"
    return f"{retry['times']} more on {' or '.join(retry['on'])}"


def symptom_words(code: str, words: str, bin_: str) -> str:
    """What a fault means on this line."""
    return f"{code} {words}, bin {bin_}"


def measure_words(measure: Form | None) -> str:
    """What kind of value is measured, and in which units."""
    if measure is None:
        return "none"
    over = f" over {measure['x']}" if "x" in measure else ""
    unit = f" [{measure['unit']}{over}]" if measure.get("unit") or over else ""
    return f"{str(measure['is']).lower()}{unit}"


def _range(limit: Form, low: str, high: str, measure: Form) -> str:
    if limit["low"] is None:
        window = f"at most {high}"
    else:
        window = f"at least {low}" if limit["high"] is None else f"{low} to {high}"
    bands = ((name, limit.get(name)) for name in ("guard", "marginal"))
    return window + "".join(
        f", {name} {quantity_words(band, measure)}" for name, band in bands if not _is_nothing(band)
    )


def _is_nothing(band: str | None) -> bool:
    """Whether a guard or a marginal band is not there."""
    return band is None or not _quantity(band).amount


def _value(value: Any, measure: Form) -> str:
    if measure.get("is") == "Numeric":
        return quantity_words(value, measure)
    return repr(value) if isinstance(value, str) else plain_words(value)


def _mask(corners: Any) -> str:
    first, last = (_quantity(corners[end]["x"]) for end in (0, -1))
    return f"mask of {len(corners)} corners from {first} to {last}"


def _quantity(text: str) -> Quantity:
    """Of a number that may be longer than people write them."""
    amount, _, symbol = text.partition(" ")
    return Quantity.of(amount, symbol)
