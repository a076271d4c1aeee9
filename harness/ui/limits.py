"""A measured value and the limit beside it, as a record has them, in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from harness.model.limits import (
    Equals,
    ImeiRule,
    Matches,
    NotOffered,
    OneOf,
    Range,
    RecordOnly,
    limit_of,
)
from harness.model.mask import Mask
from harness.model.record import MeasurementRecord
from harness.model.value import Curve, Exact
from harness.model.words import amount_words, value_words

_NAME, _VALUE, _WORD, _LIMIT = 6, 25, 42, 53
"""Where name, value, word and limit of a measurement stand."""


def measurement_lines(made: MeasurementRecord) -> Iterator[tuple[str, int]]:
    """Name, value, a word for what is not simply good, limit; below a value that is long.

    With each line, the column at which it goes on when it is cut.
    """
    name, limit = f"{'':{_NAME}}{made.name}", limit_words(made)
    line = f"{name:{_VALUE - 1}} {value_words(made)}"
    if len(line) < _WORD:
        yield f"{line:{_WORD}}{made.reason:{_LIMIT - _WORD}}{limit}", _LIMIT
    else:
        yield line, _VALUE
        yield f"{'':{_VALUE}}{made.reason or made.outcome.name}, limit {limit}", _VALUE


def judged_words(made: MeasurementRecord) -> str:
    """Name, value and limit."""
    return f"{made.name} = {value_words(made)}, limit {limit_words(made)}"


def limit_words(made: MeasurementRecord) -> str:
    """What a value was judged by: of a range its acceptance bounds.

    A limit of a kind that this harness does not know is told as it stands.
    """
    try:
        limit = limit_of(made.limit)
    except ValueError:
        return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in made.limit.items())
    match limit:
        case Range():
            return _range(limit, made.unit)
        case Mask():
            return _mask(limit, made.value)
        case Equals(value):
            return f"equals {_exactly(value, made.unit)}"
        case OneOf(values):
            return "one of " + ", ".join(_exactly(value, made.unit) for value in values)
        case Matches(pattern):
            return f"matches {pattern}"
        case ImeiRule(tac):
            return "an IMEI" + (f" of TAC {', '.join(tac)}" if tac else "")
        case RecordOnly(may_be_unknown):
            return "record only" + (", may be unknown" if may_be_unknown else "")
        case NotOffered():
            return "not offered"
        case _:
            raise TypeError(f"no words for {limit!r}")


def _range(limit: Range, unit: str) -> str:
    low, high = limit.accept_low, limit.accept_high
    if low is None or high is None:
        side, bound = ("at most", high) if low is None else ("at least", low)
        window = f"{side} {_amount(bound, unit)}"
    else:
        window = f"{_amount(low)} to {_amount(high, unit)}"
    if not limit.marginal:
        return window
    return f"{window}, marginal {_marginal(*limit.near, unit)}"


def _marginal(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """Where, between its acceptance bounds, a value is MARGINAL."""
    if low is None:
        return f"above {_amount(high, unit)}"
    if high is None:
        return f"below {_amount(low, unit)}"
    return f"outside {_amount(low)} to {_amount(high, unit)}"


def _mask(limit: Mask, value: object) -> str:
    first, last = (limit.points[end].x for end in (0, -1))
    unit = value.x_unit if isinstance(value, Curve) else ""
    corners = f"mask of {len(limit.points)} corners"
    return f"{corners} from {_amount(first)} to {_amount(last, unit)}"


def _amount(amount: Decimal | None, unit: str = "") -> str:
    return "" if amount is None else amount_words(amount, unit)


def _exactly(value: Exact, unit: str) -> str:
    return repr(value) if isinstance(value, str) else amount_words(value, unit)
