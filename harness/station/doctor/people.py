"""The badges of a station: whether somebody can sign in, and nobody who should not."""

from __future__ import annotations

from datetime import date

from harness.errors import StationFault
from harness.station.doctor.finding import Finding, Level
from harness.station.files.config import StationConfig
from harness.station.people.badges import read_badges


def badges(station: StationConfig, today: date) -> Finding:
    """Whether the file of badges is right and out of reach, and has one that counts today."""
    name = "badges"
    if station.badges is None:
        words = "the station file names no badges: nobody can sign in"
        return Finding(name, Level.WARN, words, "Add the key `badges`: see docs/people.md.")
    try:
        found = read_badges(station.badges, guarded=station.simulated is None)
    except StationFault as fault:
        return Finding(name, Level.FAIL, fault.message, fault.remedy)
    counting = sum(today <= badge.until for badge in found.by_id.values())
    words = f"{station.badges}: {counting} of {len(found.by_id)} badges count today"
    if not counting:
        return Finding(name, Level.FAIL, words, "Make badges: `harness badge new`.")
    return Finding.ok(name, words)
