"""What a simulated handset says of Wi-Fi: `cmd wifi` from Android 11 on, `dumpsys` before.

Layouts: WifiShellCommand, ScanResultUtil.dumpScanResults and WificondScannerImpl.dump of AOSP;
what it is connected to is printed by wifi_info.py.
"""

from __future__ import annotations

import math

from harness.sim.handset.prints import wifi_info
from harness.sim.handset.prints.wifi_info import AccessPoint
from harness.sim.handset.state.answer import Answer, Program, Programs, failure, text
from harness.sim.handset.state.radios import Radios
from harness.sim.profiles import PROFILES
from harness.sim.unit import SimUnit

ENABLE_S = 0.8
SCAN_S = 1.6
JOIN_S = 1.2
"""Dwell times: until Wi-Fi is on, of a scan, and until a network is joined [s]."""

_CMD_WIFI = 30
_STALE_S = 40.0
_HEADER = (
    "    BSSID              Frequency      RSSI           Age(sec)     SSID "
    "                                Flags\n"
)


_PSK, _OPEN = "[WPA2-PSK-CCMP][RSN-PSK-CCMP][ESS]", "[ESS]"
REFERENCE = "LINE-REF-5G"
AROUND = (
    AccessPoint("00:00:5e:00:53:24", 2437, -53, "LINE-REF-2G", _PSK, wifi_info.N, 144),
    AccessPoint("00:00:5e:00:53:05", 5180, -47, REFERENCE, _PSK, wifi_info.AC, 866),
    AccessPoint("00:00:5e:00:53:77", 5240, -71, "", _OPEN, wifi_info.AC, 433),
)
"""What is on the air at the line: the two reference access points, and a hidden one."""


