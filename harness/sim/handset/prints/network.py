"""What a simulated handset says of its network: `ip`, `ping`, `nc`, /proc/net/dev.

Layouts: iproute2 (route), iputils (ping), dev_seq_printf_stats of Linux.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from statistics import fmean

from harness.sim.handset.state.answer import Answer, Programs, failure, text
from harness.sim.handset.state.cellular import Cellular
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit

SLOW_MBPS = 2.0
"""What one with `lte.slow_data` receives [Mbit/s]."""
WIFI = "wlan0"
_UNREACHABLE = "Network is unreachable"
_PACKET_BYTES = 84
"""56 bytes of payload, behind the headers of ICMP and IPv4."""
_HEADER = (
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop "
    "fifo colls carrier compressed\n"
)


@dataclass(slots=True)
class _Counters:
    received: int = 0
    sent: int = 0


class Network:
    """Where packets go, and the counters of the interfaces over which they went.

    `on_wifi` says whether Wi-Fi is joined to a network at a time, which then has all traffic.
    """

    def __init__(
        self, unit: SimUnit, cellular: Cellular, speed: float, on_wifi: Callable[[float], bool]
    ) -> None:
        self._unit, self._cellular, self._speed, self._on_wifi = unit, cellular, speed, on_wifi
        self.mobile = _mobile_interface(unit.profile)
        self._counters = {name: _Counters(1_204, 1_204) for name in ("lo", self.mobile, WIFI)}
        self._stream: tuple[str, float] | None = None
        """The interface over which a stream comes, and since when; until something else runs."""
        self._pings = 0

    def programs(self) -> Programs:
        return {
            "ip route": self._route,
            "ping": self._ping,
            "nc": self._nc,
            "cat /proc/net/dev": self._net_dev,
        }

    def _way(self, now_s: float) -> str:
        """The interface that serves; none when empty."""
        if self._on_wifi(now_s):
            return WIFI
        return self.mobile if self._cellular.served(now_s).connected else ""

    def _through(self, way: str) -> bool:
        return way == WIFI or "lte.no_data" not in self._unit.defects

    def _route(self, words: list[str], now_s: float) -> Answer:
        match words:
            case ["get", host] if way := self._way(now_s):
                return text(
                    f"{host} via 10.64.0.1 dev {way} table 1009 src 10.64.0.2 uid 2000 \n"
                    "    cache \n"
                )
            case ["get", _]:
                return failure(f"RTNETLINK answers: {_UNREACHABLE}", 2)
            case _:
                return failure('Command line is not complete. Try option "help"', 255)

    def _ping(self, words: list[str], now_s: float) -> Answer:
        match words:
            case ["-c", count, "-i", interval_s, "-W", patience_s, host]:
                way = self._way(now_s)
                if not way:
                    return failure(f"connect: {_UNREACHABLE}", 2)
                return self._pinged(host, way, int(count), float(interval_s), float(patience_s))
            case _:
                return failure("Usage: ping [-c count] [-i interval] [-W timeout] destination", 2)

    def _pinged(
        self, host: str, way: str, count: int, interval_s: float, patience_s: float
    ) -> Answer:
        self._pings += 1
        noise = Random(f"{self._unit.seed} {self._unit.serial} {self._pings}")  # noqa: S311 no secret
        received, unit = count if self._through(way) else 0, self._unit
        jitter_ms = unit.ping_jitter_ms
        times_ms = [
            max(0.1, unit.ping_ms + noise.uniform(-jitter_ms, jitter_ms)) for _ in range(received)
        ]
        self._counters[way].sent += count * _PACKET_BYTES
        self._counters[way].received += received * _PACKET_BYTES
        takes_s = (count - 1) * interval_s + (unit.ping_ms / 1000 if received else patience_s)
        lines = [f"PING {host} ({host}) 56(84) bytes of data."]
        lines += [
            f"64 bytes from {host}: icmp_seq={number} ttl=64 time={_three_digits(time_ms)} ms"
            for number, time_ms in enumerate(times_ms, start=1)
        ]
        lines += ["", f"--- {host} ping statistics ---", _lost(count, received, takes_s)]
        lines += [_times(times_ms) if times_ms else ""]
        out = "\n".join(lines) + "\n"
        return Answer(out.encode(), b"", int(not received), takes_s / self._speed)

    def _nc(self, words: list[str], now_s: float) -> Answer:
        """A stream that somebody has to end, as `timeout` does; on no way through it hangs too."""
        match words:
            case [_host, port] if port.isdecimal():
                if not (way := self._way(now_s)):
                    return failure(f"nc: connect: {_UNREACHABLE}", 1)
                self._stream = (way, now_s) if self._through(way) else None
                return Answer(takes_s=math.inf)
            case _:
                return failure("nc: Needs 2 arguments", 1)

    def _net_dev(self, _words: list[str], now_s: float) -> Answer:
        if self._stream:
            way, since_s = self._stream
            self._counters[way].received += int((now_s - since_s) * self._rate_mbps * 1e6 / 8)
            self._counters[way].sent += int((now_s - since_s) * self._rate_mbps * 1e6 / 8 / 40)
            self._stream = None
        rows = (_row(name, counters) for name, counters in self._counters.items())
        return text(_HEADER + "".join(rows))

    @property
    def _rate_mbps(self) -> float:
        slow = self._unit.defects.get("lte.slow_data")
        if slow is None:
            return self._unit.downlink_mbps
        return float(slow.get("downlink_mbps", SLOW_MBPS))


def _mobile_interface(profile: str) -> str:
    """What the drivers of each modem call it."""
    if PROFILES[profile].mediatek:
        return "ccmni1"
    return "rmnet_data0" if PROFILES[profile].hardware == "qcom" else "rmnet1"


def _three_digits(time_ms: float) -> str:
    """As iputils rounds it."""
    return (
        f"{time_ms:.0f}"
        if time_ms >= 100
        else f"{time_ms:.1f}"
        if time_ms >= 10
        else f"{time_ms:.2f}"
    )


def _lost(count: int, received: int, takes_s: float) -> str:
    percent = 100 * (count - received) // count
    return (
        f"{count} packets transmitted, {received} received, {percent}% packet loss, "
        f"time {round(takes_s * 1000)}ms"
    )


def _times(times_ms: list[float]) -> str:
    mean = fmean(times_ms)
    deviation = math.sqrt(fmean((time - mean) ** 2 for time in times_ms))
    numbers = "/".join(f"{ms:.3f}" for ms in (min(times_ms), mean, max(times_ms), deviation))
    return f"rtt min/avg/max/mdev = {numbers} ms"


def _row(name: str, counters: _Counters) -> str:
    """The packets are as many as their usual size makes of the bytes."""
    received, sent = counters.received, counters.sent
    return (
        f"{name:>6}: {received:7} {received // 600:7} {0:4} {0:4} {0:4} {0:5} {0:10} {0:9} "
        f"{sent:8} {sent // 600:7} {0:4} {0:4} {0:4} {0:5} {0:7} {0:10}\n"
    )
