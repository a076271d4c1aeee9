"""What the adb server says of its handsets, and the fault of each state that is not `device`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.devices.android.adb_devices import read_entry
from harness.errors import LinkFault
from harness.model.reading import Unreadable

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


def _parse_line(line: str) -> DeviceInfo:
    entry = read_entry(line)
    if isinstance(entry, Unreadable):
        raise ValueError(f"{entry.why}: {entry.raw!r}")
    details = dict(entry.details)
    number = details.pop("transport_id", "")
    if not (number.isascii() and number.isdigit()):
        raise ValueError(f"no line of the list of handsets has a transport: {line!r:.200}")
    return DeviceInfo(entry.serial, entry.state, int(number), details)
