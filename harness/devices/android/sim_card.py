"""What Android knows of the SIM in each slot: property `gsm.sim.state`.

One word for each slot, of IccCardConstants.State of AOSP; some makers end the list with a comma.
"""

from __future__ import annotations

import re

from harness.devices.android import getprop
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = getprop.command("gsm.sim.state")
ABSENT = "ABSENT"
USABLE = frozenset({"READY", "LOADED"})
"""Unlocked, and then with its files read; in all other states it registers with no network."""
_UNKNOWN = "UNKNOWN"
_WORD = re.compile(r"[A-Z][A-Z_]{1,30}")


def read_sim_state(output: str, slot: int) -> Reading[str]:
    """The state of the SIM in a slot, counted from 0: ABSENT, PIN_REQUIRED, LOADED and the like."""
    slots = getprop.read_slots(output)
    if not isinstance(slots, tuple):
        return slots
    word = slots[slot] if 0 <= slot < len(slots) else ""
    if word in ("", _UNKNOWN):
        return Unknown(f"slot {slot} of {','.join(slots)!r:.100}")
    return word if _WORD.fullmatch(word) else Unreadable("no state of a SIM", word)
