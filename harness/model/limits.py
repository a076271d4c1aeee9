"""The kinds of limits. `judge` is pure and total: whatever it cannot judge is ERROR.

Guard bands: acceptance limit = tolerance limit less the guard (ISO 14253-1:2017 clause 5).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from types import MappingProxyType
from typing import Any, ClassVar

from harness.model.identity import Imei
from harness.model.judgement import (
    HIGH,
    LOW,
    MARGINAL,
    MISMATCH,
    NONE_NEEDED,
    PASS,
    UNEXPECTED,
    UNKNOWN,
    UNREADABLE,
    Judgement,
    Limit,
)
from harness.model.mask import Mask, MaskPoint
from harness.model.pattern import LONGEST_TEXT, compiled, matches
from harness.model.units import EXACT
from harness.model.value import Curve, Exact, exact, kept, plain


@dataclass(frozen=True, slots=True)
class Range:
    """Inclusive bounds, narrowed by the guard on each side that has a bound.

    What passes with less than `marginal` to spare is MARGINAL: a PASS to look at.
    """

    unknown: ClassVar[Judgement] = UNKNOWN
    low: Decimal | None = None
    high: Decimal | None = None
    guard: Decimal = Decimal(0)
    marginal: Decimal = Decimal(0)
    accept_low: Decimal | None = field(init=False)
    accept_high: Decimal | None = field(init=False)
    _said: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a range needs low or high")
        for bound in (self.low, self.high, self.guard, self.marginal):
            if bound is not None and not math.isfinite(bound):
                raise ValueError("bounds are finite numbers")
        if self.guard < 0:
            raise ValueError("the guard is an amount, not less than 0")
        if self.marginal < 0:
            raise ValueError("marginal is an amount, not less than 0")
        _require_kept(self.low, self.high, self.guard, self.marginal)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        try:
            low = None if self.low is None else EXACT.add(self.low, self.guard)
            high = None if self.high is None else EXACT.subtract(self.high, self.guard)
        except DecimalException:
            raise ValueError("bounds and guard have too many digits") from None
        _require_kept(low, high)
        if low is not None and high is not None and low > high:
            raise ValueError(f"the guard {self.guard} leaves no window")
        if low is not None and high is not None and self.marginal * 2 > high - low:
            raise ValueError(f"marginal {self.marginal} leaves nothing that is not marginal")
        object.__setattr__(self, "accept_low", low)
        object.__setattr__(self, "accept_high", high)
        object.__setattr__(self, "_said", self._describe())

    def judge(self, value: object) -> Judgement:
        number = exact(value)
        if not isinstance(number, Decimal):
            return UNREADABLE
        if self.accept_low is not None and number < self.accept_low:
            return LOW
        if self.accept_high is not None and number > self.accept_high:
            return HIGH
        return MARGINAL if self.marginal and self._nearly_out(number) else PASS

    def _nearly_out(self, number: Decimal) -> bool:
        low, high = self.accept_low, self.accept_high
        return (low is not None and number - low < self.marginal) or (
            high is not None and high - number < self.marginal
        )

    @property
    def near(self) -> tuple[Decimal | None, Decimal | None]:
        """The ends of what is not MARGINAL, between the acceptance bounds; None without a bound."""
        low, high = self.accept_low, self.accept_high
        return (
            None if low is None else low + self.marginal,
            None if high is None else high - self.marginal,
        )

    def describe(self) -> Mapping[str, Any]:
        return self._said  # the same for every measurement, so it is made once

    def _describe(self) -> Mapping[str, Any]:
        sides = {
            "low": self.low,
            "high": self.high,
            "guard": self.guard,
            "marginal": self.marginal,
            "accept_low": self.accept_low,
            "accept_high": self.accept_high,
        }
        said = {name: None if side is None else float(side) for name, side in sides.items()}
        return MappingProxyType(said)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some values of one type."""

    unknown: ClassVar[Judgement] = UNKNOWN
    values: tuple[Exact, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("one_of needs a value")
        kinds = {type(value) for value in self.values}
        if len(kinds) > 1 or not kinds <= {Decimal, str, bool} or None in map(exact, self.values):
            raise ValueError("one_of takes finite numbers, or texts, or flags, all of one type")
        _require_kept(*(value for value in self.values if isinstance(value, Decimal)))

    def judge(self, value: object) -> Judgement:
        seen = exact(value)
        if type(seen) is not type(self.values[0]):
            return UNREADABLE
        return PASS if seen in self.values else MISMATCH

    def describe(self) -> Mapping[str, Any]:
        return {"one_of": [plain(v) for v in self.values]}


@dataclass(frozen=True, slots=True)
class Equals:
    """Exactly one value."""

    unknown: ClassVar[Judgement] = UNKNOWN
    value: Exact

    def __post_init__(self) -> None:
        OneOf((self.value,))

    def judge(self, value: object) -> Judgement:
        return OneOf((self.value,)).judge(value)

    def describe(self) -> Mapping[str, Any]:
        return {"equals": plain(self.value)}


@dataclass(frozen=True, slots=True)
class Matches:
    """A text that a regular expression matches as a whole; its classes mean ASCII.

    A text of more than 256 characters is not judged.
    """

    unknown: ClassVar[Judgement] = UNKNOWN
    pattern: str

    def __post_init__(self) -> None:
        compiled(self.pattern)

    def judge(self, value: object) -> Judgement:
        text = exact(value)
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            return UNREADABLE
        return PASS if matches(self.pattern, text) else MISMATCH

    def describe(self) -> Mapping[str, Any]:
        return {"matches": self.pattern}


@dataclass(frozen=True, slots=True)
class ImeiRule:
    """A valid IMEI whose TAC is allowed; without a list, any TAC."""

    unknown: ClassVar[Judgement] = UNKNOWN
    tac: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for tac in self.tac:
            if not re.fullmatch("[0-9]{8}", tac):
                raise ValueError(f"a TAC has 8 digits: {tac!r:.60}")

    def judge(self, value: object) -> Judgement:
        if not isinstance(value, str):
            return UNREADABLE
        try:
            imei = Imei(value)
        except ValueError:
            return MISMATCH
        return PASS if not self.tac or imei.tac in self.tac else MISMATCH

    def describe(self) -> Mapping[str, Any]:
        return {"imei": True, "tac": list(self.tac)}


@dataclass(frozen=True, slots=True)
class RecordOnly:
    """Any readable value passes and is kept; with `may_be_unknown`, so does none."""

    may_be_unknown: bool = False

    @property
    def unknown(self) -> Judgement:
        return NONE_NEEDED if self.may_be_unknown else UNKNOWN

    def judge(self, value: object) -> Judgement:
        readable = isinstance(value, Curve) or exact(value) is not None
        return PASS if readable else UNREADABLE

    def describe(self) -> Mapping[str, Any]:
        return {"record_only": True, "may_be_unknown": self.may_be_unknown}


@dataclass(frozen=True, slots=True)
class NotOffered:
    """This model offers no such value: one that appears means that something else has changed."""

    unknown: ClassVar[Judgement] = NONE_NEEDED

    def judge(self, value: object) -> Judgement:
        readable = isinstance(value, Curve) or exact(value) is not None
        return UNEXPECTED if readable else UNREADABLE

    def describe(self) -> Mapping[str, Any]:
        return {"not_offered": True}


def _require_kept(*numbers: Decimal | None) -> None:
    """What a record cannot hold would be judged otherwise when it is judged again."""
    for number in numbers:
        if number is not None and not kept(number):
            raise ValueError(f"{number} has more digits than a record holds (15 to 17)")


def edges(limit: Limit) -> list[Decimal]:
    """The numbers at which what a limit says of a value changes: who tells one must not hide it."""
    match limit:
        case Range():
            sides = (limit.accept_low, *limit.near, limit.accept_high)
            return [side for side in sides if side is not None]
        case Equals(value):
            return edges(OneOf((value,)))
        case OneOf(values):
            return [value for value in values if isinstance(value, Decimal)]
        case Mask():
            bounds = (bound for point in limit.points for bound in (point.low, point.high))
            return [bound for bound in bounds if bound is not None]
        case _:
            return []


def limit_of(described: Mapping[str, Any]) -> Limit:
    """The limit that describes itself so: it judges alike.

    Raises: ValueError when no limit does.
    """
    match described:
        case {"low": low, "high": high, "guard": guard}:
            marginal = described.get("marginal")  # older records know none
            amounts = (_bound(amount) or Decimal(0) for amount in (guard, marginal))
            return Range(_bound(low), _bound(high), *amounts)
        case {"mask": {"x": list(x), "low": list(low), "high": list(high)}}:
            return Mask(tuple(_corner(*corner) for corner in zip(x, low, high, strict=True)))
        case {"one_of": list(values)}:
            return OneOf(tuple(_exactly(value) for value in values))
        case {"equals": value}:
            return Equals(_exactly(value))
        case {"matches": str(pattern)}:
            return Matches(pattern)
        case {"imei": True, "tac": list(tacs)}:
            return ImeiRule(tuple(tacs))
        case {"record_only": True, "may_be_unknown": bool(may_be_unknown)}:
            return RecordOnly(may_be_unknown)
        case {"record_only": True} if len(described) == 1:  # in older records
            return RecordOnly()
        case {"not_offered": True}:
            return NotOffered()
        case _:
            raise ValueError(f"no limit describes itself as {dict(described)!r:.80}")


def _bound(value: object) -> Decimal | None:
    number = None if value is None else _exactly(value)
    if isinstance(number, Decimal | None):
        return number
    raise ValueError(f"not a bound: {value!r:.60}")


def _corner(x: object, low: object, high: object) -> MaskPoint:
    at = _bound(x)
    if at is None:
        raise ValueError("a corner of a mask has an x")
    return MaskPoint(at, _bound(low), _bound(high))


def _exactly(value: object) -> Exact:
    known = exact(value)
    if known is None:
        raise ValueError(f"not a value: {value!r:.60}")
    return known
