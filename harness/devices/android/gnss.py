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


def read_gnss(output: str) -> Reading[Gnss]:
    """Location and GNSS by an answer to `dumpsys location`."""
    lines, _ = whole_lines(output)
    stripped = [line.strip() for line in lines]
    titles = [at for at, line in enumerate(stripped) if line in _TITLES]
    if len(titles) > 1 or stripped.count(_START) > 1:
        return Unreadable("the answer stands twice", output)
    if not titles and _START not in stripped:
        return no_dump(f"neither {_TITLES[0]!r} nor {_START}", output)
    metrics = _metrics(lines, stripped)
    cn0 = _number(metrics, "Top 4 Avg CN0 mean (dB-Hz)", _HIGHEST_DBHZ)
    return Gnss(
        location_on=_location_on(lines),
        reports=integer(metrics, "Number of location reports", 0, 2**31 - 1),
        ttff_s=_number(metrics, "TTFF mean (sec)", _LONGEST_S),
        cn0_top4_mean=round(cn0, 2) if isinstance(cn0, float) else cn0,
        l5_reports=integer(metrics, "Number of L5 CN0 reports", 0, 2**31 - 1),
        constellations=_constellations(metrics),
    )


def _metrics(lines: Sequence[str], stripped: Sequence[str]) -> Fields:
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
