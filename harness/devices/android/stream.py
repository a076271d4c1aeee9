"""How fast bytes come to a handset: a stream from a server, counted by the interface's counters.

One script reads the counters and the handset's own clock, takes the stream for a time, and reads
both again, so that no round trip of adb is in the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.devices.android import uptime
from harness.devices.android.network import COUNTERS, Traffic, read_traffic
from harness.model.reading import Reading, Unknown, Unreadable

ENDED = "harness-stream-ended"
KILLED = 128 + 9
"""What `timeout -s 9` ends with when it has killed its command (toybox timeout.c)."""
_CODE = re.compile(rf"{ENDED} (?P<code>[0-9]{{1,3}})\n")


@dataclass(frozen=True, slots=True)
class Stream:
    """What came and went over an interface in a time [s], and how `nc` ended."""

    traffic: Traffic
    took_s: float
    code: int

    @property
    def received_mbps(self) -> float:
        """Mbit/s, with the headers of IP and TCP: what the interface carried."""
        return self.traffic.received * 8 / self.took_s / 1e6


def command(host: str, port: int, for_s: int) -> str:
    """Takes a stream for so long [s]; somebody has to send it at once, and without an end."""
    look = f"{uptime.COMMAND}; {COUNTERS}"
    return f"{look}; timeout -s 9 {for_s} nc {host} {port} > /dev/null; echo {ENDED} $?; {look}"


def read_stream(out: str, interface: str) -> Reading[Stream]:
    """What came over an interface; counters that went back are those of another interface."""
    ends = list(_CODE.finditer(out))
    if len(ends) != 1:
        return Unreadable(f"{len(ends)} ends of the stream, expected one", out)
    before = _look(out[: ends[0].start()], interface)
    after = _look(out[ends[0].end() :], interface)
    if isinstance(before, Unknown | Unreadable):
        return before
    if isinstance(after, Unknown | Unreadable):
        return after
    (from_s, old), (to_s, new), code = before, after, int(ends[0]["code"])
    if to_s < from_s or (to_s == from_s and code == KILLED):  # a refusal may take no time at all
        return Unreadable(f"its clock went from {from_s:.2f} s to {to_s:.2f} s", out)
    passed = grown(old, new)
    if isinstance(passed, Unreadable):
        return passed
    return Stream(passed, to_s - from_s, code)


def grown(old: Traffic, new: Traffic) -> Traffic | Unreadable:
    """What went over an interface between two looks at its counters."""
    if new.received < old.received or new.sent < old.sent:
        return Unreadable("the counters went back", f"{old} / {new}")
    return Traffic(new.received - old.received, new.sent - old.sent)


def _look(out: str, interface: str) -> Reading[tuple[float, Traffic]]:
    """The clock, and the counters under it."""
    line, end, table = out.partition("\n")
    at_s = uptime.read_uptime(line + end)
    counters = read_traffic(table)
    if isinstance(at_s, Unknown | Unreadable):
        return at_s
    if isinstance(counters, Unknown | Unreadable):
        return counters
    traffic = counters.get(interface)
    return (at_s, traffic) if traffic else Unreadable(f"{interface} has no counters", table)
