"""Which serial ports this PC has that may lead to a jig."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from glob import glob

HANDSET_MAKERS = frozenset(
    {
        *(0x0E8D, 0x05C6, 0x1782),  # MediaTek, Qualcomm, Unisoc: chips in download mode
        *(0x18D1, 0x04E8, 0x2717, 0x12D1, 0x2A70, 0x22D9, 0x2D95, 0x22B8, 0x17EF, 0x19D2),
        *(0x0FCE, 0x0B05, 0x0BB4, 0x1004, 0x2E04),
    }
)
"""USB vendor ids of fixtures/udev: what they show as a serial port is the modem of a handset."""

_MOST_TRIES = 5


def ports_of_this_pc() -> Sequence[str]:
    """The serial ports that are there now, but for those of handsets; ptys are never among them."""
    from serial.tools.list_ports import comports

    for _ in range(_MOST_TRIES):
        try:
            return sorted(port.device for port in comports() if port.vid not in HANDSET_MAKERS)
        except TypeError:  # pyserial's, when a port goes away while it reads of it
            continue
    return []


def ports_among(patterns: Sequence[str]) -> Callable[[], Sequence[str]]:
    """Names the ports that are there of these: URLs, and paths that may have wildcards.

    Without any, all of this PC's.
    """
    if not patterns:
        return ports_of_this_pc

    def named() -> Sequence[str]:
        found = (
            [pattern] if "://" in pattern else sorted(glob(pattern))  # noqa: PTH207 (any root)
            for pattern in patterns
        )
        return [port for ports in found for port in ports]

    return named
