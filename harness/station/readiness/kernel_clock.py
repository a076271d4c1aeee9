"""What the kernel says of this PC's clock: adjtimex(2), asked through libc."""

from __future__ import annotations

import ctypes
import os
from datetime import timedelta

from harness.model.reading import Unreadable
from harness.model.rules.ready import KernelClock

_TIME_ERROR = 5
"""The state of a clock that nobody keeps right (TIME_ERROR)."""
_UNSYNC = 0x0040
"""The bit of the status that says so (STA_UNSYNC); chrony clears it with `rtcsync` alone."""


class _Timex(ctypes.Structure):
    """The first fields of `struct timex` (adjtimex(2)), and room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def kernel_clock() -> KernelClock | Unreadable:
    """Whether NTP keeps the clock, and the largest error that it may have."""
    said = _Timex()  # modes 0: only asks
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(said))
    if state < 0:
        return Unreadable(os.strerror(ctypes.get_errno()))
    return read_timex(state, said.status, said.maxerror)


def read_timex(state: int, status: int, maxerror_us: int) -> KernelClock:
    """What adjtimex(2) answers: its state, its status bits, and the largest error [us]."""
    kept = state != _TIME_ERROR and not status & _UNSYNC
    return KernelClock(kept, timedelta(microseconds=maxerror_us))
