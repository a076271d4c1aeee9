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
"""Dwell times: until Wi-Fi is on, and of a scan [s]."""

_CMD_WIFI = 30
_STALE_S = 40.0
_HEADER = (
    "    BSSID              Frequency      RSSI           Age(sec)     SSID "
    "                                Flags\n"
)


_PSK = "[WPA2-PSK-CCMP][RSN-PSK-CCMP][ESS]"
AROUND = (
    AccessPoint("00:00:5e:00:53:24", 2437, -53, "LINE-REF-2G", _PSK, wifi_info.N, 144),
    AccessPoint("00:00:5e:00:53:05", 5180, -47, "LINE-REF-5G", _PSK, wifi_info.AC, 866),
    AccessPoint("00:00:5e:00:53:77", 5240, -71, "", "[ESS]", wifi_info.AC, 433),
)
"""What is on the air at the line: the two reference access points, and a hidden one."""


class Wifi:
    """Scans, in the time that they take. A deaf one keeps listing what it heard long ago."""

    def __init__(self, unit: SimUnit, radios: Radios, sdk: int, speed: float) -> None:
        self._radios = radios
        self._network = unit.wifi_network
        self._chains = PROFILES[unit.profile].wifi_chains
        self._sdk = sdk
        self._deaf = "wifi.deaf" in unit.defects
        self._enable_s, self._scan_s = ENABLE_S / speed, SCAN_S / speed
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
        return next((point for point in AROUND if point.ssid == self._network != ""), None)

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
            case ["list-scan-results"]:
                return text(self._table(now_s) or "No scan results\n")
            case _:
                return Answer(out=b"Wi-Fi (wifi) commands:\n", code=255)

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
        return _HEADER + "".join(_row(point, now_s - heard_s, self._chains) for point in AROUND)


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
