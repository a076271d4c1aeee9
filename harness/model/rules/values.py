"""What the rules of a line are, as its station file says, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from harness.model.entry import Entry
from harness.model.head import RunHead


class Offline(StrEnum):
    """What a route check does when the centre cannot be asked."""

    HOLD = "hold"
    LOCAL = "local"
    """Go by the store of this station alone, and say so in the record."""


@dataclass(frozen=True, slots=True)
class FpyFloor:
    """The first-pass yield [%] under which a station stops, over so many of its last first runs."""

    percent: float
    over: int


class Item(StrEnum):
    """What production asks of a station unless its file waives it: each is a field of Rules."""

    GOLDEN = "golden_every"
    CONTACTS = "contacts"
    CLOCK = "clock_within"
    DISK = "disk_free"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one line. What is None or empty is not asked for.

    `route` are the processes that a unit must have passed before. `streak` fails in a row with
    one code lock a slot. `golden_every` is how old the pass of the golden unit of a slot's jig may
    be, `contacts` how often a jig may close on units before its contacts are renewed,
    `clock_within` how far the clock may be off, `disk_free` [bytes] how much must be free.
    `sign_in` asks for an operator who has signed in; `engineering_for` is the longest time for
    which engineering mode may be asked. Production asks for each Item that is not `waived`.
    """

    route: tuple[str, ...] = ()
    offline: Offline = Offline.HOLD
    streak: int | None = 3
    fpy: FpyFloor | None = None
    golden_every: timedelta | None = None
    contacts: int | None = None
    clock_within: timedelta | None = None
    disk_free: int | None = None
    sign_in: bool = False
    engineering_for: timedelta = timedelta(hours=8)
    waived: frozenset[Item] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a unit may not be tested here and now: a fault code and words."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """What is known of one unit: its runs, newest last, of one kind of purpose; and its entries.

    `recalls` are all recalls of the line, for its passes. Their numbers are places in one chain.
    """

    serial: str
    runs: Sequence[RunHead] = ()
    reworks: Sequence[Entry] = ()
    recalls: Iterable[Entry] = field(default=())
