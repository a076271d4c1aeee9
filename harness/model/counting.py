"""How many runs count, of the station and of each person who was there as they ended. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from harness.model.entry import Entry, SignedIn, SignedOut
from harness.model.events import Purpose
from harness.model.head import RunHead
from harness.model.people import SHIFT
from harness.model.rules.shown import first_pass
from harness.model.station import Counted


class Counting:
    """The runs that ended since the station started, and in the shift of whoever is there.

    A run is of who is there when it ends. The shift of a person begins as he signs in; who comes
    back while it lasts goes on with his figures.
    """

    def __init__(self, started: datetime) -> None:
        self._station = _nothing(started)
        self._people: dict[str, Counted] = {}
        self._there = ""

    @property
    def now(self) -> Counted:
        """What is to be shown: of whoever is there, else of the station."""
        return self._people.get(self._there, self._station)

    def enter(self, entry: Entry) -> bool:
        """Take an entry of the chain; whether something else is counted from now on."""
        match entry.what:
            case SignedIn(person=person):
                self._there = person
                before = self._people.get(person)
                if before is None or not in_one_shift(before.since, entry.at):
                    self._people[person] = _nothing(entry.at)
            case SignedOut():
                self._there = ""
            case _:
                return False
        return True

    def take(self, run: RunHead) -> None:
        """Take a run that has just ended."""
        self._station = _with(self._station, run)
        if self._there:
            self._people[self._there] = _with(self._people[self._there], run)

    def restore(self, before: Iterable[Entry | RunHead]) -> None:
        """Take what happened before the station started, in its order: it is of people alone."""
        past = Counting(self._station.since)
        for each in before:
            if isinstance(each, Entry):
                past.enter(each)
            else:
                past.take(each)
        self._people |= past._people


def in_one_shift(first: datetime, later: datetime) -> bool:
    """Whether who signs in again goes on with his shift; not where a clock went back before it."""
    return timedelta() <= later - first < SHIFT


def _nothing(since: datetime) -> Counted:
    return Counted(since, {}, 0, 0)


def _with(counted: Counted, run: RunHead) -> Counted:
    if run.outcome is None or not Purpose(run.purpose).ruled:
        return counted
    passed = first_pass(run)
    return replace(
        counted,
        ended=_one_more(counted.ended, run.outcome.name),
        first=counted.first + (passed is not None),
        first_passed=counted.first_passed + bool(passed),
    )


def _one_more(ended: Mapping[str, int], name: str) -> Mapping[str, int]:
    return {**ended, name: ended.get(name, 0) + 1}
