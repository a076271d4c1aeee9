"""Reads and sets on a handset what has a key in a note of what was found."""

from __future__ import annotations

from collections.abc import Iterable

from harness.devices.android import package, power
from harness.devices.android.getprop import command as getprop
from harness.devices.android.settings import get, put, read_settings
from harness.errors import PlanError
from harness.model.ports import Handset
from harness.model.reading import Unknown, Unreadable
from harness.steps.asking.answers import ask, known, obey
from harness.steps.undoing.found import AIRPLANE, GONE, SCREEN, SERVICES, Found, Now, keys_of

_KEYCODE_SLEEP, _KEYCODE_WAKEUP = 223, 224
_AIRPLANE_BY_SHELL = 30
_ENABLING = {
    "0": "pm default-state --user 0",
    "1": "pm enable --user 0",
    "3": "pm disable-user --user 0",
}


def look(handset: Handset, keys: Iterable[str]) -> Found:
    """What is there now under these keys.

    Raises: PlanError(HANDSET-UNREADABLE).
    """
    now = look_at_each(handset, keys)
    return {
        key: known(key, value) if isinstance(value, Unreadable) else value
        for key, value in now.items()
    }


def look_at_each(handset: Handset, keys: Iterable[str]) -> Now:
    """What is there now under each of these keys; one that cannot be read hides no other."""
    keys = list(keys)
    now = dict(_settings(handset, [key for key in keys if key.startswith(("global ", "secure "))]))
    for name in keys_of(keys, "package"):
        now[f"package {name}"] = _enabled(handset, name)
    now |= _permissions(handset, keys_of(keys, "permission"))
    if SCREEN in keys:
        now[SCREEN] = _screen(handset)
    return now


def set_(handset: Handset, key: str, value: str | None) -> None:
    """Make it so; a switch of a radio may take a moment.

    Raises: PlanError(HANDSET-REFUSED).
    """
    obey(handset, _command(handset, key, value))


def _settings(handset: Handset, keys: list[str]) -> Now:
    if not keys:
        return {}
    readings = read_settings(ask(handset, "; ".join(map(get, keys))).out, len(keys))
    if isinstance(readings, Unknown | Unreadable):
        return dict.fromkeys(keys, _unreadable(readings))
    return {
        key: None if isinstance(reading, Unknown) else reading
        for key, reading in zip(keys, readings, strict=True)
    }


def _enabled(handset: Handset, name: str) -> str | Unreadable:
    described = ask(handset, package.dump(name)).out
    if package.is_gone(described, name):
        return GONE
    state = package.read_enabled(described)
    return str(state) if isinstance(state, int) else _unreadable(state)


def _permissions(handset: Handset, words: list[str]) -> Now:
    now: dict[str, str | Unreadable | None] = {}
    for app in {each.partition(" ")[0]: None for each in words}:
        wanted = frozenset(each.partition(" ")[2] for each in words if each.startswith(f"{app} "))
        described = ask(handset, package.dump(app)).out
        said = (
            {} if package.is_gone(described, app) else package.read_permissions(described, wanted)
        )
        for name in wanted:
            now[f"permission {app} {name}"] = (
                _unreadable(said)
                if isinstance(said, Unknown | Unreadable)
                else {True: "granted", False: "denied", None: GONE}[said.get(name)]
            )
    return now


def _screen(handset: Handset) -> str | Unreadable:
    awake = power.read_awake(ask(handset, power.COMMAND).out)
    if isinstance(awake, Unknown | Unreadable):
        return _unreadable(awake)
    return "awake" if awake else "asleep"


def _unreadable(reading: Unknown | Unreadable) -> Unreadable:
    return reading if isinstance(reading, Unreadable) else Unreadable(f"unknown: {reading.said}")


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
