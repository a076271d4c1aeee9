from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.wifi import WifiStatus, read_status, status_command
from harness.model.reading import Unknown, Unreadable

CORPUS = Path(__file__).parents[2] / "corpus" / "android"
CONNECTED = (CORPUS / "wifi_status_a15_connected.txt").read_text("utf-8")
OLD = (CORPUS / "wifi_dumpsys_a10_old.txt").read_text("utf-8")
OFF = "Wifi is disabled\nWifi scanning is only available when wifi is enabled\n"
MANAGER = "==== ClientModeManager instance: ConcreteClientModeManager{{id=1 role={role}}} ====\n"


def read(text: str) -> WifiStatus:
    status = read_status(text)
    assert isinstance(status, WifiStatus), status
    return status


def test_command_by_version() -> None:
    assert (status_command(29), status_command(30)) == ("dumpsys wifi", "cmd wifi status")


@pytest.mark.parametrize("printed", ["Wifi is disabled", "Wi-Fi is disabled", "Wi-Fi is enabling"])
def test_off_or_not_yet_on_is_not_enabled(printed: str) -> None:
    status = read(OFF.replace("Wifi is disabled", printed))
    assert (status.enabled, status.connected) == (False, False)
    assert isinstance(status.rssi, Unknown)


@pytest.mark.parametrize(
    "text",
    ["", "Can't find service: wifi\n", "Wifi is enabled\nWifi is disabled\n", "Wi-Fi is odd\n"],
)
def test_no_state_or_two_is_unreadable(text: str) -> None:
    assert isinstance(read_status(text), Unreadable)


def test_of_two_interfaces_the_primary_one_counts() -> None:
    own = MANAGER.format(role="ROLE_CLIENT_PRIMARY") + CONNECTED.partition("====\n")[2]
    second = MANAGER.format(role="ROLE_CLIENT_SECONDARY_LONG_LIVED")
    second += CONNECTED.partition("====\n")[2].replace("RSSI: -26", "RSSI: -88")
    assert read(f"Wifi is enabled\n{second}{own}").rssi == -26
    assert isinstance(read(f"Wifi is enabled\n{second}").rssi, Unreadable)
    assert isinstance(read(f"Wifi is enabled\n{own}{own}").rssi, Unreadable)


def test_the_links_of_wifi_7_do_not_count() -> None:
    links = "MLO Information: [MloLink{6GHz, channel: 37, RSSI: -127}, MloLink{RSSI: -49}]"
    assert read(CONNECTED.replace("MLO Information:", links)).rssi == -26


@pytest.mark.parametrize("ssid", ["a, BSSID: x", ", RSSI: -1, ", '"', 'Wifi is "', "RSSI: -99"])
def test_an_ssid_may_hold_what_looks_like_a_value(ssid: str) -> None:
    status = read(CONNECTED.replace('SSID: "EOL_2.4G", BSSID', f'SSID: "{ssid}", BSSID'))
    assert (status.ssid, status.rssi) == (ssid, -26)


@pytest.mark.parametrize(
    ("old", "new", "field", "kind"),
    [
        ("RSSI: -26", "RSSI: -127", "rssi", Unknown),
        ("RSSI: -26", "RSSI: 0", "rssi", Unknown),
        ("RSSI: -26", "RSSI: 99", "rssi", Unreadable),
        ("RSSI: -26, ", "", "rssi", Unknown),
        ("RSSI: -26,", "RSSI: -26, RSSI: -27,", "rssi", Unreadable),
        ("Frequency: 2437MHz", "Frequency: -1MHz", "frequency_mhz", Unknown),
        ("Frequency: 2437MHz", "Frequency: 2437", "standard", str),
        ("Frequency: 2437MHz", "Frequency: 24.37GHz", "frequency_mhz", Unreadable),
        ("BSSID: 00:00:5e:00:53:19", "BSSID: <none>", "bssid", Unknown),
        ("BSSID: 00:00:5e:00:53:19", "BSSID: hidden", "rssi", Unreadable),
        ('SSID: "EOL_2.4G", B', "SSID: <unknown ssid>, B", "ssid", Unknown),
    ],
)
def test_what_is_no_value_is_none(old: str, new: str, field: str, kind: type) -> None:
    assert old in CONNECTED
    assert isinstance(getattr(read(CONNECTED.replace(old, new, 1)), field), kind)


@pytest.mark.parametrize(
    ("printed", "standard"), [("6", "11ax"), ("4", "11n"), ("11be", "11be"), ("legacy", "legacy")]
)
def test_a_standard_may_be_its_number(printed: str, standard: str) -> None:
    text = CONNECTED.replace("Wi-Fi standard: 11ax", f"Wi-Fi standard: {printed}")
    assert read(text).standard == standard


@pytest.mark.parametrize(
    ("old", "new", "field", "kind"),
    [
        ("standard: 11ax", "standard: unknown", "standard", Unknown),
        ("standard: 11ax", "standard: 11zz", "standard", Unreadable),
        ("IP: /192.168.1.106", "IP: null", "ip", Unknown),
        ("IP: /192.168.1.106", "IP: /0.0.0.0", "ip", Unknown),
        ("IP: /192.168.1.106", "IP: /192.168.1", "ip", Unreadable),
        ("BSSID: 00:00:5e:00:53:19", "BSSID: 02:00:00:00:00:00", "bssid", Unknown),
        ("BSSID: 00:00:5e:00:53:19", "BSSID: 00:00:5e:00:53::1", "bssid", Unreadable),
        ("state: COMPLETED", "state: INVALID", "connected", Unknown),
        ("state: COMPLETED", "state: verbunden", "connected", Unreadable),
    ],
)
def test_what_is_no_address_or_word_is_none(old: str, new: str, field: str, kind: type) -> None:
    assert old in CONNECTED
    assert isinstance(getattr(read(CONNECTED.replace(old, new, 1)), field), kind)


def test_of_two_in_a_dump_the_one_that_says_so_is_primary() -> None:
    info = next(line for line in CONNECTED.split("\n") if line.startswith("WifiInfo"))
    own = info.replace("WifiInfo: ", "mWifiInfo ")
    other = own.replace("IsPrimary: 1", "IsPrimary: 0").replace("RSSI: -26", "RSSI: -88")
    assert read(f"Wi-Fi is enabled\n{other}\n{own}\n").rssi == -26
    assert isinstance(read(f"Wi-Fi is enabled\n{own}\n{own}\n").rssi, Unreadable)


def test_not_connected_may_be_the_end_of_a_saved_answer() -> None:
    text = (CORPUS / "wifi_status_a13_not_connected.txt").read_text("utf-8").rstrip("\n")
    assert read(text).connected is False
    assert isinstance(read(text[:-1]).connected, Unreadable)


def test_a_connection_without_its_line_is_not_told() -> None:
    cut = CONNECTED[: CONNECTED.index("RSSI: -2") + len("RSSI: -2")]
    assert isinstance(read(cut).connected, Unreadable)
    both = CONNECTED + "Wifi is not connected\n"
    assert isinstance(read(both).connected, Unreadable)


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


def test_what_hangs_on_a_connection_is_unknown_without_one() -> None:
    status = read(CONNECTED.replace("state: COMPLETED", "state: SCANNING"))
    assert (status.enabled, status.connected, status.supplicant) == (True, False, "SCANNING")
    for field in ("ssid", "bssid", "rssi", "link_speed_mbps", "frequency_mhz", "standard", "ip"):
        assert isinstance(getattr(status, field), Unknown), field
