"""The list of handsets that adb gives: `adb devices -l`, and `host:devices-l` of its server.

Format: append_transport of adb's transport.cpp: `%-22s %s`, then details, the transport id last.
Without -l: serial, tab, state.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.devices.android.fields import Fields, integer, text, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "adb devices -l"
_TITLE = "List of devices attached"
_BANNER = "* "  # `* daemon started successfully`
_NO_SERIAL = "(no serial number)"
NO_SERIALS = frozenset({_NO_SERIAL, "????????????"})
_STATES = frozenset(
    {
        "device",
        "offline",
        "unauthorized",
        "authorizing",
        "connecting",
        "bootloader",
        "recovery",
        "rescue",
        "sideload",
        "host",
        "detached",
        "unknown",
    }
)
_NO_PERMISSIONS = "no permissions"
_DETAIL = re.compile(r"[a-z_]+:\S*")
_MOST_TRANSPORTS = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: `state` with adb's advice behind it, details by their words."""

    serial: str
    state: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AdbDevice:
    """One handset. `usb` is its port path, `advice` what adb says of missing permissions."""

    serial: Reading[str]
    state: Reading[str]
    advice: Reading[str]
    usb: Reading[str]
    product: Reading[str]
    model: Reading[str]
    device: Reading[str]
    transport_id: Reading[int]


@dataclass(frozen=True, slots=True)
class AdbDevices:
    """All handsets in the order of the list; several may have one serial."""

    devices: tuple[AdbDevice, ...]


def read_adb_devices(output: str) -> Reading[AdbDevices]:
    """The handsets of a list, with or without what adb prints before it.

    A line that is none makes all Unreadable: it might be the handset that is asked for.
    """
    lines, _ = whole_lines(output)
    titles = [at for at, line in enumerate(lines) if line.strip() == _TITLE]
    rows = lines[titles[0] + 1 :] if titles else lines
    entries = [read_entry(line) for line in rows if line.strip() and not line.startswith(_BANNER)]
    if unclear := [entry for entry in entries if isinstance(entry, Unreadable)]:
        return unclear[0]
    if not titles and not entries:
        return Unreadable(f"no line {_TITLE!r} and no handset", output)
    return AdbDevices(tuple(_device(entry) for entry in entries if isinstance(entry, Entry)))


def read_entry(line: str) -> Entry | Unreadable:
    """One line of the list. A state that is new to us counts where a transport id ends the line."""
    words = line.split()
    details: dict[str, str] = {}
    while words and _DETAIL.fullmatch(words[-1]):
        key, _, value = words.pop().partition(":")
        details[key] = value
    at = _start_of_state(words, "transport_id" in details)
    if not 0 < at < len(words):
        return Unreadable("no line of the list of handsets", line)
    return Entry(" ".join(words[:at]), " ".join(words[at:]), details)


def _start_of_state(words: Sequence[str], has_transport: bool) -> int:
    """Serials found over mDNS may hold blanks: `adb-1234 (2)._adb-tls-connect._tcp`."""
    if words and words[-1] in _STATES:
        return len(words) - 1
    for at, pair in enumerate(pairwise(words)):
        if at and " ".join(pair).startswith(_NO_PERMISSIONS):
            return at
    serial = _NO_SERIAL.split()
    return (len(serial) if words[: len(serial)] == serial else 1) if has_transport else 0


def _device(entry: Entry) -> AdbDevice:
    details: Fields = dict(entry.details)
    known, advice = entry.state, ""
    if known.startswith(_NO_PERMISSIONS):
        known, advice = _NO_PERMISSIONS, known.removeprefix(_NO_PERMISSIONS).strip()
    unclear = Unreadable("no state of adb", known)
    return AdbDevice(
        serial=Unknown(entry.serial) if entry.serial in NO_SERIALS else entry.serial,
        state=known if known in (*_STATES, _NO_PERMISSIONS) else unclear,
        advice=advice or Unknown("no advice"),
        usb=text(details, "usb"),
        product=text(details, "product"),
        model=text(details, "model"),
        device=text(details, "device"),
        transport_id=integer(details, "transport_id", 0, _MOST_TRANSPORTS),
    )
