from __future__ import annotations

import pytest

from harness.devices.android.wifi_channel import channel_of
from harness.model.reading import Unreadable


@pytest.mark.parametrize(
    ("frequency_mhz", "channel"),
    [
        *[(2412, 1), (2437, 6), (2472, 13), (2484, 14)],
        *[(5160, 32), (5180, 36), (5320, 64), (5500, 100), (5720, 144), (5825, 165), (5885, 177)],
        *[(5935, 2), (5955, 1), (5975, 5), (7115, 233)],
    ],
)
def test_channels(frequency_mhz: int, channel: int) -> None:
    assert channel_of(frequency_mhz) == channel


@pytest.mark.parametrize(
    "frequency_mhz", [0, 2407, 2411, 2477, 5155, 5181, 5890, 5950, 5960, 7120, 60480]
)
def test_what_is_no_channel(frequency_mhz: int) -> None:
    assert isinstance(channel_of(frequency_mhz), Unreadable)


def test_a_frequency_has_one_channel_and_a_channel_of_a_band_one_frequency() -> None:
    bands = {2: range(2400, 2500), 5: range(5000, 5900), 6: range(5925, 7126)}
    for band in bands.values():
        found = [c for mhz in band if isinstance(c := channel_of(mhz), int)]
        assert len(found) == len(set(found))
