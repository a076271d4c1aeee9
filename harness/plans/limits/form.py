"""The canonical form of one limit, as JSON values: exact, in base units, sets sorted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from harness.model.judgement import Limit
from harness.model.limits import Equals, ImeiRule, Matches, NotOffered, OneOf, Range, RecordOnly
from harness.model.mask import Mask, MaskPoint
from harness.model.step import Flag, Measurement, Series, Text
from harness.model.units import UNITS, Quantity, Unit, difference_symbol
from harness.model.value import Exact
from harness.plans.limits.kinds import TEXTS

_QUANTITY = re.compile(r"(-?[0-9]{1,100}(?:\.[0-9]{1,100})?) (\S{1,20})")
"""Conversions and golden values make longer numbers than people write."""


def form(limit: Limit, measurement: Measurement) -> Any:
    """The one form of a limit of a measurement; an amount of 0 is null, as one not written."""
    match limit:
        case Range(low, high, guard, marginal):
            unit, difference = UNITS[measurement.unit], UNITS[difference_symbol(measurement.unit)]
            return {
                "low": _said(low, unit),
                "high": _said(high, unit),
                "guard": _said(guard or None, difference),
                "marginal": _said(marginal or None, difference),
            }
        case Mask(points) if isinstance(measurement, Series):
            return {"mask": [_corner(point, measurement) for point in points]}
        case Equals(value):
            return {"equals": _exact(value, measurement)}
        case OneOf(values):
            return {"one_of": _set(_exact(value, measurement) for value in values)}
        case Matches(pattern):
            return {"matches": pattern}
        case ImeiRule(tac):
            return {"imei": True, "tac": _set(tac)}
        case RecordOnly() | NotOffered():
            return next(text for text, known in TEXTS.items() if known == limit)
        case _:
            raise TypeError(f"{measurement.name} takes no limit such as {limit!r:.80}")


def limit_from(form: Any, measurement: Measurement) -> Limit:
    """The limit of a measurement that has this form.

    Raises: ValueError when none has.
    """
    match form:
        case str() if form in TEXTS:
            return TEXTS[form]
        case {"low": low, "high": high, "guard": guard, "marginal": marginal}:
            unit, difference = UNITS[measurement.unit], UNITS[difference_symbol(measurement.unit)]
            amounts = (_read(amount, difference) or Decimal(0) for amount in (guard, marginal))
            return Range(_read(low, unit), _read(high, unit), *amounts)
        case {"mask": list(corners)} if isinstance(measurement, Series):
            return Mask(tuple(_point(corner, measurement) for corner in corners))
        case {"equals": value}:
            return Equals(_exactly(value, measurement))
        case {"one_of": list(values)}:
            return OneOf(tuple(_exactly(value, measurement) for value in values))
        case {"matches": str(pattern)}:
            return Matches(pattern)
        case {"imei": True, "tac": list(tac)} if all(isinstance(one, str) for one in tac):
            return ImeiRule(tuple(tac))
        case _:
            raise ValueError(f"no limit has the form {form!r:.80}")


def _said(amount: Decimal | None, unit: Unit) -> str | None:
    return None if amount is None else Quantity(amount, unit).canonical()


def _read(said: object, unit: Unit) -> Decimal | None:
    if said is None:
        return None
    written = _QUANTITY.fullmatch(said) if isinstance(said, str) else None
    if written is None:
        raise ValueError(f"no quantity: {said!r:.60}")
    return Quantity.of(written[1], written[2]).to(unit).amount


def _corner(point: MaskPoint, series: Series) -> Mapping[str, str | None]:
    y = UNITS[series.unit]
    return {
        "x": _said(point.x, UNITS[series.x]),
        "low": _said(point.low, y),
        "high": _said(point.high, y),
    }


def _point(corner: object, series: Series) -> MaskPoint:
    match corner:
        case {"x": str(x), "low": low, "high": high}:
            y = UNITS[series.unit]
            at = _read(x, UNITS[series.x])
            assert at is not None, "a text is read, or refused"
            return MaskPoint(at, _read(low, y), _read(high, y))
        case _:
            raise ValueError(f"no corner of a mask: {corner!r:.60}")


def _exact(value: Exact, measurement: Measurement) -> str | bool:
    if not isinstance(value, Decimal):
        return value
    return Quantity(value, UNITS[measurement.unit]).canonical()


def _exactly(said: object, measurement: Measurement) -> Exact:
    match measurement, said:
        case (Flag(), bool(value)) | (Text(), str(value)):
            return value
        case Flag() | Text() | Series(), _:
            raise ValueError(f"{measurement.name} takes no such value: {said!r:.60}")
        case _:
            amount = _read(said, UNITS[measurement.unit])
            if amount is None:
                raise ValueError(f"{measurement.name} takes a number")
            return amount


def _set(values: Iterable[str | bool]) -> list[str | bool]:
    return sorted(set(values))
