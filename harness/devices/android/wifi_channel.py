"""The Wi-Fi channel of a frequency."""

from __future__ import annotations

from harness.model.reading import Reading, Unreadable

_JAPANS_OWN_MHZ, _JAPANS_OWN = 2484, 14
_BY_ITSELF_MHZ, _BY_ITSELF = 5935, 2


def channel_of(frequency_mhz: int) -> Reading[int]:
    """The channel of 20 MHz whose centre is at a frequency; 1 is one of 2.4 GHz, and one of 6 GHz.

    Source: IEEE 802.11-2020 and 802.11ax-2021, Annex E: centre = start + 5 MHz x channel, with the
    start at 2407, 5000 and 5950 MHz; channel 14 stands at 2484 MHz, channel 2 of the operating
    class 136 at 5935 MHz. Of 5 GHz the channels 32 to 177, of 6 GHz every fourth from 1 to 233.
    """
    if frequency_mhz == _JAPANS_OWN_MHZ:
        return _JAPANS_OWN
    if frequency_mhz == _BY_ITSELF_MHZ:
        return _BY_ITSELF
    for start_mhz, channels in (
        (2407, range(1, 14)),
        (5000, range(32, 178)),
        (5950, range(1, 234, 4)),
    ):
        channel, rest = divmod(frequency_mhz - start_mhz, 5)
        if rest == 0 and channel in channels:
            return channel
    return Unreadable("no channel of Wi-Fi is at this frequency", f"{frequency_mhz} MHz")
