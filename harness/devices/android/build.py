"""What a handset's properties say of its build and of its bootloader's lock.

Names of build properties: AOSP build/make (buildinfo.sh). What the bootloader hands over at each
boot, as `ro.boot.*`: source.android.com, "Boot flow" (the colour of the verified boot,
`flash.locked`), and libavb (`vbmeta.device_state`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from harness.model.reading import Reading, Unknown, Unreadable

TEXTS: Mapping[str, str] = {
    "display_id": "ro.build.display.id",
    "fingerprint": "ro.build.fingerprint",
    "build_type": "ro.build.type",
    "android": "ro.build.version.release",
    "verified_boot": "ro.boot.verifiedbootstate",
}
"""Properties that are taken as they stand, by what they are."""
PATCH = "ro.build.version.security_patch"
DEBUGGABLE = "ro.debuggable"
FLASH_LOCKED, DEVICE_STATE = "ro.boot.flash.locked", "ro.boot.vbmeta.device_state"

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FLAGS = {"0": False, "1": True}
_STATES = {"unlocked": False, "locked": True}


def read_date(said: Reading[str]) -> Reading[str]:
    """A date as it stands, if it is one (ISO 8601, with hyphens)."""
    if not isinstance(said, str):
        return said
    try:
        date.fromisoformat(said if _DATE.fullmatch(said) else "")
    except ValueError:
        return Unreadable("not a date such as 2026-08-05", said)
    return said


def read_flag(said: Reading[str]) -> Reading[bool]:
    """A property that is 0 or 1."""
    return _one_of(_FLAGS, said)


def read_locked(flash: Reading[str], state: Reading[str]) -> Reading[bool]:
    """Whether the bootloader is locked, by the two properties that say so.

    Not every maker has both. One that says it is unlocked is believed, whatever the other says.
    """
    told = [_one_of(_FLAGS, flash), _one_of(_STATES, state)]
    if False in told:
        return False
    if unreadable := next((each for each in told if isinstance(each, Unreadable)), None):
        return unreadable
    return True if True in told else Unknown(f"neither {FLASH_LOCKED} nor {DEVICE_STATE}")


def _one_of(words: Mapping[str, bool], said: Reading[str]) -> Reading[bool]:
    if not isinstance(said, str):
        return said
    if said not in words:
        return Unreadable(f"neither {' nor '.join(words)}", said)
    return words[said]
