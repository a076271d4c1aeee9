"""What a step may hand in for a measurement, and whether that is good: written by hand, row by row.

Nothing here asks the harness what it makes of a value: this is what it is held against.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from harness.model.judgement import Limit
from harness.model.limits import Equals, ImeiRule, Matches, NotOffered, OneOf, Range, RecordOnly
from harness.model.mask import Mask, MaskPoint
from harness.model.reading import Unknown, Unreadable
from harness.model.step import Flag, Measurement, Numeric, Series, Text
from harness.model.value import Curve


class Verdict(Enum):
    """What a value says: the unit is good, it is bad, or nobody can say."""

    GOOD = "good"
    BAD = "bad"
    NONE = "none"


@dataclass(frozen=True)
class Case:
    """A declared measurement, its limit, and a value with what that must be taken for."""

    declared: Measurement
    limit: Limit
    value: object
    verdict: Verdict

    def __repr__(self) -> str:
        return f"{self.verdict.name}: {self.value!r:.60} as {self.declared} within {self.limit!r}"


D = Decimal
NUMBER, TEXT, FLAG = Numeric("value", "V"), Text("value"), Flag("value")
SERIES = Series("value", "%", "GHz")
ANY, PERHAPS, NEVER = RecordOnly(), RecordOnly(may_be_unknown=True), NotOffered()
MASK = Mask((MaskPoint(D(0), D(1), D(3)), MaskPoint(D(4), D(1), D(3))))
LOW_ONLY = Mask((MaskPoint(D(0), D(1), None), MaskPoint(D(4), D(1), D(3))))
HIGH_ONLY = Mask((MaskPoint(D(0), None, D(3)), MaskPoint(D(4), None, D(3))))

FLAT = Curve((0.0, 4.0), (2.0, 2.0))
DIPS = Curve((0.0, 1.0, 4.0), (2.0, 0.99, 2.0))
SHORT = Curve((0.0, 3.9), (2.0, 2.0))
HIGH = Curve((0.0, 4.0), (2.0, 3.001))
IMEI = "860123450000012"


class Real:
    """Something that calls itself a number, and is none that can be told."""

    def __float__(self) -> float:
        raise ValueError("no")


UNKNOWN, UNREADABLE = Unknown("2147483647"), Unreadable("no number", "abc")
NO_NUMBER = (
    *(math.nan, math.inf, -math.inf, 10**400, -(10**400), D("NaN"), D("Infinity"), 1j, Real()),
    *(None, True, "1.5", b"1.5", [1.5], FLAT, UNREADABLE, object()),
)
NO_TEXT = (1.5, 7, None, True, b"12", "\ud800", FLAT, UNREADABLE, ["12"])
NO_FLAG = (1, 0.0, None, "true", FLAT, UNREADABLE)
NO_CURVE = (1.5, math.nan, "1", None, True, [1.0, 2.0], ((0.0, 4.0), (2.0, 2.0)), UNREADABLE)

Row = tuple[Limit, tuple[object, ...], tuple[object, ...], tuple[object, ...]]
"""A limit, then values that are good, bad, and neither."""

NUMBERS: tuple[Row, ...] = (
    (Range(D(1), D(2)), (1, 1.0, 2, D("1.25"), Fraction(3, 2)), (0.999, 2.001, -1e300), (UNKNOWN,)),
    (Range(D(1), D(2), guard=D("0.25")), (1.25, 1.75), (1.2, 1.8, 1.0), (UNKNOWN,)),
    (Range(D(0), D(9), marginal=D(1)), (0, 0.5, 5, 9.0), (-0.001, 9.1), (UNKNOWN,)),
    (Range(high=D(5)), (-1e300, 5.0), (5.000001, 10**300), (UNKNOWN,)),
    (Range(low=D("0.45")), (0.45, 7), (0.4499999, -7), (UNKNOWN,)),
    (Equals(D("0.3")), (0.3,), (0.30000001, 0), (UNKNOWN,)),
    (OneOf((D(1), D(2))), (1.0, 2), (3, 1.5), (UNKNOWN,)),
    (ANY, (0, -1e308, 1.5), (), (UNKNOWN,)),
    (PERHAPS, (1.5, UNKNOWN), (), ()),
    (NEVER, (UNKNOWN,), (), (1.5, 0)),
    (MASK, (), (), (1.5, UNKNOWN)),
    (Matches("1.*"), (), (), (1.5, UNKNOWN)),
    (Equals(True), (), (), (1.0, UNKNOWN)),
)
TEXTS: tuple[Row, ...] = (
    (Equals("A57"), ("A57",), ("a57", "A57 ", ""), (UNKNOWN,)),
    (OneOf(("a", "b")), ("a", "b"), ("c", "ab"), (UNKNOWN,)),
    (Matches("[0-9]+"), ("12",), ("12\n", "x12", "", "\u0661"), ("1" * 257, UNKNOWN)),
    (ImeiRule(("86012345",)), (IMEI,), ("860123450000011", "490154203237518", ""), (UNKNOWN,)),
    (ANY, ("", "x"), (), (UNKNOWN,)),
    (PERHAPS, ("x", UNKNOWN), (), ()),
    (NEVER, (UNKNOWN,), (), ("x",)),
    (Range(D(1), D(2)), (), (), ("1.5", UNKNOWN)),
)
FLAGS: tuple[Row, ...] = (
    (Equals(True), (True,), (False,), (UNKNOWN,)),
    (ANY, (True, False), (), (UNKNOWN,)),
    (PERHAPS, (False, UNKNOWN), (), ()),
    (NEVER, (UNKNOWN,), (), (True, False)),
    (Range(D(0), D(1)), (), (), (True, UNKNOWN)),
)
CURVES: tuple[Row, ...] = (
    (MASK, (FLAT,), (DIPS, HIGH), (SHORT, UNKNOWN)),
    (LOW_ONLY, (FLAT, HIGH), (DIPS,), (SHORT, UNKNOWN)),
    (HIGH_ONLY, (FLAT, DIPS), (HIGH,), (SHORT, UNKNOWN)),
    (ANY, (FLAT, SHORT), (), (UNKNOWN,)),
    (PERHAPS, (FLAT, UNKNOWN), (), ()),
    (NEVER, (UNKNOWN,), (), (FLAT,)),
    (Range(D(1), D(3)), (), (), (FLAT, UNKNOWN)),
)
KINDS: tuple[tuple[Measurement, tuple[Row, ...], tuple[object, ...]], ...] = (
    (NUMBER, NUMBERS, NO_NUMBER),
    (TEXT, TEXTS, NO_TEXT),
    (FLAG, FLAGS, NO_FLAG),
    (SERIES, CURVES, NO_CURVE),
)


def _cases() -> Iterator[Case]:
    for declared, rows, impossible in KINDS:
        for limit, good, bad, neither in rows:
            yield from (Case(declared, limit, value, Verdict.GOOD) for value in good)
            yield from (Case(declared, limit, value, Verdict.BAD) for value in bad)
            none = (*neither, *impossible)
            yield from (Case(declared, limit, value, Verdict.NONE) for value in none)


CASES = tuple(_cases())
GOOD = tuple(case for case in CASES if case.verdict is Verdict.GOOD)
