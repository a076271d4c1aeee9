"""When a slot, or the station, takes no more units."""

from __future__ import annotations

import pytest

from harness.model.entry import Entry, Locked, Unlocked
from harness.model.head import RunHead
from harness.model.outcome import Outcome
from harness.model.rules.stop import lock_on, stop
from harness.model.rules.values import FpyFloor, Rules
from tests.model.rules.heads import entered, ran

WEAK, DEAF = "charge.current:LOW", "attach.rsrp:LOW"


def fail(minute: int, code: str = WEAK) -> RunHead:
    return ran(minute, Outcome.FAIL, code)


def aborted_fail(minute: int) -> RunHead:
    return ran(minute, Outcome.ABORTED, "RUN-ABORTED", dut_failed=True)


def error(minute: int) -> RunHead:
    return ran(minute, Outcome.ERROR, "JIG-TIMEOUT")


def unlocked(minute: float, slot: int | None = None) -> Entry:
    return entered(minute, Unlocked("4712", "golden unit passed", slot))


def locked(minute: float, slot: int | None = None) -> Entry:
    return entered(minute, Locked("STOP-STREAK", f"at {minute:g}", slot))


def streak(*runs: RunHead, entries: tuple[Entry, ...] = (), length: int | None = 3) -> str:
    """Runs and entries are given oldest first."""
    lock = stop(Rules(streak=length), 1, runs[::-1], [], entries[::-1])
    assert lock is None or (lock.code, lock.slot) == ("STOP-STREAK", 1)
    return lock.words if lock else ""


def test_three_fails_with_one_code_lock_the_slot() -> None:
    assert streak(fail(1), fail(2)) == ""
    assert streak(fail(1), fail(2), fail(3)) == (
        "the last 3 units on slot 1 failed with charge.current:LOW"
    )
    assert streak(fail(1), fail(2), fail(3), length=None) == ""
    assert streak(fail(1), length=1)


@pytest.mark.parametrize("between", [ran(2), fail(2, DEAF)])
def test_a_pass_or_another_code_breaks_the_row(between: RunHead) -> None:
    assert streak(fail(1), between, fail(3), fail(4)) == ""
    assert streak(fail(1), between, fail(3), fail(4), fail(5)) != ""


def test_what_shows_nothing_of_a_unit_neither_breaks_the_row_nor_counts() -> None:
    gone = ran(3, Outcome.ABORTED, "RUN-ABORTED")
    assert streak(fail(1), error(2), gone, fail(4)) == ""
    assert streak(fail(1), error(2), gone, fail(4), fail(5)) != ""
    assert streak(error(1), error(2), error(3)) == ""


def test_to_abort_each_fail_does_not_keep_the_slot_open() -> None:
    assert streak(fail(1), aborted_fail(2), fail(3)).endswith(WEAK)
    assert streak(*map(aborted_fail, (1, 2, 3))).endswith("a fail that was aborted")
    assert streak(fail(1), aborted_fail(2), fail(3, DEAF)) == ""


def test_the_count_begins_where_the_slot_or_the_station_was_unlocked() -> None:
    three = fail(1), fail(2), fail(3)
    for slot in (1, None):
        assert streak(*three, entries=(unlocked(3.6, slot),)) == ""
        assert streak(*three, fail(4), fail(5), entries=(unlocked(3.6, slot),)) == ""
        assert streak(*three, *map(fail, (4, 5, 6)), entries=(unlocked(3.6, slot),)) != ""
    assert streak(*three, entries=(unlocked(3.6, 2),)) != ""
    assert streak(*three, entries=(unlocked(0.5, 1),)) != ""
    assert streak(fail(1), fail(2), fail(3), entries=(unlocked(3.4, 1),)) == ""
    assert streak(fail(3), fail(4), fail(5), entries=(unlocked(3.4, 1),)) != "", "ended after it"


def fpy(*runs: RunHead, entries: tuple[Entry, ...] = ()) -> str:
    rules = Rules(streak=None, fpy=FpyFloor(75, over=4))
    lock = stop(rules, 1, [], runs[::-1], entries[::-1])
    assert lock is None or (lock.code, lock.slot) == ("STOP-FPY", None)
    return lock.words if lock else ""


def test_a_yield_under_its_floor_locks_the_station() -> None:
    assert fpy(fail(1), fail(2), fail(3)) == "", "too few to tell"
    assert fpy(ran(1), ran(2), ran(3), fail(4)) == "", "the floor itself is good"
    assert fpy(ran(1), ran(2), fail(3), fail(4, DEAF)) == (
        "2 of the last 4 first runs passed: 50.0 %, the floor is 75 %"
    )
    assert fpy(fail(1), fail(2), *map(ran, (3, 4, 5, 6))) == "", "the last ones count"


def test_an_aborted_fail_counts_against_the_yield_and_an_error_of_the_station_does_not() -> None:
    assert fpy(ran(1), ran(2), aborted_fail(3), aborted_fail(4)) != ""
    assert fpy(ran(1), ran(2), error(3), ran(4), ran(5)) == ""
    assert fpy(ran(1), ran(2), error(3), error(4)) == ""


def test_the_yield_begins_anew_where_the_station_was_unlocked_not_a_slot() -> None:
    low = ran(1), ran(2), fail(3), fail(4)
    assert fpy(*low, entries=(unlocked(4.6),)) == ""
    assert fpy(*low, entries=(unlocked(4.6, 1),)) != ""


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ((), ""),
        ((locked(1, 1),), "at 1"),
        ((locked(1, 2),), ""),
        ((locked(1),), "at 1"),
        ((locked(1, 1), unlocked(2, 1)), ""),
        ((locked(1, 1), unlocked(2, 2)), "at 1"),
        ((locked(1, 1), unlocked(2)), ""),
        ((locked(1), unlocked(2, 1)), "at 1"),
        ((locked(1), unlocked(2)), ""),
        ((unlocked(1), locked(2, 1)), "at 2"),
        ((unlocked(1, 1), locked(2, 1), locked(3), unlocked(4, 1)), "at 3"),
    ],
)
def test_what_keeps_a_slot_locked(entries: tuple[Entry, ...], said: str) -> None:
    lock = lock_on(1, entries[::-1])
    assert (lock.words if lock else "") == said
