"""What went wrong, by the messages of the adb client.

Sources: acquire_one_transport of adb's transport.cpp, adb_client.cpp, commandline.cpp. They stand
behind `error: ` up to platform-tools 26, behind `adb: ` or both since; a library that speaks to
the server itself has the bare message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.devices.android.fields import whole_lines
from harness.model.reading import Reading, Unreadable

_LONGEST = 1_000
_PREFIX = re.compile(r"(?P<prefix>(?:(?:adb(?:\.exe)?|error): ){0,2})(?P<message>.*)")
_ASIDE = re.compile(r"failed to (?:get feature set|check server version): ")
"""What adb was about to do when it met the error behind it (commandline.cpp, adb_client.cpp)."""
_CLASSES = (
    ("not_found", r"device (?:'.*' )?not found|no device with transport id '?[0-9]{1,20}'?"),
    ("no_device", r"no devices(?:/emulators)? found|no emulators found"),
    ("ambiguous", r"more than one (?:device|emulator)(?:(?:/| and )emulator)?"),
    ("offline", r"device (?:'.*' )?(?:is )?offline"),
    ("unauthorized", r"device unauthorized\..*|device unauthorized"),
    ("authorizing", r"device still authorizing"),
    ("connecting", r"device still connecting"),
    ("no_permissions", r"insufficient permissions for device.*|no permissions.*"),
    ("closed", r"closed|device (?:'.*' )?disconnected"),
    ("protocol_fault", r"protocol fault.*"),
    ("no_server", r"cannot connect to daemon.*|failed to start daemon.*|.*Address already in use"),
)
_MESSAGES = tuple((name, re.compile(pattern)) for name, pattern in _CLASSES)


@dataclass(frozen=True, slots=True)
class AdbErrors:
    """The class of each message, in their order; one that nobody has heard of is Unreadable."""

    classes: tuple[Reading[str], ...]


def read_adb_errors(output: str) -> Reading[AdbErrors]:
    """The errors among what adb printed; other lines (some messages have four) are left out."""
    lines, last = whole_lines(output)
    classes = tuple(_classes([*lines, last]))
    return AdbErrors(classes) if classes else Unreadable("no error of adb", output)


def _classes(lines: Sequence[str]) -> Iterator[Reading[str]]:
    for line in lines:
        match = _PREFIX.fullmatch(line.strip()) if len(line) <= _LONGEST else None
        if not match:
            continue
        message = _ASIDE.sub("", match["message"], count=1)
        name = next((name for name, form in _MESSAGES if form.fullmatch(message)), None)
        if name is not None:
            yield name
        elif match["prefix"]:
            yield Unreadable("an error of adb that is not known here", line)
