"""Steps on the short-range radios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.wifi import WifiStatus, read_status, status_command
from harness.devices.android.wifi_scan import AccessPoint, list_command, read_scan
from harness.errors import DutFault, StationFault
from harness.model.ports import Handset, Measure, Stopwatch, Wait
from harness.model.units import Duration, seconds
from harness.steps.answers import ask, known, obey, printed, sdk_of
from harness.steps.api import Flag, Numeric, step

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


@step(measures=[Flag("on"), Numeric("rssi", "dBm"), Numeric("frequency", "MHz")], claims=["wifi"])
def wifi(
    handset: Handset,
    measure: Measure,
    wait: Wait,
    stopwatch: Stopwatch,
    *,
    ssid: str,
    on_within: Duration = seconds(10.0),
    within: Duration = seconds(15.0),
) -> None:
    """Level [dBm] and frequency [MHz] of the reference access point that is called `ssid`.

    Switches Wi-Fi on, for which it has `on_within` [s], and scans until the access point was
    heard, `within` [s] at the most. Only what was heard after the first scan was started counts,
    by the age that the handset gives it; of several with this name the strongest. Wi-Fi stays on.

    An access point that is not heard is a fault of the unit and no measurement: without it there
    is no level to record, and a level left open would hide the FAIL behind an ERROR. That the
    access point itself is off shows in the evidence, which lists what else was heard, and in the
    units before and after.

    Raises: DutFault(WIFI-NOT-ON, WIFI-AP-NOT-FOUND); StationFault(WIFI-AP-AMBIGUOUS);
    PlanError(HANDSET-REFUSED, HANDSET-UNREADABLE).
    """
    sdk = known("the version of Android", sdk_of(handset))
    measure("on", _switch_on(handset, sdk, on_within, wait, stopwatch))
    point = _find(handset, sdk, ssid, within, wait, stopwatch)
    measure("rssi", point.rssi)
    measure("frequency", point.freq)


def _switch_on(
    handset: Handset, sdk: int, within_s: float, wait: Wait, stopwatch: Stopwatch
) -> bool:
    obey(handset, "svc wifi enable")
    until_s = stopwatch() + within_s
    while True:
        said = printed(ask(handset, status_command(sdk)))
        status = read_status(said) if isinstance(said, str) else said
        enabled = status.enabled if isinstance(status, WifiStatus) else status
        if enabled is True:
            return True
        if stopwatch() >= until_s:
            break
        wait(LOOK_S)
    known("whether Wi-Fi is on", enabled)
    message = f"Wi-Fi is not on {within_s:g} s after it was switched on"
    raise DutFault("WIFI-NOT-ON", message, evidence={"sent": "svc wifi enable"})


def _find(
    handset: Handset, sdk: int, ssid: str, within_s: float, wait: Wait, stopwatch: Stopwatch
) -> AccessPoint:
    scan = _BY_SHELL if sdk >= _FIRST_BY_SHELL else _BY_SWITCH
    began_s = stopwatch()
    again_s = began_s
    while True:
        if stopwatch() >= again_s:
            for start in scan.start:
                obey(handset, start)
            again_s = stopwatch() + scan.patience_s
        since_s = stopwatch() - began_s
        said = known("the scan", printed(ask(handset, list_command(sdk))))
        points = known("the scan", read_scan(said)).results
        fresh = [point for point in points if _heard_within(point, since_s)]
        found = [point for point in fresh if point.ssid == ssid]
        if found:
            return _the_one(ssid, found)
        if stopwatch() - began_s >= within_s:
            raise _not_found(ssid, within_s, fresh, points)
        wait(LOOK_S)


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
