"""What pyusb asks of a backend, answered for simulated hubs and devices."""

from __future__ import annotations

import errno
import threading
import time
from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NoReturn

from harness.sim.usb.device import HIGH, Answer, SimUsbDevice, Strings
from harness.sim.usb.hub import USB_3, SimHub

Ports = tuple[int, ...]
"""The ports from the root hub on."""
_GET_STATUS, _CLEAR_FEATURE, _SET_FEATURE, _GET_DESCRIPTOR = 0, 1, 3, 6
_STRING = 3


@dataclass(eq=False, slots=True)
class Attached:
    """A device from being plugged in until it goes away; pyusb's handle of it."""

    path: Ports
    half: int
    bus: int
    address: int
    device: SimUsbDevice
    hub: SimHub | None = None
    gone: bool = False
    claimed: set[int] = field(default_factory=set)
    coming: Iterator[Answer] = field(default_factory=lambda: iter(()))

    @property
    def speed(self) -> int:
        """A device of USB 3 on a socket of USB 2 comes up at high speed."""
        return self.device.speed if self.half == USB_3 else min(self.device.speed, HIGH)


class Backend(ABC):
    """The functions of usb.backend.IBackend that pyusb uses, without importing it.

    The handle of a device serves while it is opened, too. As with libusb, the descriptors of one
    that has gone can still be read.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._attached: dict[tuple[Ports, int], Attached] = {}

    @abstractmethod
    def _power(self, path: Ports, change: Callable[[SimHub, int], bool]) -> bool:
        """Change the power of a port; whether the hub knows what was asked."""

    def enumerate_devices(self) -> Iterator[Attached]:
        with self._changed:
            return iter(sorted(self._attached.values(), key=lambda each: (each.bus, each.path)))

    def get_parent(self, _: Attached) -> None:
        return None

    def get_device_descriptor(self, handle: Attached) -> SimpleNamespace:
        return SimpleNamespace(
            **handle.device.descriptor(),
            bus=handle.bus,
            address=handle.address,
            port_number=handle.path[-1] if handle.path else 0,
            port_numbers=handle.path or None,
            speed=handle.speed,
        )

    def get_configuration_descriptor(self, handle: Attached, index: int) -> SimpleNamespace:
        if index or not handle.device.configured:
            _fail("Entity not found", errno.ENOENT)
        return handle.device.configuration(handle.speed)

    def get_interface_descriptor(
        self, handle: Attached, number: int, setting: int, _: int
    ) -> SimpleNamespace:
        if setting:
            raise IndexError(setting)
        return handle.device.interface(number)

    def get_endpoint_descriptor(
        self, handle: Attached, number: int, interface: int, _: int, __: int
    ) -> SimpleNamespace:
        return handle.device.endpoint(interface, number, handle.speed)

    def open_device(self, handle: Attached) -> Attached:
        self._require(handle)
        if handle.device.strings is Strings.FORBIDDEN or (handle.hub and handle.hub.forbidden):
            _fail("Access denied (insufficient permissions)", errno.EACCES)
        return handle

    def close_device(self, handle: Attached) -> None:
        handle.claimed.clear()

    def get_configuration(self, handle: Attached) -> int:
        self._require(handle)
        return 1

    def claim_interface(self, handle: Attached, number: int) -> None:
        with self._changed:
            self._require(handle)
            if handle.device.busy or number in handle.claimed:
                _fail("Resource busy", errno.EBUSY)
            handle.claimed.add(number)

    def release_interface(self, handle: Attached, number: int) -> None:
        handle.claimed.discard(number)

    def bulk_write(self, handle: Attached, _: int, __: int, data: array[int], ___: int) -> int:
        with self._changed:
            self._require(handle)
            answers = handle.device.answer(bytes(data))
            handle.coming = _packets(answers, handle.device.packet_size(handle.speed))
            return len(data)

    def bulk_read(
        self, handle: Attached, _: int, __: int, buffer: array[int], timeout_ms: int
    ) -> int:
        """A transfer that ends when it is full, or a packet is short or none (USB 2.0, 5.8.3)."""
        self._require(handle)
        read, size = b"", handle.device.packet_size(handle.speed)
        while (packet := next(handle.coming, None)) is not None:
            read += packet
            if len(packet) < size or len(read) >= len(buffer):
                break
        self._require(handle)  # a script may have pulled it out
        if packet is None and not read:
            self._stay_silent(handle, timeout_ms)
        return _fill(buffer, read)

    intr_write = iso_write = bulk_write  # pyusb looks for all three, whatever a pipe is
    intr_read = iso_read = bulk_read

    def ctrl_transfer(
        self,
        handle: Attached,
        kind: int,
        request: int,
        value: int,
        index: int,
        data: array[int],
        timeout_ms: int,
    ) -> int:
        self._require(handle)
        if handle.hub:
            return self._ask_hub(handle, (kind, request, value, index), data, timeout_ms)
        if handle.device.strings is Strings.SILENT:
            self._stay_silent(handle, timeout_ms)
        wanted = (kind, request, value >> 8) == (0x80, _GET_DESCRIPTOR, _STRING)
        raw = handle.device.string(value & 0xFF) if wanted else None
        if raw is None or handle.device.strings is Strings.STALLED:
            _fail("Pipe error", errno.EPIPE)
        if handle.device.strings is Strings.GARBLED:
            raw = raw[:3]
        return _fill(data, raw)

    def _ask_hub(
        self, handle: Attached, setup: tuple[int, int, int, int], data: array[int], timeout_ms: int
    ) -> int:
        hub, half = handle.hub, handle.half
        assert hub
        kind, request, value, index = setup
        if hub.deaf:
            self._stay_silent(handle, timeout_ms)
        if (kind, request) == (0xA0, _GET_DESCRIPTOR):
            return _fill(data, hub.hub_descriptor(half))
        if (kind, request) == (0xA3, _GET_STATUS) and 1 <= index <= hub.ports:
            connected = ((*handle.path, index), half) in self._attached
            return _fill(data, hub.port_status(half, index, connected=connected))
        if kind == 0x23 and request in (_SET_FEATURE, _CLEAR_FEATURE):
            on = request == _SET_FEATURE
            path = (*handle.path, index)
            if self._power(path, lambda hub, port: hub.switch(half, value, port, on=on)):
                return 0
        return _fail("Pipe error", errno.EPIPE)

    def _require(self, handle: Attached) -> None:
        if handle.gone:
            _fail("No such device (it may have been disconnected)", errno.ENODEV)

    def _stay_silent(self, handle: Attached, timeout_ms: int) -> NoReturn:
        """Let the time of a transfer pass, or until the device is pulled out."""
        until = time.monotonic() + timeout_ms / 1000
        with self._changed:
            while not handle.gone and (left_s := until - time.monotonic()) > 0:
                self._changed.wait(left_s)
        self._require(handle)
        _fail("Operation timed out", errno.ETIMEDOUT)


def _packets(answers: Iterable[Answer], size: int) -> Iterator[Answer]:
    """Answers as they cross the bus: a long one in several packets."""
    for answer in answers:
        for start in range(0, len(answer or b"") or 1, size):
            yield answer and answer[start : start + size]


def _fill(buffer: array[int], raw: bytes) -> int:
    cut = raw[: len(buffer)]
    buffer[: len(cut)] = array("B", cut)
    return len(cut)


def _fail(words: str, number: int) -> NoReturn:
    from usb.core import USBError, USBTimeoutError

    kind: Any = USBTimeoutError if number == errno.ETIMEDOUT else USBError
    raise kind(words, None, number)
