"""What is missing on this PC, each with its remedy. Looks only; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from harness.devices.serial_ports import ports_among
from harness.devices.usb.bus import UsbBus
from harness.model.rules.ready import in_production
from harness.model.rules.values import Rules
from harness.station.doctor.finding import Finding, Level
from harness.station.doctor.key import adb_key
from harness.station.doctor.links import (
    adb,
    libusb,
    scanner_port,
    serial_ports,
    sought_jigs,
    udev_rules,
    usb_socket,
)
from harness.station.doctor.paths import path_loss
from harness.station.doctor.pc import clock_set, packages, python
from harness.station.doctor.people import badges
from harness.station.doctor.store import clock_order, disk, store_health
from harness.station.files.config import StationConfig

__all__ = ["Finding", "Level", "examine"]


def examine(
    store: Path, station: StationConfig | None, bus: UsbBus | None = None
) -> Iterator[Finding]:
    """Every finding, one after another; some take a second.

    A real station needs USB, its sockets and the ports of its jigs; None is a simulated one. The
    clock is held to what the runs of the station that count ask of it.
    """
    real, bus = station is not None and station.simulated is None, bus or UsbBus()
    rules = station.rules if station else Rules()
    within = (in_production(rules) if real else rules).clock_within
    slots = station.slots if station else ()
    jigs = [slot.jig for slot in slots if slot.jig]
    ports = [jig.port for jig in jigs if jig.port] if station else None
    sought = [jig.name for jig in jigs if not jig.port]
    searched = ports_among(station.jig_ports if station else ())
    checks: list[Callable[[], Finding]] = [
        python,
        packages,
        adb,
        partial(adb_key, station.adb_key if station else None, needed=real),
        partial(libusb, bus, needed=real),
        *(partial(usb_socket, bus, slot.number, slot.usb) for slot in slots if slot.usb),
        partial(udev_rules, needed=real),
        partial(serial_ports, ports),
        *([partial(sought_jigs, sought, searched)] if sought else []),
        *(_scanner(station) if station else ()),
        *([partial(path_loss, station, datetime.now(UTC).date())] if station else []),
        *([partial(badges, station, datetime.now(UTC).date())] if station else []),
        partial(disk, store),
        partial(store_health, store),
        partial(clock_set, within=within),
        partial(clock_order, store),
    ]
    return (check() for check in checks)


def _scanner(station: StationConfig) -> Iterator[Callable[[], Finding]]:
    """Whether the scanner that the station file names is there, and is no jig's."""
    if not (scanner := station.screen.scanner):
        return
    jigs = [slot.jig for slot in station.slots if slot.jig]
    fixed = [jig.port for jig in jigs if jig.port]
    if station.jig_ports or len(fixed) < len(jigs):
        searched = ports_among(station.jig_ports)
        yield lambda: scanner_port(scanner, [*fixed, *searched()])
    else:
        yield lambda: scanner_port(scanner, fixed)
