"""What `handset.prepare` finds and changes on a handset, and the note that it makes of it. Pure.

Everything that is found has a key of words and a value:

    global NAME, secure NAME     a setting; None for one that was never set
    package NAME                 how the setup wizard is enabled (`read_enabled`)
    permission PACKAGE NAME      `denied`, or `granted` since
    screen                       `awake` or `asleep`
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from harness.model.reading import Unreadable

Found = Mapping[str, str | None]
Now = Mapping[str, str | Unreadable | None]
"""What is there now, each by itself: one that cannot be read hides no other."""

GONE = "gone"
"""An app that is no longer there, or a permission for which it no longer asks. It never stands in
a note: nothing can be put back there, and nothing has to be."""

AIRPLANE = "global airplane_mode_on"
SERVICES = {
    "global wifi_on": "wifi",
    "global mobile_data": "data",
    "global bluetooth_on": "bluetooth",
}
"""The radios that `svc` switches, by the setting in which Android keeps the switch."""
RADIOS = (AIRPLANE, *SERVICES)
"""Noted, and put back if the run switches them; `prepare` leaves them as they are."""
SET_UP = {"global device_provisioned": "1", "secure user_setup_complete": "1"}
"""What the setup wizard sets once somebody has gone through it."""
STAY_ON = "global stay_on_while_plugged_in"
SCREEN = "screen"
DISABLED_BY_USER = "3"
"""The only state of being disabled in which the shell may put an app."""

ASKED_FOR = frozenset(
    f"android.permission.{name}"
    for name in (
        "ACCESS_COARSE_LOCATION",
        "ACCESS_FINE_LOCATION",
        "CAMERA",
        "READ_EXTERNAL_STORAGE",
        "READ_MEDIA_IMAGES",
        "READ_MEDIA_VIDEO",
        "RECORD_AUDIO",
        "WRITE_EXTERNAL_STORAGE",
    )
)
"""Permissions for which camera apps ask when they are opened for the first time."""

_STAY_ON_ANY = "7"
"""BatteryManager's BATTERY_PLUGGED_AC | USB | WIRELESS."""
_WANTED = {SCREEN: "awake", STAY_ON: _STAY_ON_ANY, **SET_UP}
_SETTINGS = (*RADIOS, STAY_ON, *SET_UP)
_ON = ("1", "2")
"""wifi_on is 2 when it was switched on in airplane mode (Settings.Global of AOSP)."""

_SCHEMA = 2
_PACKAGE = r"[A-Za-z][A-Za-z0-9_]{0,99}(\.[A-Za-z0-9_]{1,100}){1,20}"
_ALLOWED: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile("|".join(_SETTINGS)), re.compile("[0-9]{1,9}")),
    (re.compile(f"package {_PACKAGE}"), re.compile("[01]")),
    (re.compile(f"permission {_PACKAGE} ({'|'.join(sorted(ASKED_FOR))})"), re.compile("denied")),
    (re.compile(SCREEN), re.compile("awake|asleep")),
)
"""Keys and values that may be put back: each is safe in a shell as it stands. A setting may also
be made one that was never set."""


def is_allowed(key: str, value: object) -> bool:
    """Whether this may have been found: nothing else is ever put back."""
    if value is None:
        return key in _SETTINGS
    return isinstance(value, str) and any(
        keys.fullmatch(key) and values.fullmatch(value) for keys, values in _ALLOWED
    )


def same(key: str, one: str | None, other: str | None) -> bool:
    """Whether two values mean the same: a radio is on or off, however that is spelt."""
    return (one in _ON) == (other in _ON) if key in RADIOS else one == other


def changes(found: Found) -> dict[str, str]:
    """What `prepare` has to set, in its order."""
    wanted = {key: _wanted(key) for key in found if key not in RADIOS}
    order = sorted(wanted, key=lambda key: key != SCREEN)
    return {key: wanted[key] for key in order if found[key] != wanted[key]}


def repairs(found: Found, now: Now) -> Found:
    """What has to be set so that all is as it was found, in that order; the screen last."""
    differing = [key for key in found if not _is_back(key, now[key], found[key])]
    return {key: found[key] for key in sorted(differing, key=lambda key: key == SCREEN)}


def _is_back(key: str, now: str | Unreadable | None, found: str | None) -> bool:
    if isinstance(now, Unreadable):
        return False  # setting it is tried all the same
    return now == GONE or same(key, now, found)


def _wanted(key: str) -> str:
    kind = key.partition(" ")[0]
    return _WANTED.get(key) or {"package": DISABLED_BY_USER, "permission": "granted"}[kind]


@dataclass(frozen=True, slots=True)
class Note:
    """What was found, and on which handset (`ro.serialno`)."""

    serial: str
    found: Found

    def to_bytes(self) -> bytes:
        """The note as a file: JSON that ends in the SHA-256 of the rest."""
        said = {"schema": _SCHEMA, "serial": self.serial, "found": dict(self.found)}
        return json.dumps({**said, "sha256": _digest(said)}).encode()


def read_note(text: str) -> Note | Unreadable:
    """The note in a file: whole, of this version, and with nothing but what may be put back."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"no JSON: {error}", text)
    match said:
        case {"schema": int(schema), **_others} if schema != _SCHEMA:
            return Unreadable(f"of schema {schema}, this harness knows {_SCHEMA}", text)
        case {"schema": int(), "serial": str(serial), "found": dict(found), "sha256": str(digest)}:
            pass
        case _:
            return Unreadable("not the form of a note", text)
    if digest != _digest({name: said[name] for name in said if name != "sha256"}):
        return Unreadable("changed since it was written, or only a part of it", text)
    return checked(Note(serial, found))


def checked(note: Note) -> Note | Unreadable:
    """The note, when it holds nothing but what may be put back."""
    odd = [f"{key} = {value}" for key, value in note.found.items() if not is_allowed(key, value)]
    return Unreadable(f"{odd[0]:.80}: no value that may be put back", repr(odd)) if odd else note


def keys_of(found: Iterable[str], kind: str) -> list[str]:
    """The keys of a kind: their words after it."""
    return [key.removeprefix(f"{kind} ") for key in found if key.startswith(f"{kind} ")]


def _digest(said: Mapping[str, object]) -> str:
    return sha256(json.dumps(said).encode()).hexdigest()
