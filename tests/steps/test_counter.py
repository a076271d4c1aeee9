"""A current by a charge counter: what a counter with steps can tell, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.model.reading import Reading, Unknown, Unreadable
from harness.steps.charging.counter import counted_a


def counter(
    current_a: float,
    step_uah: int,
    *,
    for_s: float = 30.0,
    every_s: float = 0.3,
    begin: float = 0.0,
) -> Iterator[tuple[float, Reading[int]]]:
    """What a counter of whole steps says of a steady current."""
    for at in range(int(for_s / every_s)):
        counted_uah = begin + current_a * at * every_s / 3600 * 1e6
        yield at * every_s, int(counted_uah // step_uah) * step_uah


@given(
    current_a=st.floats(0.3, 4.0),
    step_uah=st.integers(1, 2_000),
    begin=st.floats(0, 3e6),
)
def test_it_is_right_to_a_tenth_wherever_it_tells(
    current_a: float, step_uah: int, begin: float
) -> None:
    told = counted_a(counter(current_a, step_uah, begin=begin))
    assume(isinstance(told, float))
    assert told == pytest.approx(current_a, rel=0.1)


@pytest.mark.parametrize(
    ("step_uah", "for_s", "tells"),
    [(100, 4.0, True), (1_000, 2.0, False), (1_000, 30.0, True), (50_000, 30.0, False)],
)
def test_it_tells_only_where_it_has_made_ten_steps(
    step_uah: int, for_s: float, tells: bool
) -> None:
    told = counted_a(counter(2.0, step_uah, for_s=for_s))
    assert isinstance(told, float if tells else Unknown)


def test_a_counter_that_reads_half_tells_half() -> None:
    assert counted_a(counter(0.9, 100)) == pytest.approx(0.9, rel=0.02)


def test_a_counter_that_goes_down_tells_a_current_out_of_the_battery() -> None:
    told = counted_a(counter(-1.0, 100, begin=1e6))
    assert told == pytest.approx(-1.0, rel=0.05)


@pytest.mark.parametrize("lacking", [Unknown("no CHARGE_COUNTER"), Unreadable("cut")])
def test_what_one_point_lacks_it_lacks_too(lacking: Unknown | Unreadable) -> None:
    assert counted_a([*counter(2.0, 100), (31.0, lacking)]) == lacking


def test_a_counter_that_does_not_move_or_was_not_read_is_unknown() -> None:
    assert isinstance(counted_a([]), Unknown)
    assert isinstance(counted_a(counter(0.0, 100)), Unknown)
