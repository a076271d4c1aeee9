"""What `settings get` says (SettingsService of AOSP), and how a setting is put."""

from __future__ import annotations

import re

from harness.model.reading import Reading, Unknown, Unreadable

_VALUE = re.compile(r"[^\s\x00-\x1f]{1,200}")
_NEVER_SET = "null"


def get(name: str) -> str:
    """The command that reads a global setting."""
    return f"settings get global {name}"


def put(name: str, value: str | None) -> str:
    """The command that sets a global setting; None makes it one that was never set."""
    return (
        f"settings delete global {name}" if value is None else f"settings put global {name} {value}"
    )


def read_setting(out: str) -> Reading[str]:
    """The value of a setting that is one word; unknown when it was never set."""
    value = out.replace("\r\n", "\n").removesuffix("\n")
    if value == _NEVER_SET:
        return Unknown("never set")
    return value if _VALUE.fullmatch(value) else Unreadable("not one word", out)
