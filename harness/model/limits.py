"""Limits and how they judge. `judge` is pure and total: whatever it cannot judge is ERROR.

Guard bands: acceptance limit = tolerance limit less the guard (ISO 14253-1:2017 clause 5).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from harness.model.identity import Imei
from harness.model.outcome import Outcome
from harness.model.pattern import LONGEST_TEXT, compiled, matches
from harness.model.units import EXACT

Value = float | str | bool
"""What a step measures: a number in the declared unit, a text, or a flag."""

Exact = Decimal | str | bool
"""A value as limits hold it."""

_LARGEST_INT = 2**53
_SURROGATE = re.compile("[\ud800-\udfff]")


class Judgement(NamedTuple):
    """The outcome, and why it is not PASS: LOW, HIGH, MISMATCH or UNREADABLE."""

    outcome: Outcome
    reason: str = ""


PASS = Judgement(Outcome.PASS)
LOW = Judgement(Outcome.FAIL, "LOW")
HIGH = Judgement(Outcome.FAIL, "HIGH")
MISMATCH = Judgement(Outcome.FAIL, "MISMATCH")
UNREADABLE = Judgement(Outcome.ERROR, "UNREADABLE")


class Limit(Protocol):
    """What a measurement must satisfy."""

    def judge(self, value: object) -> Judgement:
        """Judge any value at all; a limit never raises."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """The limit as it stands in the record: JSON values."""
        ...


def exact(value: object) -> Exact | None:
    """A value as limits compare it; None for what is no finite number, text or flag.

    Numbers are compared by their shortest spelling, so that 0.45 meets a limit of 450 mA. What
    a record cannot hold (a longer integer than a float holds, half a surrogate pair) is None.
    """
    match value:
        case bool():
            return value
        case str() if not _SURROGATE.search(value):
            return str.__str__(value)
        case Decimal():
            return value if value.is_finite() else None
        case int() if abs(value) <= _LARGEST_INT:
            return Decimal(value)
        case float() if math.isfinite(value):
            return Decimal(float.__repr__(value))
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Range:
    """Inclusive bounds, narrowed by the guard on each side that has a bound."""

    low: Decimal | None = None
    high: Decimal | None = None
    guard: Decimal = Decimal(0)
    accept_low: Decimal | None = field(init=False)
    accept_high: Decimal | None = field(init=False)
    _said: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a range needs low or high")
        for bound in (self.low, self.high, self.guard):
            if bound is not None and not math.isfinite(bound):
                raise ValueError("bounds are finite numbers")
        if self.guard < 0:
            raise ValueError("the guard is an amount, not less than 0")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        try:
            low = None if self.low is None else EXACT.add(self.low, self.guard)
            high = None if self.high is None else EXACT.subtract(self.high, self.guard)
        except DecimalException:
            raise ValueError("bounds and guard have too many digits") from None
        if low is not None and high is not None and low > high:
            raise ValueError(f"the guard {self.guard} leaves no window")
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
        return PASS

    def describe(self) -> Mapping[str, Any]:
        return self._said  # the same for every measurement, so it is made once

    def _describe(self) -> Mapping[str, Any]:
        sides = {
            "low": self.low,
            "high": self.high,
            "guard": self.guard,
            "accept_low": self.accept_low,
            "accept_high": self.accept_high,
        }
        said = {name: None if side is None else float(side) for name, side in sides.items()}
        return MappingProxyType(said)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some values of one type."""

    values: tuple[Exact, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("one_of needs a value")
        kinds = {type(value) for value in self.values}
        if len(kinds) > 1 or not kinds <= {Decimal, str, bool} or None in map(exact, self.values):
            raise ValueError("one_of takes finite numbers, or texts, or flags, all of one type")

    def judge(self, value: object) -> Judgement:
        seen = exact(value)
        if type(seen) is not type(self.values[0]):
            return UNREADABLE
        return PASS if seen in self.values else MISMATCH

    def describe(self) -> Mapping[str, Any]:
        return {"one_of": [_plain(v) for v in self.values]}


@dataclass(frozen=True, slots=True)
class Equals:
    """Exactly one value."""

    value: Exact

    def __post_init__(self) -> None:
        OneOf((self.value,))

    def judge(self, value: object) -> Judgement:
        return OneOf((self.value,)).judge(value)

    def describe(self) -> Mapping[str, Any]:
        return {"equals": _plain(self.value)}


@dataclass(frozen=True, slots=True)
class Matches:
    """A text that a regular expression matches as a whole; its classes mean ASCII.

    A text of more than 256 characters is not judged.
    """

    pattern: str

    def __post_init__(self) -> None:
        compiled(self.pattern)

    def judge(self, value: object) -> Judgement:
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            return UNREADABLE
        return PASS if matches(self.pattern, value) else MISMATCH

    def describe(self) -> Mapping[str, Any]:
        return {"matches": self.pattern}


@dataclass(frozen=True, slots=True)
class ImeiRule:
    """A valid IMEI whose TAC is allowed; without a list, any TAC."""

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
    """Any readable value passes and is kept."""

    def judge(self, value: object) -> Judgement:
        return UNREADABLE if exact(value) is None else PASS

    def describe(self) -> Mapping[str, Any]:
        return {"record_only": True}


def limit_of(described: Mapping[str, Any]) -> Limit:
    """The limit that describes itself so: it judges alike.

    Raises: ValueError when no limit does.
    """
    match described:
        case {"low": low, "high": high, "guard": guard}:
            return Range(_bound(low), _bound(high), _bound(guard) or Decimal(0))
        case {"one_of": list(values)}:
            return OneOf(tuple(_exactly(value) for value in values))
        case {"equals": value}:
            return Equals(_exactly(value))
        case {"matches": str(pattern)}:
            return Matches(pattern)
        case {"imei": True, "tac": list(tacs)}:
            return ImeiRule(tuple(tacs))
        case {"record_only": True}:
            return RecordOnly()
        case _:
            raise ValueError(f"no limit describes itself as {dict(described)!r:.80}")


def _bound(value: object) -> Decimal | None:
    number = None if value is None else _exactly(value)
    if isinstance(number, Decimal | None):
        return number
    raise ValueError(f"not a bound: {value!r:.60}")


def _exactly(value: object) -> Exact:
    known = exact(value)
    if known is None:
        raise ValueError(f"not a value: {value!r:.60}")
    return known


def _plain(value: Exact) -> float | str | bool:
    return float(value) if isinstance(value, Decimal) else value
