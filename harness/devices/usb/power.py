"""The power of a single port, by requests of the hub class, as uhubctl does it.

Format: USB 2.0, 11.23.2.1 (hub descriptor) and 11.24.2 (requests); USB 3.2, 10.15.2.1, 10.16.2.
A socket with a USB 3 half gets its power from both halves: it is off when both are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from harness.clock import Lease
from harness.devices.usb.bus import UsbBus
from harness.devices.usb.faults import hub_fault
from harness.devices.usb.seen import Seen
from harness.devices.usb.topology import Place
from harness.errors import StationFault

ANSWER_MS = 500
"""USB 2.0, 9.2.6.4: the longest that a hub may take for a standard request [ms]."""
_SETTLE_S = 1.0
"""How long a hub may take until a port shows the power that it was told [s]."""
_POLL_S = 0.01

_GET_STATUS, _CLEAR_FEATURE, _SET_FEATURE, _GET_DESCRIPTOR = 0, 1, 3, 6
_FROM_HUB, _FROM_PORT, _TO_PORT = 0xA0, 0xA3, 0x23
_PORT_POWER = 8
_OVERCURRENT = 1 << 3
_POWERED_2, _POWERED_3 = 1 << 8, 1 << 9
_HUB_2, _HUB_3 = 0x29, 0x2A
_INDIVIDUAL = 0b01


@dataclass(frozen=True, slots=True)
class Status:
    """What a hub says of one of its ports."""

    powered: bool
    overcurrent: bool


@dataclass(frozen=True, slots=True)
class HubPort:
    """One half of a socket: a port of a hub that is open."""

    device: Any
    place: Place
    super_speed: bool

    def require_switch(self) -> None:
        """Raises: StationFault(USB-NO-POWER-SWITCH | USB-PORT-MISSING | USB-HUB-FAILED)."""
        kind = _HUB_3 if self.super_speed else _HUB_2
        raw = self._get(_FROM_HUB, _GET_DESCRIPTOR, kind << 8, 0, 7, "its hub descriptor")
        if len(raw) < 5 or raw[1] != kind:
            raise self._fault("USB-HUB-FAILED", f"gave no hub descriptor: {raw.hex()}")
        if self.place.ports[-1] > raw[2]:
            raise self._fault("USB-PORT-MISSING", f"has {raw[2]} ports only")
        if raw[3] & 0b11 != _INDIVIDUAL:
            how = "all its ports together" if raw[3] & 0b11 == 0 else "no port"
            raise self._fault("USB-NO-POWER-SWITCH", f"switches the power of {how}")

    def status(self) -> Status:
        """Raises: StationFault(USB-HUB-FAILED | USB-NO-PERMISSION)."""
        number = self.place.ports[-1]
        raw = self._get(_FROM_PORT, _GET_STATUS, 0, number, 4, "the status of a port")
        if len(raw) != 4:
            raise self._fault("USB-HUB-FAILED", f"gave no status: {raw.hex()}")
        bits = int.from_bytes(raw[:2], "little")
        powered = _POWERED_3 if self.super_speed else _POWERED_2
        return Status(powered=bool(bits & powered), overcurrent=bool(bits & _OVERCURRENT))

    def switch(self, *, on: bool) -> None:
        """Tell the hub; whether it did is for the status to show."""
        request = _SET_FEATURE if on else _CLEAR_FEATURE
        try:
            self.device.ctrl_transfer(_TO_PORT, request, _PORT_POWER, self.place.ports[-1])
        except OSError as error:
            raise hub_fault(error, "the switching of a port", self._told()) from error

    def overcurrent(self) -> StationFault:
        return self._fault("USB-OVERCURRENT", "reports too much current")

    def stuck(self, *, on: bool) -> StationFault:
        word = "off" if on else "on"
        return self._fault("USB-HUB-FAILED", f"still shows the power {word} after {_SETTLE_S:g} s")

    def _get(self, kind: int, request: int, value: int, index: int, size: int, what: str) -> bytes:
        try:
            return bytes(self.device.ctrl_transfer(kind, request, value, index, size))
        except OSError as error:
            raise hub_fault(error, f"when asked for {what}", self._told()) from error

    def _fault(self, code: str, what: str) -> StationFault:
        message = f"hub {self.place.hub.name}, port {self.place.ports[-1]}: {what}"
        return StationFault(code, message, evidence=self._told())

    def _told(self) -> dict[str, Any]:
        return {"port": self.place.name, "hub": self.place.hub.name}


@dataclass(frozen=True, slots=True)
class PortPower:
    """The power of a socket: one half, or two."""

    halves: Sequence[HubPort]

    def require_switch(self) -> None:
        """Nothing is to be switched unless each half can be, alone.

        Raises: StationFault(USB-NO-POWER-SWITCH | USB-PORT-MISSING | USB-NO-PERMISSION |
        USB-HUB-FAILED).
        """
        for half in self.halves:
            half.require_switch()

    def switch(self, lease: Lease, *, on: bool) -> None:
        """Switch each half, and wait until its hub shows it.

        Raises: StationFault(USB-OVERCURRENT | USB-NO-PERMISSION | USB-HUB-FAILED);
        StepBug(STEP-TIMEOUT).
        """
        for half in self.halves:
            half.switch(on=on)
        for half in self.halves:
            _wait_shown(half, lease, on=on)

    def status(self) -> Status:
        """On when one half is.

        Raises: StationFault(USB-NO-PERMISSION | USB-HUB-FAILED).
        """
        said = [half.status() for half in self.halves]
        return Status(any(half.powered for half in said), any(half.overcurrent for half in said))


@contextmanager
def port_power(bus: UsbBus, socket: str) -> Iterator[PortPower]:
    """The power of a socket, with its hubs open for the block.

    Raises: StationFault(USB-PORT-MISSING | USB-NO-BUS | USB-NO-TOPOLOGY).
    """
    topology = bus.topology()
    places = topology.places(socket)
    hubs = {seen.place: seen for seen in bus.seen() if seen.is_hub}
    with ExitStack() as stack:
        halves = []
        for place in places:
            hub = _hub(hubs, place)
            device = stack.enter_context(bus.opened(hub))
            device.default_timeout = ANSWER_MS
            halves.append(HubPort(device, place, topology.root_hubs[place.bus].super_speed))
        yield PortPower(halves)


def _wait_shown(half: HubPort, lease: Lease, *, on: bool) -> None:
    deadline = lease.within(_SETTLE_S).deadline
    while True:
        status = half.status()
        if status.overcurrent:
            raise half.overcurrent()
        if status.powered == on:
            return
        lease.check_time()
        if deadline.expired():
            raise half.stuck(on=on)
        lease.sleep(_POLL_S)


def _hub(hubs: dict[Place, Seen], place: Place) -> Seen:
    if hub := hubs.get(place.hub):
        return hub
    message = f"the hub {place.hub.name} is not on the bus"
    raise StationFault("USB-PORT-MISSING", message, evidence={"port": place.name})
