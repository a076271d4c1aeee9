"""Which socket of this PC a device is in, as the kernel tells it in sysfs.

A socket is named by its controller, and by the port path from that controller's own root hub:
`pci-0000:00:14.0/1-4.2`. Bus numbers change between boots, so the first number is none: it is 1
for the USB 2 half of the controller and 2 for its USB 3 half. The two halves of one socket, twins
by the kernel's `peer` links, have one name, that of the USB 2 half.

Format: Linux, Documentation/ABI/testing/sysfs-bus-usb (`<hub>:1.0/<hub>-port<n>/peer`), and
drivers/usb/core/port.c (`usb<bus>-port<n>` under a root hub).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import StationFault

SYSFS = Path("/sys/bus/usb/devices")

_ROOT_HUB = re.compile(r"usb(?P<bus>[0-9]{1,5})")
_PORT_FOLDER = re.compile(
    r"(?:usb(?P<root>[0-9]{1,5})|(?P<bus>[0-9]{1,5})-(?P<hub>[0-9]{1,3}(?:\.[0-9]{1,3}){0,5}))"
    r"-port(?P<number>[0-9]{1,3})"
)
_SOCKET = re.compile(
    r"(?P<controller>[^/\s]{1,200})/(?P<half>[12])-(?P<ports>[1-9][0-9]{0,2}(?:\.[1-9][0-9]{0,2}){0,6})"
)
_SUPER_MBIT_S = 5000.0
_USB_2, _USB_3 = 1, 2


@dataclass(frozen=True, slots=True)
class Place:
    """A port of a bus, by the ports from its root hub on; no ports: the root hub itself."""

    bus: int
    ports: tuple[int, ...]

    @property
    def name(self) -> str:
        """What the kernel, libusb and adb call a device there: `1-4.2`."""
        if not self.ports:
            return f"usb{self.bus}"
        return f"{self.bus}-{'.'.join(map(str, self.ports))}"

    @property
    def hub(self) -> Place:
        """The hub that has the port."""
        return Place(self.bus, self.ports[:-1])


@dataclass(frozen=True, slots=True)
class RootHub:
    """A root hub: the half of a controller that a bus number means in this boot."""

    controller: str
    half: int

    @property
    def super_speed(self) -> bool:
        """Whether it is the USB 3 half, as all hubs behind it then are."""
        return self.half == _USB_3


class Topology:
    """The buses of this PC at one moment.

    Raises: StationFault(USB-NO-TOPOLOGY) when sysfs does not tell what a bus belongs to.
    """

    def __init__(self, sysfs: Path = SYSFS) -> None:
        self._sysfs = sysfs
        self.root_hubs: Mapping[int, RootHub] = dict(_root_hubs(sysfs))

    def socket(self, place: Place) -> str | None:
        """The socket that a device at this place is plugged into; None when its hub has gone.

        A USB 3 half without a known twin keeps a name of its own: `.../2-4`.
        """
        root = self.root_hubs.get(place.bus)
        if root is None:
            return None
        if root.half == _USB_2 or not place.ports:
            return _name(root, place)
        folder = self._port_folder(place)
        if folder is None:
            return None
        twin = self._twin(folder, root)
        return _name(self.root_hubs[twin.bus], twin) if twin else _name(root, place)

    def places(self, socket: str) -> tuple[Place, ...]:
        """The place of a socket's USB 2 half, then that of its twin if it has one.

        Raises: StationFault(USB-NO-BUS | USB-PORT-MISSING | USB-NO-TOPOLOGY).
        """
        if not self.root_hubs:
            raise StationFault("USB-NO-BUS", f"no bus is in {self._sysfs}", evidence=self._told())
        place = self._place(socket)
        folder = self._port_folder(place)
        if folder is None:
            raise self._missing(socket, f"there is no port {place.ports[-1]} on {place.hub.name}")
        root = self.root_hubs[place.bus]
        twin = self._twin(folder, root)
        if twin and root.half == _USB_3:
            name = _name(self.root_hubs[twin.bus], twin)
            raise self._missing(socket, f"that is the USB 3 half of {name}: name that one")
        return (place, twin) if twin else (place,)

    def _place(self, socket: str) -> Place:
        match = _SOCKET.fullmatch(socket)
        if match is None:
            raise self._missing(socket, "a socket is written like pci-0000:00:14.0/1-4.2")
        wanted = RootHub(match["controller"], int(match["half"]))
        for bus, root in self.root_hubs.items():
            if root == wanted:
                return Place(bus, tuple(int(port) for port in match["ports"].split(".")))
        raise self._missing(socket, f"this PC has no such half of a controller {wanted.controller}")

    def _port_folder(self, place: Place) -> Path | None:
        """`usb1/1-0:1.0/usb1-port4`, or `1-4/1-4:1.0/1-4-port2` under a hub that is plugged in."""
        hub = place.hub
        port = f"{hub.name}-port{place.ports[-1]}"
        interface = f"{hub.name}:1.0" if hub.ports else f"{hub.bus}-0:1.0"
        usual = self._sysfs / hub.name / interface / port
        if usual.exists():
            return usual
        return next((self._sysfs / hub.name).glob(f"*:*/{port}"), None)

    def _twin(self, folder: Path, root: RootHub) -> Place | None:
        """The other half of the port, where the kernel knows it."""
        peer = folder / "peer"
        match = _PORT_FOLDER.fullmatch(peer.readlink().name) if peer.exists() else None
        if match is None:
            return None
        hub = tuple(int(port) for port in match["hub"].split(".")) if match["hub"] else ()
        twin = Place(int(match["root"] or match["bus"]), (*hub, int(match["number"])))
        other = RootHub(root.controller, _USB_2 + _USB_3 - root.half)
        return twin if self.root_hubs.get(twin.bus) == other else None

    def _missing(self, socket: str, why: str) -> StationFault:
        evidence = {"socket": socket, **self._told()}
        return StationFault("USB-PORT-MISSING", f"no USB socket {socket}: {why}", evidence=evidence)

    def _told(self) -> dict[str, object]:
        halves = {bus: f"{root.controller}/{root.half}" for bus, root in self.root_hubs.items()}
        return {"sysfs": str(self._sysfs), "buses": {str(bus): at for bus, at in halves.items()}}


def _name(root: RootHub, place: Place) -> str:
    return f"{root.controller}/{root.half}-{'.'.join(map(str, place.ports)) or 0}"


def _root_hubs(sysfs: Path) -> Iterator[tuple[int, RootHub]]:
    taken: dict[RootHub, int] = {}
    for link in sorted(sysfs.glob("usb*")):
        match = _ROOT_HUB.fullmatch(link.name)
        if match is None:
            continue
        bus = int(match["bus"])
        root = _root_hub(link)
        if root is None:
            continue
        if root in taken:
            message = f"buses {taken[root]} and {bus} are the same half of {root.controller}"
            raise StationFault("USB-NO-TOPOLOGY", message, evidence={"sysfs": str(sysfs)})
        taken[root] = bus
        yield bus, root


def _root_hub(link: Path) -> RootHub | None:
    """What a bus belongs to; None for one that goes away while it is read."""
    try:
        folder = link.resolve(strict=True)
        half = _USB_3 if float((folder / "speed").read_text()) >= _SUPER_MBIT_S else _USB_2
        subsystem = (folder.parent / "subsystem").resolve(strict=True).name
    except (OSError, ValueError) as error:
        if not link.exists():
            return None
        raise StationFault(
            "USB-NO-TOPOLOGY",
            f"{link} does not tell its controller and speed: {error}",
            evidence={"sysfs": str(link), "error": str(error)},
        ) from error
    return RootHub(f"{subsystem}-{folder.parent.name}", half)
