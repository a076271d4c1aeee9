"""What stands in a slot without a wire: a handset, its USB socket, and links to instruments."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from harness.clock import POLL_S, Deadline, Lease
from harness.devices.usb.modes import mode_of
from harness.errors import LinkFault
from harness.model.ports import ShellResult
from harness.model.usb import UsbDevice, UsbMode, UsbSpeed
from harness.sim.answering import Behaviour
from harness.sim.handset import HandsetBehaviour
from harness.sim.handset.daemon.adbd import LATE_ADB_S, OFF_S, PRELOADER_S, RESET_S, WIPE_S
from harness.sim.handset.state.detached import Detached
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit
from harness.sim.usb import phone
from harness.sim.usb.device import FULL
from tests.bench.population.clock import VirtualTime

MEMORY = "memory"
PORT = f"{MEMORY}/1"
SPEED = 10.0
"""What the dwell times of simulated handsets are divided by, here and on the simulated line."""


class MemoryHandset:
    """A handset (engine Device) whose shell and files are reached without adb.

    As with the simulated one behind adb, it is away while the jig has its data lines, while its
    socket has no power, and while it wipes itself.
    """

    def __init__(self, unit: SimUnit, time: VirtualTime) -> None:
        self.unit = unit
        self.behaviour = HandsetBehaviour(unit)
        self.has_data = self.has_power = True
        """Whether its data lines lead to the PC, and whether its socket has power."""
        self.time = time
        self._mode: UsbMode | None = UsbMode.ADB
        self._one_at_a_time = threading.Lock()

    def for_run(self) -> MemoryHandset:
        return self

    def under(self, lease: Lease) -> LeasedHandset:
        return LeasedHandset(self, lease)

    def make_safe(self, deadline: Deadline) -> None:
        """Nothing on a handset is electrical."""

    @property
    def face(self) -> UsbMode | None:
        """What it shows on USB."""
        return self._mode if self.has_data and self.has_power else None

    def lead(self, data: bool) -> None:
        """Have its data lines come to the PC, or leave it."""
        self.has_data = data

    def run(self, command: str) -> tuple[bytes, bytes, int, float]:
        """What a command prints on both streams, its exit code, and how long it takes [s]."""
        self._require_adb(command)
        with self._one_at_a_time:
            answer = self.behaviour.run(command, self.time.monotonic())
            started = list(self.behaviour.detached)
            self.behaviour.detached.clear()
        for script in started:
            self._go_on(script)
        if self.behaviour.system.wiping:
            self._wipe()
        return answer

    def read(self, path: str) -> bytes:
        """The content of a file.

        Raises: LinkFault(ADB-LOST, ADB-REFUSED).
        """
        self._require_adb(path)
        with self._one_at_a_time:
            content = self.behaviour.read(path)
        if content is None:
            raise LinkFault("ADB-REFUSED", f"{path}: open failed: No such file or directory")
        return content

    def write(self, content: bytes, path: str) -> None:
        self._require_adb(path)
        with self._one_at_a_time:
            self.behaviour.files[path] = content

    def _require_adb(self, what: str) -> None:
        if self.face is not UsbMode.ADB:
            raise LinkFault("ADB-LOST", f"{self.unit.serial} is not on adb, at {what:.60}")

    def _go_on(self, script: Detached) -> None:
        with self._one_at_a_time:
            pause_s = script.advance(self.time.monotonic())
        if pause_s is not None:
            self.time.later(pause_s, partial(self._go_on, script))

    def _wipe(self) -> None:
        """What the order starts begins once its answer has long been given."""
        self.behaviour.system.wiping = False  # once is enough
        if "handover.usb_mode_only" in self.unit.defects:
            self.time.later(RESET_S / SPEED, partial(self._show, UsbMode.MTP))
        else:
            self.time.later(RESET_S / SPEED, self._reset)

    def _reset(self) -> None:
        self.time.forget()  # what runs on it ends
        self.behaviour = HandsetBehaviour(self.unit)
        at_s = 0.0
        for face, for_s in _faces_of_a_reset(self.unit):
            self.time.later(at_s, partial(self._show, face))
            at_s += for_s

    def _show(self, face: UsbMode | None) -> None:
        self._mode = face


def _faces_of_a_reset(unit: SimUnit) -> Iterator[tuple[UsbMode | None, float]]:
    """What it shows on USB one after another and for how long [s], as the one behind adb does.

    As fast as on the simulated line: the final test watches for a late adb of that line.
    """
    yield None, OFF_S / SPEED
    if PROFILES[unit.profile].mediatek:
        yield UsbMode.PRELOADER, PRELOADER_S / SPEED
    yield None, WIPE_S / SPEED
    if "handover.restarts_only" in unit.defects:
        yield UsbMode.MTP, LATE_ADB_S / SPEED
        yield UsbMode.ADB, 0.0
    else:
        yield UsbMode.ADB if "handover.adb_stays" in unit.defects else UsbMode.MTP, 0.0


@dataclass(frozen=True, slots=True)
class LeasedHandset:
    """What steps of this plan ask of a handset (port Handset), for as long as a lease holds."""

    handset: MemoryHandset
    lease: Lease

    @property
    def serial(self) -> str:
        return self.handset.unit.serial

    def shell(self, command: str, *, timeout_s: float | None = None) -> ShellResult:
        lease = self.lease.within(timeout_s)
        lease.check()
        out, err, code, takes_s = self.handset.run(command)
        left_s = lease.deadline.left_s()
        if takes_s > left_s:
            lease.cancel.wait(left_s)
            raise LinkFault("ADB-HANG", f"{command:.200}: no end within {left_s:g} s")
        if takes_s:
            lease.sleep(takes_s)
        return ShellResult(code, out.decode(), err.decode())

    def pull(self, path: str, *, timeout_s: float | None = None) -> bytes:
        self.lease.check()
        return self.handset.read(path)

    def push(self, content: bytes, path: str, *, timeout_s: float | None = None) -> None:
        self.lease.check()
        self.handset.write(content, path)


class MemorySocket:
    """The USB socket in which a handset stands (engine Device)."""

    def __init__(self, handset: MemoryHandset) -> None:
        self._handset = handset

    def for_run(self) -> MemorySocket:
        return self

    def under(self, lease: Lease) -> LeasedSocket:
        return LeasedSocket(self._handset, lease)

    def make_safe(self, deadline: Deadline) -> None:
        """Give it its power back."""
        self._handset.has_power = True


@dataclass(frozen=True, slots=True)
class LeasedSocket:
    """What steps of this plan ask of a socket (port Usb), for as long as a lease holds."""

    handset: MemoryHandset
    lease: Lease

    @property
    def port(self) -> str:
        return PORT

    def look(self) -> UsbDevice:
        self.lease.check()
        if self.handset.face is None:
            raise LinkFault("USB-ABSENT", f"USB socket {PORT}: nothing is plugged in")
        return _described(self.handset.unit, self.handset.face)

    def wait_for(self, *modes: UsbMode, within_s: float) -> UsbDevice:
        until_s = self.handset.time.monotonic() + within_s
        while self.handset.face not in modes:
            if self.handset.time.monotonic() >= until_s:
                raise LinkFault("USB-WRONG-MODE", f"USB socket {PORT}: {self.handset.face}")
            self.lease.sleep(POLL_S)
        return self.look()

    def power(self, *, on: bool) -> None:
        self.lease.check()
        self.handset.has_power = on


def _described(unit: SimUnit, face: UsbMode) -> UsbDevice:
    device = phone(unit, face)
    return UsbDevice(
        port=PORT,
        vendor_id=device.vendor_id,
        product_id=device.product_id,
        mode=mode_of(device.vendor_id, device.product_id, device.interfaces),
        speed=UsbSpeed.FULL if device.speed == FULL else UsbSpeed.HIGH,
        serial=device.serial,
        manufacturer=device.manufacturer,
        product=device.product,
        usb_version="2.00",
        max_power_ma=device.max_power_ma,
        interfaces=device.interfaces,
    )


class MemoryLink:
    """A line (devices.link.ByteLink) straight into a behaviour, which answers at once."""

    def __init__(self, behaviour: Behaviour, time: VirtualTime) -> None:
        self.name = MEMORY
        self._behaviour = behaviour
        self._time = time
        self._said = b""

    def write(self, data: bytes) -> None:
        for line in data.decode("latin-1").splitlines():
            for reply in self._behaviour.answer(line, self._time.monotonic()):
                self._said += reply.text.encode("latin-1") + b"\n"

    def read(self, timeout_s: float) -> bytes:
        if not self._said:
            self._time.skip(timeout_s)
        said, self._said = self._said, b""
        return said

    def close(self) -> None:
        self._said = b""
