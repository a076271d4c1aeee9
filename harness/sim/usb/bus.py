"""A virtual bus: devices come, go, and lose their power, as pyusb and sysfs would show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.sim.usb.backend import Attached, Backend, Ports
from harness.sim.usb.device import SUPER, SimUsbDevice, Strings
from harness.sim.usb.hub import USB_2, USB_3, SimHub
from harness.sim.usb.tree import CONTROLLER, devices_folder, write_hub, write_root_hub

_ADDRESSES = 127


class VirtualBus(Backend):
    """A controller `sim-usb` whose root hub has `ports`; give it to UsbBus with its `sysfs`.

    Sockets are named as the product names them: `sim-usb/1-3`, `sim-usb/1-4.2` behind a hub.
    `folder` must be empty and stay as long as the bus; `buses` are the numbers of its halves.
    """

    def __init__(self, folder: Path, *, ports: int = 64, buses: tuple[int, int] = (1, 2)) -> None:
        super().__init__()
        self.sysfs = devices_folder(folder)
        self._folder = folder
        self._buses = {USB_2: buses[0], USB_3: buses[1]}
        self._next_address = 1
        self._hubs: dict[Ports, SimHub] = {}
        self._plugged: dict[Ports, SimUsbDevice] = {}
        self._watchers: list[Callable[[str, bool], None]] = []
        for half, other in ((USB_2, USB_3), (USB_3, USB_2)):
            bus, twin = self._buses[half], self._buses[other]
            write_root_hub(folder, bus, ports, super_speed=half == USB_3, twin=twin)
        self._add((), SimHub(ports))

    def socket(self, number: int) -> str:
        """The name of a socket of the root hub."""
        return _named((number,))

    def hub(self, socket: str) -> SimHub:
        """The hub that has a socket, so that its ways can be changed."""
        return self._hubs[_path(socket)[:-1]]

    def plug(self, socket: str, device: SimUsbDevice) -> None:
        """Plug a device in, in the place of what was there."""
        path = _path(socket)
        with self._changed:
            self._plugged[path] = device
            self._detach(path)
            self._move(path)

    def unplug(self, socket: str) -> None:
        """Pull out what is in a socket; nothing happens when nothing is."""
        path = _path(socket)
        with self._changed:
            self._plugged.pop(path, None)
            self._detach(path)

    def ghost(self, socket: str) -> None:
        """Have a device of the USB 3 half show on the USB 2 half, too."""
        path = _path(socket)
        with self._changed:
            self._put(path, USB_2, self._plugged[path])

    def leave(self, socket: str, packets: list[bytes]) -> None:
        """Leave packets in a device as if a conversation with it had been broken off."""
        path = _path(socket)
        with self._changed:
            for half in (USB_2, USB_3):
                if attached := self._attached.get((path, half)):
                    attached.coming = iter(packets)

    def allow(self, socket: str) -> None:
        """Give this PC's user the rights that udev is late to give."""
        with self._changed:
            for half in (USB_2, USB_3):
                if attached := self._attached.get((_path(socket), half)):
                    attached.device = replace(attached.device, strings=Strings.TOLD)

    def add_hub(self, socket: str, hub: SimHub) -> None:
        """Plug a hub into a socket."""
        path = _path(socket)
        twins = {USB_2: self._buses[USB_3], USB_3: self._buses[USB_2]}
        for half in hub.halves:
            twin = twins[half] if hub.usb_3 else None
            write_hub(self._folder, self._buses[half], path, hub.ports, twin=twin)
        with self._changed:
            self._add(path, hub)

    def short(self, socket: str) -> None:
        """Short a socket, so that its hub cuts the power off."""
        self._power(_path(socket), SimHub.short)

    def watch_power(self, watcher: Callable[[str, bool], None]) -> None:
        """Have `watcher(socket, on)` called whenever a socket gains or loses its power."""
        self._watchers.append(watcher)

    def _power(self, path: Ports, change: Callable[[SimHub, int], bool]) -> bool:
        """Change the power of a port, and what follows from it for whoever is plugged in."""
        hub, port = self._hubs[path[:-1]], path[-1]
        with self._changed:
            before = hub.vbus(port)
            done = change(hub, port)
            after = hub.vbus(port)
            if path in self._plugged:
                self._move(path)
        if before != after:
            for watcher in self._watchers:
                watcher(_named(path), after)
        return done

    def _add(self, path: Ports, hub: SimHub) -> None:
        self._hubs[path] = hub
        for half in hub.halves:
            self._put(path, half, hub.descriptors(half), hub)

    def _move(self, path: Ports) -> None:
        """Have a plugged device come up on the best half that has power, unless it is there."""
        device, hub = self._plugged[path], self._hubs[path[:-1]]
        can = [half for half in hub.halves if half == USB_2 or device.speed >= SUPER]
        best = [half for half in can if hub.powers(half, path[-1])][-1:]
        if best != [half for at, half in self._attached if at == path]:
            self._detach(path)
            for half in best:
                self._put(path, half, device)

    def _put(self, path: Ports, half: int, device: SimUsbDevice, hub: SimHub | None = None) -> None:
        bus = self._buses[half]
        address, self._next_address = self._next_address, self._next_address % _ADDRESSES + 1
        self._attached[path, half] = Attached(path, half, bus, address, device, hub)

    def _detach(self, path: Ports) -> None:
        for half in (USB_2, USB_3):
            if attached := self._attached.pop((path, half), None):
                attached.gone = True
        self._changed.notify_all()


def _named(path: Ports) -> str:
    return f"{CONTROLLER}/1-{'.'.join(map(str, path))}"


def _path(socket: str) -> Ports:
    controller, _, ports = socket.partition("/1-")
    if controller != CONTROLLER:
        raise ValueError(f"no socket of the virtual bus: {socket}")
    return tuple(int(port) for port in ports.split("."))
