from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.wifi import read_status, status_command
from harness.model.reading import Unknown, Unreadable

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
CONNECTED = (CORPUS / "wifi_status_a15_connected.txt").read_text("utf-8")
OLD = (CORPUS / "wifi_dumpsys_a10_old.txt").read_text("utf-8")
OFF = "Wifi is disabled\nWifi scanning is only available when wifi is enabled\n"
MANAGER = "==== ClientModeManager instance: ConcreteClientModeManager{{id=1 role={role}}} ====\n"


def test_command_by_version() -> None:
    assert (status_command(29), status_command(30)) == ("dumpsys wifi", "cmd wifi status")


@pytest.mark.parametrize("printed", ["Wifi is disabled", "Wi-Fi is disabled", "Wi-Fi is enabling"])
def test_off_or_not_yet_on_is_not_enabled(printed: str) -> None:
    status = read_status(OFF.replace("Wifi is disabled", printed))
    assert (status.enabled, status.connected) == (False, False)
    assert isinstance(status.rssi_dbm, Unknown)


@pytest.mark.parametrize(
    "text",
    ["", "Can't find service: wifi\n", "Wifi is enabled\nWifi is disabled\n", "Wi-Fi is unknown\n"],
)
def test_no_state_or_two_is_unreadable(text: str) -> None:
    assert isinstance(read_status(text).enabled, Unreadable)


def test_of_two_interfaces_the_primary_one_counts() -> None:
    own = MANAGER.format(role="ROLE_CLIENT_PRIMARY") + CONNECTED.partition("====\n")[2]
    second = MANAGER.format(role="ROLE_CLIENT_SECONDARY_LONG_LIVED")
    second += CONNECTED.partition("====\n")[2].replace("RSSI: -26", "RSSI: -88")
    assert read_status(f"Wifi is enabled\n{second}{own}").rssi_dbm == -26
    assert isinstance(read_status(f"Wifi is enabled\n{second}").rssi_dbm, Unreadable)
    assert isinstance(read_status(f"Wifi is enabled\n{own}{own}").rssi_dbm, Unreadable)


def test_the_links_of_wifi_7_do_not_count() -> None:
    links = "MLO Information: [MloLink{6GHz, channel: 37, RSSI: -127}, MloLink{RSSI: -49}]"
    assert read_status(CONNECTED.replace("MLO Information:", links)).rssi_dbm == -26


@pytest.mark.parametrize("ssid", ["a, BSSID: x", ", RSSI: -1, ", '"', 'Wifi is "', "RSSI: -99"])
def test_an_ssid_may_hold_what_looks_like_a_value(ssid: str) -> None:
    status = read_status(CONNECTED.replace('SSID: "EOL_2.4G", BSSID', f'SSID: "{ssid}", BSSID'))
    assert (status.ssid, status.rssi_dbm) == (ssid, -26)


@pytest.mark.parametrize(
    ("old", "new", "field", "kind"),
    [
        ("RSSI: -26", "RSSI: -127", "rssi_dbm", Unknown),
        ("RSSI: -26", "RSSI: 99", "rssi_dbm", Unreadable),
        ("RSSI: -26, ", "", "rssi_dbm", Unknown),
        ("RSSI: -26,", "RSSI: -26, RSSI: -27,", "rssi_dbm", Unreadable),
        ("Frequency: 2437MHz", "Frequency: -1MHz", "frequency_mhz", Unknown),
        ("Frequency: 2437MHz", "Frequency: 2437", "standard", str),
        ("Frequency: 2437MHz", "Frequency: 24.37GHz", "frequency_mhz", Unreadable),
        ("BSSID: 00:00:5e:00:53:19", "BSSID: <none>", "bssid", Unknown),
        ("BSSID: 00:00:5e:00:53:19", "BSSID: hidden", "rssi_dbm", Unreadable),
        ('SSID: "EOL_2.4G", B', "SSID: <unknown ssid>, B", "ssid", Unknown),
    ],
)
def test_what_is_no_value_is_none(old: str, new: str, field: str, kind: type) -> None:
    assert old in CONNECTED
    assert isinstance(getattr(read_status(CONNECTED.replace(old, new, 1)), field), kind)


@given(st.text() | st.text().map(lambda t: CONNECTED + t) | st.text().map(lambda t: OLD + t))
def test_total_on_any_text(text: str) -> None:
    read_status(text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["SSID: ", "WifiInfo: SSID: ", ", BSSID: ", "Wifi is ", "==== \n"]
)
def test_long_answers_take_time_by_their_length(piece: str) -> None:
    read_status("Wifi is enabled\nWifiInfo: SSID: " + piece * 100_000)
    read_status("Wifi is enabled\n" + (piece + "\n") * 50_000)
