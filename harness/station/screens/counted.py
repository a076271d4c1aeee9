"""What counts of a station that starts again: what its store knows of who was there lately."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from harness.model.counting import Counting, in_one_shift
from harness.model.entry import Entry, SignedIn
from harness.model.head import RunHead
from harness.model.people import SHIFT, SIGN_INS
from harness.records.query import Reader

_MOST = 1_000_000
"""More runs than two shifts of 12 h can have."""


def restore(counting: Counting, store: Path, now: datetime) -> None:
    """Count the runs that have ended in the shifts that may still go on.

    Raises: StationFault(STORE-DAMAGED).
    """
    with Reader(store) as reader:
        entries = _of_shifts(reader.entries_back(SIGN_INS), now)
        if not entries:
            return
        first = entries[-1]
        runs = reader.runs(_MOST, since=first.at - SHIFT)  # by their start, and they may be long
    said: list[tuple[int, Entry | RunHead]] = [(entry.number, entry) for entry in entries]
    said += [(run.number or 0, run) for run in runs if run.ended_since(first.number)]
    counting.restore(each for _, each in sorted(said, key=lambda each: each[0]))


def _of_shifts(newest_first: Iterable[Entry], now: datetime) -> list[Entry]:
    """Who came and went since the first of those shifts began, newest first.

    One began no later than where a person has not signed in for as long as a shift is before.
    """
    found, began = list[Entry](), dict[str, datetime]()
    for entry in newest_first:
        if not any(in_one_shift(entry.at, each) for each in (now, *began.values())):
            break
        found.append(entry)
        if isinstance(entry.what, SignedIn):
            person, at = entry.what.person, entry.at
            if in_one_shift(at, began.get(person, now)):
                began[person] = at
    return found
