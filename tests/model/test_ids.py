from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.ids import new_run_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
moments = st.integers(0, 7 * 10**12)


def at(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


@given(moments)
def test_an_id_is_a_ulid_of_its_time(ms: int) -> None:
    run = new_run_id(at(ms))
    assert len(run) == 26
    assert set(run) <= set(ALPHABET)
    number = 0
    for char in run:
        number = number * 32 + ALPHABET.index(char)
    assert number >> 80 == ms


@given(moments)
def test_ids_sort_by_the_millisecond(ms: int) -> None:
    assert new_run_id(at(ms)) < new_run_id(at(ms + 1))


def test_ids_of_one_millisecond_differ() -> None:
    assert len({new_run_id(at(0)) for _ in range(1000)}) == 1000


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        new_run_id(datetime(2026, 11, 22))  # noqa: DTZ001 the point of the test
