"""Whether Wi-Fi is on, and what it is connected to.

Formats of AOSP: WifiShellCommand.onCommand (`cmd wifi status`, Android 11 on), WifiServiceImpl.dump
(`dumpsys wifi`, before), and in both WifiInfo.toString.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from ipaddress import ip_address

from harness.devices.android.fields import Fields, gather, integer, no_dump, text, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

STATUS = "cmd wifi status"
DUMPSYS = "dumpsys wifi"
_FIRST_WITH_CMD = 30
_NO_RSSI = frozenset({"-127", "0"})
"""WifiInfo.INVALID_RSSI; 0 dBm, which no antenna hears, where a driver has not measured yet."""
_NO_VALUE = frozenset({"-1"})
_NO_SSID = "<unknown ssid>"
_NO_BSSIDS = ("02:00:00:00:00:00", "00:00:00:00:00:00")
"""WifiInfo.DEFAULT_MAC_ADDRESS stands for one that the asking app may not see."""
_MANAGER = "==== "
_PRIMARY = ("Primary ClientModeManager", "role=ROLE_CLIENT_PRIMARY")
_IS_PRIMARY = ", IsPrimary: 1,"
_NOT_CONNECTED = "Wifi is not connected"
_COMPLETED = "COMPLETED"
_NO_STATES = ("INVALID", "UNINITIALIZED")
_LINKS = "MLO Information:"
"""From here on each link of Wi-Fi 7 has an RSSI of its own."""
_STANDARDS = {"1": "legacy", "4": "11n", "5": "11ac", "6": "11ax", "7": "11ad", "8": "11be"}
"""ScanResult.WIFI_STANDARD_..., which Android 11 prints as its number."""
_NO_STANDARDS = ("0", "unknown")
_OWN = ("WifiInfo: ", "mWifiInfo ")
# An SSID holds any 32 bytes, so it cannot hold what follows it up to the end of this.
_INFO = re.compile(
    r"(?:WifiInfo: |mWifiInfo )SSID: (?P<ssid>.*?), "
    r"BSSID: (?P<bssid>[0-9a-fA-F:]{17}|<none>|null), MAC: (?P<rest>.*)"
)


@dataclass(frozen=True, slots=True)
class WifiStatus:
    """Wi-Fi as the handset sees it; what hangs on a connection is unknown without one.

    `rssi` [dBm]; `standard` as in 11ax; `supplicant` is SupplicantState's word.
    """

    enabled: Reading[bool]
    connected: Reading[bool]
    ssid: Reading[str]
    bssid: Reading[str]
    rssi: Reading[int]
    link_speed_mbps: Reading[int]
    frequency_mhz: Reading[int]
    standard: Reading[str]
    ip: Reading[str]
    supplicant: Reading[str]


def status_command(sdk: int) -> str:
    """The command whose answer `read_status` reads, by SDK version."""
    return STATUS if sdk >= _FIRST_WITH_CMD else DUMPSYS


def read_status(output: str) -> Reading[WifiStatus]:
    """Wi-Fi by an answer to `cmd wifi status` or `dumpsys wifi`."""
    lines, last = whole_lines(output)
    if last == _NOT_CONNECTED:  # no line goes on after these words
        lines.append(last)
    enabled = _enabled(lines)
    if isinstance(enabled, Unreadable):
        return no_dump(enabled.why, output)
    if not isinstance(enabled, bool):
        return _all(enabled, enabled)
    if not enabled:
        return _all(False, Unknown("Wi-Fi is disabled"), connected=False)
    own = _primary(lines)
    if isinstance(own, Unreadable):
        return _all(True, own)
    found = _infos(own)
    if _NOT_CONNECTED in own and not found:
        return _all(True, Unknown("not connected"), connected=False)
    if len(found) != 1 or _NOT_CONNECTED in own:
        return _all(True, Unreadable(f"{len(found)} lines of WifiInfo, expected one", output))
    return _of_info(found[0])


def _all(
    enabled: Reading[bool], rest: Unknown | Unreadable, *, connected: Reading[bool] | None = None
) -> WifiStatus:
    known = rest if connected is None else connected
    return WifiStatus(enabled, known, *(rest,) * (len(fields(WifiStatus)) - 2))


def _enabled(lines: Sequence[str]) -> Reading[bool]:
    """Whole lines only: the next one says that scanning needs Wi-Fi to be enabled."""
    said = {line for line in lines if line.startswith(("Wifi is ", "Wi-Fi is "))}
    said = {line.partition(" is ")[2] for line in said if "connected" not in line}
    if len(said) != 1:
        return Unreadable(f"{len(said)} lines say whether Wi-Fi is on, expected one", str(lines))
    match said.pop():
        case "enabled":
            return True
        case "disabled" | "enabling" | "disabling":
            return False
        case "unknown state" as word:
            return Unknown(word)
        case other:
            return Unreadable("Wi-Fi is neither enabled nor disabled", other)


def _infos(lines: Sequence[str]) -> list[str]:
    """The lines of WifiInfo; of several (a second interface) the one that says it is primary."""
    found = [line.strip() for line in lines if line.lstrip().startswith(_OWN)]
    if len(found) < 2:
        return found
    return [line for line in found if _IS_PRIMARY in line.partition(", MAC: ")[2]] or found


def _primary(lines: list[str]) -> list[str] | Unreadable:
    """The lines of the primary interface; all of them where no interface is named."""
    starts = [at for at, line in enumerate(lines) if line.startswith(_MANAGER)]
    if not starts:
        return lines
    ends = [*starts[1:], len(lines)]
    own = [
        lines[start:end]
        for start, end in zip(starts, ends, strict=True)
        if any(word in lines[start] for word in _PRIMARY)
    ]
    if len(own) != 1:
        return Unreadable(f"{len(own)} primary interfaces, expected one", "\n".join(lines))
    return own[0]


def _of_info(line: str) -> WifiStatus:
    match = _INFO.match(line)
    if not match:
        return _all(True, Unreadable("no SSID and BSSID in WifiInfo", line))
    own, _, _ = match["rest"].partition(_LINKS)
    pairs = (part.partition(": ") for part in f"MAC: {own}".split(", "))
    said = gather((key.strip(), value.strip()) for key, _, value in pairs)
    supplicant = _supplicant(text(said, "Supplicant state"))
    connected = supplicant == _COMPLETED if isinstance(supplicant, str) else supplicant
    if connected is False:
        nothing = _all(True, Unknown(f"not connected: {supplicant}"), connected=False)
        return replace(nothing, supplicant=supplicant)
    return WifiStatus(
        enabled=True,
        connected=connected,
        ssid=_ssid(match["ssid"]),
        bssid=_bssid(match["bssid"].lower()),
        rssi=_number(said, "RSSI", "", _NO_RSSI, (-126, 20)),
        link_speed_mbps=_number(said, "Link speed", "Mbps", _NO_VALUE, (0, 100_000)),
        frequency_mhz=_number(said, "Frequency", "MHz", _NO_VALUE, (2_400, 71_000)),
        standard=_standard(text(said, "Wi-Fi standard")),
        ip=_ip(text(said, "IP")),
        supplicant=supplicant,
    )


def _supplicant(printed: Reading[str]) -> Reading[str]:
    if not isinstance(printed, str) or re.fullmatch("[A-Z_0-9]{1,40}", printed):
        return Unknown(printed) if printed in _NO_STATES else printed
    return Unreadable("no state of the supplicant", printed)


def _ssid(printed: str) -> Reading[str]:
    """In quotes from Android 11 on, bare before."""
    if printed == _NO_SSID:
        return Unknown(printed)
    quoted = len(printed) >= 2 and printed[0] == printed[-1] == '"'
    return printed[1:-1] if quoted else printed


def _bssid(printed: str) -> Reading[str]:
    if printed in _NO_BSSIDS or ":" not in printed:
        return Unknown(printed)
    if not re.fullmatch("[0-9a-f]{2}(?::[0-9a-f]{2}){5}", printed):
        return Unreadable("no BSSID", printed)
    return printed


def _number(
    said: Fields, key: str, suffix: str, none: frozenset[str], within: tuple[int, int]
) -> Reading[int]:
    printed = text(said, key)
    if not isinstance(printed, str):
        return printed
    bare = printed.removesuffix(suffix)
    return Unknown(f"{key}: {printed}") if bare in none else integer({key: bare}, key, *within)


def _standard(printed: Reading[str]) -> Reading[str]:
    if not isinstance(printed, str):
        return printed
    name = _STANDARDS.get(printed, printed)
    if name in _NO_STANDARDS:
        return Unknown(f"Wi-Fi standard: {printed}")
    return name if name in _STANDARDS.values() else Unreadable("no Wi-Fi standard", printed)


def _ip(printed: Reading[str]) -> Reading[str]:
    """InetAddress.toString: the host's name, if there is one, a slash, the address."""
    if not isinstance(printed, str):
        return printed
    if printed == "null":
        return Unknown(f"IP: {printed}")
    try:
        address = ip_address(printed.partition("/")[2])
    except ValueError:
        return Unreadable("no IP address", printed)
    return Unknown(f"IP: {printed}") if address.is_unspecified else str(address)
