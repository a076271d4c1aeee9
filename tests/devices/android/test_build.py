"""What properties say of the build and of the lock, or that they do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.build import read_date, read_flag, read_locked
from harness.model.reading import Reading, Unknown, Unreadable

NOTHING = Unknown("empty")


def test_a_date_is_one_of_the_calendar() -> None:
    assert read_date("2024-02-29") == "2024-02-29"
    assert read_date(NOTHING) is NOTHING
    for wrong in ("2023-02-29", "20230805", "2023-W10-1", "2023-8-5", " 2023-08-05", ""):
        assert isinstance(read_date(wrong), Unreadable)


def test_a_flag_is_0_or_1() -> None:
    assert (read_flag("1"), read_flag("0")) == (True, False)
    assert read_flag(NOTHING) is NOTHING
    assert isinstance(read_flag("true"), Unreadable)


LOCKS: list[tuple[Reading[str], Reading[str], object]] = [
    ("1", "locked", True),
    ("1", NOTHING, True),
    (NOTHING, "locked", True),
    ("0", "locked", False),
    ("1", "unlocked", False),
    ("0", NOTHING, False),
    ("0", "odd", False),
    ("odd", "unlocked", False),
    ("1", "odd", Unreadable),
    ("odd", "locked", Unreadable),
    (NOTHING, NOTHING, Unknown),
]


@pytest.mark.parametrize(("flash", "state", "locked"), LOCKS)
def test_a_bootloader_is_locked_if_nothing_says_otherwise(
    flash: Reading[str], state: Reading[str], locked: object
) -> None:
    found = read_locked(flash, state)
    assert isinstance(found, locked) if isinstance(locked, type) else found is locked


@given(st.text(), st.text())
def test_any_texts_are_read_or_unreadable(one: str, other: str) -> None:
    assert isinstance(read_date(one), str | Unreadable)
    assert isinstance(read_locked(one, other), bool | Unreadable)
