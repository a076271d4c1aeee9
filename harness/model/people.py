"""Who is at a station, and until when runs are for engineering: folds of its entries. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from harness.model.entry import (
    EngineeringBegun,
    EngineeringEnded,
    Entry,
    SignedIn,
    SignedOut,
    SignInRefused,
)

SHIFT = timedelta(hours=12)
"""How long a sign-in holds."""
MOST_REFUSED = 5
"""So many refusals in a row close a badge."""
CLOSED_FOR = timedelta(minutes=5)
"""How long a badge stays closed after the last of them."""
CLOCK_SLACK = timedelta(seconds=1)
"""How far a clock may step back without anybody calling that wrong."""

SIGN_INS = (SignedIn, SignedOut)
ENGINEERING = (EngineeringBegun, EngineeringEnded)
SIGNING = (SignedIn, SignInRefused)


def until(entry: Entry) -> datetime:
    """When a sign-in, or engineering mode, is over by itself."""
    what = entry.what
    return what.until if isinstance(what, EngineeringBegun) else entry.at + SHIFT


def holds(entry: Entry, now: datetime) -> bool:
    """Whether it is not over yet.

    Where the clock has gone back before a sign-in, nobody knows: no. Engineering mode goes on: to
    end it would be to count what is run.
    """
    begun = isinstance(entry.what, EngineeringBegun) or entry.at - CLOCK_SLACK <= now
    return begun and now < until(entry)


def signed_in(entries: Iterable[Entry], now: datetime) -> Entry | None:
    """The sign-in that holds. Entries are newest first."""
    return _begun(entries, SignedIn, SIGN_INS, now)


def engineering(entries: Iterable[Entry], now: datetime) -> Entry | None:
    """The beginning of the engineering mode that is on. Entries are newest first."""
    return _begun(entries, EngineeringBegun, ENGINEERING, now)


def closed_until(
    entries: Iterable[Entry], badge: str, person: str, now: datetime
) -> datetime | None:
    """Until when a badge is closed after too many refusals in a row; None while it is open.

    Entries are newest first, all that there are; no more are read than decide it. A sign-in of the
    person whose badge it is ends the row.
    """
    refused = list[datetime]()
    for entry in entries:
        if not refused and entry.at + CLOSED_FOR <= now:
            return None  # whatever was refused is older than that
        match entry.what:
            case SignedIn(person=name) if name == person:
                return None
            case SignInRefused(said=said) if said == badge:
                refused.append(entry.at)
        if len(refused) == MOST_REFUSED:
            return refused[0] + CLOSED_FOR
    return None


def _begun(
    entries: Iterable[Entry], begins: type, kinds: tuple[type, ...], now: datetime
) -> Entry | None:
    newest = next((entry for entry in entries if isinstance(entry.what, kinds)), None)
    if newest and isinstance(newest.what, begins) and holds(newest, now):
        return newest
    return None
