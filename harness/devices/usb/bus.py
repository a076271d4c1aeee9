"""The USB buses of this PC: one listing for all slots, and the strings of single devices."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.devices.usb.faults import listing_fault
from harness.devices.usb.modes import VENDOR_MTP, mode_of
from harness.devices.usb.seen import HUB_CLASS, Seen, see
from harness.devices.usb.topology import SYSFS, Place, Topology
from harness.devices.usb.words import ANSWER_MS, Gone, read_strings
from harness.errors import StationFault
from harness.model.reading import Reading, Unreadable
from harness.model.usb import UsbDevice

FRESH_S = 0.05
"""A listing of this age serves whoever asks next [s]."""
REMEMBERED_S = 2.0
"""Within this time no bus has given an address, of which it has 127, to a second device [s]."""

_Key = tuple[int, tuple[int, ...], int, int, int]
_Strings = tuple[list[Reading[str]], dict[int, str]]


class UsbBus:
    """All buses, over a backend of pyusb; by default the libusb that is installed beside it.

    pyusb keeps the backend it found first for the whole process, so it is never left to choose.
    Any thread may ask: a listing is made by one and shared. What a device said of itself is
    remembered for as long as it stays on the bus and listings follow each other.
    """

    def __init__(self, backend: Any = None, *, sysfs: Path = SYSFS) -> None:
        self._given = backend
        self._sysfs = sysfs
        self._lock = threading.Lock()
        self._seen: Mapping[_Key, Seen] = {}
        self._strings: dict[_Key, _Strings] = {}
        self._topology: Topology
        self._listed_at = float("-inf")

    def devices(self) -> tuple[UsbDevice, ...]:
        """Every device but hubs, in the order of the bus.

        Raises: StationFault(USB-NO-LIBRARY | USB-BUS-FAILED | USB-NO-TOPOLOGY).
        """
        described = (self.describe(seen) for seen in self.seen() if not seen.is_hub)
        return tuple(device for device in described if device)

    def seen(self) -> tuple[Seen, ...]:
        """Every device, hubs too, without asking any of them; at most 50 ms old.

        Raises: StationFault(USB-NO-LIBRARY | USB-BUS-FAILED | USB-NO-TOPOLOGY).
        """
        with self._lock:
            self._renew()
            return tuple(self._seen.values())

    def topology(self) -> Topology:
        """The buses as the kernel numbered them at the latest listing; at most 50 ms old.

        Raises: StationFault(USB-NO-LIBRARY | USB-BUS-FAILED | USB-NO-TOPOLOGY).
        """
        with self._lock:
            self._renew()
            return self._topology

    def forget(self) -> None:
        """What is asked next is listed anew: something on the bus was switched."""
        with self._lock:
            self._listed_at = float("-inf")

    def describe(self, seen: Seen) -> UsbDevice | None:
        """The device with its strings; None when it has left the bus meanwhile."""
        try:
            words, names = self._strings.get(_key(seen)) or self._ask(seen)
        except Gone:
            return None
        serial, manufacturer, product = words
        return UsbDevice(
            port=seen.port,
            vendor_id=seen.vendor_id,
            product_id=seen.product_id,
            mode=mode_of(seen.vendor_id, seen.product_id, seen.interfaces, names),
            speed=seen.speed,
            serial=serial,
            manufacturer=manufacturer,
            product=product,
            usb_version=seen.usb_version,
            max_power_ma=seen.max_power_ma,
            interfaces=seen.interfaces,
        )

    @contextmanager
    def opened(self, seen: Seen) -> Iterator[Any]:
        """A pyusb device of its own for the block, which gives back all that it took.

        It is opened by the first transfer, whose USBError the block has to name.
        """
        from usb.core import Device
        from usb.util import dispose_resources

        device = Device(seen.handle, self._backend())
        device.default_timeout = ANSWER_MS
        try:
            yield device
        finally:
            dispose_resources(device)

    def _renew(self) -> None:
        """List anew, unless somebody did just now. What is listed is kept with its strings."""
        began = time.monotonic()
        age_s = began - self._listed_at
        if age_s <= FRESH_S:
            return
        remembered = self._seen if age_s <= REMEMBERED_S else {}
        try:
            self._topology = Topology(self._sysfs)
            self._seen = {_key(seen): seen for seen in self._list(remembered)}
        except OSError as error:
            raise listing_fault(error) from error
        self._strings = {
            key: said
            for key, said in self._strings.items()
            if key in remembered and key in self._seen
        }
        self._listed_at = began

    def _list(self, remembered: Mapping[_Key, Seen]) -> Iterator[Seen]:
        from usb.core import Device

        backend = self._backend()
        topology = self._topology
        for handle in backend.enumerate_devices():
            device = Device(handle, backend)  # of descriptors that libusb keeps: this asks nobody
            place = Place(device.bus, tuple(device.port_numbers or ()))
            if not topology.root_hubs or not (place.ports or device.bDeviceClass == HUB_CLASS):
                raise _nowhere(device, self._sysfs)
            if port := topology.socket(place):
                known = remembered.get(_key_of(device, place))
                if known is None or known.port != port:
                    known = see(device, place, port, handle)
                yield known

    def _ask(self, seen: Seen) -> _Strings:
        """Have the device say its strings, and the names by which MTP may show."""
        asked = [seen.serial, seen.manufacturer, seen.product]
        places = [
            place
            for place, triple in enumerate(seen.interfaces)
            if triple == VENDOR_MTP and seen.interface_names[place]
        ]
        with self.opened(seen) as device:
            said = read_strings(device, asked + [seen.interface_names[place] for place in places])
        names = zip(places, said[3:], strict=True)
        strings = said[:3], {place: name for place, name in names if isinstance(name, str)}
        if not any(isinstance(text, Unreadable) for text in said):
            with self._lock:
                self._strings[_key(seen)] = strings
        return strings

    def _backend(self) -> Any:
        if self._given is None:
            self._given = _libusb()
        return self._given


def _key(seen: Seen) -> _Key:
    place = seen.place
    return place.bus, place.ports, seen.address, seen.vendor_id, seen.product_id


def _key_of(device: Any, place: Place) -> _Key:
    return place.bus, place.ports, device.address, device.idVendor, device.idProduct


def _nowhere(device: Any, sysfs: Path) -> StationFault:
    shown = f"{device.idVendor:04x}:{device.idProduct:04x}"
    evidence = {"sysfs": str(sysfs), "device": shown, "bus": device.bus, "address": device.address}
    message = f"the kernel does not tell in {sysfs} where {shown} is plugged in"
    return StationFault("USB-NO-TOPOLOGY", message, evidence=evidence)


def _libusb() -> Any:
    import libusb_package

    backend = libusb_package.get_libusb1_backend()
    if backend is None:
        path = libusb_package.get_library_path()
        why = f"{path} does not start" if path else "libusb_package holds none for this PC"
        raise StationFault("USB-NO-LIBRARY", f"no libusb: {why}", evidence={"library": str(path)})
    return backend
