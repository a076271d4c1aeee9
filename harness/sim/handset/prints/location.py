"""What a simulated handset says of location and GNSS: `dumpsys location`.

Layouts: LocationManagerService.dump of AOSP, which Android 9 and 10, 11, and 12 on each lay out
anew; within it GnssMetrics.dumpGnssMetricsAsText.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.sim.handset.state.answer import Answer, Programs, text
from harness.sim.handset.state.settings import Settings
from harness.sim.profiles import PROFILES, Profile
from harness.sim.unit import SimUnit

CONSTELLATIONS = ("GPS", "GLONASS", "BEIDOU")
"""What its fixes use, by their names in GnssStatus."""
REPORTS, TTFF_S = 212, 27.419
SATELLITES = 12
ACQUIRE_S, REPORTS_PER_S = 2.0, 1.0
"""How long it takes to hear satellites once somebody asks [s], and how often it then reports."""
WEAK_DBHZ = 22.0
APP = "com.google.android.apps.maps/com.google.android.maps.MapsActivity"
"""The app that asks for the location while it is in front."""
_STARTED = (
    f"Starting: Intent {{ cmp={APP} }}\nStatus: ok\nLaunchState: COLD\nActivity: {APP}\n"
    "TotalTime: 641\nWaitTime: 644\nComplete\n"
)
_OFF = "0"  # Settings.Secure.LOCATION_MODE_OFF

_TIMES = "  Current System Time: 01-07 17:39:40.971, Current Elapsed Time: +3m41s468ms\n"
_SAVER = "  Battery Saver Location Mode: NO_CHANGE\n"


class Gnss:
    """A receiver that counts what it receives while an app in front asks for the location."""

    def __init__(self, unit: SimUnit, settings: Settings, sdk: int, speed: float) -> None:
        self._unit, self._settings, self._sdk, self._speed = unit, settings, sdk, speed
        self._asked_s: float | None = None
        self._counts = _Counts(REPORTS, REPORTS * SATELLITES, unit.gnss_cn0_dbhz or 0.0)
        if unit.gnss_cn0_dbhz is None:
            self._counts = _Counts(0, 0, 0.0)

    def programs(self) -> Programs:
        """The command that tells of location; its switch is the setting `location_mode`."""
        return {"dumpsys location": lambda _, now_s: text(self._printed(now_s))}

    def apps(self, others: Programs) -> Programs:
        """`am start` and `am force-stop` with the app that asks, beside those of other apps."""
        start_other, stop_other = others["am start"], others["am force-stop"]

        def start(words: list[str], now_s: float) -> Answer:
            if words[-2:] != ["-n", APP]:
                return start_other(words, now_s)
            if self._on and self._asked_s is None:
                self._asked_s = now_s
            return text(_STARTED)

        def force_stop(words: list[str], now_s: float) -> Answer:
            if words == [APP.partition("/")[0]]:
                self._counts, self._asked_s = self._now(now_s), None
                return Answer()
            return stop_other(words, now_s)

        return {"am start": start, "am force-stop": force_stop}

    @property
    def _on(self) -> bool:
        return self._settings.get("secure", "location_mode") != _OFF

    def _now(self, now_s: float) -> _Counts:
        """What was counted by now: one report a second once it hears satellites, times the speed.

        A deaf one knows where satellites must be, and hears none.
        """
        if self._asked_s is None:
            return self._counts
        since_s = (now_s - self._asked_s) * self._speed - ACQUIRE_S
        came = max(0, int(since_s * REPORTS_PER_S))
        weak = self._unit.defects.get("gnss.weak")
        cn0 = self._unit.gnss_cn0_dbhz
        if weak is not None:
            cn0 = float(weak.get("cn0_dbhz", WEAK_DBHZ))
        if "gnss.deaf" in self._unit.defects:
            cn0 = None
        return self._counts.plus(came, cn0)

    def _printed(self, now_s: float) -> str:
        on, started = str(self._on).lower(), str(self._asked_s is not None).lower()
        metrics = _metrics(self._now(now_s), self._sdk)
        if self._sdk < 30:
            return _up_to_10(on, started, metrics, self._sdk)
        if self._sdk == 30:
            return _of_11(on, started, metrics)
        return _from_12(on, started, metrics, self._unit)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Reports of C/N0, satellites in all of them, and the mean of the reports [dB-Hz]."""

    reports: int
    satellites: int
    mean_dbhz: float

    def plus(self, came: int, cn0_dbhz: float | None) -> _Counts:
        """With so many reports more, which count for the mean if anything was heard."""
        satellites = self.satellites + came * SATELLITES
        if cn0_dbhz is None or not came:
            return _Counts(self.reports, satellites, self.mean_dbhz)
        reports = self.reports + came
        mean = (self.reports * self.mean_dbhz + came * cn0_dbhz) / reports
        return _Counts(reports, satellites, mean)


