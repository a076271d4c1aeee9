"""How long echoes take over a network, by `ping`.

Formats: ping of iputils, which Android ships, and of toybox; both after RFC 792 and RFC 4443.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.devices.android.fields import whole_lines
from harness.model.reading import Reading, Unreadable

PACKET_BYTES = 84
"""What one packet takes of an interface: 56 bytes, behind 8 of ICMP and 20 of IPv4."""
_REPLY = re.compile(
    r"[0-9]{1,5} bytes from [^ ]{1,100}(?: \([^ ]{1,60}\))?: icmp_seq=(?P<number>[0-9]{1,6}) "
    r"ttl=[0-9]{1,3} time=(?P<ms>[0-9]{1,7}(?:\.[0-9]{1,3})?) ms(?P<again> \(DUP!\))?"
)
_TOTAL = re.compile(
    r"(?P<sent>[0-9]{1,6}) packets transmitted, (?P<received>[0-9]{1,6}) received, "
    r"(?:\+[0-9]{1,6} (?:duplicates|corrupted|errors), ){0,3}"
    r"[0-9.]{1,10}% packet loss(?:, time [0-9]{1,9}ms)?"
)


@dataclass(frozen=True, slots=True)
class Ping:
    """How many echoes were asked for, and the round trip of each that came [ms]."""

    sent: int
    round_trips_ms: tuple[float, ...]

    @property
    def lost_percent(self) -> float:
        return 100 * (1 - len(self.round_trips_ms) / self.sent)

    @property
    def median_ms(self) -> float:
        """The middle one of the round trips, of which there must be one [ms]."""
        from statistics import median

        return median(self.round_trips_ms)


def command(host: str, count: int, interval_s: float, patience_s: int) -> str:
    """Asks so often for an echo, and waits `patience_s` [s] for the last ones."""
    return f"ping -c {count} -i {interval_s:g} -W {patience_s} {host}"


def read_ping(out: str) -> Reading[Ping]:
    """The round trips, once there is a summary that counts as many: each echo once.

    An echo that comes a second time counts by its first coming.
    """
    lines, _ = whole_lines(out)
    totals = [match for line in lines if (match := _TOTAL.fullmatch(line))]
    if len(totals) != 1:
        return Unreadable(f"{len(totals)} summaries of a ping, expected one", out)
    replies = [match for line in lines if (match := _REPLY.fullmatch(line)) and not match["again"]]
    sent, received = int(totals[0]["sent"]), int(totals[0]["received"])
    numbers = {match["number"] for match in replies}
    if sent == 0 or not len(numbers) == len(replies) == received <= sent:
        return Unreadable(f"{len(replies)} echoes, the summary counts {received} of {sent}", out)
    return Ping(sent, tuple(float(match["ms"]) for match in replies))
