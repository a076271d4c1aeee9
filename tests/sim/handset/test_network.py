"""The network of a simulated handset, read by the harness's own readers."""

from __future__ import annotations

from typing import Any

import pytest

from harness.devices.android.network import (
    COUNTERS,
    Traffic,
    is_mobile,
    read_route,
    read_traffic,
    route_command,
)
from harness.devices.android.ping import PACKET_BYTES, Ping, command, read_ping
from harness.devices.android.stream import KILLED, Stream, read_stream
from harness.devices.android.stream import command as stream_command
from harness.model.ports import ShellResult
from harness.model.reading import Reading, Unknown
from harness.sim.handset import HandsetBehaviour
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit

HOST = "192.0.2.1"
PING = command(HOST, 10, 0.2, 2)


def handset(defects: dict[str, dict[str, Any]] | None = None, **more: Any) -> HandsetBehaviour:
    return HandsetBehaviour(SimUnit("A57A000001", defects=defects or {}, **more))


def told(phone: HandsetBehaviour, asked: str, now_s: float = 100.0) -> ShellResult:
    answer = phone.run(asked, now_s)
    return ShellResult(answer.code, answer.out.decode(), answer.err.decode())


def route(phone: HandsetBehaviour, now_s: float = 100.0) -> Reading[str]:
    return read_route(told(phone, route_command(HOST), now_s), HOST)


def carried(phone: HandsetBehaviour, interface: str) -> Traffic:
    table = read_traffic(told(phone, COUNTERS).out)
    assert isinstance(table, dict)
    found = table[interface]
    assert isinstance(found, Traffic)
    return found


def mobile(phone: HandsetBehaviour) -> str:
    found = route(phone)
    assert isinstance(found, str)
    return found


def pinged(phone: HandsetBehaviour) -> Ping:
    found = read_ping(told(phone, PING).out)
    assert isinstance(found, Ping)
    return found


def streamed(phone: HandsetBehaviour, for_s: int = 2) -> Stream:
    found = read_stream(told(phone, stream_command(HOST, 5001, for_s)).out, mobile(phone))
    assert isinstance(found, Stream), found
    return found


@pytest.mark.parametrize("profile", PROFILES)
def test_its_traffic_goes_over_its_modem(profile: str) -> None:
    phone = handset(profile=profile)
    way = mobile(phone)
    assert is_mobile(way)
    before = carried(phone, way)
    assert len(pinged(phone).round_trips_ms) == 10
    after = carried(phone, way)
    assert (after.sent - before.sent, after.received - before.received) == (10 * PACKET_BYTES,) * 2


def test_without_data_there_is_no_way() -> None:
    phone = handset()
    phone.run("svc data disable", 0.0)
    assert route(phone) == Unknown("Network is unreachable")
    answer = told(phone, PING)
    assert (answer.code, "unreachable" in answer.err) == (2, True)


def test_wifi_has_it_all_while_it_is_joined() -> None:
    phone = handset(wifi_network="LINE-REF-5G")
    phone.run("svc wifi enable", 0.0)
    assert route(phone) == "wlan0"
    phone.run("svc wifi disable", 100.0)
    assert is_mobile(mobile(phone))


def test_round_trips_are_those_of_the_unit() -> None:
    times_ms = pinged(handset(ping_ms=80.0, ping_jitter_ms=5.0)).round_trips_ms
    assert all(75 <= ms <= 85 for ms in times_ms)
    assert len(set(times_ms)) > 1
    assert handset().run(PING, 0.0).takes_s == pytest.approx(9 * 0.2 + 0.032)


@pytest.mark.parametrize(
    ("defects", "mbps"),
    [({}, 60), ({"lte.slow_data": {}}, 2), ({"lte.slow_data": {"downlink_mbps": 5}}, 5)],
)
def test_a_stream_comes_at_the_rate_of_the_unit(
    defects: dict[str, dict[str, Any]], mbps: float
) -> None:
    found = streamed(handset(defects))
    assert found.received_mbps == pytest.approx(mbps, rel=0.01)
    assert found.took_s == pytest.approx(2.0)
    assert found.code == KILLED


def test_one_that_lets_nothing_through() -> None:
    phone = handset({"lte.no_data": {}})
    assert is_mobile(mobile(phone))
    assert pinged(phone) == Ping(10, ())
    assert streamed(phone).traffic.received == 0