class Wifi:
    """Scans, in the time that they take. A deaf one keeps listing what it heard long ago."""

    def __init__(self, unit: SimUnit, radios: Radios, sdk: int, speed: float) -> None:
        self._radios = radios
        self._saved = {0: unit.wifi_network} if unit.wifi_network else {}
        self._wanted = unit.wifi_network
        self._wanted_s = -math.inf
        self._air = _around(unit)
        self._chains = PROFILES[unit.profile].wifi_chains
        self._sdk = sdk
        self._deaf = "wifi.deaf" in unit.defects
        self._enable_s, self._scan_s = ENABLE_S / speed, SCAN_S / speed
        self._join_s = JOIN_S / speed
        self._asked_s = -math.inf
        self._heard_s = -math.inf

    def programs(self) -> Programs:
        by_command: dict[str, Program] = {
            "dumpsys wifi": self._dumpsys,
            "dumpsys wifiscanner": self._dumpsys_scanner,
        }
        return {**by_command, "cmd wifi": self._shell}

    def _enabled(self, now_s: float) -> bool:
        return self._radios.wifi_runs and now_s >= self._radios.wifi_since_s + self._enable_s

    def connection(self, now_s: float) -> AccessPoint | None:
        """The access point of the network that it knows, once it has heard it."""
        heard = now_s >= self._radios.wifi_since_s + self._enable_s + self._scan_s
        if self._deaf or not heard or not self._enabled(now_s):
            return None
        if now_s < self._wanted_s + self._join_s:
            return None
        return next((point for point in self._air if point.ssid == self._wanted != ""), None)

    def joined(self, now_s: float) -> bool:
        """Whether it is connected, so that traffic goes over it."""
        return self.connection(now_s) is not None

    def _shell(self, words: list[str], now_s: float) -> Answer:
        if self._sdk < _CMD_WIFI:
            return failure(
                "Security exception: Uid 2000 does not have access to wifi commands", 255
            )
        match words:
            case ["status"]:
                return text(self._status(now_s))
            case ["start-scan"]:
                self._listen(now_s)
                if self._enabled(now_s) and self._asked_s <= self._heard_s:
                    self._asked_s = now_s
                return Answer()
            case ["list-networks"]:
                return text(self._networks())
            case ["connect-network", ssid, "open"]:
                return self._connect(ssid, _OPEN, now_s)
            case ["connect-network", ssid, "wpa2" | "wpa3", passphrase] if len(passphrase) >= 8:
                return self._connect(ssid, _PSK, now_s)
            case ["forget-network", number] if number.isdecimal():
                return self._forget(int(number), now_s)
            case ["list-scan-results"]:
                return text(self._table(now_s) or "No scan results\n")
            case _:
                return Answer(out=b"Wi-Fi (wifi) commands:\n", code=255)

    def _connect(self, ssid: str, flags: str, now_s: float) -> Answer:
        """Save a network and join it, if it is on the air with this security."""
        if ssid not in self._saved.values():
            self._saved[max(self._saved, default=-1) + 1] = ssid
        there = any((point.ssid, point.flags) == (ssid, flags) for point in self._air)
        self._wanted = ssid if there else ""
        self._wanted_s = now_s
        return text("Connection initiated \n")

    def _forget(self, number: int, now_s: float) -> Answer:
        """Forget a network; of those that are left, the first is joined again."""
        if number not in self._saved:
            return text("Forget failed\n")
        if self._saved.pop(number) == self._wanted or not self._wanted:
            self._wanted = next(iter(self._saved.values()), "")
            self._wanted_s = now_s
        return text("Forget successful\n")

    def _networks(self) -> str:
        if not self._saved:
            return "No networks\n"
        rows = "".join(f"{n:<12d} {ssid:<32} wpa2-psk\n" for n, ssid in self._saved.items())
        return f"Network Id      SSID                         Security type\n{rows}"

    def _status(self, now_s: float) -> str:
        only = "Wifi scanning is only available when wifi is enabled\n"
        if not self._enabled(now_s):
            return f"Wifi is disabled\n{only}"
        point = self.connection(now_s)
        own = wifi_info.status(point, self._sdk) if point else "Wifi is not connected\n"
        return f"Wifi is enabled\n{only}{self._manager()}{own}"

    def _manager(self) -> str:
        """The line over each interface: none in Android 11, then two forms of it."""
        if self._sdk == _CMD_WIFI:
            return ""
        if self._sdk < 33:
            return "==== Primary ClientModeManager instance ====\n"
        manager = "ConcreteClientModeManager{id=408299759 iface=wlan0 role=ROLE_CLIENT_PRIMARY}"
        return f"==== ClientModeManager instance: {manager} ====\n"

    def _dumpsys(self, _words: list[str], now_s: float) -> Answer:
        enabled = "enabled" if self._enabled(now_s) else "disabled"
        return text(
            f"Wi-Fi is {enabled}\n"
            "Stay-awake conditions: 7\n"
            "mInIdleMode false\n"
            "mScanPending false\n"
            "ClientModeImpl:\n"
            f"mWifiInfo {wifi_info.printed(self.connection(now_s), self._sdk)}\n"
            "mLastSignalLevel 4\n"
        )

    def _dumpsys_scanner(self, _words: list[str], now_s: float) -> Answer:
        return text(
            "WifiScanningService - Log Begin ----\n"
            f"Latest native scan results:\n{self._table(now_s)}"
            "Latest native pno scan results:\n"
        )

    def _listen(self, now_s: float) -> None:
        """Bring what was heard up to date: a scan ends; one begins when Wi-Fi comes on."""
        if not self._enabled(now_s):
            self._heard_s = -math.inf
            return
        asked_s = max(self._asked_s, self._radios.wifi_since_s + self._enable_s)
        if asked_s > self._heard_s and now_s >= asked_s + self._scan_s and not self._deaf:
            self._heard_s = asked_s + self._scan_s

    def _table(self, now_s: float) -> str:
        self._listen(now_s)
        heard_s = self._heard_s
        if self._deaf and self._enabled(now_s):
            heard_s = max(self._radios.wifi_since_s, 0.0) - _STALE_S
        if not math.isfinite(heard_s):
            return ""
        return _HEADER + "".join(_row(point, now_s - heard_s, self._chains) for point in self._air)


def _around(unit: SimUnit) -> tuple[AccessPoint, ...]:
    """What is on the air as this unit hears it."""
    return tuple(
        point._replace(
            rssi_dbm=round(point.rssi_dbm + unit.wifi_gain_db),
            link_mbps=unit.wifi_link_mbps if point.ssid == REFERENCE else point.link_mbps,
        )
        for point in AROUND
    )


def _row(point: AccessPoint, age_s: float, chains: int) -> str:
    age = f"{age_s:3.3f}" if age_s <= 1000 else ">1000.0"
    return (
        f"  {point.bssid:>17}  {point.frequency_mhz:9d}  {_levels(point.rssi_dbm, chains):>18}   "
        f"{age:>7}    {point.ssid:<32}  {point.flags}\n"
    )


def _levels(rssi_dbm: int, chains: int) -> str:
    """The level, and those of the receive chains that it is made of."""
    if chains == 2:
        return f"{rssi_dbm:5d}(0:{rssi_dbm - 1:3d}/1:{rssi_dbm - 6:3d})"
    return f"{rssi_dbm:5d}(0:{rssi_dbm:3d})       " if chains else f"{rssi_dbm:9d}         "
