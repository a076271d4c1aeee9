"""Routes, counters of interfaces, and a stream between two looks at them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.network import Traffic, is_mobile, read_route, read_traffic
from harness.devices.android.stream import ENDED, KILLED, Stream, read_stream
from harness.model.ports import ShellResult
from harness.model.reading import Unknown, Unreadable

HOST = "192.0.2.1"
TITLES = (
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop "
    "fifo colls carrier compressed\n"
)
TABLE = (
    f"{TITLES}    lo: 1204 12 0 0 0 0 0 0 1204 12 0 0 0 0 0 0\n"
    "rmnet_data0:{rx:>8} 75000 0 0 0 0 0 0 {tx} 9000 0 0 0 0 0 0\n"
    " wlan0:  500    5    0    0    0     0          0         0      700       7    0    0    0"
    "     0       0          0\n"
)
LOOK = "{up:.2f} 900.11\n" + TABLE
BEFORE, AFTER = LOOK.format(up=100, rx=1000, tx=200), LOOK.format(up=102.5, rx=18_751_000, tx=900)
OUT = f"{BEFORE}{ENDED} {KILLED}\n{AFTER}"


def route(out: str, err: str = "") -> object:
    return read_route(ShellResult(2 if err else 0, out, err), HOST)


@pytest.mark.parametrize(
    ("out", "interface"),
    [
        (
            f"{HOST} via 10.1.2.3 dev rmnet_data0 table 1009 src 10.1.2.4 \n    cache \n",
            "rmnet_data0",
        ),
        (f"{HOST} dev ccmni1  table 1003  src 10.1.2.4  uid 2000 \n", "ccmni1"),
        (
            f"{HOST} dev v4-rmnet_data2 table 1027 src 192.0.0.4 uid 2000\r\n    cache\r\n",
            "v4-rmnet_data2",
        ),
        (f"{HOST} via 192.168.1.1 dev wlan0 table 1021 src 192.168.1.7 uid 2000\n", "wlan0"),
    ],
)
def test_the_interface_of_a_route(out: str, interface: str) -> None:
    assert route(out) == interface


def test_no_route_is_known_to_be_none() -> None:
    why = "RTNETLINK answers: Network is unreachable\n"
    assert route("", why) == Unknown("Network is unreachable")


@pytest.mark.parametrize(
    "out",
    [
        "",
        "198.51.100.1 dev rmnet0\n",
        f"{HOST} via 10.1.2.3\n",
        f"{HOST} dev\n",
        f"{HOST} dev a dev b\n",
        f"{HOST} dev name/of/no-interface\n",
        f"{HOST} dev rmnet_dat",
        "/system/bin/sh: ip: not found\n",
    ],
)
def test_what_is_no_route_is_unreadable(out: str) -> None:
    assert isinstance(route(out), Unreadable)


@pytest.mark.parametrize(
    "name", ["rmnet0", "rmnet_data1", "r_rmnet_data0", "v4-rmnet1", "ccmni0", "seth_lte0", "wwan0"]
)
def test_interfaces_of_modems(name: str) -> None:
    assert is_mobile(name)


@pytest.mark.parametrize(
    "name", ["wlan0", "eth0", "tun0", "rndis0", "usb0", "lo", "rmnet", "v4-wlan0"]
)
def test_other_interfaces(name: str) -> None:
    assert not is_mobile(name)


def test_counters() -> None:
    assert read_traffic(TABLE.format(rx=12345678, tx=99)) == {
        "lo": Traffic(1204, 1204),
        "rmnet_data0": Traffic(12345678, 99),
        "wlan0": Traffic(500, 700),
    }


@pytest.mark.parametrize(
    "out",
    [
        "",
        TABLE.format(rx=1, tx=2)[:-4],
        TABLE.format(rx=1, tx=2).replace("wlan0", "lo"),
        TABLE.format(rx=-1, tx=2),
        TABLE.format(rx=1, tx=2).replace(" face", " fate"),
        "cat: /proc/net/dev: Permission denied\n",
    ],
)
def test_a_table_that_is_not_whole_is_unreadable(out: str) -> None:
    assert isinstance(read_traffic(out), Unreadable)


def test_a_stream_is_what_the_interface_carried_over_the_handsets_own_clock() -> None:
    found = read_stream(OUT, "rmnet_data0")
    assert found == Stream(Traffic(18_750_000, 700), 2.5, KILLED)
    assert isinstance(found, Stream)
    assert found.received_mbps == pytest.approx(60)


def test_a_connection_may_be_refused_in_no_time_at_all() -> None:
    assert read_stream(f"{BEFORE}{ENDED} 1\n{BEFORE}", "rmnet_data0") == Stream(Traffic(0, 0), 0, 1)


@pytest.mark.parametrize(
    ("out", "interface"),
    [
        ("", "rmnet_data0"),
        (BEFORE, "rmnet_data0"),
        (OUT, "rmnet1"),
        (f"{AFTER}{ENDED} 137\n{BEFORE}", "rmnet_data0"),
        (f"{BEFORE}{ENDED} 137\n{BEFORE}", "rmnet_data0"),
        (OUT.replace("18751000", "999"), "rmnet_data0"),
        (OUT + f"{ENDED} 0\n", "rmnet_data0"),
        (OUT[:-3], "rmnet_data0"),
    ],
)
def test_a_stream_that_cannot_be_measured_is_unreadable(out: str, interface: str) -> None:
    assert isinstance(read_stream(out, interface), Unreadable)


@given(st.text() | st.lists(st.sampled_from(OUT.splitlines(keepends=True))).map("".join))
def test_any_text_has_a_reading(out: str) -> None:
    for reading in (route(out), route(out, out), read_stream(out, "rmnet_data0")):
        assert isinstance(reading, str | Stream | Unknown | Unreadable)
    assert isinstance(read_traffic(out), dict | Unreadable)
