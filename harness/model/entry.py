"""What a station writes into its chain besides runs: who did what, to what, and why.

An entry stands in the chain of records at its place in time, so that nobody can take out the
rework that allowed a fourth run, or the sign-in of whoever unlocked a slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from harness.model.refs import StationRef


class Role(StrEnum):
    """What somebody may do; each may do what those before it may."""

    OPERATOR = "operator"
    LEADER = "leader"
    ENGINEER = "engineer"

    def covers(self, needed: Role) -> bool:
        """Whether who has this role may do what that one may."""
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody showed his badge and his secret."""

    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class SignedOut:
    """He left, or somebody else signed in, or the time of a shift was over."""

    person: str
    why: str


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """A badge that is unknown or expired, or a wrong secret.

    `said` is the badge; '' for an unknown one, because what was scanned may have been a secret.
    """

    said: str
    why: str


@dataclass(frozen=True, slots=True)
class Locked:
    """A slot, or without one the whole station, takes no units until it is unlocked."""

    code: str
    words: str
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class Unlocked:
    """Who let it take units again, and on what grounds."""

    by: str
    why: str
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class UnitRefused:
    """A unit that was not tested, by a rule of the line: no run of it was begun.

    `process` is "" where no plan is for such a unit.
    """

    serial: str
    process: str
    slot: int
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Reworked:
    """A unit was reworked: it may be tested again. `process` is "" for every process."""

    serial: str
    by: str
    note: str
    process: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """Passes are revoked: those of a jig, a slot, a plan or a time window, or of all of these.

    What is None or "" is not asked. A plan is that of a SHA-256, or every one with an id, or of one
    revision of it. Times are those of the start of a run: `since` counts, `until` does not.
    """

    by: str
    why: str
    jig: str = ""
    slot: int | None = None
    plan_sha256: str = ""
    since: datetime | None = None
    until: datetime | None = None
    plan: str = ""
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class EngineeringBegun:
    """From now on runs do not count, until somebody ends that or it expires."""

    by: str
    why: str
    until: datetime


@dataclass(frozen=True, slots=True)
class EngineeringEnded:
    """Runs count again. `by` is `station` when its time was over."""

    by: str


@dataclass(frozen=True, slots=True)
class ContactsRenewed:
    """The contacts of a jig were renewed: its cycles are counted from here on."""

    jig: str
    by: str


Entered = (
    SignedIn
    | SignedOut
    | SignInRefused
    | Locked
    | Unlocked
    | UnitRefused
    | Reworked
    | Recalled
    | EngineeringBegun
    | EngineeringEnded
    | ContactsRenewed
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `id` is unique and sorts by time (ULID), `at` is UTC.

    `number` is its place in the chain, which no clock moves; 0 until it stands there.
    """

    id: str
    at: datetime
    station: StationRef
    what: Entered
    number: int = 0
