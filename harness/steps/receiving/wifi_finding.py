"""Switches Wi-Fi on, and finds the reference access point in scans of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.devices.android.wifi import WifiStatus, read_status, status_command
from harness.devices.android.wifi_scan import AccessPoint, list_command, read_scan
from harness.errors import DutFault, StationFault
from harness.model.ports import Handset, Stopwatch, Wait
from harness.model.reading import Reading
from harness.steps.asking.answers import ask, known, obey, understood

LOOK_S = 0.3
_LISTED = 20


@dataclass(frozen=True, slots=True)
class _Scan:
    """Commands that start a scan, and how long it is given before the next [s]."""

    start: tuple[str, ...]
    patience_s: float


_BY_SHELL = _Scan(("cmd wifi start-scan",), 5.0)
_BY_SWITCH = _Scan(("svc wifi disable", "svc wifi enable"), 10.0)
"""Before Android 11 no command starts a scan; Wi-Fi scans when it comes on."""
_FIRST_BY_SHELL = 30


def look(handset: Handset, sdk: int) -> Reading[WifiStatus]:
    """Wi-Fi as it stands now."""
    return understood(read_status, ask(handset, status_command(sdk)))


def switch_on(
    handset: Handset, sdk: int, within_s: float, wait: Wait, stopwatch: Stopwatch
) -> bool:
    """Switch Wi-Fi on and wait until it says that it is.

    Raises: DutFault(WIFI-NOT-ON); PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
    """
    obey(handset, "svc wifi enable")
    until_s = stopwatch() + within_s
    while True:
        status = look(handset, sdk)
        enabled = status.enabled if isinstance(status, WifiStatus) else status
        if enabled is True:
            return True
        if stopwatch() >= until_s:
            break
        wait(LOOK_S)
    known("whether Wi-Fi is on", enabled)
    message = f"Wi-Fi is not on {within_s:g} s after it was switched on"
    raise DutFault("WIFI-NOT-ON", message, evidence={"sent": "svc wifi enable"})


@dataclass(frozen=True, slots=True)
class Ear:
    """Listens for the access point that is called `ssid`, `within_s` [s] at the most each time."""

    handset: Handset
    sdk: int
    ssid: str
    within_s: float
    wait: Wait
    stopwatch: Stopwatch

    def hear(self) -> AccessPoint:
        """The access point, as it was heard since this call began.

        Raises: DutFault(WIFI-AP-NOT-FOUND); StationFault(WIFI-AP-AMBIGUOUS);
        PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
        """
        began_s = self.stopwatch()
        for _ in self._scanning(began_s):
            since_s = self.stopwatch() - began_s
            points = self._list()
            fresh = [point for point in points if _heard_within(point, since_s)]
            found = [point for point in fresh if point.ssid == self.ssid]
            if found:
                return _the_one(self.ssid, found)
        raise _not_found(self.ssid, self.within_s, fresh, points)

    def _scanning(self, began_s: float) -> Iterator[None]:
        """A turn every LOOK_S until the time is over, the last one after it; scans go on."""
        scan = _BY_SHELL if self.sdk >= _FIRST_BY_SHELL else _BY_SWITCH
        again_s = began_s
        while True:
            if self.stopwatch() >= again_s:
                for start in scan.start:
                    obey(self.handset, start)
                again_s = self.stopwatch() + scan.patience_s
            over = self.stopwatch() - began_s >= self.within_s
            yield
            if over:
                return
            self.wait(LOOK_S)

    def _list(self) -> Sequence[AccessPoint]:
        answer = ask(self.handset, list_command(self.sdk))
        return known("the scan", understood(read_scan, answer)).results


def _the_one(ssid: str, found: Sequence[AccessPoint]) -> AccessPoint:
    """The reference access point: were there two, which of them is heard would not be known."""
    if len(found) > 1:
        heard = [f"{point.bssid} {_level(point)}" for point in found[:_LISTED]]
        message = f"{len(found)} access points are called {ssid!r}"
        raise StationFault("WIFI-AP-AMBIGUOUS", message, evidence={"heard": heard})
    return found[0]


def _heard_within(point: AccessPoint, since_s: float) -> bool:
    """Whether it was surely heard in the last `since_s` [s]; an unknown age is an old one."""
    return isinstance(point.age, float) and point.age <= since_s


def _level(point: AccessPoint) -> str:
    return f"{point.rssi} dBm" if isinstance(point.rssi, int) else "of unknown level"


def _not_found(
    ssid: str, within_s: float, fresh: Sequence[AccessPoint], all_: Sequence[AccessPoint]
) -> DutFault:
    heard = [f"{point.ssid!r} {point.bssid} {_level(point)}" for point in fresh[:_LISTED]]
    return DutFault(
        "WIFI-AP-NOT-FOUND",
        f"{ssid!r} was not heard within {within_s:g} s; {len(fresh)} other access points were",
        evidence={"heard": heard, "too_old_to_count": len(all_) - len(fresh)},
    )
