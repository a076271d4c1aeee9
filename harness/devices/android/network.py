"""Over which interface a handset's packets go, and how many bytes went over it.

Formats: `ip route get` of iproute2, /proc/net/dev (dev_seq_printf_stats, net/core/net-procfs.c of
Linux).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.devices.android.fields import no_dump, whole_lines
from harness.model.ports import ShellResult
from harness.model.reading import Reading, Unknown, Unreadable

COUNTERS = "cat /proc/net/dev"
_NO_ROUTE = re.compile(
    r"RTNETLINK answers: (?P<why>Network is unreachable|No route to host|Network is down)\s*"
)
_INTERFACE = re.compile(r"[A-Za-z0-9_.:@-]{1,15}")
"""IFNAMSIZ of Linux is 16, with the end of the string."""
_MOBILE = re.compile(
    r"(?:v4-)?(?:r_)?(?:rmnet|ccmni|cc2mni|seth_lte|sipa_eth|wwan)[a-z_]{0,6}[0-9]{1,2}"
)
"""Interfaces of modems: Qualcomm and Samsung, MediaTek, Unisoc; `v4-` is that of IPv4 over an
IPv6-only network (clatd of AOSP)."""
_TITLES = ("Inter-|", " face |")
_COLUMNS = 16
_NUMBER = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes that an interface has carried since it came up."""

    received: int
    sent: int


def route_command(host: str) -> str:
    """Asks over which interface a packet to an address would go."""
    return f"ip route get {host}"


def is_mobile(interface: str) -> bool:
    """Whether this is the name of a modem's interface."""
    return _MOBILE.fullmatch(interface) is not None


def read_route(answer: ShellResult, host: str) -> Reading[str]:
    """The interface of the route to `host`; unknown when there is none."""
    if match := _NO_ROUTE.fullmatch(answer.err):
        return Unknown(match["why"])
    lines, _ = whole_lines(answer.out)
    words = lines[0].split() if lines else []
    if words[:1] != [host] or words.count("dev") != 1:
        return no_dump(f"no route to {host}", answer.out or answer.err)
    name = words[words.index("dev") + 1 :][:1]
    if not name or not _INTERFACE.fullmatch(name[0]):
        return Unreadable("a route without an interface", lines[0])
    return name[0]


def read_traffic(out: str) -> Reading[Mapping[str, Traffic]]:
    """The counters of every interface."""
    lines, rest = whole_lines(out)
    if rest or not all(map(str.startswith, lines[:2], _TITLES)) or len(lines) < 3:
        return no_dump("no table of /proc/net/dev", out)
    table: dict[str, Traffic] = {}
    for line in lines[2:]:
        name, _, numbers = line.strip().rpartition(":")
        columns = numbers.split()
        if len(columns) != _COLUMNS or not all(map(_NUMBER.fullmatch, columns)) or not name:
            return Unreadable("no row of /proc/net/dev", line)
        if name in table:
            return Unreadable(f"{name} stands twice", out)
        table[name] = Traffic(int(columns[0]), int(columns[8]))
    return table
