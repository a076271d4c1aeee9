"""The downlink channels of LTE bands: in order, each of one band, as the simulator has its own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from harness.model.lte_bands import DOWNLINK, band_of
from harness.sim.callbox import CHANNELS


@pytest.mark.parametrize(
    ("earfcn", "band"),
    [
        (0, 1),
        (599, 1),
        (600, 2),
        (1200, 3),
        (1949, 3),
        (3799, 8),
        (6300, 20),
        (38650, 40),
        (66436, 66),
        (5000, None),
        (18000, None),
        (262143, None),
    ],
)
def test_the_band_of_a_channel(earfcn: int, band: int | None) -> None:
    assert band_of(earfcn) == band


def test_no_channel_is_of_two_bands() -> None:
    assert all(one[-1] < other[0] for one, other in pairwise(DOWNLINK.values()))
    assert list(DOWNLINK) == sorted(DOWNLINK)


def test_the_simulated_call_box_has_the_same() -> None:
    assert {band: DOWNLINK[band] for band in CHANNELS} == CHANNELS
