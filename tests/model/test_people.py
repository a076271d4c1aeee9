"""Who is at a station by its entries: what holds, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harness.model.entry import (
    EngineeringBegun,
    EngineeringEnded,
    Entered,
    Entry,
    Role,
    SignedIn,
    SignedOut,
    SignInRefused,
)
from harness.model.ids import new_run_id
from harness.model.people import CLOSED_FOR, SHIFT, closed_until, engineering, signed_in
from harness.model.refs import StationRef

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MEI = SignedIn("mei", Role.OPERATOR)
MODE = EngineeringBegun("eve", "new fixture", NOON + 2 * HOUR)


def newest_first(*what: Entered) -> list[Entry]:
    """Entries a minute apart, the last of them at noon."""
    ref = StationRef("s", "u")
    ages = [timedelta(minutes=age) for age in range(len(what))]
    return [
        Entry(new_run_id(NOON - age), NOON - age, ref, each)
        for age, each in zip(ages, reversed(what), strict=True)
    ]


@pytest.mark.parametrize(
    ("what", "later", "there"),
    [
        ((), timedelta(), False),
        ((MEI,), timedelta(), True),
        ((SignedOut("mei", "left"), MEI), HOUR, True),
        ((MEI, SignedOut("mei", "left")), timedelta(), False),
        ((MEI,), SHIFT - timedelta(seconds=1), True),
        ((MEI,), SHIFT, False),
        ((MEI,), timedelta(milliseconds=-900), True),
        ((MEI,), -HOUR, False),
    ],
)
def test_a_sign_in_holds_for_a_shift_until_it_is_ended(
    what: tuple[Entered, ...], later: timedelta, there: bool
) -> None:
    found = signed_in(newest_first(*what), NOON + later)
    assert (found.what if found else None) == (MEI if there else None)


@pytest.mark.parametrize(
    ("what", "later", "is_on"),
    [
        ((MODE,), HOUR, True),
        ((MODE,), 2 * HOUR, False),
        ((MODE,), -HOUR, True),
        ((MODE, EngineeringEnded("eve")), timedelta(), False),
        ((EngineeringEnded("eve"), MODE), timedelta(), True),
        ((MODE, SignedOut("eve", "left")), timedelta(), True),
    ],
)
def test_engineering_mode_holds_until_its_time(
    what: tuple[Entered, ...], later: timedelta, is_on: bool
) -> None:
    assert bool(engineering(newest_first(*what), NOON + later)) is is_on


WRONG = SignInRefused("B-1", "another password")


@pytest.mark.parametrize(
    ("what", "closed"),
    [
        ((WRONG,) * 4, False),
        ((WRONG,) * 5, True),
        ((WRONG,) * 9, True),
        ((WRONG, WRONG, MEI, WRONG, WRONG, WRONG), False),
        ((MEI, *(WRONG,) * 5), True),
        ((WRONG,) * 4 + (SignedIn("ben", Role.OPERATOR), WRONG), True),
        ((WRONG,) * 4 + (SignInRefused("B-2", "another password"),), False),
        ((WRONG,) * 4 + (SignInRefused("", "no badge of this line"), WRONG), True),
    ],
)
def test_five_refusals_in_a_row_close_a_badge(what: tuple[Entered, ...], closed: bool) -> None:
    found = closed_until(newest_first(*what), "B-1", "mei", NOON)
    assert found == (NOON + CLOSED_FOR if closed else None)


def test_no_more_is_read_than_decides_whether_a_badge_is_closed() -> None:
    entries = newest_first(*(WRONG,) * 9)
    for now, left in ((NOON, 4), (NOON + CLOSED_FOR, 8)):
        each = iter(entries)
        assert bool(closed_until(each, "B-1", "mei", now)) is (now == NOON)
        assert len(list(each)) == left
