"""What `settings get` says (SettingsService of AOSP), and how a setting is put."""

from __future__ import annotations

import re

from harness.model.reading import Reading, Unknown, Unreadable

_VALUE = re.compile(r"[^\s\x00-\x1f]{1,200}")
_NEVER_SET = "null"


def get(setting: str) -> str:
    """The command that reads a setting, `NAMESPACE NAME`."""
    return f"settings get {setting}"


def put(setting: str, value: str | None) -> str:
    """The command that sets a setting, `NAMESPACE NAME`; None: to one that was never set."""
    return f"settings delete {setting}" if value is None else f"settings put {setting} {value}"


def read_setting(out: str) -> Reading[str]:
    """The value of a setting that is one word; unknown when it was never set."""
    value = out.replace("\r\n", "\n").removesuffix("\n")
    if value == _NEVER_SET:
        return Unknown("never set")
    return value if _VALUE.fullmatch(value) else Unreadable("not one word", out)


def read_settings(out: str, count: int) -> tuple[Reading[str], ...] | Unreadable:
    """The values of so many settings that were read in one shell, a line each."""
    lines = out.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if len(lines) != count:
        return Unreadable(f"expected {count} lines", out)
    return tuple(map(read_setting, lines))
