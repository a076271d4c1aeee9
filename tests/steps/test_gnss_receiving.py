"""What came between two looks at counts that go on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.gnss import Received
from harness.errors import PlanError
from harness.model.reading import Reading, Unknown
from harness.steps.receiving.gnss import Mean, between

LEVELS = st.lists(st.floats(1, 63), max_size=50)


def seen(levels: list[float], since: str = "+1m") -> Received:
    """The counts after so many reports, as GnssMetrics prints them."""
    mean: Reading[float] = sum(levels) / len(levels) if levels else Unknown("no mean")
    return Received(since, True, len(levels), mean, 12 * len(levels))


@given(LEVELS, LEVELS.filter(bool))
def test_only_what_came_meanwhile_counts(before: list[float], after: list[float]) -> None:
    mean = between(seen(before), seen(before + after))
    assert mean is not None
    assert mean.reports == len(after)
    assert mean.cn0_dbhz == pytest.approx(sum(after) / len(after), abs=1e-6)


@given(LEVELS)
def test_nothing_came(levels: list[float]) -> None:
    assert between(seen(levels), seen(levels)) is None


def test_counts_that_were_begun_anew_hold_what_came_since() -> None:
    before = seen([40.0] * 9)
    assert between(before, seen([22.0], since="+9m")) == Mean(22.0, 1)
    assert between(before, seen([22.0])) == Mean(22.0, 1)
    assert between(before, seen([22.0] * 20, since="+9m")) == Mean(22.0, 20)


def test_a_mean_that_cannot_be_read_is_none() -> None:
    broken = replace(seen([40.0, 40.0]), cn0_mean=Unknown("no mean"))
    with pytest.raises(PlanError, match="HANDSET-UNREADABLE"):
        between(seen([40.0]), broken)
