"""What the adb server says of its handsets, and the fault of each state that is not `device`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from harness.devices.android.adb_devices import NO_SERIALS, read_entry
from harness.errors import LinkFault, OperatorStop
from harness.model.reading import Unreadable

_ADDRESS = re.compile(r"[^\s/]+:[0-9]{1,5}")
_CODES = {
    "offline": "ADB-OFFLINE",
    "unauthorized": "ADB-UNAUTHORIZED",
    "authorizing": "ADB-CONNECTING",
    "connecting": "ADB-CONNECTING",
    "recovery": "ADB-WRONG-MODE",
    "sideload": "ADB-WRONG-MODE",
    "rescue": "ADB-WRONG-MODE",
    "bootloader": "ADB-WRONG-MODE",
    "host": "ADB-WRONG-MODE",
    "no": "ADB-NO-PERMISSION",  # `no permissions (missing udev rules? ...)`
}


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """One handset on the adb server. `details` holds usb (port path), product, model, device."""

    serial: str
    state: str
    transport_id: int
    details: Mapping[str, str] = field(default_factory=dict)


def is_address(name: str) -> bool:
    """Whether a handset is named by `host:port`: it is connected to, and has no USB port.

    Any other name is a serial, or the path of a socket, which has a `/`.
    """
    return bool(_ADDRESS.fullmatch(name))


def parse_devices(text: str) -> list[DeviceInfo]:
    """The answer to `host:devices-l` (adb, transport.cpp: list_transports).

    Raises: ValueError on a line of another form.
    """
    return [_parse_line(line) for line in text.split("\n") if line.strip()]


def pick(devices: Sequence[DeviceInfo], serial: str) -> DeviceInfo:
    """The one handset with this serial, ready for commands.

    Raises: LinkFault with the code of its state; ADB-ABSENT; ADB-TWINS.
    """
    found = [device for device in devices if device.serial == serial]
    if not found:
        others = [device.serial for device in devices]
        raise LinkFault(
            "ADB-ABSENT",
            f"no handset {serial} on the adb server, which has {len(others)} others",
            evidence={"serial": serial, "others": others[:32]},
        )
    if len(found) > 1:
        evidence = {"serial": serial, "handsets": [_shown(device) for device in found]}
        raise LinkFault("ADB-TWINS", f"{len(found)} handsets say {serial}", evidence=evidence)
    if found[0].state != "device":
        raise state_fault(found[0])
    return found[0]


def pick_at(devices: Sequence[DeviceInfo], serial: str, port: str | None) -> DeviceInfo:
    """The handset with this serial on the USB port `1-4.2` of its slot, ready for commands.

    `port` is None while nothing is plugged into the slot's socket. Without a serial it is
    whatever handset is there.

    Raises: as pick, for what is on that port; LinkFault(ADB-ABSENT) with where it is when it is
    on other ports; OperatorStop(UNIT-WRONG) when a handset of another serial is on this one.
    """
    here = [device for device in devices if port and device.details.get("usb") == port]
    if here and not serial:
        return pick(here, here[0].serial)
    if any(device.serial == serial for device in here):
        return pick(here, serial)
    evidence = {"serial": serial, "port": port, "here": [_shown(device) for device in here]}
    if others := [device.serial for device in here if device.serial not in NO_SERIALS]:
        raise OperatorStop(
            "UNIT-WRONG", f"handset {others[0]} is in the slot of {serial}", evidence=evidence
        )
    elsewhere = [_shown(device) for device in devices if device.serial == serial]
    raise LinkFault(
        "ADB-ABSENT",
        f"no handset {serial or 'at all'} on the slot's USB port {port or '(nothing is there)'}"
        f"{', but on another one' if elsewhere else ''}",
        evidence={**evidence, "elsewhere": elsewhere},
    )


def state_fault(device: DeviceInfo) -> LinkFault:
    """The fault of a handset that is not in state `device`."""
    code = _CODES.get(device.state.partition(" ")[0], "ADB-OFFLINE")
    message = f"handset {device.serial} is {device.state!r}, expected 'device'"
    return LinkFault(code, message, evidence=_shown(device))


def _shown(device: DeviceInfo) -> dict[str, object]:
    return {
        "serial": device.serial,
        "state": device.state,
        "transport_id": device.transport_id,
        **device.details,
    }


@lru_cache(256)  # every call of a service asks for the list: of 64 handsets, 0.25 ms each time
def _parse_line(line: str) -> DeviceInfo:
    entry = read_entry(line)
    if isinstance(entry, Unreadable):
        raise ValueError(f"{entry.why}: {entry.raw!r}")
    details = dict(entry.details)
    number = details.pop("transport_id", "")
    if not (number.isascii() and number.isdigit()):
        raise ValueError(f"no line of the list of handsets has a transport: {line!r:.200}")
    return DeviceInfo(entry.serial, entry.state, int(number), details)
