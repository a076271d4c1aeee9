"""What a simulated handset says of location and GNSS: `dumpsys location`.

Layouts: LocationManagerService.dump of AOSP, which Android 9 and 10, 11, and 12 on each lay out
anew; within it GnssMetrics.dumpGnssMetricsAsText.
"""

from __future__ import annotations

from harness.sim.handset.state.answer import Answer, Programs, text
from harness.sim.handset.state.settings import Settings
from harness.sim.profiles import PROFILES, Profile
from harness.sim.unit import SimUnit

CONSTELLATIONS = ("GPS", "GLONASS", "BEIDOU")
"""What its fixes use, by their names in GnssStatus."""
REPORTS, TTFF_S = 212, 27.419
_OFF = "0"  # Settings.Secure.LOCATION_MODE_OFF

_TIMES = "  Current System Time: 01-07 17:39:40.971, Current Elapsed Time: +3m41s468ms\n"
_SAVER = "  Battery Saver Location Mode: NO_CHANGE\n"


def programs(unit: SimUnit, settings: Settings, sdk: int) -> Programs:
    """The command that tells of location; its switch is the setting `location_mode`."""

    def dump(_words: list[str], _now_s: float) -> Answer:
        on = str(settings.get("secure", "location_mode") != _OFF).lower()
        metrics = _metrics(unit.gnss_cn0_dbhz, sdk)
        if sdk < 30:
            return text(_up_to_10(on, metrics, sdk))
        return text(_of_11(on, metrics) if sdk == 30 else _from_12(on, metrics, unit))

    return {"dumpsys location": dump}


def _up_to_10(on: str, metrics: str, sdk: int) -> str:
    """Android 9 does not tell whether location is on."""
    mode = f"  Current user: 0 [0]\n  Location mode: {on}\n{_SAVER}" if sdk == 29 else ""
    return (
        f"Current Location Manager state:\n{_TIMES}{mode}"
        "  Location Listeners:\n  Active Records by Provider:\n"
        "  Historical Records by Provider:\n  Last Known Locations:\n  Geofences:\n"
        f"gps Internal State:\n  mStarted=false\n  mFixInterval=1000\n{metrics}"
    )


def _of_11(on: str, metrics: str) -> str:
    """The metrics stand outside of the provider."""
    return (
        f"Location Manager State:\n{_TIMES}  User Info:\n    current users: [0]\n"
        f"  Location Settings:\n    Location Enabled: {on}\n{_SAVER}  Location Listeners:\n"
        f"  Location Providers:\n    gps provider:\n      enabled={on}\n{metrics}"
    )


def _from_12(on: str, metrics: str, unit: SimUnit) -> str:
    """The metrics stand under the provider, indented."""
    indented = "".join(f"      {line}\n" for line in metrics.splitlines())
    return (
        "Location Manager State:\n  User Info:\n    running users: u[0]\n"
        f"  Location Settings:\n    Location Setting: {on}\n"
        f"  Location Providers:\n    gps provider:\n      enabled: {on}\n{indented}"
        "  GNSS Manager:\n    capabilities: SCHEDULING MEASUREMENTS NAV_MESSAGES\n"
        f"    GNSS Hardware Model Name: {_chip(PROFILES[unit.profile])}\n"
    )


def _chip(profile: Profile) -> str:
    return f"MTK,{profile.board.upper()},AGNSS" if profile.mediatek else profile.board


def _metrics(cn0_dbhz: float | None, sdk: int) -> str:
    """A mean is left out where nothing was received."""
    heard = cn0_dbhz is not None
    count = REPORTS if heard else 0
    ttff = _statistics("TTFF", "sec", TTFF_S, int(heard))
    accuracy = _statistics("Position accuracy", "m", 6.25980392156863, count)
    cn0 = _statistics("Top 4 Avg CN0", "dB-Hz", cn0_dbhz or 0.0, count)
    failures = "  Percentage location failure: 3.7735849056603774\n" if heard else ""
    return (
        "GNSS_KPI_START\n  KPI logging start time: +1m2s17ms\n"
        f"  KPI logging end time: +9m41s803ms\n  Number of location reports: {count}\n{failures}"
        f"  Number of TTFF reports: {int(heard)}\n{ttff}"
        f"  Number of position accuracy reports: {count}\n{accuracy}"
        f"  Number of CN0 reports: {count}\n{cn0}{_satellites(count) if sdk >= 30 else ''}"
        "GNSS_KPI_END\nPower Metrics\n  Time on battery (min): 0.0\n"
        "  Amount of time (while on battery) Top 4 Avg CN0 > 20.0 dB-Hz (min): 0.0\n"
        "  Amount of time (while on battery) Top 4 Avg CN0 <= 20.0 dB-Hz (min): 0.0\n"
        "  Energy consumed while on battery (mAh): 0.0\nHardware Version: \n"
    )


def _statistics(name: str, unit: str, mean: float, count: int) -> str:
    if not count:
        return ""
    return f"  {name} mean ({unit}): {mean}\n  {name} standard deviation ({unit}): 0.0\n"


def _satellites(count: int) -> str:
    used = "".join(f"{name} " for name in CONSTELLATIONS) if count else ""
    status = "Total number of sv status messages processed"
    return (
        f"  {status}: {count}\n  Total number of L5 sv status messages processed: 0\n"
        f"  {status}, where sv is used in fix: {count}\n"
        "  Total number of L5 sv status messages processed, where sv is used in fix: 0\n"
        f"  Number of L5 CN0 reports: 0\n  Used-in-fix constellation types: {used}\n"
    )
