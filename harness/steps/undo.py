"""Puts back on a handset what `handset.prepare` changed, in a run or after it."""

from __future__ import annotations

from collections.abc import Iterable

from harness.devices.android import package, power
from harness.devices.android.getprop import command as getprop
from harness.devices.android.settings import get, put, read_settings
from harness.errors import PlanError
from harness.model.ports import Handset, Stopwatch, Wait
from harness.model.reading import Unknown, Unreadable
from harness.steps.answers import ask, known, obey
from harness.steps.found import (
    AIRPLANE,
    SCREEN,
    SERVICES,
    Found,
    Note,
    keys_of,
    read_note,
    repairs,
)
from harness.steps.shelf import LIST, Seen, bringing_back, read_seen

NOTE = "/data/local/tmp/harness-found.json"
"""Where `prepare` notes on the handset what it found, before it changes anything. It goes last:
as long as it is there, something may be as the run left it; once it is gone, nothing is."""
KEPT_NOTE = "handset-found.json"
"""The same note as an attachment of the run, kept before the handset has it: it says what was
found when that on the handset is damaged."""

KEYCODE_HOME, _KEYCODE_SLEEP, _KEYCODE_WAKEUP = 3, 223, 224
_AIRPLANE_BY_SHELL = 30
_SETTLES_WITHIN_S = 5.0
_LOOK_S = 0.1
_ENABLING = {
    "0": "pm default-state --user 0",
    "1": "pm enable --user 0",
    "3": "pm disable-user --user 0",
}


def undo(handset: Handset, wait: Wait, stopwatch: Stopwatch, *, kept: bytes | None = None) -> Found:
    """Put back what the note on the handset says, and what was in DCIM; what was found, or nothing.

    Without a note nothing but DCIM is looked at. It may be cut anywhere and tried again. `kept`
    is the note as the record of the run has it, for one on the handset that cannot be obeyed.

    Raises: PlanError: HANDSET-NOTE when no note can be obeyed, HANDSET-REFUSED when
    something does not come back within 5 s, HANDSET-UNREADABLE.
    """
    note = _note(handset, kept)
    if note:
        obey(handset, f"input keyevent {KEYCODE_HOME}")  # the camera app may still be in front
        _put_back(handset, note.found, wait, stopwatch)
    for command in bringing_back(look_at_shelf(handset)):
        obey(handset, command)
    if note:
        obey(handset, f"rm {NOTE}")
    return note.found if note else {}


def serial_of(handset: Handset) -> str:
    """What the handset itself says that it is.

    Raises: PlanError(HANDSET-UNREADABLE).
    """
    said = ask(handset, getprop("ro.serialno")).out.strip()
    return known("ro.serialno", said or Unreadable("empty"))


def write_note(handset: Handset, content: bytes) -> None:
    """Put the note on the handset, whole or not at all, and on its disk: a battery may fail."""
    handset.push(content, f"{NOTE}.new")
    obey(handset, f"mv {NOTE}.new {NOTE} && sync")


def look_at_shelf(handset: Handset) -> Seen:
    """What is in DCIM, and what is set aside.

    Raises: PlanError(HANDSET-UNREADABLE), also when the storage is not there (yet).
    """
    answer = ask(handset, LIST)
    return known("folders of pictures", read_seen(answer.out, answer.err))


def look(handset: Handset, keys: Iterable[str]) -> Found:
    """What is there now under these keys.

    Raises: PlanError(HANDSET-UNREADABLE).
    """
    keys = list(keys)
    now = dict(_settings(handset, [key for key in keys if key.startswith(("global ", "secure "))]))
    for name in keys_of(keys, "package"):
        described = ask(handset, package.dump(name)).out
        now[f"package {name}"] = str(known(name, package.read_enabled(described)))
    now |= _permissions(handset, keys_of(keys, "permission"))
    if SCREEN in keys:
        awake = known(power.COMMAND, power.read_awake(ask(handset, power.COMMAND).out))
        now[SCREEN] = "awake" if awake else "asleep"
    return now


