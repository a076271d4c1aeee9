"""Which app answers an intent, and which permissions it would ask a person for.

Formats: `cmd package resolve-activity --brief` (PackageManagerShellCommand) and `dumpsys package`
(Settings.dumpLPr) of AOSP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.model.reading import Reading, Unknown, Unreadable

_COMPONENT = re.compile(r"(?P<package>[A-Za-z0-9_]{1,100}(\.[A-Za-z0-9_]{1,100})+)/\S{1,255}")
_REQUESTED = re.compile(r" {6}(?P<name>[A-Za-z0-9._]{1,255})(: restricted=true)?")
_GRANTED = re.compile(r" {6,10}(?P<name>[A-Za-z0-9._]{1,255}): granted=(?P<granted>true|false)\b.*")
_USER = re.compile(r" {4}User (?P<user>[0-9]{1,9}):(?P<state>.*)")
_ENABLED = re.compile(r" enabled=(?P<state>[0-4])(?= |$)")
_FACTORY_COPIES = "Hidden system packages:"
"""The heading over the system's own copies of apps that were updated since."""


def resolve(intent: str) -> str:
    """The command that names the app which answers an intent, such as `-a ACTION`."""
    return f"cmd package resolve-activity --brief {intent}"


def dump(package: str) -> str:
    """The command that describes an app."""
    return f"dumpsys package {package}"


def read_resolved(out: str) -> Reading[str]:
    """The package that answers; unknown when none does, or when a person would have to choose."""
    lines = [line for line in out.replace("\r\n", "\n").split("\n") if line]
    if not lines or lines[-1] == "No activity found":
        return Unknown("no activity found")
    match = _COMPONENT.fullmatch(lines[-1])
    if not match:  # Android's own chooser is of the package `android`
        chooser = lines[-1].startswith("android/")
        return Unknown(lines[-1]) if chooser else Unreadable("no component", lines[-1])
    return match["package"]


def read_ungranted(out: str, wanted: frozenset[str]) -> Reading[tuple[str, ...]]:
    """Those of the wanted permissions that the app declares and user 0 has not granted."""
    said = read_permissions(out, wanted)
    if not isinstance(said, Mapping):
        return said
    return tuple(sorted(name for name, granted in said.items() if not granted))


def read_permissions(out: str, wanted: frozenset[str]) -> Reading[Mapping[str, bool]]:
    """The wanted permissions that the app declares: whether each is granted to user 0."""
    lines = _installed(out)
    if lines.count("    requested permissions:") != 1:
        return Unreadable("expected one list of requested permissions", out)
    requested: set[str] = set()
    for line in lines[lines.index("    requested permissions:") + 1 :]:
        if not (match := _REQUESTED.fullmatch(line)):
            break
        requested.add(match["name"])
    granted = _granted(lines)
    return {name: name in granted for name in requested & wanted}


def uninstall(package: str) -> str:
    """The command that removes an app for all users; one of the system's image stays."""
    return f"pm uninstall {package}"


def is_nowhere(out: str, package: str) -> bool:
    """Whether the dump of this app says that there is none, nor one that a wipe brings back.

    Before Android 13 other sections, each with its own complaint, come in front of that.
    """
    lines = out.replace("\r\n", "\n").split("\n")
    named = any(line.startswith(f"  Package [{package}] (") for line in lines)
    return not named and any(line.strip() == f"Unable to find package: {package}" for line in lines)


def is_gone(out: str, package: str) -> bool:
    """Whether the dump of this app says that there is none, or none for user 0."""
    if is_nowhere(out, package):
        return True
    lines = _installed(out)
    if not any(line.startswith(f"  Package [{package}] (") for line in lines):
        return any(line.strip() == f"Unable to find package: {package}" for line in lines)
    users = [match for line in lines if (match := _USER.fullmatch(line))]
    first = [match["state"] for match in users if match["user"] == "0"]
    return len(first) == 1 and " installed=false " in f"{first[0]} "


def read_enabled(out: str) -> Reading[int]:
    """How an app is enabled for user 0 (PackageManager.COMPONENT_ENABLED_STATE_...).

    0 as its maker wants it, 1 enabled, 2 disabled, 3 disabled by a user, 4 until it is used.
    """
    users = [match for line in _installed(out) if (match := _USER.fullmatch(line))]
    first = [match["state"] for match in users if match["user"] == "0"]
    said = [match["state"] for state in first for match in _ENABLED.finditer(state)]
    return int(said[0]) if len(said) == 1 else Unreadable("expected one state for user 0", out)


def _installed(out: str) -> list[str]:
    """The lines of the app as it runs."""
    lines = out.replace("\r\n", "\n").split("\n")
    return lines[: lines.index(_FACTORY_COPIES)] if _FACTORY_COPIES in lines else lines


def _granted(lines: list[str]) -> set[str]:
    """What is granted at installation or by user 0."""
    granted, user = set(), "0"
    for line in lines:
        if match := _USER.fullmatch(line):
            user = match["user"]
        elif user == "0" and (match := _GRANTED.fullmatch(line)) and match["granted"] == "true":
            granted.add(match["name"])
    return granted
