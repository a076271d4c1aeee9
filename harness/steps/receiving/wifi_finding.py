"""Finds the reference access point in scans of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.wifi_scan import AccessPoint, list_command, read_scan
from harness.errors import DutFault, PlanError, StationFault
from harness.model.reading import Reading
from harness.steps.asking.answers import ask, known, obey, understood
from harness.steps.receiving.wifi import Wifi

_LISTED = 20
_BSSID = re.compile("[0-9a-f]{2}(?::[0-9a-f]{2}){5}")


@dataclass(frozen=True, slots=True)
class _Scan:
    """Commands that start a scan, and how long it is given before the next [s]."""

    start: tuple[str, ...]
    patience_s: float


_BY_SHELL = _Scan(("cmd wifi start-scan",), 5.0)
_BY_SWITCH = _Scan(("svc wifi disable", "svc wifi enable"), 10.0)
"""Before Android 11 no command starts a scan; Wi-Fi scans when it comes on."""
_FIRST_BY_SHELL = 30


@dataclass(frozen=True, slots=True)
class Reference:
    """The access point of the line: its SSID, and its BSSID where that is given.

    Anybody may use an SSID: without a BSSID, one of a neighbour passes for it while it is off.

    Raises: PlanError(STEP-SETTING) when its BSSID is none.
    """

    ssid: str
    bssid: str = ""

    def __post_init__(self) -> None:
        if self.bssid and not _BSSID.fullmatch(self.bssid.lower()):
            words = f"bssid: expected such as 00:00:5e:00:53:05, or none; found {self.bssid!r:.60}"
            raise PlanError("STEP-SETTING", words)

    def has(self, bssid: Reading[str]) -> bool:
        """Whether this is its BSSID, as far as one is given."""
        return not self.bssid or bssid == self.bssid.lower()

    def __str__(self) -> str:
        return f"{self.ssid!r} ({self.bssid})" if self.bssid else repr(self.ssid)


@dataclass(frozen=True, slots=True)
class WifiScanner:
    """Scans for the reference access point, `within_s` [s] at the most each time."""

    wifi: Wifi
    reference: Reference
    within_s: float

    def find(self) -> AccessPoint:
        """The access point, as it was heard since this call began.

        Raises: DutFault(WIFI-AP-NOT-FOUND); StationFault(WIFI-AP-AMBIGUOUS);
        PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
        """
        again_s = began_s = self.wifi.stopwatch()
        for _ in self.wifi.turns(self.within_s):
            if self.wifi.stopwatch() >= again_s:
                again_s = self._start()
            since_s = self.wifi.stopwatch() - began_s
            points = self._list()
            fresh = [point for point in points if _heard_within(point, since_s)]
            found = [point for point in fresh if self._is_meant(point)]
            if found:
                return _the_one(self.reference, found)
        raise _not_found(self.reference, self.within_s, fresh, points)

    def _start(self) -> float:
        """Start a scan; when to start another [s], if it has not been of use by then."""
        scan = _BY_SHELL if self.wifi.sdk >= _FIRST_BY_SHELL else _BY_SWITCH
        for command in scan.start:
            obey(self.wifi.handset, command)
        return self.wifi.stopwatch() + scan.patience_s

    def _is_meant(self, point: AccessPoint) -> bool:
        return point.ssid == self.reference.ssid and self.reference.has(point.bssid)

    def _list(self) -> Sequence[AccessPoint]:
        answer = ask(self.wifi.handset, list_command(self.wifi.sdk))
        return known("the scan", understood(read_scan, answer)).results


def _the_one(reference: Reference, found: Sequence[AccessPoint]) -> AccessPoint:
    """The reference access point: were there two, which of them is heard would not be known."""
    if len(found) > 1:
        heard = [f"{point.bssid} {_level(point)}" for point in found[:_LISTED]]
        message = f"{len(found)} access points are {reference}, expected one"
        raise StationFault("WIFI-AP-AMBIGUOUS", message, evidence={"heard": heard})
    return found[0]


def _heard_within(point: AccessPoint, since_s: float) -> bool:
    """Whether it was surely heard in the last `since_s` [s]; an unknown age is an old one."""
    return isinstance(point.age, float) and point.age <= since_s


def _level(point: AccessPoint) -> str:
    return f"{point.rssi} dBm" if isinstance(point.rssi, int) else "of unknown level"


def _not_found(
    reference: Reference,
    within_s: float,
    fresh: Sequence[AccessPoint],
    all_: Sequence[AccessPoint],
) -> DutFault:
    heard = [f"{point.ssid!r} {point.bssid} {_level(point)}" for point in fresh[:_LISTED]]
    return DutFault(
        "WIFI-AP-NOT-FOUND",
        f"{reference} was not heard within {within_s:g} s; {len(fresh)} other access points were",
        evidence={"heard": heard, "too_old_to_count": len(all_) - len(fresh)},
    )
