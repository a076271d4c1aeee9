"""How long a unit that was plugged in goes unseen at a station of 64 slots, and what looking costs.

At the sockets of a virtual bus, on which every second slot has a handset, and at the addresses of
simulated handsets in a process of their own, half of them linked to a real adb server.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.devices.adb import AdbServer
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.socket import UsbSocket
from harness.model.usb import UsbMode
from harness.sim.handset import SimHandsets
from harness.sim.unit import SimUnit
from harness.sim.usb import VirtualBus, phone
from harness.station.seating.presence import Presence
from harness.station.seating.seat import Seat, Spot
from tests.bench.figure import Figure, percentile
from tests.bench.handsets import simulated

SLOTS, TIMES, AT_MOST_S, RESTS_S = 64, 20, 0.5, 5.0


def figures() -> Iterator[Figure]:
    yield from _sockets()
    yield from _addresses()


def _sockets() -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        bus = VirtualBus(Path(folder), ports=SLOTS)
        usb = UsbBus(bus, sysfs=bus.sysfs)
        spots = {n: Spot(socket=UsbSocket(usb, bus.socket(n))) for n in range(1, SLOTS + 1)}
        for number in range(2, SLOTS + 1, 2):
            bus.plug(bus.socket(number), phone(SimUnit(f"B{number:09}"), UsbMode.ADB))
        came = phone(SimUnit("B000000001"), UsbMode.ADB)
        with Presence(AdbServer(), spots) as presence:
            yield from _told(
                "usb",
                presence,
                lambda: bus.plug(bus.socket(1), came),
                lambda: bus.unplug(bus.socket(1)),
            )


def _addresses() -> Iterator[Figure]:
    with ExitStack() as stack:
        server = stack.enter_context(AdbServer())
        handsets = stack.enter_context(SimHandsets())
        mine = [handsets.add(SimUnit(f"C{n:09}"), plugged=False) for n in range(SLOTS // 2)]
        others = stack.enter_context(simulated(0, SLOTS // 2))
        spots = {n: Spot(address) for n, address in enumerate([*mine, *others], start=1)}
        presence = stack.enter_context(Presence(server, spots))
        for number in range(SLOTS // 2 + 1, SLOTS + 1):
            _wait(presence, number, _ready)
        yield from _told(
            "adb",
            presence,
            lambda: handsets.replug(mine[0]),
            lambda: handsets.unplug(mine[0]),
            _ready,
        )


def _ready(seat: Seat) -> bool:
    return seat.occupant is not None and seat.occupant.adb == "device"


def _told(
    name: str,
    presence: Presence,
    plug: Callable[[], None],
    unplug: Callable[[], None],
    is_in: Callable[[Seat], object] = lambda seat: seat.occupant,
) -> Iterator[Figure]:
    came_s, left_s = [], []
    for _ in range(TIMES):
        came_s.append(_seconds(presence, plug, is_in))
        left_s.append(_seconds(presence, unplug, lambda seat: not seat.occupant))
    begun_s = time.process_time()
    time.sleep(RESTS_S)
    cpu_ms = (time.process_time() - begun_s) * 1000 / RESTS_S
    yield Figure(f"presence_{name}_came", percentile(came_s, 99), "s", AT_MOST_S, TIMES)
    yield Figure(f"presence_{name}_left", percentile(left_s, 99), "s", AT_MOST_S, TIMES)
    yield Figure(f"presence_{name}_cpu_a_second", cpu_ms, "ms", None, SLOTS)


def _seconds(
    presence: Presence, change: Callable[[], None], met: Callable[[Seat], object]
) -> float:
    """How long after a change at slot 1 it was told [s]."""
    begun_s = time.perf_counter()
    change()
    _wait(presence, 1, met)
    return time.perf_counter() - begun_s


def _wait(presence: Presence, slot: int, met: Callable[[Seat], object]) -> None:
    version = 0
    while not met(presence.look(slot)):
        version = presence.wait_changed(version, 10.0)
