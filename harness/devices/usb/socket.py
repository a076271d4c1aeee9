"""The USB socket of a slot, as the engine and the steps see it."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass

from harness.clock import POLL_S, Cancel, Deadline, Lease
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.power import port_power
from harness.devices.usb.seen import Seen
from harness.errors import LinkFault, StationFault
from harness.model.usb import UsbDevice, UsbMode

_PASSING = frozenset({"USB-CROWDED", "USB-NO-TOPOLOGY"})
"""What may be seen for a moment while a handset, or one half of a hub, comes up or leaves."""
_SAFE_S = 2.0
"""How long a port may take to be given its power back [s]."""


class UsbSocket:
    """A socket by its controller and hub port path, whoever is plugged in."""

    def __init__(self, bus: UsbBus, port: str) -> None:
        self.bus = bus
        self.port = port
        self._lock = threading.Lock()
        self._switched_off = False

    def for_run(self) -> UsbSocket:
        return self

    def under(self, lease: Lease) -> LeasedSocket:
        return LeasedSocket(self, lease)

    def make_safe(self, deadline: Deadline) -> None:
        """Give the port the power back that a run took; else do nothing.

        A port with power is how every PC starts, hurts nobody, and cuts itself off when it is
        shorted. One that is left without makes each unit after this one seem dead.

        Raises: StationFault when the hub cannot be shown to have done so.
        """
        deadline = deadline.sooner(_SAFE_S)
        if not self._lock.acquire(timeout=max(deadline.left_s(), 0)):
            message = f"a thread that was left behind still switches {self.port}"
            raise StationFault("USB-HUB-FAILED", message, evidence={"port": self.port})
        try:
            if self._switched_off:
                self._switch(Lease(deadline, Cancel()), on=True)
        finally:
            self._lock.release()

    def sysfs_name(self) -> str | None:
        """What the kernel and adb call the device in the socket now: `1-4.2`; None when none is.

        Raises: StationFault(USB-...) as `look` does.
        """
        found = self.find()
        return found.place.name if found else None

    def find(self) -> Seen | None:
        """The one device in the socket, unasked.

        Raises: StationFault(USB-CROWDED) when a hub or several are; USB-PORT-MISSING when the
        socket is not there; USB-NO-BUS; USB-NO-TOPOLOGY when a handset is on a USB 3 half of the
        same controller that the kernel gives no twin.
        """
        everyone = self.bus.seen()
        here = [seen for seen in everyone if seen.port == self.port]
        if len(here) > 1 or any(seen.is_hub for seen in here):
            raise self._crowded(here)
        if here:
            return here[0]
        self.bus.topology().places(self.port)
        self._require_known(everyone)
        return None

    def device(self) -> UsbDevice | None:
        """What is plugged in now, with its strings; None when nothing is.

        Raises: StationFault(USB-...) as `find`.
        """
        for _ in range(2):
            seen = self.find()
            device = self.bus.describe(seen) if seen else None
            if seen is None or device:
                return device
            self.bus.forget()  # it left while it was asked: another face may stand in its place
        return None

    def switch_power(self, lease: Lease, *, on: bool) -> None:
        with self._lock:
            self._switch(lease, on=on)

    def absent(self, why: str) -> LinkFault:
        """The fault of an empty socket, with what the hub says of its power: it may be why."""
        return LinkFault(
            "USB-ABSENT",
            f"USB socket {self.port}: {why}",
            evidence={"port": self.port, "power": self._power()},
        )

    def _power(self) -> str:
        try:
            with port_power(self.bus, self.port) as power:
                status = power.status()
        except StationFault as fault:
            return str(fault)
        if status.overcurrent:
            return "cut off: too much current"
        return "on" if status.powered else "off"

    def _switch(self, lease: Lease, *, on: bool) -> None:
        with port_power(self.bus, self.port) as power:
            power.require_switch()
            lease.check()
            lease.check_time()
            self._switched_off = True  # until it is shown to be on, also when a hub fails half-way
            try:
                power.switch(lease, on=on)
            finally:
                self.bus.forget()
        self._switched_off = not on

    def _require_known(self, everyone: Collection[Seen]) -> None:
        half = f"{self.port.partition('/')[0]}/2-"
        lost = [seen for seen in everyone if seen.port.startswith(half)]
        lost = [seen for seen in lost if seen.mode is not UsbMode.OTHER]
        if lost and not self.port.startswith(half):
            message = f"a handset is on {lost[0].port}, of which the kernel names no USB 2 half"
            evidence = {"port": self.port, "handsets": [seen.port for seen in lost]}
            raise StationFault("USB-NO-TOPOLOGY", message, evidence=evidence)

    def _crowded(self, here: Collection[Seen]) -> StationFault:
        devices = [
            f"{seen.place.name} {seen.vendor_id:04x}:{seen.product_id:04x}"
            f"{' (hub)' if seen.is_hub else ''}"
            for seen in here
        ]
        message = f"in {self.port} are {', '.join(devices)}; one handset was expected"
        return StationFault(
            "USB-CROWDED", message, evidence={"port": self.port, "devices": devices}
        )


@dataclass(frozen=True, slots=True)
class LeasedSocket:
    """A socket for as long as a lease holds (model.ports.Usb)."""

    socket: UsbSocket
    lease: Lease

    @property
    def port(self) -> str:
        return self.socket.port

    def look(self) -> UsbDevice:
        self._check()
        device = self.socket.device()
        self.lease.check()
        if device is None:
            raise self.socket.absent("nothing is plugged in")
        return device

    def wait_for(self, *modes: UsbMode, within_s: float) -> UsbDevice:
        """What is seen only for a moment, such as a second device, is named when it stays."""
        self._check()
        deadline = self.lease.within(within_s).deadline
        while not deadline.expired():
            device = self._in_mode(modes)
            self.lease.check()
            if device:
                return device
            self.lease.cancel.wait(min(POLL_S, max(deadline.left_s(), 0)))
            self.lease.check()
        self.lease.check_time()  # else the handset had its full time
        device = self.socket.device()
        wanted = " or ".join(mode.value for mode in modes)
        if device is None:
            why = f"nothing is plugged in after {within_s:g} s, expected {wanted}"
            raise self.socket.absent(why)
        if device.mode in modes:
            return device
        raise LinkFault(
            "USB-WRONG-MODE",
            f"in {self.port} is {device.mode.value} after {within_s:g} s, expected {wanted}",
            evidence={**_shown(device), "expected": [mode.name for mode in modes]},
        )

    def power(self, *, on: bool) -> None:
        """Also USB-PORT-MISSING, USB-NO-PERMISSION, USB-HUB-FAILED as `switch_power` of power."""
        self._check()
        self.socket.switch_power(self.lease, on=on)

    def _check(self) -> None:
        self.lease.check()
        self.lease.check_time()

    def _in_mode(self, modes: Collection[UsbMode]) -> UsbDevice | None:
        """The device if it shows one of the modes; one that cannot is not asked for its strings."""
        try:
            seen = self.socket.find()
        except StationFault as fault:
            if fault.code not in _PASSING:
                raise
            return None
        if not seen or not (seen.mode in modes or UsbMode.MTP in modes):
            return None
        device = self.socket.bus.describe(seen)
        return device if device and device.mode in modes else None


def _shown(device: UsbDevice) -> dict[str, object]:
    return {
        "port": device.port,
        "ids": f"{device.vendor_id:04x}:{device.product_id:04x}",
        "mode": device.mode.name,
        "interfaces": ["/".join(f"{part:02x}" for part in each) for each in device.interfaces],
    }
