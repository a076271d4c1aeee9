"""Which access points Wi-Fi has heard, and how long ago.

Formats of AOSP: ScanResultUtil.dumpScanResults, printed by `cmd wifi list-scan-results` (Android 11
on) and under a title of `dumpsys wifiscanner` (WificondScannerImpl.dump, Android 9 and 10).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.devices.android.fields import no_dump, whole_lines
from harness.model.reading import Reading, Unknown, Unreadable

LIST = "cmd wifi list-scan-results"
DUMPSYS = "dumpsys wifiscanner"
_FIRST_WITH_CMD = 30
_NOTHING = "No scan results"
_TITLE, _NEXT_TITLE = "Latest native scan results:", "Latest native pno scan results:"
_HEADER = ("BSSID", "Frequency", "RSSI", "Age(sec)", "SSID", "Flags")
_ROW = re.compile(
    r"  (?P<bssid>[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}) {1,12}(?P<frequency>[0-9]{4,5}) {1,24}"
    r"(?P<rssi>-?[0-9]{1,3})(?:\([0-9:/ -]{1,40}\))? {1,24}"
    r"(?P<age>[0-9]{1,6}[.,][0-9]{3}|>1000\.0|___\?___)    (?P<rest>.*)"
)
_SSID_UNITS = 32


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One row of the table: `freq` [MHz], `rssi` [dBm], and how long ago it was heard [s].

    A level of 0 dBm, which no antenna hears, was not measured.
    """

    bssid: str
    freq: int
    rssi: Reading[int]
    age: Reading[float]
    ssid: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What was heard, in the order of the table; empty when nothing was."""

    results: tuple[AccessPoint, ...]


def list_command(sdk: int) -> str:
    """The command whose answer `read_scan` reads, by SDK version."""
    return LIST if sdk >= _FIRST_WITH_CMD else DUMPSYS


def read_scan(output: str) -> Reading[Scan]:
    """The access points of an answer.

    One row that cannot be read makes all Unreadable: it might have been the one asked for.
    """
    whole, last = whole_lines(output)
    lines = _table([*whole, last] if last else whole)
    if isinstance(lines, Unreadable):
        return no_dump(lines.why, output)
    if not lines or lines == [_NOTHING]:
        return Scan(())
    if not _is_header(lines[0]) or len(lines) == 1:
        return Unreadable("no header of a scan table with rows under it", lines[0])
    rows = []
    for line in lines[1:]:
        row = _row(line)
        if isinstance(row, Unreadable):
            return row
        rows.append(row)
    return Scan(tuple(rows))


def _table(lines: list[str]) -> Sequence[str] | Unreadable:
    """The lines of the table, without what adb says before it and blank lines after it.

    Of a dump, what stands between two titles.
    """
    if _TITLE in lines or _NEXT_TITLE in lines:
        if lines.count(_TITLE) != 1 or lines.count(_NEXT_TITLE) != 1:
            return Unreadable(f"not one {_TITLE!r} and one {_NEXT_TITLE!r}", "\n".join(lines))
        return lines[lines.index(_TITLE) + 1 : lines.index(_NEXT_TITLE)]
    while lines and not lines[-1].strip():
        lines.pop()
    starts = [at for at, line in enumerate(lines) if line == _NOTHING or _is_header(line)]
    before = lines[: starts[0]] if starts else lines
    if len(starts) != 1 or any(line.startswith(" ") for line in before):
        return Unreadable(f"{len(starts)} scan tables, expected one", "\n".join(lines))
    return lines[starts[0] :]


def _is_header(line: str) -> bool:
    return line.startswith(" ") and tuple(line.split()) == _HEADER


def _row(line: str) -> AccessPoint | Unreadable:
    match = _ROW.fullmatch(line)
    if not match:
        return Unreadable("no row of a scan table", line)
    ssid = _ssid(match["rest"])
    rssi, frequency = int(match["rssi"]), int(match["frequency"])
    if isinstance(ssid, Unreadable):
        return ssid
    if not -126 <= rssi <= 20 or not 2_400 <= frequency <= 71_000:
        return Unreadable("RSSI or frequency make no sense", line)
    level = rssi or Unknown(f"RSSI {match['rssi']}")
    return AccessPoint(match["bssid"].lower(), frequency, level, _age_s(match["age"]), ssid)


def _ssid(rest: str) -> str | Unreadable:
    """`%-32s  %s`: the SSID, padded to 32 UTF-16 units, two spaces, flags."""
    units = rest.encode("utf-16-le", "surrogatepass")
    field, gap = units[: 2 * _SSID_UNITS], units[2 * _SSID_UNITS : 2 * _SSID_UNITS + 4]
    if gap != "  ".encode("utf-16-le"):
        return Unreadable("the SSID is not followed by two spaces and flags", rest)
    return field.decode("utf-16-le", "replace").rstrip(" ")


def _age_s(printed: str) -> Reading[float]:
    """Seconds, with the decimal sign of the handset's language."""
    if printed[0] in ">_":
        return Unknown(f"age {printed}")
    return float(printed.replace(",", "."))
