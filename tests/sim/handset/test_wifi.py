"""Simulated Wi-Fi, with time as an input; what it prints is read by the harness's own readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.devices.android.wifi import WifiStatus, read_status, status_command
from harness.devices.android.wifi_scan import AccessPoint, Scan, list_command, read_scan
from harness.sim.handset import HandsetBehaviour
from harness.sim.handset.prints.wifi import AROUND, ENABLE_S, SCAN_S
from harness.sim.profiles import SDK
from harness.sim.unit import SimUnit

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
REFERENCE = "LINE-REF-5G"
HEARD_S = ENABLE_S + SCAN_S


def handset(*defects: str, speed: float = 1.0, **more: Any) -> HandsetBehaviour:
    planted: dict[str, dict[str, Any]] = {name: {} for name in defects}
    return HandsetBehaviour(SimUnit("A57A000001", defects=planted, **more), speed=speed)


def said(phone: HandsetBehaviour, command: str, now_s: float) -> str:
    answer = phone.run(command, now_s)
    assert answer.code == 0, answer.err
    return answer.out.decode()


def heard(phone: HandsetBehaviour, now_s: float) -> tuple[AccessPoint, ...]:
    points = read_scan(said(phone, list_command(SDK[phone.unit.android]), now_s))
    assert isinstance(points, Scan), points
    return points.results


def enabled(phone: HandsetBehaviour, now_s: float) -> object:
    status = read_status(said(phone, status_command(SDK[phone.unit.android]), now_s))
    assert isinstance(status, WifiStatus), status
    return status.enabled


def joined(phone: HandsetBehaviour, now_s: float) -> tuple[object, str | None]:
    status = read_status(said(phone, status_command(SDK[phone.unit.android]), now_s))
    assert isinstance(status, WifiStatus), status
    return status.connected, status.ssid if isinstance(status.ssid, str) else None


@pytest.mark.parametrize("android", SDK)
def test_it_comes_on_and_scans_in_its_time(android: int) -> None:
    phone = handset(android=android)
    assert enabled(phone, 0.0) is False
    said(phone, "svc wifi enable", 100.0)
    assert enabled(phone, 100.0 + ENABLE_S - 0.1) is False
    assert enabled(phone, 100.0 + ENABLE_S) is True
    assert heard(phone, 100.0 + HEARD_S - 0.1) == ()
    points = heard(phone, 100.0 + HEARD_S + 0.5)
    assert [(p.ssid, p.rssi, p.freq) for p in points] == [
        (point.ssid, point.rssi_dbm, point.frequency_mhz) for point in AROUND
    ]
    assert {p.age for p in points} == {0.5}
    assert (REFERENCE, -47, 5180) in [(p.ssid, p.rssi, p.freq) for p in points]


@pytest.mark.parametrize("android", SDK)
def test_it_joins_the_network_that_it_knows_once_it_has_heard_it(android: int) -> None:
    phone = handset(android=android, wifi_network=REFERENCE)
    said(phone, "svc wifi enable", 100.0)
    assert joined(phone, 100.0 + HEARD_S - 0.1) == (False, None)
    assert joined(phone, 100.0 + HEARD_S) == (True, REFERENCE)
    said(phone, "svc wifi disable", 110.0)
    assert joined(phone, 110.0) == (False, None)


@pytest.mark.parametrize("network", ["", "LINE-NONE"])
def test_it_joins_no_network_that_it_does_not_know_or_hear(network: str) -> None:
    phone = handset(wifi_network=network)
    said(phone, "svc wifi enable", 0.0)
    assert joined(phone, 100.0) == (False, None)
    deaf = handset("wifi.deaf", wifi_network=REFERENCE)
    said(deaf, "svc wifi enable", 0.0)
    assert joined(deaf, 100.0) == (False, None)


def test_speed_divides_dwell_times_and_not_ages() -> None:
    phone = handset(speed=10)
    said(phone, "svc wifi enable", 0.0)
    assert heard(phone, HEARD_S / 10 - 0.01) == ()
    assert {p.age for p in heard(phone, HEARD_S / 10 + 2)} == {2.0}


def test_a_new_scan_makes_what_is_heard_new() -> None:
    phone = handset()
    said(phone, "svc wifi enable", 0.0)
    assert {p.age for p in heard(phone, HEARD_S + 10)} == {10.0}
    said(phone, "cmd wifi start-scan", 20.0)
    assert {p.age for p in heard(phone, 21 + SCAN_S)} == {1.0}


def test_before_android_11_it_scans_when_it_comes_on() -> None:
    phone = handset(android=10)
    said(phone, "svc wifi enable", 0.0)
    assert {p.age for p in heard(phone, HEARD_S + 10)} == {10.0}
    said(phone, "svc wifi disable; svc wifi enable", 20.0)
    assert {p.age for p in heard(phone, 21 + HEARD_S)} == {1.0}
    assert phone.run("cmd wifi status", 30.0).code == 255


def test_a_deaf_one_lists_what_it_heard_long_ago() -> None:
    phone = handset("wifi.deaf")
    said(phone, "svc wifi enable", 100.0)
    said(phone, "cmd wifi start-scan", 101.0)
    ages = [point.age for point in heard(phone, 110.0)]
    assert len(ages) == len(AROUND)
    assert all(isinstance(age, float) and age >= 40 for age in ages)


def test_airplane_mode_takes_it_away_and_gives_it_back() -> None:
    phone = handset()
    said(phone, "svc wifi enable", 0.0)
    said(phone, "cmd connectivity airplane-mode enable", 10.0)
    assert enabled(phone, 11.0) is False
    assert heard(phone, 11.0) == ()
    said(phone, "cmd connectivity airplane-mode disable", 20.0)
    assert enabled(phone, 21.0) is True


def test_a_dead_one_never_comes_on() -> None:
    phone = handset("wifi.dead")
    said(phone, "svc wifi enable", 0.0)
    assert enabled(phone, 1000.0) is False


def test_the_table_has_the_columns_of_real_ones() -> None:
    real = (CORPUS / "wifi_scan_a13_chains.txt").read_text("utf-8").splitlines()
    phone = handset()
    said(phone, "svc wifi enable", 0.0)
    printed = said(phone, "cmd wifi list-scan-results", HEARD_S + 3.3).splitlines()
    assert printed[0] == real[0]
    ends = [[row.index(part) for part in ("(0:", ")", "   ", "[")] for row in (real[1], printed[1])]
    assert ends[0] == ends[1]


def test_the_status_is_that_of_real_ones() -> None:
    real = (CORPUS / "wifi_status_a13_not_connected.txt").read_text("utf-8")
    phone = handset()
    said(phone, "svc wifi enable", 0.0)
    assert said(phone, "cmd wifi status", 5.0) == real


@pytest.mark.parametrize("command", ["svc wifi", "svc wifi on", "cmd wifi nope", "cmd nope"])
def test_a_command_that_is_none_fails(command: str) -> None:
    assert handset().run(command, 0.0).code != 0
