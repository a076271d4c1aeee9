"""What is missing on this PC, each with its remedy. Looks only; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from harness.station.doctor.finding import Finding, Level
from harness.station.doctor.links import adb, libusb, serial_ports, udev_rules
from harness.station.doctor.pc import clock_set, packages, python
from harness.station.doctor.store import clock_order, disk, store_health

__all__ = ["Finding", "Level", "examine"]


def examine(store: Path, jig_ports: Sequence[str] | None) -> Iterator[Finding]:
    """Every finding, one after another; some take a second.

    `jig_ports` are those of a real station, which needs USB and them; None for a simulated one.
    """
    real = jig_ports is not None
    checks: list[Callable[[], Finding]] = [
        python,
        packages,
        adb,
        partial(libusb, needed=real),
        partial(udev_rules, needed=real),
        partial(serial_ports, jig_ports),
        partial(disk, store),
        partial(store_health, store),
        clock_set,
        partial(clock_order, store),
    ]
    return (check() for check in checks)
