"""The PC itself: Python, the installed packages, and whether its clock is set."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, requires, version

from harness.errors import StationFault
from harness.model.reading import Unreadable
from harness.model.rules.ready import KernelClock, clock_doubts
from harness.station.doctor.finding import Finding, Level
from harness.station.readiness.kernel_clock import kernel_clock

OLDEST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)$")


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


def clock_set(
    clock: KernelClock | Unreadable | None = None, *, within: timedelta | None = None
) -> Finding:
    """Whether the kernel says that NTP keeps the clock; FAIL where runs that count are refused.

    `within` is how far off those let it be; None where they do not ask.
    """
    clock = clock or kernel_clock()
    for doubt in clock_doubts(clock, within):
        words = f"runs that count are refused ({doubt.code}): {doubt.words}"
        return Finding("clock", Level.FAIL, words, doubt.remedy)
    if isinstance(clock, Unreadable):
        words = f"the kernel does not say: {clock.why}"
        return Finding("clock", Level.WARN, words, "Look at `timedatectl`.")
    if not clock.kept:
        words = "no time server keeps this PC's clock"
        return Finding("clock", Level.WARN, words, StationFault.codes["READY-CLOCK"].remedy)
    off_ms = clock.off / timedelta(milliseconds=1)
    return Finding.ok("clock", f"kept by a time server, at most {off_ms:.0f} ms off")
