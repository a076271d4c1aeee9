"""How long a handset's kernel runs, by its own clock: /proc/uptime.

Format: uptime_proc_show (fs/proc/uptime.c of Linux): two numbers of seconds in hundredths, the
second the time that all its processors have idled.
"""

from __future__ import annotations

import re

from harness.devices.android.fields import no_dump
from harness.model.reading import Reading

COMMAND = "cat /proc/uptime"
_UPTIME = re.compile(r"(?P<up>[0-9]{1,12}\.[0-9]{2}) [0-9]{1,15}\.[0-9]{2}\r{0,2}\n")


def read_uptime(output: str) -> Reading[float]:
    """How long it runs [s]. A line without its end may be cut within a number: Unreadable."""
    match = _UPTIME.fullmatch(output)
    return float(match["up"]) if match else no_dump("no /proc/uptime", output)
