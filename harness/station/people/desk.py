"""Where people sign in, unlock what a rule has locked, and begin engineering mode."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar

from harness.clock import Clock
from harness.errors import CommandRefused, OperatorStop
from harness.model.entry import (
    EngineeringBegun,
    EngineeringEnded,
    Entered,
    Entry,
    Locked,
    Role,
    SignedIn,
    SignedOut,
    SignInRefused,
    Unlocked,
)
from harness.model.events import Purpose
from harness.model.people import (
    ENGINEERING,
    SHIFT,
    SIGN_INS,
    SIGNING,
    closed_until,
    engineering,
    holds,
    signed_in,
    until,
)
from harness.model.rules.stop import lock_on
from harness.records.query import Reader
from harness.station.files.config import StationConfig
from harness.station.people.badges import Badge, Badges, is_secret, read_badges

_STATION = "station"
_UNKNOWN = "nobody has this badge and this password"
"""All that is said of a badge that is none, and of a password that is not its own."""
_What = TypeVar("_What", SignedIn, EngineeringBegun)


@dataclass(frozen=True, slots=True)
class _Held:
    """An entry that is in force, until a moment of the monotonic clock at the latest."""

    entry: Entry
    end_s: float

    def over(self, clock: Clock) -> bool:
        return clock.monotonic() >= self.end_s or not holds(self.entry, clock.utc())


class Desk:
    """The desk of a station. Any thread may come to it; one is served after another.

    What it knows it has from the chain of the store, so it is the same after a restart. A time
    is over by the station's monotonic clock or by UTC, whichever is sooner.
    """

    def __init__(
        self,
        store: Path,
        enter: Callable[[Entered], Entry],
        badges: Callable[[], Badges],
        clock: Clock,
        engineering_for: timedelta,
    ) -> None:
        """`enter` writes into the chain; `badges` reads their file, anew for each who comes.

        Raises: StationFault(STORE-DAMAGED).
        """
        self._store, self._enter, self._badges, self._clock = store, enter, badges, clock
        self._longest = engineering_for
        self._lock = threading.RLock()
        with Reader(store) as reader:
            now = clock.utc()
            self._person = self._hold(signed_in(reader.entries(1, kinds=SIGN_INS), now))
            self._mode = self._hold(engineering(reader.entries(1, kinds=ENGINEERING), now))

    @property
    def person(self) -> SignedIn | None:
        """Who is signed in."""
        return self._said_by(self._person, SignedIn)

    @property
    def engineering(self) -> EngineeringBegun | None:
        """The beginning of the engineering mode that is on."""
        return self._said_by(self._mode, EngineeringBegun)

    @property
    def in_force(self) -> tuple[Entry, ...]:
        """The entries that say who is signed in, and that engineering mode is on."""
        return tuple(held.entry for held in (self._person, self._mode) if held)

    def purpose(self, wanted: Purpose) -> Purpose:
        """What a run is for that is wanted for something that counts: nothing in engineering mode.

        Raises: StationFault(STORE-...) when the end of that mode cannot be entered.
        """
        self.expire()
        return Purpose.ENGINEERING if self._mode and wanted.ruled else wanted

    def require(self, role: Role) -> SignedIn:
        """Who is signed in, with this role at least.

        Raises: OperatorStop(READY-SIGN-IN | ROLE-NEEDED).
        """
        return required(self.person, role)

    def sign_in(self, badge: str, secret: str) -> SignedIn:
        """Somebody comes, and whoever was there leaves.

        Raises: OperatorStop(SIGN-IN-REFUSED), on record unless the badge is closed already;
        StationFault(BADGE-FILE | STORE-...).
        """
        with self._lock:
            found = self._badges().by_id.get(badge)
            self._require_open(found)
            right = is_secret(secret, found)
            if found is None:
                self._refuse("", "no badge of this line", _UNKNOWN)
            if not right:
                self._refuse(found.id, "another password", _UNKNOWN)
            if self._clock.utc().date() > found.until:
                over = f"the badge counted until {found.until}"
                self._refuse(found.id, over, over)
            return self._arrive(found)

    def sign_out(self) -> SignedOut:
        """Whoever is there leaves.

        Raises: OperatorStop(READY-SIGN-IN) when nobody is; StationFault(STORE-...).
        """
        with self._lock:
            person = self.require(Role.OPERATOR)
            return self._leave(person.person, "left")

    def unlock(self, slot: int | None, why: str) -> Unlocked:
        """Let a slot, or without one the whole station, take units again.

        It takes an engineer, and then a golden unit on the jig: unlocking alone opens nothing.

        Raises: OperatorStop(READY-SIGN-IN | ROLE-NEEDED); CommandRefused(COMMAND-LATE) when it is
        not locked, (COMMAND-UNFIT) when nobody says why; StationFault(STORE-...).
        """
        grounds = said(why)
        with self._lock:
            self._require_locked(slot)
            person = self.require(Role.ENGINEER)
            what = Unlocked(person.person, grounds, slot)
            self._enter(what)
            return what

    def begin_engineering(self, why: str, length: timedelta) -> EngineeringBegun:
        """From now on runs do not count.

        Raises: OperatorStop(READY-SIGN-IN | ROLE-NEEDED); CommandRefused(COMMAND-UNFIT) for a time
        that is too long, or when nobody says why; StationFault(STORE-...).
        """
        grounds = said(why)
        if not timedelta() < length <= self._longest:
            most = f"{self._longest / timedelta(hours=1):g} h"
            words = f"engineering mode lasts more than 0 h, at most {most}"
            raise CommandRefused("COMMAND-UNFIT", words)
        with self._lock:
            person = self.require(Role.ENGINEER)
            what = EngineeringBegun(person.person, grounds, self._clock.utc() + length)
            self._mode = self._hold(self._enter(what))
            return what

    def end_engineering(self) -> EngineeringEnded:
        """Runs count again.

        Raises: OperatorStop(READY-SIGN-IN); CommandRefused(COMMAND-LATE) when it is not on;
        StationFault(STORE-...).
        """
        with self._lock:
            self.expire()
            if self._mode is None:
                raise CommandRefused("COMMAND-LATE", "engineering mode is not on")
            return self._end_mode(self.require(Role.OPERATOR).person)

    def expire(self) -> None:
        """End what is over by its time.

        Raises: StationFault(STORE-...) when that cannot be entered; it is over all the same.
        """
        person, mode = self._person, self._mode
        if not any(held and held.over(self._clock) for held in (person, mode)):
            return
        with self._lock:
            if self._mode and self._mode.over(self._clock):
                self._end_mode(_STATION)
            gone = self._person
            if gone and gone.over(self._clock) and isinstance(gone.entry.what, SignedIn):
                hours = SHIFT / timedelta(hours=1)
                self._leave(gone.entry.what.person, f"{hours:g} h are over")

    def _require_open(self, badge: Badge | None) -> None:
        """Raises: OperatorStop(SIGN-IN-REFUSED) while too many were refused in a row."""
        known, name = (badge.id, badge.name) if badge else ("", "")
        now = self._clock.utc()
        with Reader(self._store) as reader:
            closed = closed_until(reader.entries_back(SIGNING), known, name, now)
        if closed:
            what = f"the badge of {name}" if badge else "this desk to unknown badges"
            words = f"{what} is closed until {closed:%H:%M:%S} UTC"
            raise OperatorStop("SIGN-IN-REFUSED", words)

    def _refuse(self, said: str, why: str, words: str) -> NoReturn:
        """Raises: OperatorStop(SIGN-IN-REFUSED), once it is on record; what it says may be less."""
        self._enter(SignInRefused(said, why))
        raise OperatorStop("SIGN-IN-REFUSED", words, evidence={"badge": said})

    def _arrive(self, badge: Badge) -> SignedIn:
        before = self.person
        if before and before.person != badge.name:
            self._leave(before.person, f"{badge.name} signed in")
        what = SignedIn(badge.name, badge.role)
        self._person = self._hold(self._enter(what))
        return what

    def _leave(self, person: str, why: str) -> SignedOut:
        what = SignedOut(person, why)
        self._enter(what)
        self._person = None
        return what

    def _end_mode(self, by: str) -> EngineeringEnded:
        what = EngineeringEnded(by)
        self._enter(what)
        self._mode = None
        return what

    def _require_locked(self, slot: int | None) -> None:
        """Who unlocks a slot leaves the lock of the station as it is.

        Raises: CommandRefused(COMMAND-LATE).
        """
        with Reader(self._store) as reader:
            entries = reader.locks(slot)
        if slot is None:
            slots = {e.what.slot or 0 for e in entries if isinstance(e.what, Locked)}
            locked = any(lock_on(each, entries) for each in slots)
        else:
            locked = bool(lock_on(slot, [e for e in entries if not _locks_station(e)]))
        if not locked:
            words = "nothing is locked" if slot is None else f"slot {slot} is not locked"
            raise CommandRefused("COMMAND-LATE", words)

    def _said_by(self, held: _Held | None, kind: type[_What]) -> _What | None:
        """What an entry says while it is in force."""
        what = held.entry.what if held and not held.over(self._clock) else None
        return what if isinstance(what, kind) else None

    def _hold(self, entry: Entry | None) -> _Held | None:
        if entry is None:
            return None
        left = until(entry) - max(self._clock.utc(), entry.at)
        return _Held(entry, self._clock.monotonic() + left / timedelta(seconds=1))


def open_desk(
    config: StationConfig, store: Path, enter: Callable[[Entered], Entry], clock: Clock
) -> Desk | None:
    """The desk of a station; None where its file names no badges.

    Raises: StationFault(STORE-DAMAGED).
    """
    if config.badges is None:
        return None
    badges = partial(read_badges, config.badges, guarded=config.simulated is None)
    return Desk(store, enter, badges, clock, config.rules.engineering_for)


def required(person: Entered | None, role: Role) -> SignedIn:
    """The person who is signed in, with this role at least.

    Raises: OperatorStop(READY-SIGN-IN | ROLE-NEEDED).
    """
    if not isinstance(person, SignedIn):
        raise OperatorStop("READY-SIGN-IN", "nobody is signed in")
    if not person.role.covers(role):
        words = f"{person.person} is {person.role}; this takes a badge as {role}"
        raise OperatorStop("ROLE-NEEDED", words)
    return person


def present(store: Path, clock: Clock) -> str:
    """Who is signed in by the records of a store; '' when nobody is.

    Raises: StationFault(STORE-DAMAGED).
    """
    if not store.exists():
        return ""
    with Reader(store) as reader:
        entry = signed_in(reader.entries(1, kinds=SIGN_INS), clock.utc())
    return entry.what.person if entry and isinstance(entry.what, SignedIn) else ""


def _locks_station(entry: Entry) -> bool:
    return isinstance(entry.what, Locked) and entry.what.slot is None


def said(words: str) -> str:
    """Words that somebody must say, without the blanks around them.

    Raises: CommandRefused(COMMAND-UNFIT) when there are none.
    """
    if not (words := words.strip()):
        raise CommandRefused("COMMAND-UNFIT", "say why, in words")
    return words
