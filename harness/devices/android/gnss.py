"""Whether location is on, and what GNSS received since the counts were begun: `dumpsys location`.

Formats of AOSP: LocationManagerService.dump, and in it GnssMetrics.dumpGnssMetricsAsText, between
`GNSS_KPI_START` and `GNSS_KPI_END`; a mean is printed only when its count is above 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import Fields, gather, integer, no_dump, text, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

COMMAND = "dumpsys location"
_TITLES = ("Location Manager State:", "Current Location Manager state:")
_START, _END = "GNSS_KPI_START", "GNSS_KPI_END"
_FIELD = re.compile(r" *(?P<key>[A-Z][^:]{1,80}): ?(?P<value>.*)")
_SETTING = re.compile(r" +Location (?:Setting|Enabled|[Mm]ode): ?(?P<on>true|false)?")
"""From Android 12 on, of 11, of 10; 9 does not tell."""
_OF_USER = re.compile(r" +\[u[0-9]{1,6}\] (?P<on>true|false)")
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,20})?(?:E-?[0-9]{1,2})?")
_STARTED = re.compile(r" *mStarted=(?P<started>true|false)\b.*")
_CONSTELLATIONS = frozenset(
    {"GPS", "SBAS", "GLONASS", "QZSS", "BEIDOU", "GALILEO", "IRNSS", "UNKNOWN"}
)
_LONGEST_S, _HIGHEST_DBHZ = 1e6, 63.0


@dataclass(frozen=True, slots=True)
class Gnss:
    """`reports` of a location, mean time to the first fix [s], mean CN0 of the best four [dB-Hz].

    `cn0_top4_mean` is rounded to 0.01 dB-Hz; `constellations` are those used in fixes.
    """

    location_on: Reading[bool]
    reports: Reading[int]
    ttff_s: Reading[float]
    cn0_top4_mean: Reading[float]
    l5_reports: Reading[int]
    constellations: Reading[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Received:
    """What GNSS has received since its counts were begun, at `since` (a time since the boot).

    `cn0_reports` of the best four satellites, their mean C/N0 [dB-Hz] as it is printed, unrounded;
    `satellites` is summed up over all reports, with or without a signal. `started` tells whether
    somebody asks for the location now.
    """

    since: Reading[str]
    started: Reading[bool]
    cn0_reports: Reading[int]
    cn0_mean: Reading[float]
    satellites: Reading[int]


def read_gnss(output: str) -> Reading[Gnss]:
    """Location and GNSS by an answer to `dumpsys location`."""
    lines = _lines(output)
    if isinstance(lines, Unreadable):
        return lines
    metrics = _metrics(lines)
    cn0 = _number(metrics, "Top 4 Avg CN0 mean (dB-Hz)", _HIGHEST_DBHZ)
    return Gnss(
        location_on=_location_on(lines),
        reports=integer(metrics, "Number of location reports", 0, 2**31 - 1),
        ttff_s=_number(metrics, "TTFF mean (sec)", _LONGEST_S),
        cn0_top4_mean=round(cn0, 2) if isinstance(cn0, float) else cn0,
        l5_reports=integer(metrics, "Number of L5 CN0 reports", 0, 2**31 - 1),
        constellations=_constellations(metrics),
    )


def read_received(output: str) -> Reading[Received]:
    """What GNSS received, by an answer to `dumpsys location`; two answers tell what came between.

    Source: GnssMetrics of AOSP: a report counts for the mean when its fourth best satellite has a
    signal (logCn0); of each report those satellites count whose frequency is told (logSvStatus).
    """
    lines = _lines(output)
    if isinstance(lines, Unreadable):
        return lines
    metrics = _metrics(lines)
    started = {match["started"] for line in lines if (match := _STARTED.fullmatch(line))}
    return Received(
        since=text(metrics, "KPI logging start time"),
        started=Unknown("no one mStarted") if len(started) != 1 else started == {"true"},
        cn0_reports=integer(metrics, "Number of CN0 reports", 0, 2**31 - 1),
        cn0_mean=_number(metrics, "Top 4 Avg CN0 mean (dB-Hz)", _HIGHEST_DBHZ),
        satellites=integer(metrics, "Total number of sv status messages processed", 0, 2**31 - 1),
    )


def _lines(output: str) -> list[str] | Unreadable:
    """The lines of one answer."""
    lines, _ = whole_lines(output)
    stripped = [line.strip() for line in lines]
    titles = sum(line in _TITLES for line in stripped)
    if titles > 1 or stripped.count(_START) > 1:
        return Unreadable("the answer stands twice", output)
    if not titles and _START not in stripped:
        return no_dump(f"neither {_TITLES[0]!r} nor {_START}", output)
    return lines


def _metrics(lines: Sequence[str]) -> Fields:
    stripped = [line.strip() for line in lines]
    if _START not in stripped:
        return {}
    start = stripped.index(_START)
    end = stripped.index(_END, start) if _END in stripped[start:] else len(lines)
    matches = [_FIELD.fullmatch(line) for line in lines[start + 1 : end]]
    return gather((match["key"], match["value"].strip()) for match in matches if match)


def _location_on(lines: Sequence[str]) -> Reading[bool]:
    """For all users, who stand in lines of their own where there are several."""
    found = [(at, match) for at, line in enumerate(lines) if (match := _SETTING.fullmatch(line))]
    said = {match["on"] for _, match in found}
    if said == {None}:
        said = set(_of_users(lines[found[0][0] + 1 :]))
    if len(said) != 1:
        words = "no Location Setting" if not said else "location is on, and is not"
        return Unreadable(words, " ".join(map(str, said))) if said else Unknown(words)
    return said == {"true"}


def _of_users(lines: Sequence[str]) -> list[str]:
    """What each user says; no answer where the list may be cut."""
    said: list[str] = []
    for line in lines:
        match = _OF_USER.fullmatch(line)
        if not match:
            return said
        said.append(match["on"])
    return []


def _number(fields: Fields, key: str, highest: float) -> Reading[float]:
    printed = text(fields, key)
    if not isinstance(printed, str):
        return printed
    if printed == "NaN":
        return Unknown(f"{key}: NaN")
    if not _NUMBER.fullmatch(printed) or float(printed) > highest:
        return Unreadable(f"{key} is no number up to {highest:g}", printed)
    return float(printed)


def _constellations(fields: Fields) -> Reading[tuple[str, ...]]:
    key = "Used-in-fix constellation types"
    printed = fields.get(key, Unknown(f"no {key}"))
    if not isinstance(printed, str):
        return printed
    names = tuple(printed.split())
    if not _CONSTELLATIONS.issuperset(names):
        return Unreadable("no constellation", printed)
    return names
