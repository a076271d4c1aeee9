"""Whether Bluetooth is on, its name and address, and how often it crashed.

Format: BluetoothManagerService.dump of AOSP, whose first lines stand under `Bluetooth Status`;
profiles after it have states of their own. Later versions of Bluetooth's module capitalise the
keys, and leave `enabled` out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from harness.devices.android.fields import Fields, flag, gather, integer, no_dump, text, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys bluetooth_manager"
_TITLES = ("Bluetooth Status", "Bluetooth Status:")
_FIELD = re.compile(r"  (?P<key>[A-Za-z][a-z ]{0,40}): *(?P<value>.*)")
_CRASHED = re.compile(r"Bluetooth crashed (?P<count>[0-9]{1,9}) times?")
_CRASHES = "crashes"
_STATES = frozenset(
    {"OFF", "TURNING_ON", "ON", "TURNING_OFF", "BLE_TURNING_ON", "BLE_ON", "BLE_TURNING_OFF"}
)
_ON_THE_WAY = ("TURNING_ON", "TURNING_OFF")
_ADDRESS = re.compile(
    r"(?P<head>(?:[0-9A-F]{2}:){4}|(?:XX:){4}|(?:\*\*:){4})(?P<tail>[0-9A-F]{2}:[0-9A-F]{2})"
)
_WHOLE = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}")
_OF_NOBODY = ("00:00:00:00:00:00", "00:00:46:65:80:01")
"""Of memory that was never written, and what chips of MediaTek answer then."""
_GROUP, _LOCAL = 0x01, 0x02
SETTING = "secure bluetooth_address"
"""Where BluetoothManagerService keeps the address; its own dump masks it from Android 13 on."""
_NO_ADDRESSES = ("02:00:00:00:00:00", "00:00:00:00:00:00", "XX:XX:XX:XX:XX:XX")
"""BluetoothAdapter.DEFAULT_MAC_ADDRESS stands for one that the asking app may not see."""


@dataclass(frozen=True, slots=True)
class Bluetooth:
    """Bluetooth as its manager sees it.

    `state` is BluetoothAdapter.nameForState. The address is masked for the shell on newer
    versions: `address_tail` is what always shows of it, its last two bytes.
    """

    enabled: Reading[bool]
    state: Reading[str]
    address_masked: Reading[bool]
    address_tail: Reading[str]
    name: Reading[str]
    crash_count: Reading[int]


def read_bluetooth(output: str) -> Reading[Bluetooth]:
    """Bluetooth by an answer to `dumpsys bluetooth_manager`."""
    lines, _ = whole_lines(output)
    titles = [at for at, line in enumerate(lines) if line.strip() in _TITLES]
    if len(titles) != 1:
        return no_dump(f"{len(titles)} lines {_TITLES[0]!r}, expected one", output)
    fields = gather(_pairs(lines[titles[0] + 1 :]))
    crashes = gather((_CRASHES, m["count"]) for line in lines if (m := _CRASHED.fullmatch(line)))
    name, (enabled, state) = text(fields, "name"), _enabled_and_state(fields)
    address = _address(text(fields, "address"))
    return Bluetooth(
        enabled=enabled,
        state=state,
        address_masked=address["head"][0] in "X*" if isinstance(address, re.Match) else address,
        address_tail=address["tail"] if isinstance(address, re.Match) else address,
        name=Unknown("null") if name == "null" else name,
        crash_count=integer(crashes, _CRASHES, 0, 10**9),
    )


def read_address(output: str, setting: Reading[str]) -> Reading[str]:
    """The own address: by the answer to `dumpsys bluetooth_manager`, where it is not masked.

    Where it is, the value of SETTING says it, if it ends as the masked one does: else it may be of
    another time, and is Unreadable.
    """
    lines, _ = whole_lines(output)
    titles = [at for at, line in enumerate(lines) if line.strip() in _TITLES]
    if len(titles) != 1:
        return no_dump(f"{len(titles)} lines {_TITLES[0]!r}, expected one", output)
    printed = text(gather(_pairs(lines[titles[0] + 1 :])), "address")
    if not isinstance(printed, str):
        return printed
    printed = printed.upper()
    if _WHOLE.fullmatch(printed):
        return printed
    masked = _address(printed)
    if not isinstance(masked, re.Match):
        return masked
    if not isinstance(setting, str):
        return Unknown(f"address: {printed}; {SETTING}: {setting}")
    if not _WHOLE.fullmatch(setting.upper()) or not setting.upper().endswith(masked["tail"]):
        return Unreadable(f"address: {printed}, but {SETTING} is another", setting)
    return setting.upper()


def is_of_nobody(address: str) -> bool:
    """Whether an address is none that a maker gives: it was never written.

    One of a group, or administered locally, is nobody's either (IEEE 802, clause 8.2).
    """
    first_octet = int(address[:2], 16)
    return address in _OF_NOBODY or bool(first_octet & (_GROUP | _LOCAL))


def _pairs(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Keys and values up to the first line that is not indented, as the blank one after them."""
    for line in takewhile(lambda line: line.startswith("  "), lines):
        if match := _FIELD.fullmatch(line):
            yield match["key"].lower(), match["value"]


def _state(printed: Reading[str]) -> Reading[str]:
    if not isinstance(printed, str) or printed in _STATES:
        return printed
    return Unreadable("no state of Bluetooth", printed)


def _enabled_and_state(fields: Fields) -> tuple[Reading[bool], Reading[str]]:
    """As BluetoothManagerService.isEnabled has it, only ON is enabled; on the way it may differ."""
    state = _state(text(fields, "state"))
    by_state = state == "ON" if isinstance(state, str) else state
    if "enabled" not in fields:
        return by_state, state
    enabled = flag(fields, "enabled")
    told = isinstance(enabled, bool) and isinstance(by_state, bool)
    if told and enabled != by_state and state not in _ON_THE_WAY:
        differ = Unreadable(f"enabled: {fields['enabled']}, but state: {state}")
        return differ, differ
    return enabled, state


def _address(printed: Reading[str]) -> Reading[re.Match[str]]:
    if not isinstance(printed, str):
        return printed
    address = printed.upper()
    if address in (*_NO_ADDRESSES, "NULL"):
        return Unknown(f"address: {printed}")
    return _ADDRESS.fullmatch(address) or Unreadable("no Bluetooth address", printed)
