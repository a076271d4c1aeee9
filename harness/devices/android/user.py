"""As which user the commands of a handset's shell run: `id -u` (POSIX)."""

from __future__ import annotations

import re

from harness.devices.android.fields import no_dump
from harness.model.reading import Reading

COMMAND = "id -u"
_USER = re.compile(r"(?P<number>[0-9]{1,10})\r{0,2}\n?")
_ROOT = 0


def read_root(output: str) -> Reading[bool]:
    """Whether they run as root, and not as the shell's user or another."""
    match = _USER.fullmatch(output)
    return int(match["number"]) == _ROOT if match else no_dump("no number of a user", output)
