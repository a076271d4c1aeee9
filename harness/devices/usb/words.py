"""The strings of a device: who made it, what it is called, its serial number.

Format: USB 2.0, 9.6.7: string descriptors in UTF-16, of the languages that descriptor 0 lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.devices.usb.faults import GONE, is_timeout, may_not_open
from harness.model.reading import Reading, Unknown, Unreadable

ANSWER_MS = 200
"""How long a device may think about a string; phones take 1 to 5 [ms]."""

_STRING = 3
_LONGEST = 254


class Gone(Exception):
    """The device left the bus while it was asked."""


def read_strings(device: Any, indexes: Sequence[int]) -> list[Reading[str]]:
    """The strings of a pyusb device by their indexes, 0 for one that it has not.

    A device that does not answer, or may not be opened, is not asked for the rest.

    Raises: Gone when it leaves the bus meanwhile.
    """
    found: list[Reading[str]] = [Unknown("the device has no such string") for _ in indexes]
    wanted = [(place, index) for place, index in enumerate(indexes) if index]
    stopped: Unreadable | None = None
    language = 0
    for place, index in wanted:
        try:
            if not stopped and not language:
                language = _first_language(_descriptor(device, 0, 0))
            found[place] = stopped or decode(_descriptor(device, index, language))
        except (OSError, ValueError) as error:
            found[place] = unreadable = _why(error)
            if not isinstance(error, OSError) or is_timeout(error) or may_not_open(error):
                stopped = unreadable
    return found


def decode(raw: bytes) -> Reading[str]:
    """The text of a string descriptor; Unreadable when its head or its UTF-16 is wrong."""
    if len(raw) < 2 or raw[1] != _STRING or not 2 <= raw[0] <= len(raw):
        return Unreadable("no string descriptor", raw.hex())
    try:
        text = raw[2 : raw[0] & ~1].decode("utf-16-le")
    except UnicodeDecodeError:
        return Unreadable("a string that is not UTF-16", raw.hex())
    return text.rstrip("\0") or Unknown("the string is empty")


def _first_language(raw: bytes) -> int:
    if len(raw) < 4 or raw[1] != _STRING:
        raise ValueError(f"the device lists no language of its strings: {raw.hex()}")
    return int.from_bytes(raw[2:4], "little")


def _descriptor(device: Any, index: int, language: int) -> bytes:
    from usb.control import get_descriptor

    return bytes(get_descriptor(device, _LONGEST, _STRING, index, language))


def _why(error: OSError | ValueError) -> Unreadable:
    if not isinstance(error, OSError):
        return Unreadable(str(error))
    if error.errno in GONE:
        raise Gone from error
    if may_not_open(error):
        return Unreadable("this user may not open the device: install the udev rules", str(error))
    if is_timeout(error):
        return Unreadable(f"the device gave no string within {ANSWER_MS} ms", str(error))
    return Unreadable("the device refused its string", str(error))
