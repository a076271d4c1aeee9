"""Round trips in what `ping` prints, of iputils and of toybox."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.ping import Ping, command, read_ping
from harness.model.reading import Unreadable

IPUTILS = (
    "PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.\n"
    "64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=32.1 ms\n"
    "64 bytes from 192.0.2.1: icmp_seq=2 ttl=64 time=9.87 ms\n"
    "64 bytes from 192.0.2.1: icmp_seq=3 ttl=64 time=104 ms\n"
    "\n--- 192.0.2.1 ping statistics ---\n"
    "3 packets transmitted, 3 received, 0% packet loss, time 402ms\n"
    "rtt min/avg/max/mdev = 9.870/48.656/104.000/40.123 ms\n"
)
TOYBOX = (
    "Ping 192.0.2.1 (192.0.2.1): 56(84) bytes.\n"
    "64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=32 ms\n"
    "\n--- 192.0.2.1 ping statistics ---\n"
    "2 packets transmitted, 1 received, 50% packet loss\n"
    "round-trip min/avg/max = 32/32/32 ms\n"
)
LOST = (
    "PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.\n"
    "From 10.64.0.1 icmp_seq=1 Destination Host Unreachable\n"
    "\n--- 192.0.2.1 ping statistics ---\n"
    "5 packets transmitted, 0 received, +1 errors, 100% packet loss, time 813ms\n\n"
)
AGAIN = "64 bytes from 192.0.2.1: icmp_seq=2 ttl=64 time=11.0 ms (DUP!)\n"
TWICE = IPUTILS.replace("9.87 ms\n", f"9.87 ms\n{AGAIN}").replace(
    "3 received, 0%", "3 received, +1 duplicates, 0%"
)


@pytest.mark.parametrize(
    ("out", "expected", "lost"),
    [
        (IPUTILS, Ping(3, (32.1, 9.87, 104.0)), 0),
        (IPUTILS.replace("\n", "\r\n"), Ping(3, (32.1, 9.87, 104.0)), 0),
        (TOYBOX, Ping(2, (32.0,)), 50),
        (LOST, Ping(5, ()), 100),
        (TWICE, Ping(3, (32.1, 9.87, 104.0)), 0),
    ],
)
def test_what_came_back(out: str, expected: Ping, lost: float) -> None:
    found = read_ping(out)
    assert found == expected
    assert isinstance(found, Ping)
    assert found.lost_percent == pytest.approx(lost)


@pytest.mark.parametrize(
    "out",
    [
        "",
        IPUTILS[: IPUTILS.index("\n3 packets")],
        IPUTILS + IPUTILS,
        IPUTILS.replace("3 received", "2 received"),
        IPUTILS.replace("icmp_seq=3", "icmp_seq=2"),
        IPUTILS.replace("3 packets transmitted", "2 packets transmitted"),
        IPUTILS.replace("time=32.1 ms", "time=32,1 ms"),
        LOST.replace("5 packets", "0 packets"),
        "connect: Network is unreachable\n",
    ],
)
def test_what_does_not_add_up_is_unreadable(out: str) -> None:
    assert isinstance(read_ping(out), Unreadable)


@given(st.text() | st.lists(st.sampled_from(IPUTILS.splitlines(keepends=True))).map("".join))
def test_any_text_has_a_reading(out: str) -> None:
    found = read_ping(out)
    assert isinstance(found, Unreadable) or len(found.round_trips_ms) <= found.sent  # type: ignore[union-attr]


def test_the_command() -> None:
    assert command("192.0.2.1", 10, 0.2, 2) == "ping -c 10 -i 0.2 -W 2 192.0.2.1"
