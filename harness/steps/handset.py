"""Steps that make a handset ready for a test, and leave it as it was found."""

from __future__ import annotations

import json
import re

from harness.devices.android import package
from harness.devices.android.getprop import command as getprop
from harness.devices.android.settings import get, put, read_setting
from harness.errors import PlanError
from harness.model.ports import Handset, Stopwatch, Wait
from harness.model.reading import Unknown, Unreadable
from harness.steps.answers import ask, known, obey
from harness.steps.api import step

NOTE = "/data/local/tmp/harness-found.json"
"""Where `prepare` notes on the handset what it found, before it changes anything: a run that
fails half-way, or a station that is killed, leaves behind what `restore` needs."""

KEYCODE_HOME, KEYCODE_WAKEUP = 3, 224
STAY_ON = "stay_on_while_plugged_in"
STILL_IMAGE = "android.media.action.STILL_IMAGE_CAMERA"
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

STAY_ON_ANY = "7"
"""BatteryManager's BATTERY_PLUGGED_AC | USB | WIRELESS."""
_AIRPLANE, _WIFI, _DATA = "airplane_mode_on", "wifi_on", "mobile_data"
_RADIOS = (_AIRPLANE, _WIFI, _DATA)
_ON = ("1", "2")
"""wifi_on is 2 when it was switched on in airplane mode (Settings.Global of AOSP)."""
_AIRPLANE_BY_SHELL = 30
_SETTLES_WITHIN_S = 5.0
_LOOK_S = 0.1

Found = dict[str, str | None]
"""Global settings by name, None for one that was never set; and each permission that was not
granted, as `permission PACKAGE NAME`."""

_ALL_IT_NOTES = ("camera", "modem", "screen", "wifi")
"""What another step changes meanwhile would be noted as found, or put back under it."""

_PERMISSION = re.compile(r"permission (?P<words>[A-Za-z0-9._]{1,255} [A-Za-z0-9._]{1,255})")


@step(claims=[*_ALL_IT_NOTES, "vbus"])  # resets what `dumpsys battery` says
def prepare(handset: Handset) -> None:
    """Wake the screen, keep it awake, undo battery values set by hand; note what was found.

    The camera app is granted what it would ask a person for at its first start. Noted on the
    handset for `handset.restore`: whether it stays awake, airplane mode, Wi-Fi, mobile data, the
    permissions that were not granted. A note that a run left behind stays true: it says what was
    before that run. Pictures are left alone: `camera.still` counts only what is new, and
    removes what it made.

    Raises: PlanError: HANDSET-REFUSED, HANDSET-UNREADABLE.
    """
    ungranted = _ungranted(handset)
    found = {name: _setting(handset, name) for name in (*_RADIOS, STAY_ON)}
    found |= dict.fromkeys(f"permission {words}" for words in ungranted)
    _write_note(handset, found | _read_note(handset))
    obey(handset, f"input keyevent {KEYCODE_WAKEUP}")
    obey(handset, "wm dismiss-keyguard")
    obey(handset, put(STAY_ON, STAY_ON_ANY))
    obey(handset, "dumpsys battery reset")
    for words in ungranted:
        obey(handset, f"pm grant {words}")


@step(claims=_ALL_IT_NOTES)
def restore(handset: Handset, wait: Wait, stopwatch: Stopwatch) -> None:
    """Leave the camera app, and put back what `handset.prepare` found; nothing without its note.

    The note goes once everything reads as it was found, so that a restore that failed can be
    tried again. The screen goes dark by its own timeout.

    Raises: PlanError: HANDSET-REFUSED when a setting does not come back within 5 s,
    HANDSET-UNREADABLE.
    """
    obey(handset, f"input keyevent {KEYCODE_HOME}")
    note = _read_note(handset)
    found = {name: value for name, value in note.items() if not _PERMISSION.fullmatch(name)}
    for name in note.keys() - found.keys():
        obey(handset, f"pm revoke {name.removeprefix('permission ')}")
    for name, value in found.items():
        if not _same(name, _setting(handset, name), value):
            obey(handset, _command(handset, name, value))
    until_s = stopwatch() + _SETTLES_WITHIN_S
    while differing := _differing(handset, found):
        if stopwatch() >= until_s:
            raise PlanError(
                "HANDSET-REFUSED",
                f"not as it was found after {_SETTLES_WITHIN_S:g} s: {', '.join(differing)}",
                evidence={"found": found, "now": differing},
            )
        wait(_LOOK_S)
    if note:
        obey(handset, f"rm {NOTE}")


def _ungranted(handset: Handset) -> list[str]:
    """Package and name of each permission that the camera app would ask for."""
    app = package.read_resolved(ask(handset, package.resolve(STILL_IMAGE)).out)
    if isinstance(app, Unknown):
        return []  # that there is no camera app is for the camera's own step to say
    name = known("camera app", app)
    described = ask(handset, package.dump(name)).out
    return [f"{name} {each}" for each in known(name, package.read_ungranted(described, ASKED_FOR))]


def _setting(handset: Handset, name: str) -> str | None:
    reading = read_setting(ask(handset, get(name)).out)
    return None if isinstance(reading, Unknown) else known(name, reading)


def _same(name: str, now: str | None, found: str | None) -> bool:
    """Whether a setting means what it meant; a radio is on or off, however that is spelt."""
    return (now in _ON) == (found in _ON) if name in _RADIOS else now == found


def _differing(handset: Handset, found: Found) -> Found:
    now = {name: _setting(handset, name) for name in found}
    return {name: value for name, value in now.items() if not _same(name, value, found[name])}


def _command(handset: Handset, name: str, value: str | None) -> str:
    action = "enable" if value in _ON else "disable"
    if name == _AIRPLANE:
        sdk = ask(handset, getprop("ro.build.version.sdk")).out.strip()
        if not (sdk.isascii() and sdk.isdigit() and int(sdk) >= _AIRPLANE_BY_SHELL):
            words = f"before Android 11 only root may switch airplane mode; this is SDK {sdk!r:.20}"
            raise PlanError("HANDSET-REFUSED", words)
        return f"cmd connectivity airplane-mode {action}"
    return {_WIFI: f"svc wifi {action}", _DATA: f"svc data {action}"}.get(name) or put(name, value)


def _read_note(handset: Handset) -> Found:
    """What an earlier `prepare` found; empty when there is no note."""
    answer = ask(handset, f"cat {NOTE}")
    if answer.code != 0 and "No such file or directory" in answer.err:
        return {}
    return known(NOTE, _note(answer.out))


def _note(text: str) -> Found | Unreadable:
    try:
        said = json.loads(text)
    except ValueError as error:
        return Unreadable(f"not the note of handset.prepare: {error}", text)
    names = {*_RADIOS, STAY_ON}
    right = isinstance(said, dict) and all(
        name in names or _PERMISSION.fullmatch(name) for name in said
    )
    if not right or not all(value is None or isinstance(value, str) for value in said.values()):
        return Unreadable("not the note of handset.prepare", text)
    return dict(said)


def _write_note(handset: Handset, found: Found) -> None:
    """Under another name first, so that half a note never stands there."""
    handset.push(json.dumps(found).encode(), f"{NOTE}.new")
    obey(handset, f"mv {NOTE}.new {NOTE}")
