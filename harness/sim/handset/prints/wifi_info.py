"""How Android prints what a simulated handset's Wi-Fi is connected to: WifiInfo.toString."""

from __future__ import annotations

from typing import NamedTuple

N, AC = 4, 5
"""Values of ScanResult.WIFI_STANDARD_..."""
_STANDARD_NAMES = {N: "11n", AC: "11ac"}
_REDACTED_MAC = "02:00:00:00:00:00"
_IP = "192.168.1.106"
_PSK = 2
_STATISTICS = (
    "successfulTxPackets: 1083\n"
    "successfulTxPacketsPerSecond: 6.42797061153898\n"
    "retriedTxPackets: 436\n"
    "lostTxPackets: 0\n"
    "successfulRxPackets: 5604\n"
)
_OF_ANDROID_13 = (
    ", Trusted: true, Restricted: false, Ephemeral: false, OEM paid: false, OEM private: false, "
    "OSU AP: false, FQDN: <none>, Provider friendly name: <none>, "
    "Requesting package name: <none>"
)
_LINKS = (
    "MLO Information: , Is TID-To-Link negotiation supported by the AP: false, "
    "AP MLD Address: <none>, AP MLO Link Id: <none>, AP MLO Affiliated links: <none>, "
    "Vendor Data: <none>"
)


class AccessPoint(NamedTuple):
    """One on the air; `standard` is a number of Android's, `link_mbps` what a handset gets."""

    bssid: str
    frequency_mhz: int
    rssi_dbm: int
    ssid: str
    flags: str
    standard: int
    link_mbps: int


def status(point: AccessPoint, sdk: int) -> str:
    """What `cmd wifi status` says of a connection, Android 11 on."""
    return (
        f'Wifi is connected to "{point.ssid}"\n'
        f"WifiInfo: {printed(point, sdk)}\n{_STATISTICS}{_network(point) if sdk >= 33 else ''}"
    )


def printed(point: AccessPoint | None, sdk: int) -> str:
    """A WifiInfo; without a connection as Android 9 and 10 print it."""
    if point is None:
        return (
            f"SSID: <unknown ssid>, BSSID: <none>, MAC: {_REDACTED_MAC}, "
            "Supplicant state: DISCONNECTED, RSSI: -127, Link speed: -1Mbps, Frequency: -1MHz, "
            "Net ID: -1, Metered hint: false, score: 0"
        )
    ssid = f'"{point.ssid}"' if sdk >= 31 else point.ssid
    return (
        f"SSID: {ssid}, BSSID: {point.bssid}, MAC: {_REDACTED_MAC}, {_security(sdk)}"
        f"Supplicant state: COMPLETED, {_link(point, sdk)}Frequency: {point.frequency_mhz}MHz, "
        f"Net ID: 0, Metered hint: false, score: 60{_tail(point, sdk)}"
    )


def _security(sdk: int) -> str:
    if sdk < 31:
        return ""
    return f"IP: /{_IP}, Security type: {_PSK}, " if sdk >= 33 else f"Security type: {_PSK}, "


def _link(point: AccessPoint, sdk: int) -> str:
    """Its standard is a number up to Android 13, its name after."""
    speed = f"{point.link_mbps}Mbps"
    old = f"RSSI: {point.rssi_dbm}, Link speed: {speed}, "
    if sdk < 30:
        return old
    standard = _STANDARD_NAMES[point.standard] if sdk >= 34 else point.standard
    most = sdk >= 31
    return (
        f"Wi-Fi standard: {standard}, {old}Tx Link speed: {speed}, "
        f"{f'Max Supported Tx Link speed: {speed}, ' if most else ''}Rx Link speed: {speed}, "
        f"{f'Max Supported Rx Link speed: {speed}, ' if most else ''}"
    )


def _tail(point: AccessPoint, sdk: int) -> str:
    """No comma stands before the network's key, nor before the links of Wi-Fi 7."""
    if sdk < 31:
        return ""
    usable = ", isUsable: true" if sdk >= 33 else ""
    return (
        f"{usable}, CarrierMerged: false, SubscriptionId: -1, IsPrimary: 1"
        f'{_OF_ANDROID_13 if sdk >= 33 else ""}"{point.ssid}"wpa2-psk{_LINKS if sdk >= 34 else ""}'
    )


def _network(point: AccessPoint) -> str:
    """The network's capabilities, with a WifiInfo whose place is taken out."""
    return (
        "NetworkCapabilities: [ Transports: WIFI Capabilities: NOT_METERED&INTERNET&TRUSTED "
        "LinkUpBandwidth>=12000Kbps LinkDnBandwidth>=29790Kbps "
        f"TransportInfo: <SSID: <unknown ssid>, BSSID: {_REDACTED_MAC}, MAC: {_REDACTED_MAC}, "
        f"IP: /{_IP}, Security type: {_PSK}, Supplicant state: COMPLETED, "
        f"Wi-Fi standard: {_STANDARD_NAMES[point.standard]}, RSSI: {point.rssi_dbm}, "
        f"Link speed: {point.link_mbps}Mbps, Frequency: {point.frequency_mhz}MHz, Net ID: -1, "
        f'Metered hint: false, score: 60> SignalStrength: {point.rssi_dbm} SSID: "{point.ssid}" '
        "UnderlyingNetworks: Null]\n"
    )