def set_(handset: Handset, key: str, value: str | None) -> None:
    """Make it so; a switch of a radio may take a moment.

    Raises: PlanError(HANDSET-REFUSED).
    """
    obey(handset, _command(handset, key, value))


def _note(handset: Handset, kept: bytes | None) -> Note | None:
    """The note to obey, or None when there is none on the handset."""
    answer = ask(handset, f"rm -f {NOTE}.new; cat {NOTE}")  # what a push left that was cut
    if answer.code != 0 and "No such file or directory" in answer.err:
        return None
    serial = serial_of(handset)
    note = _of(serial, read_note(answer.out))
    if isinstance(note, Unreadable) and kept:
        copy = _of(serial, read_note(kept.decode("utf-8", "replace")))
        note = note if isinstance(copy, Unreadable) else copy
    if isinstance(note, Unreadable):
        words = f"{NOTE} on the handset cannot be obeyed: {note.why}"
        raise PlanError("HANDSET-NOTE", words, evidence={"why": note.why, "note": note.raw})
    return note


def _of(serial: str, note: Note | Unreadable) -> Note | Unreadable:
    """The note, if it is of the handset with this serial: an image may be copied with its note."""
    if isinstance(note, Note) and note.serial != serial:
        return Unreadable(f"it is of {note.serial:.40}, this is {serial:.40}", repr(note))
    return note


def _put_back(handset: Handset, found: Found, wait: Wait, stopwatch: Stopwatch) -> None:
    for key, value in repairs(found, look(handset, found)).items():
        set_(handset, key, value)
    until_s = stopwatch() + _SETTLES_WITHIN_S
    while differing := repairs(found, now := look(handset, found)):
        if stopwatch() >= until_s:
            words = ", ".join(f"{key} is {now[key]}, was {differing[key]}" for key in differing)
            raise PlanError(
                "HANDSET-REFUSED",
                f"not as it was found after {_SETTLES_WITHIN_S:g} s: {words}",
                evidence={"found": dict(found), "now": dict(now)},
            )
        wait(_LOOK_S)


def _settings(handset: Handset, keys: list[str]) -> Found:
    if not keys:
        return {}
    said = ask(handset, "; ".join(map(get, keys))).out
    readings = known("settings", read_settings(said, len(keys)))
    return {
        key: None if isinstance(reading, Unknown) else known(key, reading)
        for key, reading in zip(keys, readings, strict=True)
    }


def _permissions(handset: Handset, words: list[str]) -> Found:
    now: dict[str, str | None] = {}
    for app in {each.partition(" ")[0]: None for each in words}:
        wanted = frozenset(each.partition(" ")[2] for each in words if each.startswith(f"{app} "))
        described = ask(handset, package.dump(app)).out
        denied = known(app, package.read_ungranted(described, wanted))
        for name in wanted:
            now[f"permission {app} {name}"] = "denied" if name in denied else "granted"
    return now


def _command(handset: Handset, key: str, value: str | None) -> str:
    kind, _, words = key.partition(" ")
    action = "enable" if value in ("1", "2") else "disable"
    match kind:
        case "screen":
            return f"input keyevent {_KEYCODE_WAKEUP if value == 'awake' else _KEYCODE_SLEEP}"
        case "package":
            return f"{_ENABLING[value or '0']} {words}"
        case "permission":
            return f"pm {'grant' if value == 'granted' else 'revoke'} {words}"
    if key == AIRPLANE:
        _require_airplane_switch(handset)
        return f"cmd connectivity airplane-mode {action}"
    return f"svc {SERVICES[key]} {action}" if key in SERVICES else put(key, value)


def _require_airplane_switch(handset: Handset) -> None:
    sdk = ask(handset, getprop("ro.build.version.sdk")).out.strip()
    if not (sdk.isascii() and sdk.isdigit() and int(sdk) >= _AIRPLANE_BY_SHELL):
        words = f"before Android 11 only root may switch airplane mode; this is SDK {sdk!r:.20}"
        raise PlanError("HANDSET-REFUSED", words)
