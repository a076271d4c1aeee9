"""Whether the screen is on: `dumpsys power` (PowerManagerService of AOSP, Android 9 to 15)."""

from __future__ import annotations

import re

from harness.model.reading import Unreadable

COMMAND = "dumpsys power"
_WAKEFULNESS = re.compile(r"^ {2}mWakefulness=(Awake|Asleep|Dreaming|Dozing)\r?$", re.MULTILINE)


def read_awake(out: str) -> bool | Unreadable:
    """Whether it is awake: neither asleep, nor dozing, nor showing a screen saver."""
    said = _WAKEFULNESS.findall(out)
    if len(said) != 1:
        return Unreadable("expected one mWakefulness", out)
    return bool(said[0] == "Awake")