def _up_to_10(on: str, started: str, metrics: str, sdk: int) -> str:
    """Android 9 does not tell whether location is on."""
    mode = f"  Current user: 0 [0]\n  Location mode: {on}\n{_SAVER}" if sdk == 29 else ""
    return (
        f"Current Location Manager state:\n{_TIMES}{mode}"
        "  Location Listeners:\n  Active Records by Provider:\n"
        "  Historical Records by Provider:\n  Last Known Locations:\n  Geofences:\n"
        f"gps Internal State:\n  mStarted={started}\n  mFixInterval=1000\n{metrics}"
    )


def _of_11(on: str, started: str, metrics: str) -> str:
    """The metrics stand outside of the provider."""
    return (
        f"Location Manager State:\n{_TIMES}  User Info:\n    current users: [0]\n"
        f"  Location Settings:\n    Location Enabled: {on}\n{_SAVER}  Location Listeners:\n"
        f"  Location Providers:\n    gps provider:\n      enabled={on}\n"
        f"      mStarted={started}\n{metrics}"
    )


def _from_12(on: str, started: str, metrics: str, unit: SimUnit) -> str:
    """The metrics stand under the provider, indented."""
    indented = "".join(f"      {line}\n" for line in metrics.splitlines())
    return (
        "Location Manager State:\n  User Info:\n    running users: u[0]\n"
        f"  Location Settings:\n    Location Setting: {on}\n"
        f"  Location Providers:\n    gps provider:\n      enabled: {on}\n"
        f"      mStarted={started}   (changed +3m41s487ms ago)\n{indented}"
        "  GNSS Manager:\n    capabilities: SCHEDULING MEASUREMENTS NAV_MESSAGES\n"
        f"    GNSS Hardware Model Name: {_chip(PROFILES[unit.profile])}\n"
    )


def _chip(profile: Profile) -> str:
    return f"MTK,{profile.board.upper()},AGNSS" if profile.mediatek else profile.board


def _metrics(counts: _Counts, sdk: int) -> str:
    """A mean is left out where nothing was received."""
    count = counts.reports
    heard = count > 0
    ttff = _statistics("TTFF", "sec", TTFF_S, int(heard))
    accuracy = _statistics("Position accuracy", "m", 6.25980392156863, count)
    cn0 = _statistics("Top 4 Avg CN0", "dB-Hz", counts.mean_dbhz, count)
    failures = "  Percentage location failure: 3.7735849056603774\n" if heard else ""
    return (
        "GNSS_KPI_START\n  KPI logging start time: +1m2s17ms\n"
        f"  KPI logging end time: +9m41s803ms\n  Number of location reports: {count}\n{failures}"
        f"  Number of TTFF reports: {int(heard)}\n{ttff}"
        f"  Number of position accuracy reports: {count}\n{accuracy}"
        f"  Number of CN0 reports: {count}\n{cn0}{_satellites(counts) if sdk >= 30 else ''}"
        "GNSS_KPI_END\nPower Metrics\n  Time on battery (min): 0.0\n"
        "  Amount of time (while on battery) Top 4 Avg CN0 > 20.0 dB-Hz (min): 0.0\n"
        "  Amount of time (while on battery) Top 4 Avg CN0 <= 20.0 dB-Hz (min): 0.0\n"
        "  Energy consumed while on battery (mAh): 0.0\nHardware Version: \n"
    )


def _statistics(name: str, unit: str, mean: float, count: int) -> str:
    if not count:
        return ""
    return f"  {name} mean ({unit}): {mean}\n  {name} standard deviation ({unit}): 0.0\n"


def _satellites(counts: _Counts) -> str:
    count = counts.satellites
    used = "".join(f"{name} " for name in CONSTELLATIONS) if counts.reports else ""
    status = "Total number of sv status messages processed"
    return (
        f"  {status}: {count}\n  Total number of L5 sv status messages processed: 0\n"
        f"  {status}, where sv is used in fix: {counts.reports}\n"
        "  Total number of L5 sv status messages processed, where sv is used in fix: 0\n"
        f"  Number of L5 CN0 reports: 0\n  Used-in-fix constellation types: {used}\n"
    )
