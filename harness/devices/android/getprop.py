"""What `getprop` says (toybox getprop.c; values may span lines and hold brackets)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.devices.android.fields import gather
from harness.model.reading import Reading, Unknown, Unreadable

_ENTRY = re.compile(r"\[(?P<key>[^\]]+)\]: \[(?P<value>.*)")


def command(name: str) -> str:
    """The command that reads one property."""
    return f"getprop {name}"


def read_property(output: str) -> Reading[str]:
    """The value of one property; unknown when it is empty, as one that is not set reads."""
    value = output.replace("\r\n", "\n").removesuffix("\n")
    return value or Unknown("empty")


def read_properties(output: str) -> Reading[Mapping[str, Reading[str]]]:
    """All properties of a `getprop` without a name."""
    lines = output.replace("\r\n", "\n").removesuffix("\n").split("\n")
    entries: list[tuple[str, list[str]]] = []
    closed = True
    for line in lines:
        match = _ENTRY.fullmatch(line) if closed else None
        if match:
            entries.append((match["key"], [match["value"]]))
        elif entries:
            entries[-1][1].append(line)
        else:
            return Unreadable("the first line is no `[name]: [value]`", line)
        closed = line.endswith("]")
    if not closed:
        return Unreadable("the last value has no end", lines[-1])
    return gather((key, "\n".join(value).removesuffix("]")) for key, value in entries)
