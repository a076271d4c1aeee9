"""The PC itself: Python, the installed packages, and whether its clock is set."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from harness.station.doctor.finding import Finding, Level

OLDEST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)$")
_TIME_ERROR = 5
"""What adjtimex(2) returns for a clock that nobody keeps right."""


def python() -> Finding:
    found = sys.version_info[:3]
    words = f"Python {'.'.join(map(str, found))}, {sys.executable}"
    if found < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        return Finding("python", Level.FAIL, words, f"Install Python {oldest} or newer.")
    return Finding.ok("python", words)


def packages() -> Finding:
    """Whether what the harness needs is installed, and not too old."""
    try:
        needed = [
            match for line in requires("harness") or () if (match := _REQUIREMENT.match(line))
        ]
    except PackageNotFoundError:
        return Finding("packages", Level.FAIL, "the harness is not installed", "Run `make setup`.")
    wrong = [words for match in needed for words in _wrong_package(match[1], match[2])]
    if wrong:
        return Finding("packages", Level.FAIL, "; ".join(wrong), "Run `make setup` again.")
    found = ", ".join(f"{match[1]} {version(match[1])}" for match in needed)
    return Finding.ok("packages", found)


def _wrong_package(name: str, least: str) -> Iterator[str]:
    try:
        found = version(name)
    except PackageNotFoundError:
        yield f"{name} is not installed"
        return
    if _numbers(found) < _numbers(least):
        yield f"{name} is {found}, {least} or newer is needed"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall("[0-9]+", text)))


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


def clock_set() -> Finding:
    """Whether the kernel says that NTP keeps the clock."""
    said = _Timex()  # modes 0: only asks
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(said))
    if state < 0:
        words = f"the kernel does not say: {os.strerror(ctypes.get_errno())}"
        return Finding("clock", Level.WARN, words, "Look at `timedatectl`.")
    return judge_clock(state, said.maxerror)


def judge_clock(state: int, maxerror_us: int) -> Finding:
    """What adjtimex(2) says: its state, and the largest error of the clock [us]."""
    if state == _TIME_ERROR:
        words = "no time server keeps this PC's clock"
        remedy = "Install and start chrony or systemd-timesyncd; records carry this clock's time."
        return Finding("clock", Level.WARN, words, remedy)
    return Finding.ok("clock", f"kept by a time server, at most {maxerror_us / 1000:.0f} ms off")
