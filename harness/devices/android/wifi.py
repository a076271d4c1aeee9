"""Whether Wi-Fi is on, and what it is connected to.

Formats of AOSP: WifiShellCommand.onCommand (`cmd wifi status`, Android 11 on), WifiServiceImpl.dump
(`dumpsys wifi`, before), and in both WifiInfo.toString.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import Fields, gather, integer, text
from harness.model.reading import Reading, Unknown, Unreadable

STATUS = "cmd wifi status"
DUMPSYS = "dumpsys wifi"
_FIRST_WITH_CMD = 30
_NO_RSSI, _NO_VALUE = "-127", "-1"
_NO_SSID = "<unknown ssid>"
_MANAGER = "==== "
_PRIMARY = ("Primary ClientModeManager", "role=ROLE_CLIENT_PRIMARY")
_COMPLETED = "COMPLETED"
_LINKS = "MLO Information:"
"""From here on each link of Wi-Fi 7 has an RSSI of its own."""
# An SSID holds any 32 bytes, so it cannot hold what follows it up to the end of this.
_INFO = re.compile(
    r"(?:WifiInfo: |mWifiInfo )SSID: (?P<ssid>.*?), "
    r"BSSID: (?P<bssid>[0-9a-fA-F:]{17}|<none>|null), MAC: (?P<rest>.*)"
)


@dataclass(frozen=True, slots=True)
class WifiStatus:
    """Wi-Fi as the handset sees it; what hangs on a connection is unknown without one."""

    enabled: Reading[bool]
    connected: Reading[bool]
    ssid: Reading[str]
    bssid: Reading[str]
    rssi_dbm: Reading[int]
    link_speed_mbps: Reading[int]
    frequency_mhz: Reading[int]
    standard: Reading[str]
    supplicant: Reading[str]
    ip: Reading[str]


def status_command(sdk: int) -> str:
    """The command whose answer `read_status` reads, by SDK version."""
    return STATUS if sdk >= _FIRST_WITH_CMD else DUMPSYS


def read_status(output: str) -> WifiStatus:
    """Wi-Fi by an answer to `cmd wifi status` or `dumpsys wifi`."""
    lines = output.replace("\r\n", "\n").split("\n")
    enabled = _enabled(lines)
    if isinstance(enabled, Unreadable | Unknown):
        return _all(enabled, enabled)
    if not enabled:
        return _all(False, Unknown("Wi-Fi is disabled"), connected=False)
    own = _primary(lines)
    if isinstance(own, Unreadable):
        return _all(True, own)
    if "Wifi is not connected" in own:
        return _all(True, Unknown("not connected"), connected=False)
    found = [line for line in own if line.startswith(("WifiInfo: ", "mWifiInfo "))]
    if len(found) != 1:
        return _all(True, Unreadable(f"{len(found)} lines of WifiInfo, expected one", output))
    return _of_info(found[0])


def _all(
    enabled: Reading[bool], rest: Unknown | Unreadable, *, connected: Reading[bool] | None = None
) -> WifiStatus:
    known = rest if connected is None else connected
    return WifiStatus(enabled, known, rest, rest, rest, rest, rest, rest, rest, rest)


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
        case other:
            return Unreadable("Wi-Fi is neither enabled nor disabled", other)


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
    fields = gather((key.strip(), value.strip()) for key, _, value in pairs)
    supplicant = text(fields, "Supplicant state")
    connected = supplicant == _COMPLETED if isinstance(supplicant, str) else supplicant
    return WifiStatus(
        enabled=True,
        connected=connected,
        ssid=_ssid(match["ssid"]),
        bssid=Unknown(match["bssid"]) if len(match["bssid"]) < 17 else match["bssid"].lower(),
        rssi_dbm=_number(fields, "RSSI", "", _NO_RSSI, (-126, 20)),
        link_speed_mbps=_number(fields, "Link speed", "Mbps", _NO_VALUE, (0, 100_000)),
        frequency_mhz=_number(fields, "Frequency", "MHz", _NO_VALUE, (2_400, 71_000)),
        standard=text(fields, "Wi-Fi standard"),
        supplicant=supplicant,
        ip=_ip(text(fields, "IP")),
    )


def _ssid(printed: str) -> Reading[str]:
    """In quotes from Android 11 on, bare before."""
    if printed == _NO_SSID:
        return Unknown(printed)
    quoted = len(printed) >= 2 and printed[0] == printed[-1] == '"'
    return printed[1:-1] if quoted else printed


def _number(
    fields: Fields, key: str, suffix: str, none: str, within: tuple[int, int]
) -> Reading[int]:
    printed = text(fields, key)
    if not isinstance(printed, str):
        return printed
    bare = printed.removesuffix(suffix)
    return Unknown(f"{key}: {printed}") if bare == none else integer({key: bare}, key, *within)


def _ip(printed: Reading[str]) -> Reading[str]:
    return printed.lstrip("/") if isinstance(printed, str) else printed
