"""Any limit, and anything at all that a step may measure."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from harness.model.judgement import Limit
from harness.model.limits import Equals, ImeiRule, Matches, NotOffered, OneOf, Range, RecordOnly
from harness.model.mask import Mask, MaskPoint


class ArrayScalar:
    """A number of an array library: converts to float, and is none."""

    def __float__(self) -> float:
        return 1.0

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


ODD: list[object] = [
    None,
    math.nan,
    math.inf,
    -math.inf,
    10**400,
    -(2**53) - 1,
    b"1",
    "\ud800",
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    1 + 0j,
    Fraction(1, 2),
    ArrayScalar(),
    [1.0],
    (1.0,),
    {"value": 1.0},
    object,
]
spelled = st.decimals(-1000, 1000, places=3, allow_nan=False, allow_infinity=False)
guards = st.decimals(0, 100, places=3)
numbers = st.one_of(st.floats(), st.integers(), spelled.map(float), spelled)
anything = st.one_of(
    st.sampled_from(ODD), numbers, st.booleans(), st.text(), st.binary(), st.decimals()
)


@st.composite
def ranges(draw: Callable[[st.SearchStrategy[Any]], Any], *, marginal: bool = False) -> Range:
    low, high = draw(st.none() | spelled), draw(st.none() | spelled)
    assume(low is not None or high is not None)
    guard = draw(guards)
    assume(low is None or high is None or low + guard <= high - guard)
    nearly = draw(guards) if marginal else Decimal(0)
    assume(low is None or high is None or 2 * (guard + nearly) <= high - low)
    return Range(low, high, guard, nearly)


limits: st.SearchStrategy[Limit] = st.one_of(
    ranges(),
    ranges(marginal=True),
    st.builds(Equals, spelled | st.text() | st.booleans()),
    st.builds(OneOf, st.lists(spelled, min_size=1).map(tuple)),
    st.builds(OneOf, st.lists(st.text(), min_size=1).map(tuple)),
    st.sampled_from([Matches(".*"), Matches("(?s).*"), Matches("[0-9]+$"), Matches("")]),
    st.builds(ImeiRule, st.sampled_from([(), ("49015420",)])),
    st.builds(RecordOnly, st.booleans()),
    st.just(NotOffered()),
    st.sampled_from(
        [
            Mask(
                (MaskPoint(Decimal(0), Decimal(0), None), MaskPoint(Decimal(1), Decimal(1), None))
            ),
            Mask(
                (MaskPoint(Decimal(-1), None, Decimal(0)), MaskPoint(Decimal(9), None, Decimal(9)))
            ),
        ]
    ),
)
